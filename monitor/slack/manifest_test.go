package slack

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v4"
)

func TestTheManifestAsksForTheScopesThatAreUsed(t *testing.T) {
	var manifest struct {
		OAuth struct {
			Scopes struct{ Bot []string }
		} `yaml:"oauth_config"`
	}
	if err := yaml.Unmarshal([]byte(Manifest), &manifest); err != nil {
		t.Fatal(err)
	}
	var want []string
	for _, scope := range Scopes() {
		want = append(want, scope.Name)
	}
	if diff := cmp.Diff(want, manifest.OAuth.Scopes.Bot); diff != "" {
		t.Errorf("scopes (-needed +asked for):\n%s", diff)
	}
}
