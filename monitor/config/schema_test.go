package config

import (
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

type schema struct {
	Description          string
	AdditionalProperties any
	Properties           map[string]schema
	Definitions          map[string]schema
	Enum                 []string
}

func TestSchemaHasTheKeysThatParseTakes(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("..", "..", "config.schema.json"))
	if err != nil {
		t.Fatal(err)
	}
	var file schema
	if err := json.Unmarshal(text, &file); err != nil {
		t.Fatal(err)
	}
	for _, name := range sectionNames() {
		s := file.Properties[name]
		switch name {
		case "":
			s = file
		case "feeds":
			s = file.Definitions["feed"]
		}
		keys := keysOf(name)
		slices.Sort(keys)
		if diff := cmp.Diff(keys, slices.Sorted(maps.Keys(s.Properties))); diff != "" {
			t.Errorf("%q: %s", name, diff)
		}
		if s.AdditionalProperties != false {
			t.Errorf("%q: other keys are let through", name)
		}
	}
	choices := file.Properties["slack"].Properties["unconfirmed"].Enum
	if diff := cmp.Diff([]string{string(Resend), string(Hold)}, choices); diff != "" {
		t.Error(diff)
	}
}
