package monitor_test

import (
	"testing"
	"time"

	"newswatch/monitor"
)

func TestParseDurationReadsDaysAndWeeks(t *testing.T) {
	for text, want := range map[string]time.Duration{
		"30s": 30 * time.Second, "15m": 15 * time.Minute, "72h": 72 * time.Hour, "30d": 30 * monitor.Day,
		"1w2d": 9 * monitor.Day, "1d12h": 36 * time.Hour, "0s": 0, "1h0m1s": time.Hour + time.Second, "100w": 700 * monitor.Day,
	} {
		if got, err := monitor.ParseDuration(text); err != nil || got != want {
			t.Errorf("%q is %v, %v; want %v", text, got, err, want)
		}
	}
}

func TestParseDurationRefuses(t *testing.T) {
	for _, text := range []string{
		"", "5", "h", "-5m", "+5m", "1.5h", "5 m", "2d1w", "1h1h", "5M", "10ms", "1y", "5m ", "99999999999999999999s", "9999999999w", "101y", "52142w99999d",
	} {
		if got, err := monitor.ParseDuration(text); err == nil {
			t.Errorf("%q is taken for %v", text, got)
		}
	}
}

func FuzzParseDuration(f *testing.F) {
	f.Add("1w2d3h4m5s")
	f.Add("99999999999999999w")
	f.Fuzz(func(t *testing.T, text string) {
		d, err := monitor.ParseDuration(text)
		if err == nil && (d < 0 || d > 101*365*monitor.Day) {
			t.Fatalf("%q is %v", text, d)
		}
		if err == nil && d > 0 {
			if again, err := monitor.ParseDuration(monitor.FormatDuration(d)); err != nil || again != d {
				t.Fatalf("%v is written %q, which reads %v, %v", d, monitor.FormatDuration(d), again, err)
			}
		}
	})
}
