package rules

import (
	"fmt"
	"slices"
	"testing"
)

func TestDiffTellsWhatAnEditDid(t *testing.T) {
	const before = `
terms: {sea: [cable, $ocean], ocean: [atlantic]}
rules:
  - {id: cut, all: [$sea NEAR/3 cut], none: [price]}
  - {id: plain, match: satellite}
`
	for name, tt := range map[string]struct {
		edit string
		want []string
	}{
		"nothing": {before, nil},
		"layout, order and examples": {`
rules:
  - id: plain
    match: satellite
    examples: {alert: [Satellite]}
  - {id: cut, none: [price], all: [$sea NEAR/3 cut]}
terms: {ocean: [atlantic], sea: [cable, $ocean]}
`, nil},
		"queries": {`
terms: {sea: [cable, $ocean], ocean: [atlantic]}
rules:
  - {id: cut, all: [$sea NEAR/4 cut], any: [ship, boat], none: [price]}
  - {id: plain, match: satellite}
`, []string{"cut: all +1 −1, any +2, none unchanged [cut]"}},
		"a list within a list": {`
terms: {sea: [cable, $ocean], ocean: [atlantic, pacific]}
rules:
  - {id: cut, all: [$sea NEAR/3 cut], none: [price]}
  - {id: plain, match: satellite}
`, []string{"$ocean: +1, in 1 rule [cut]"}},
		"came, went, switched off": {`
terms: {sea: [cable, $ocean], ocean: [atlantic]}
rules:
  - {id: cut, all: [$sea NEAR/3 cut], none: [price], enabled: false}
  - {id: rocket, match: rocket}
`, []string{"cut: switched off [cut]", "plain: removed [plain]", "rocket: new [rocket]"}},
		"another name": {`
terms: {sea: [cable, $ocean], ocean: [atlantic]}
rules:
  - {id: cut, all: [$sea NEAR/3 cut], none: [price]}
  - {id: satellites, match: satellite, severity: low}
`, []string{"satellites: renamed, was plain; severity normal → low []"}},
		"match for all": {`
terms: {sea: [cable, $ocean], ocean: [atlantic]}
rules:
  - {id: cut, match: $sea NEAR/3 cut, none: [price]}
  - {id: plain, match: satellite AND orbit}
`, []string{"plain: match +1 −1 [plain]"}},
		"settings": {`
terms: {sea: [cable, $ocean], ocean: [atlantic]}
rules:
  - {id: cut, all: [$sea NEAR/3 cut], none: [price], why: It matters., mention: "@here", max_per_hour: 5, quiet: 22:00-07:00}
  - {id: plain, match: satellite, until: 2027-01-31, group_by: article, channel: "#a"}
`, []string{
			"cut: why, mention none → @here, quiet none → 22:00-07:00, max_per_hour none → 5 []",
			"plain: channel none → #a, group_by story → article, until none → 2027-01-31 [plain]",
		}},
	} {
		t.Run(name, func(t *testing.T) {
			var got []string
			for _, c := range Diff(loaded(t, before), loaded(t, tt.edit)) {
				got = append(got, fmt.Sprint(c, " ", c.Rules))
			}
			if !slices.Equal(got, tt.want) {
				t.Errorf("got  %q\nwant %q", got, tt.want)
			}
		})
	}
}

func loaded(t *testing.T, text string) *Engine {
	t.Helper()
	engine, faults := Load([]Source{{Name: "rules.yaml", Data: []byte(text)}})
	if engine == nil {
		t.Fatal(faults)
	}
	return engine
}
