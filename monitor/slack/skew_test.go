package slack

import (
	"testing"
	"time"

	"newswatch/monitor"
	"newswatch/monitor/slack/slacktest"
)

// A machine's clock may be wrong by more than the minute that a look reaches
// back: then every message would look lost, and be sent a second time.
func TestLookFindsWhatWasPostedByAClockThatIsWrong(t *testing.T) {
	for name, ahead := range map[string]time.Duration{
		"five minutes ahead": 5 * time.Minute, "a day ahead": 24 * time.Hour, "ten years ahead": 3652 * 24 * time.Hour,
		"an hour behind": -time.Hour, "right": 0,
	} {
		t.Run(name, func(t *testing.T) {
			w := slacktest.NewWorkspace(slacktest.Options{Token: canary})
			ours := func() time.Time { return time.Now().Add(ahead) }
			fresh := func() *Sender {
				return New(Options{Token: monitor.NewSecret(canary), HTTPClient: w.Client(), Now: ours})
			}
			began := ours()
			want, err := fresh().Post(t.Context(), outgoing("k1"))
			if err != nil {
				t.Fatal(err)
			}
			found, err := fresh().Look(t.Context(), "C0ALERTS", "", began.Add(-time.Minute), []string{"k1"}) // after a restart
			if err != nil || len(found["k1"]) != 1 || found["k1"][0] != want {
				t.Errorf("found %v, %v", found, err)
			}
		})
	}
}
