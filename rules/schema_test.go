package rules

import (
	"encoding/json"
	"maps"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

type schema struct {
	AdditionalProperties any
	Properties           map[string]schema
	Definitions          map[string]schema
	Enum                 []any
	AnyOf                []schema
}

func (s schema) keys() []string { return slices.Sorted(maps.Keys(s.Properties)) }

func TestSchemaHasTheKeysThatLoadTakes(t *testing.T) {
	var file schema
	if err := json.Unmarshal([]byte(Schema), &file); err != nil {
		t.Fatal(err)
	}
	rule := file.Definitions["rule"]
	article := file.Definitions["article"].AnyOf[1]
	for name, c := range map[string]struct {
		schema schema
		code   []string
	}{
		"file":     {file, fileKeys()},
		"rule":     {rule, ruleKeys()},
		"examples": {rule.Properties["examples"], exampleKeys()},
		"article":  {article, articleKeys()},
	} {
		slices.Sort(c.code)
		if diff := cmp.Diff(c.code, c.schema.keys()); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
		if c.schema.AdditionalProperties != false {
			t.Errorf("%s: other keys are let through", name)
		}
	}
	for key, values := range map[string][]any{"severity": {"high", "normal", "low"}, "group_by": {ByStory, ByArticle, ByNone}} {
		if diff := cmp.Diff(values, rule.Properties[key].Enum); diff != "" {
			t.Errorf("%s: %s", key, diff)
		}
	}
}
