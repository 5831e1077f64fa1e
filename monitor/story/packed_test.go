package story

import (
	"reflect"
	"slices"
	"testing"
)

func TestPackedReportIsTheSameUnpacked(t *testing.T) {
	full := report{
		signs: signs{at: 1700568000123, outlet: 1<<63 + 5, phases: planned | visited, script: chinese, again: true, opens: true,
			facts: []fact{{days, 1122, 0}, {counts, 55, 1<<32 - 1}, {kinds, 1<<16 - 1, 7}}},
		story: 1<<40 + 1,
		terms: []weighted{{0, titleWeight, 0, 1, 0}, {127, fullWeight, 255, 48, free | proper | country}, {128, restWeight, 1, 0, free},
			{255, leadWeight, 3, 0, 0}, {1<<14 + 300, leadWeight, 5, 2, country}, {1<<32 - 1, restWeight, 7, 0, proper}},
		shingles: []byte{0, 1, 255, 254},
	}
	var used report // its room is used again
	for _, test := range []struct {
		name string
		report
	}{
		{"with everything", full},
		{"with nothing", report{}},
		{"with terms alone", report{terms: full.terms}},
		{"with facts alone", report{signs: signs{facts: full.facts}}},
		{"with everything again", full},
	} {
		t.Run(test.name, func(t *testing.T) {
			p := packed{test.at, test.story, test.report.pack(nil)}
			p.unpack(&used)
			want := test.report
			if !slices.Equal(used.facts, want.facts) || !slices.Equal(used.terms, want.terms) || !slices.Equal(used.shingles, want.shingles) {
				t.Errorf("unpacked %+v, want %+v", used, want)
			}
			got := used
			for _, r := range []*report{&got, &want} {
				r.facts, r.terms, r.shingles = nil, nil, nil
			}
			if !reflect.DeepEqual(got, want) {
				t.Errorf("unpacked %+v, want %+v", got, want)
			}
		})
	}
}
