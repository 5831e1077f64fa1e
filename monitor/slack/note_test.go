package slack_test

import (
	"strings"
	"testing"

	"newswatch/monitor"
	"newswatch/monitor/slack"
	"newswatch/monitor/slack/slacktest"
)

func TestNotesWithFaultsAreTakenBySlackHoweverLong(t *testing.T) {
	const fault = "rules/watch.yaml:3:22: there is nothing after AND <@U1> & more\n      match: 위성 AND\n                ^^^\nhint: write a term"
	workspace := slacktest.NewWorkspace(slacktest.Options{})
	sender := slack.New(slack.Options{Token: monitor.NewSecret(slacktest.DefaultToken), HTTPClient: workspace.Client()})
	for name, code := range map[string]string{"short": fault, "long": strings.Repeat(fault+"\n\n", 200)} {
		t.Run(name, func(t *testing.T) {
			out := monitor.Outgoing{Channel: "#news-ops", Kind: monitor.KindOps, Key: name, Rev: 1,
				Content: monitor.Content{Note: "An edit is not in force:", Code: code}}
			if _, err := sender.Post(t.Context(), out); err != nil {
				t.Error(err)
			}
		})
	}
}
