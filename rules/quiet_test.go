package rules

import (
	"errors"
	"testing"
)

func TestHoursAreReadOrTheMeantOnesNamed(t *testing.T) {
	const example = "write from-to in 24 hours, as in 22:00-07:00"
	for text, want := range map[string]struct {
		hours Hours
		hint  string // "": none is wanted
	}{
		"22:00-07:00":     {hours: Hours{22 * 60, 7 * 60}},
		"00:00-23:59":     {hours: Hours{0, 23*60 + 59}},
		"22:00-00:00":     {hours: Hours{22 * 60, 0}},
		"22-7":            {hint: "write 22:00-07:00"},
		"22:00 - 07:00":   {hint: "write 22:00-07:00"},
		"22:00–07:00":     {hint: "write 22:00-07:00"},
		"22:00 to 7:30":   {hint: "write 22:00-07:30"},
		"10pm-7am":        {hint: "write 22:00-07:00"},
		"12 am - 12 pm":   {hint: "write 00:00-12:00"},
		"22:00-24:00":     {hint: "write 22:00-00:00"},
		"24:00-07:00":     {hint: "write 00:00-07:00"},
		"07:00-07:00":     {hint: example},
		"00:00-24:00":     {hint: example},
		"22:00-25:00":     {hint: example},
		"22:60-07:00":     {hint: example},
		"13pm-7am":        {hint: example},
		"24:01-07:00":     {hint: example},
		"22:00":           {hint: example},
		"22:00-07:00 UTC": {hint: example},
		"at night":        {hint: example},
		"":                {hint: example},
	} {
		t.Run(text, func(t *testing.T) {
			hours, err := ParseHours(text)
			wrong, _ := errors.AsType[*HoursError](err)
			switch {
			case want.hint == "" && (err != nil || hours != want.hours):
				t.Errorf("read as %v, %v", hours, err)
			case want.hint != "" && (wrong == nil || wrong.Hint != want.hint):
				t.Errorf("read as %v, %+v; want the hint %q", hours, wrong, want.hint)
			}
		})
	}
}

func FuzzParseHours(f *testing.F) {
	for _, seed := range []string{"22:00-07:00", "10pm to 7am", "24:00-1"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		hours, err := ParseHours(s)
		if err != nil {
			return
		}
		if hours.String() != s || hours.IsZero() || hours.From == hours.To || hours.From >= 24*60 || hours.To >= 24*60 {
			t.Errorf("%q is read as %#v", s, hours)
		}
	})
}
