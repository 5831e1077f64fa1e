package slack

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"newswatch/monitor/slack/slacktest"
)

func TestReportAsPeopleReadIt(t *testing.T) {
	channels := []slacktest.Channel{
		{ID: "C0ALERTS1", Name: "news-alerts", Member: true}, {ID: "G0DESK001", Name: "desk", Private: true, Member: true},
		{ID: "C0GUEST01", Name: "guest"},
	}
	few := []string{"chat:write", "channels:history", "channels:read", "groups:history", "groups:read"}
	for name, test := range map[string]struct {
		scopes  []string
		asked   []string
		post    bool
		revoked bool
		want    string
	}{
		"all well": {asked: []string{"#news-alerts", "#desk"}, post: true, want: `workspace Newsroom, bot newswatch
scopes    all there
#news-alerts (C0ALERTS1): public, joined, posted, read back with metadata, read back with block_id, deleted
#desk (G0DESK001): private, joined, posted, read back with metadata, read back with block_id, deleted
ok
`},
		"faults": {scopes: few, asked: []string{"#guest", "#nowhere"}, want: `workspace Newsroom, bot newswatch
scopes    missing: chat:write.public, commands
#guest (C0GUEST01): public, not joined
#nowhere: not found
fault: the bot is not in channel #guest and cannot read back what it sent (/invite @newswatch there)
fault: channel #nowhere was not found (a private channel must invite the bot: /invite @newswatch)
`},
		"token revoked": {revoked: true, want: "fault: the token was refused: token_revoked (copy the bot token, xoxb-…, from OAuth & Permissions)\n"},
	} {
		t.Run(name, func(t *testing.T) {
			w, s := pair(slacktest.Options{Channels: channels, Scopes: test.scopes})
			w.SetRevoked(test.revoked)
			report, err := s.Check(t.Context(), test.asked, test.post)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, report.String()); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}
