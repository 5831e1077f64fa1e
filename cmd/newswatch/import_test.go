package main

import (
	"testing"

	"newswatch/monitor"
)

func TestFeedsAreSplicedBehindTheLast(t *testing.T) {
	added := []monitor.Feed{{Name: "New", URL: "https://new.example/"}}
	for name, test := range map[string]struct{ text, want string }{
		"at the end of the file": {
			"feeds:\n  - name: A\n    url: https://a.example/\n",
			"feeds:\n  - name: A\n    url: https://a.example/\n  - name: New\n    url: https://new.example/\n"},
		"without a last line end": {
			"feeds:\n  - name: A\n    url: https://a.example/",
			"feeds:\n  - name: A\n    url: https://a.example/\n  - name: New\n    url: https://new.example/\n"},
		"dashes at the margin": {
			"feeds:\n- name: A\n  url: https://a.example/\nstore: x.db\n",
			"feeds:\n- name: A\n  url: https://a.example/\n- name: New\n  url: https://new.example/\nstore: x.db\n"},
		"lines that end in CR LF": {
			"feeds:\r\n  - {name: A, url: \"https://a.example/\"}\r\nstore: x.db\r\n",
			"feeds:\r\n  - {name: A, url: \"https://a.example/\"}\r\n  - name: New\r\n    url: https://new.example/\r\nstore: x.db\r\n"},
		"a feed on several lines, comments around": {
			"feeds:\n  # agencies\n  - {name: A,\n     url: \"https://a.example/\"}\n    # of A\n  # of the list\n\n# of the store\nstore: x.db\n",
			"feeds:\n  # agencies\n  - {name: A,\n     url: \"https://a.example/\"}\n    # of A\n  - name: New\n    url: https://new.example/\n  # of the list\n\n# of the store\nstore: x.db\n"},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := spliced(test.text, added)
			if err != nil || got != test.want {
				t.Fatalf("spliced = %q, error %v, want %q", got, err, test.want)
			}
			if err := means("config.yaml", got, []monitor.Feed{{Name: "A"}, {Name: "New"}}); err != nil {
				t.Error(err)
			}
		})
	}
	for name, text := range map[string]string{
		"in one line": "feeds: [{name: A, url: \"https://a.example/\"}]\n", "none": "store: x.db\n", "empty": "feeds: []\n", "no YAML": "feeds: [",
	} {
		t.Run(name+" is refused", func(t *testing.T) {
			if got, err := spliced(text, added); err == nil {
				t.Errorf("spliced = %q", got)
			}
		})
	}
}

func TestSecretsOfAddressesAreReplaced(t *testing.T) {
	for address, want := range map[string]string{
		"https://example.org/rss?id=7&keyword=북한":          "https://example.org/rss?id=7&keyword=북한",
		"https://me:pw@example.org/":                       "https://X@example.org/",
		"https://token@example.org:8443/a?b":               "https://X@example.org:8443/a?b",
		"https://example.org/?api_key=1&a=2&Access-Token=": "https://example.org/?api_key=X&a=2&Access-Token=",
		"https://me@example.org/?token=1&sig=2":            "https://X@example.org/?token=X&sig=X",
	} {
		if got, _ := withoutSecrets(address, func() string { return "X" }); got != want {
			t.Errorf("withoutSecrets(%q) = %q, want %q", address, got, want)
		}
	}
}

func TestTextsInYAMLAreReadBack(t *testing.T) {
	for text, want := range map[string]string{
		"Yonhap": "Yonhap", "연합뉴스 북한": "연합뉴스 북한", "BBC: Asia": `"BBC: Asia"`, "yes": "yes", "true": `"true"`, "42": `"42"`, "null": `"null"`,
		"a, b": `"a, b"`, "# 1": `"# 1"`, "- x": `"- x"`, `say "no"`: `say "no"`, "*star": `"*star"`, " x": `" x"`, "a & <b>": "a & <b>", "": `""`,
		"https://example.org/?a=b&c=d": "https://example.org/?a=b&c=d", "{a}": `"{a}"`, "2026-11-21": `"2026-11-21"`,
	} {
		if got := yamlText(text); got != want {
			t.Errorf("yamlText(%q) = %s, want %s", text, got, want)
		}
	}
}
