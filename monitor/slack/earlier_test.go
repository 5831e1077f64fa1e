package slack

import (
	"strings"
	"testing"

	"newswatch/monitor"
	"newswatch/monitor/slack/slacktest"
)

func TestPostLinksTheEarlierAlertOfAStoryThatReturns(t *testing.T) {
	for name, test := range map[string]struct {
		channel, ts string
		broken      bool
		want        string
	}{
		"whose message stands":          {"C0ALERTS", "1794474300.000200", false, "earlier: <https://example.slack.com/archives/C0ALERTS/p1794474300000200|Pyongyang tells Tokyo> · <!date^"},
		"whose message is gone":         {"C0ALERTS", "", false, "earlier: Pyongyang tells Tokyo · <!date^"},
		"of a channel without its ID":   {"#news-alerts", "1794474300.000200", false, "earlier: Pyongyang tells Tokyo · <!date^"},
		"of a workspace not to be told": {"C0ALERTS", "1794474300.000200", true, "earlier: Pyongyang tells Tokyo · <!date^"},
	} {
		t.Run(name, func(t *testing.T) {
			w := slacktest.NewWorkspace(slacktest.Options{})
			if test.broken {
				w.Fail("auth.test", slacktest.Status(500))
			}
			s := New(Options{Token: monitor.NewSecret(slacktest.DefaultToken), HTTPClient: w.Client()})
			c := launch()
			c.Earlier = &monitor.Earlier{Title: "Pyongyang tells Tokyo", Told: morning, TS: test.ts}
			if _, err := s.Post(t.Context(), monitor.Outgoing{Channel: test.channel, Kind: monitor.KindAlert, Key: "k", Rev: 1, Content: c}); err != nil {
				t.Fatal(err)
			}
			if text := w.Messages("C0ALERTS")[0].Text; !strings.Contains(text, test.want) {
				t.Errorf("no %q in %s", test.want, text)
			}
			if v := w.Violations(); len(v) > 0 {
				t.Errorf("violations: %q", v)
			}
			if c.Earlier.URL != "" {
				t.Error("the caller's content was changed")
			}
		})
	}
}
