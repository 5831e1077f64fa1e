package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"go.yaml.in/yaml/v4"

	"newswatch"
	"newswatch/monitor/config"
	"newswatch/rules"
)

// A schema is JSON Schema, draft 7, as far as ours use it.
type schema struct {
	root map[string]any
}

func parseSchema(t *testing.T, text string) schema {
	t.Helper()
	var s schema
	if err := json.Unmarshal([]byte(text), &s.root); err != nil {
		t.Fatal(err)
	}
	return s
}

// refuses tells what of value is against the schema; "": nothing.
func (s schema) refuses(value any) string { return s.check(s.root, value) }

func (s schema) check(rule map[string]any, value any) string {
	for _, keyword := range slices.Sorted(maps.Keys(rule)) {
		if trouble := s.keyword(keyword, rule, value); trouble != "" {
			return trouble
		}
	}
	return ""
}

func (s schema) keyword(keyword string, rule map[string]any, value any) string {
	text, isText := value.(string)
	list, isList := value.([]any)
	table, isTable := value.(map[string]any)
	number, isNumber := value.(int)
	wrong := fmt.Sprintf("%s %v: %v", keyword, rule[keyword], value)
	ok := true
	switch want := rule[keyword]; keyword {
	case "$schema", "title", "description", "default", "definitions":
	case "$ref":
		return s.check(s.definition(want.(string)), value)
	case "type":
		ok = slices.ContainsFunc(asList(want), func(name any) bool { return isOf(name.(string), value) })
	case "enum":
		ok = slices.Contains(want.([]any), value)
	case "const":
		ok = value == want
	case "anyOf", "oneOf":
		held := 0
		for _, choice := range want.([]any) {
			if s.check(choice.(map[string]any), value) == "" {
				held++
			}
		}
		ok = held == 1 || held > 1 && keyword == "anyOf"
	case "pattern":
		ok = !isText || regexp.MustCompile(want.(string)).MatchString(text)
	case "minLength":
		ok = !isText || utf8.RuneCountInString(text) >= int(want.(float64))
	case "maxLength":
		ok = !isText || utf8.RuneCountInString(text) <= int(want.(float64))
	case "minimum":
		ok = !isNumber || number >= int(want.(float64))
	case "maximum":
		ok = !isNumber || number <= int(want.(float64))
	case "minItems":
		ok = !isList || len(list) >= int(want.(float64))
	case "uniqueItems":
		for i, item := range list {
			ok = ok && !slices.Contains(list[:i], item)
		}
	case "required":
		for _, key := range want.([]any) {
			_, there := table[key.(string)]
			ok = ok && (there || !isTable)
		}
	case "items":
		for _, item := range list {
			if trouble := s.check(want.(map[string]any), item); trouble != "" {
				return trouble
			}
		}
	case "propertyNames":
		for key := range table {
			if trouble := s.check(want.(map[string]any), key); trouble != "" {
				return trouble
			}
		}
	case "properties", "additionalProperties":
		return s.properties(rule, table)
	default:
		return "the test knows no keyword " + keyword
	}
	if ok {
		return ""
	}
	return wrong
}

func (s schema) properties(rule, table map[string]any) string {
	known, _ := rule["properties"].(map[string]any)
	for key, value := range table {
		of, ok := known[key].(map[string]any)
		if !ok {
			if of, ok = rule["additionalProperties"].(map[string]any); !ok {
				return "no key " + key
			}
		}
		if trouble := s.check(of, value); trouble != "" {
			return key + ": " + trouble
		}
	}
	return ""
}

func (s schema) definition(ref string) map[string]any {
	name := strings.TrimPrefix(ref, "#/definitions/")
	return s.root["definitions"].(map[string]any)[name].(map[string]any)
}

func asList(value any) []any {
	if list, ok := value.([]any); ok {
		return list
	}
	return []any{value}
}

func isOf(name string, value any) bool {
	switch value.(type) {
	case string:
		return name == "string"
	case bool:
		return name == "boolean"
	case int:
		return name == "integer" || name == "number"
	case float64:
		return name == "number"
	case []any:
		return name == "array"
	case map[string]any:
		return name == "object"
	}
	return false // null has no place in our files
}

// fromYAML reads values as editors do: a date is a text (YAML 1.2).
func fromYAML(t *testing.T, text string) any {
	t.Helper()
	var document yaml.Node
	if err := yaml.Unmarshal([]byte(text), &document); err != nil {
		t.Fatalf("%v in\n%s", err, text)
	}
	return valueOf(t, document.Content[0])
}

func valueOf(t *testing.T, n *yaml.Node) any {
	t.Helper()
	switch {
	case n.Kind == yaml.SequenceNode:
		list := []any{}
		for _, item := range n.Content {
			list = append(list, valueOf(t, item))
		}
		return list
	case n.Kind == yaml.MappingNode:
		table := map[string]any{}
		for i := 0; i < len(n.Content); i += 2 {
			table[n.Content[i].Value] = valueOf(t, n.Content[i+1])
		}
		return table
	case n.ShortTag() == "!!timestamp":
		return n.Value
	}
	var value any
	if err := n.Decode(&value); err != nil {
		t.Fatal(err)
	}
	return value
}

// A place is where a test puts a value: the file with %s in its stead.
type place struct{ key, file string }

// probes are values of every form. Those that are structure, not content, are
// refused by check and by the schema alike; of content the schema may know less
// than check, but never more.
var probes = []struct {
	value     string
	structure bool
}{
	{"null", false}, {"{}", true}, {"[]", true}, {"{other: 1}", true}, {"[[a]]", true}, {"[{other: 1}]", true}, {"[a, b]", false},
	{"[a, null]", true}, {"true", false}, {"7", false}, {"0", false}, {"1.5", false}, {`""`, false}, {"a", false}, {"two words", false},
	{"30d", false}, {"none", false}, {`"@every 90s"`, false}, {"https://example.org/a", false}, {"127.0.0.1:80", false},
	{`"#news"`, false}, {"C0123ABCD", false}, {"[U0123ABCD]", false}, {"hold", false}, {"high", false}, {"story", false},
	{"22:00-07:00", false}, {"2026-12-31", false}, {"Asia/Seoul", false}, {"[10.0.0.0/8]", false}, {`"@here"`, false}, {"yes", false},
	{"{alert: [a]}", true}, {"{alert: [{title: a}, {body: 7}], ignore: [b]}", true}, {"{alert: [{lang: ko}]}", true}, {"{alert: []}", true},
	{"{Accept-Language: ko}", true}, {"{token: xoxb-1, channel: '#a'}", true},
	{"{token: xoxb-1, token_file: f, channel: '#a'}", true}, {"{name: a, url: 'https://example.org/'}", true},
	{"[{name: a, url: 'https://example.org/'}]", true}, {"[{id: a, match: a}]", true}, {"{a-b: [c]}", true}, {"{A: [c]}", true},
	{"['#a', '#a']", true}, {"false", false}, {"{window: 3h}", true}, {"[{name: x}]", true},
}

// checkSchema compares the schema with check at every place.
func checkSchema(t *testing.T, s schema, places []place, check func(file string) (refused bool, said string)) {
	t.Helper()
	for _, at := range places {
		accepted := 0
		for _, probe := range probes {
			file := fmt.Sprintf(at.file, probe.value)
			refused, said := check(file)
			trouble := s.refuses(fromYAML(t, file))
			switch {
			case trouble != "" && said == "":
				t.Errorf("%s: %s: the schema refuses what check takes: %s", at.key, probe.value, trouble)
			case trouble == "" && refused && probe.structure:
				t.Errorf("%s: %s: check refuses what the schema takes: %s", at.key, probe.value, said)
			case trouble == "" && !refused:
				accepted++
			}
		}
		if accepted == 0 {
			t.Errorf("%s: no value is taken", at.key)
		}
	}
}

func TestRuleSchemaTakesWhatCheckTakes(t *testing.T) {
	s := parseSchema(t, rules.Schema)
	places := []place{
		{"terms", "terms: %s\nrules: [{id: x, match: y}]"}, {"terms.a", "terms: {a: %s}\nrules: [{id: x, match: y}]"},
		{"id", "rules: [{id: %s, match: y}]"}, {"match", "rules: [{id: x, match: %s}]"},
		{"rules", "rules: %s"}, {"all", "rules: [{id: x, all: %s}]"}, {"any", "rules: [{id: x, any: %s}]"},
	}
	rule := s.definition("#/definitions/rule")["properties"].(map[string]any)
	for key := range rule {
		if !slices.Contains([]string{"id", "match", "all", "any"}, key) {
			places = append(places, place{key, "rules: [{id: x, match: y, " + key + ": %s}]"})
		}
	}
	for key, other := range map[string]string{"title": "body", "body": "title", "lang": "title", "source": "title"} {
		places = append(places, place{"examples." + key, "rules: [{id: x, match: y, examples: {ignore: [{" + other + ": t, " + key + ": %s}]}}]"})
	}
	checkSchema(t, s, places, func(file string) (bool, string) {
		engine, faults := rules.Load([]rules.Source{{Name: "r.yaml", Data: []byte(file)}})
		var said strings.Builder
		for _, f := range faults {
			fmt.Fprintln(&said, f)
		}
		return engine == nil, said.String()
	})
}

func TestConfigSchemaTakesWhatCheckTakes(t *testing.T) {
	const feeds, slack = "feeds: [{name: a, url: 'https://example.org/'%s}]\n", "slack: {token: xoxb-1, channel: '#a'%s}\n"
	s := parseSchema(t, newswatch.ConfigSchema)
	var places []place
	properties := s.root["properties"].(map[string]any)
	for key, value := range properties {
		if key != "feeds" {
			places = append(places, place{key, fmt.Sprintf(feeds, "") + key + ": %s"})
		}
		inner, _ := value.(map[string]any)["properties"].(map[string]any)
		for name := range inner {
			file := fmt.Sprintf(feeds, "") + key + ": {" + name + ": %s}"
			switch {
			case key == "slack" && name == "channel":
				file = fmt.Sprintf(feeds, "") + "slack: {token: xoxb-1, channel: %s}"
			case key == "slack" && strings.HasPrefix(name, "token"):
				file = fmt.Sprintf(feeds, "") + "slack: {channel: '#a', " + name + ": %s}"
			case key == "slack":
				file = fmt.Sprintf(feeds, "") + fmt.Sprintf(slack, ", "+name+": %s")
			}
			places = append(places, place{key + "." + name, file})
		}
	}
	for name := range s.definition("#/definitions/feed")["properties"].(map[string]any) {
		switch name {
		case "name":
			places = append(places, place{"feeds[].name", "feeds: [{url: 'https://example.org/', name: %s}]"})
		case "url":
			places = append(places, place{"feeds[].url", "feeds: [{name: a, url: %s}]"})
		default:
			places = append(places, place{"feeds[]." + name, fmt.Sprintf(feeds, ", "+name+": %s")})
		}
	}
	places = append(places, place{"feeds", "feeds: %s"}, place{"feeds[].headers.X", fmt.Sprintf(feeds, ", headers: {X: %s}")})
	checkSchema(t, s, places, func(file string) (bool, string) {
		cfg, faults := config.Parse("config.yaml", []byte(file), func(string) (string, bool) { return "", false })
		if cfg != nil && cfg.Slack != nil {
			faults = append(faults, cfg.Slack.Missing...)
		}
		return cfg == nil, faults.String()
	})
}

func TestConfigSchemaTellsTheDefaults(t *testing.T) {
	least := map[string]any{
		"feeds": []any{map[string]any{"name": "a", "url": "https://example.org/"}},
		"slack": map[string]any{"token": "xoxb-1", "channel": "#a"},
	}
	want := parseConfig(t, least)
	written := maps.Clone(least)
	addDefaults(written, parseSchema(t, newswatch.ConfigSchema).root)
	if got := parseConfig(t, written); !reflect.DeepEqual(got, want) {
		t.Errorf("with the schema's defaults written out, %v, the configuration is\n%+v\nnot\n%+v", written, got, want)
	}
}

// addDefaults writes the defaults that the schema tells into a table.
func addDefaults(table, rule map[string]any) {
	for key, value := range rule["properties"].(map[string]any) {
		of := value.(map[string]any)
		if usual, ok := of["default"]; ok {
			table[key] = usual
		}
		if of["properties"] == nil {
			continue
		}
		inner, _ := table[key].(map[string]any)
		inner = maps.Clone(inner)
		if inner == nil {
			inner = map[string]any{}
		}
		addDefaults(inner, of)
		table[key] = inner
	}
}

func parseConfig(t *testing.T, table map[string]any) *config.Config {
	t.Helper()
	text, err := json.Marshal(table) // which is YAML as well
	if err != nil {
		t.Fatal(err)
	}
	cfg, faults := config.Parse("config.yaml", text, func(string) (string, bool) { return "", false })
	if cfg == nil {
		t.Fatalf("%s: %v", text, faults)
	}
	cfg.Origin = config.Origin{}
	return cfg
}

func TestFilesThatShipFollowTheirSchemas(t *testing.T) {
	files, err := newswatch.Files.ReadDir("rules/watch")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		checkFollows(t, "rules/watch/"+file.Name(), rules.Schema, "../schema.json")
	}
	checkFollows(t, "config.yaml", newswatch.ConfigSchema, "config.schema.json")
}

func checkFollows(t *testing.T, name, schemaText, schemaPath string) {
	t.Helper()
	data, err := newswatch.Files.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if trouble := parseSchema(t, schemaText).refuses(fromYAML(t, string(data))); trouble != "" {
		t.Errorf("%s: %s", name, trouble)
	}
	if first, _, _ := strings.Cut(string(data), "\n"); first != "# yaml-language-server: $schema="+schemaPath {
		t.Errorf("%s does not name its schema: %s", name, first)
	}
}
