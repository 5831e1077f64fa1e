package monitor_test

import (
	"context"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"newswatch/monitor"
	"newswatch/monitor/slack"
	"newswatch/monitor/slack/slacktest"
)

// report is what outlet i says of one event: every fifth prints the agency's text.
func report(i int) monitor.Article {
	verbs := []string{"launches", "fires", "sends up", "puts up"}
	tails := []string{"over Okinawa", "from Sohae", "toward Yellow Sea", "at night"}
	a := item(fmt.Sprint(i), fmt.Sprintf("North Korea %s Chollima rocket with Malligyong satellite %s",
		verbs[i%4], tails[i/4%4]), time.Minute)
	a.Outlet = fmt.Sprintf("Outlet %d", i)
	a.Body = fmt.Sprintf("Residents of Okinawa were told to shelter after the launch of the Chollima carrier from Sohae with the Malligyong satellite, %s reports.", a.Outlet)
	if i%5 == 0 {
		a.Body = "The launch of the Chollima carrier rocket from the Sohae station late on Tuesday brought the Malligyong reconnaissance satellite into its orbit, state media said."
	}
	return a
}

var reportLink = regexp.MustCompile(`<https://example\.com/(\d+)\|`)

// 200 outlets tell of one event while one request to Slack in four goes wrong.
func TestFloodOfOneEventIsOneAlert(t *testing.T) {
	if testing.Short() {
		t.Skip("long in virtual time")
	}
	const reports, feeds = 200, 20
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(time.Until(time.Date(2026, 11, 2, 12, 0, 0, 0, time.UTC)))
		workspace := slacktest.NewWorkspace(slacktest.Options{
			Channels: []slacktest.Channel{{ID: "C0NEWS", Name: "news", Member: true}, {ID: "C0OPS", Name: "ops", Member: true}},
			Lag:      3 * time.Second, Chaos: slacktest.Chaos{Seed: 7, Probability: 0.25},
		})
		var sources []monitor.Feed
		for i := range feeds {
			sources = append(sources, feedNamed(t, fmt.Sprintf("Feed%d", i), "@every 10m"))
		}
		d := newDesk(t, sources...)
		d.InForce.Load().Notifier = slack.New(slack.Options{Token: monitor.NewSecret(slacktest.DefaultToken), HTTPClient: workspace.Client()})
		d.Deliverer.Fits = slack.FoldSize
		for i, feed := range sources {
			var articles []monitor.Article
			for j := range reports / feeds {
				articles = append(articles, report(i*reports/feeds+j))
			}
			d.pages.set(feed.Name, articles...)
		}
		ctx, stop := context.WithCancel(t.Context())
		stopped := make(chan error)
		go func() { stopped <- d.Run(ctx) }()
		time.Sleep(6 * time.Hour)
		stop()
		if err := <-stopped; err != nil {
			t.Fatal(err)
		}

		var alerts []slacktest.Posted
		replies := 0
		told := make(map[string]int)
		for _, m := range workspace.Messages("news") {
			if m.Thread == "" {
				alerts = append(alerts, m)
			} else if replies++; m.Thread != alerts[0].TS {
				t.Errorf("a reply in another thread: %s", m.Text)
			}
			for _, no := range reportLink.FindAllStringSubmatch(m.Text, -1) {
				told[no[1]]++
			}
		}
		if len(alerts) != 1 {
			t.Errorf("%d alerts, want 1", len(alerts))
		}
		if replies > reports/5 {
			t.Errorf("%d replies, want those that pile up in one message", replies)
		}
		for i := range reports {
			if n := told[fmt.Sprint(i)]; n != 1 {
				t.Errorf("report %d was told %d times", i, n)
			}
		}
		if want := fmt.Sprintf("+%d · latest", reports-3); !strings.Contains(alerts[0].Text, want) {
			t.Errorf("no %q on the alert: %s", want, alerts[0].Text)
		}
		if bad := workspace.Violations(); len(bad) > 0 {
			t.Errorf("Slack would not have liked: %s", strings.Join(bad[:min(len(bad), 5)], "; "))
		}
	})
}
