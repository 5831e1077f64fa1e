package main

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// TestPeopleHearWhatEditsDid edits rules and configuration one after the other.
// What the ops channel shows is the golden file.
func TestPeopleHearWhatEditsDid(t *testing.T) {
	const deterrence = `
terms:
  ally: [South Korea*, Seoul]
rules:
  - id: extended-deterrence
    any:
      - $ally AND “extended deterrence”
    none: [Europe]
  - id: launch
    match: satellite
`
	more := strings.Replace(deterrence, "    none:", "      - $ally AND “extensive deterrence”\n    none:", 1)
	many := func(n int) string {
		var b strings.Builder
		b.WriteString("rules:\n")
		for i := range n {
			fmt.Fprintf(&b, "  - {id: topic-%02d, match: 위성 발사 %d}\n", i, i)
		}
		return b.String()
	}
	feeds := func(n int, schedule string) string {
		text := strings.Replace(editedConfig, "slack:", "  - {name: Third, url: \"https://192.0.2.3/rss\"}\nslack:", 1)
		for i := range n {
			text = strings.Replace(text, "slack:", fmt.Sprintf("  - {name: Paper %d, url: \"https://192.0.2.4/%d\", schedule: %q}\nslack:", i, i, schedule), 1)
		}
		return text
	}
	var told strings.Builder
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(time.Until(time.Date(2026, 11, 2, 12, 0, 0, 0, time.UTC)))
		e := edit(t, map[string]string{"rules/watch.yaml": deterrence})
		e.press.print("Wire",
			headline("US renews extended deterrence pledge to South Korea"),
			headline("Ministers in Seoul speak of extensive deterrence"),
			headline("Seoul again speaks of extensive deterrence against Pyongyang at sea"),
			headline("Satellite in orbit"))
		time.Sleep(2 * time.Minute)
		after := func(what, file, text string) {
			t.Helper()
			e.save(file, text)
			told.WriteString("== " + what + "\n" + e.notes() + "\n\n")
		}
		after("a query more", "rules/watch.yaml", more)
		after("an edit that goes wrong", "rules/watch.yaml", strings.Replace(more, "$ally AND “extensive deterrence”", "$ally AND extensive deterrence", 1))
		after("and is mended", "rules/watch.yaml", strings.Replace(more, "extensive", "extensive*", 1))
		after("a list longer", "rules/watch.yaml", strings.Replace(more, "Seoul]", "Seoul, Japan*]", 1))
		after("settings", "rules/watch.yaml", strings.Replace(more, "    none:", "    severity: high\n    channel: [\"#a\", \"#b\"]\n    quiet: 22:00-07:00\n    none:", 1))
		after("switched off", "rules/watch.yaml", strings.Replace(more, "match: satellite", "match: satellite\n    enabled: false", 1))
		after("renamed", "rules/watch.yaml", strings.Replace(strings.Replace(more, "id: launch", "id: liftoff", 1), "match: satellite", "match: satellite\n    why: It is watched.", 1))
		after("removed", "rules/watch.yaml", strings.Split(more, "  - id: launch")[0])
		after("only its examples and its layout", "rules/watch.yaml", "# by topic\n"+strings.Split(more, "  - id: launch")[0]+"    examples: {alert: [Seoul hopes for extended deterrence]}\n")
		after("many new rules", "rules/more.yaml", many(50))
		after("feeds come", "config.yaml", feeds(7, "*/5 * * * *"))
		after("feeds change alike", "config.yaml", feeds(7, "*/10 * * * *"))
		after("feeds go", "config.yaml", editedConfig)
		after("a feed is renamed, another moves", "config.yaml", strings.Replace(strings.Replace(editedConfig, "name: Wire", "name: Wire service", 1), "192.0.2.2", "192.0.2.2/news", 1))
		withoutSlack, _, _ := strings.Cut(editedConfig, "slack:")
		after("the section slack goes", "config.yaml", withoutSlack+"http: {listen: \"\"}\n")
		after("and comes back with another channel", "config.yaml", strings.Replace(editedConfig, "#news", "#alerts", 1))
		after("another store", "config.yaml", "store: other.db"+editedConfig)
		after("the former store", "config.yaml", editedConfig)
		after("keys", "config.yaml", "timezone: Asia/Seoul\nretention: 14d\nstore: other.db\nnetwork: {proxy: \"http://user:hunter2@127.0.0.1:1\"}\nhttp: {listen: \"\", heartbeat: \"http://127.0.0.1:1/secret-uuid\"}\n"+
			strings.NewReplacer("http: {listen: \"\"}\n", "", `channel: "#news"`, `channel: "#alerts", fold_above: 5`).Replace(editedConfig))
		for _, secret := range []string{"hunter2", "secret-uuid", "xoxb"} {
			if strings.Contains(told.String()+e.log.String(), secret) {
				t.Errorf("%s is told", secret)
			}
		}
		if !strings.Contains(e.log.String(), `"at":"rules/watch.yaml:8:29: `) {
			t.Errorf("the log: %s", e.log)
		}
	})
	golden(t, "reloads.txt", told.String())
}

// TestREADMEShowsWhatTheOpsChannelSays makes the edits of README's worked example
// in a folder that is in force.
func TestREADMEShowsWhatTheOpsChannelSays(t *testing.T) {
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	const wide = `rules:
  - id: cable-cuts
    all:
      - undersea cable* NEAR/8 (cut OR cuts OR sever* OR damage*)
    examples:
      alert:  ["Two undersea cables severed in the Baltic Sea"]
      ignore: ["Cable company cuts 400 jobs"]
`
	const right = `terms:
  sea-cable: [undersea cable*, submarine cable*, subsea cable*, 해저 케이블, 海底ケーブル, 海底电缆]
rules:
  - id: cable-cuts
    all:
      - $sea-cable NEAR/8 (cut OR cuts OR sever* OR damage* OR 절단 OR 切断)
    examples:
      alert:  ["Two undersea cables severed in the Baltic Sea", "해저 케이블이 절단됐다"]
      ignore: ["Cable company cuts 400 jobs"]
`
	synctest.Test(t, func(t *testing.T) {
		e := edit(t, map[string]string{
			"config.yaml":            strings.Replace(editedConfig, "rules: rules", "rules: rules/watch", 1),
			"rules/watch/other.yaml": editedRules,
		})
		e.press.print("Wire",
			headline("Two undersea cables severed in the Baltic Sea"),
			headline("Subsea cable cut off Jeju, ferries wait"),
			headline("Fibre-optic cable damaged by an anchor near Svalbard"))
		time.Sleep(2 * time.Minute)
		for _, text := range []string{wide, right, strings.Replace(right, "subsea cable*,", "subsea cable*, fibre-optic cable*,", 1)} {
			e.save("rules/watch/cables.yaml", text)
			if notes := e.notes(); !strings.Contains(string(readme), "```text\n"+notes+"\n```\n") {
				t.Errorf("README does not show\n%s", notes)
			}
		}
	})
}

func TestPeopleHearAtOnceAndNotTooOften(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := edit(t, nil)
		for _, want := range []string{"is not in force", "is taken back", "is not in force", "is taken back"} {
			text := editedRules
			if want == "is not in force" {
				text += "  - {id: rocket, match: rocket AND}\n"
			}
			e.save("rules/watch.yaml", text)
			if heard := e.heard(); !strings.Contains(heard, want) {
				t.Errorf("after two seconds people heard %q, and not that an edit %s", heard, want)
			}
		}
		for n := range 30 {
			e.save("rules/watch.yaml", fmt.Sprintf("%s  - {id: rocket, match: rocket %d}\n", editedRules, n))
		}
		if n := strings.Count(e.notes(), "---") + 1; n < 6 || n > 10 {
			t.Errorf("of 30 edits in a minute people heard %d times", n)
		}
	})
}

// TestWorkersTellOfAnEditOnce has a second one tell of each edit a little later.
func TestWorkersTellOfAnEditOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := edit(t, nil)
		e.settle()
		first := e.edits.teller
		second := newTeller(e.bot, first.before)
		go second.run(t.Context())
		const other, faulty = "rules: [{id: rocket, match: rocket}]\n", "rules: [{id: rocket, match: rocket AND}]\n"
		for _, step := range []struct{ rules, want string }{
			{other, "rocket: new"}, {editedRules, "launch: new"}, {other, "rocket: new"}, // and back, within the hour
			{faulty, "nothing after AND"}, {faulty + "# still\n", ""}, {"rules: [}\n", "2 faults"}, {other, "is taken back"},
			{faulty, "nothing after AND"}, {editedRules, "is mended and in force"},
		} {
			e.save("rules/watch.yaml", step.rules)
			first.mu.Lock()
			now, faults := first.now, first.faults
			first.mu.Unlock()
			if faults != nil {
				second.faulty(faults)
			} else {
				second.inForce(now)
			}
			if notes := e.notes(); !strings.Contains(notes, step.want) || strings.Contains(notes, "\n---\n") || (step.want == "") != (notes == "") {
				t.Errorf("of %q people heard %q", step.rules, notes)
			}
		}
	})
}

func TestStatusTellsOfAnEditThatIsNotInForce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := edit(t, nil)
		told := func() string {
			t.Helper()
			e.notes()
			s, err := statusOf(t.Context(), e.cfg.Feeds, e.store, time.Now())
			if err != nil {
				t.Fatal(err)
			}
			return strings.Join(s.lines(time.Now()), "\n")
		}
		e.save("rules/watch.yaml", "rules: [{id: rocket, match: rocket AND}]\n")
		if got := told(); !strings.HasSuffix(got, "\nedit       not in force: rules/watch.yaml:1:36: there is nothing after AND") {
			t.Error(got)
		}
		e.save("rules/watch.yaml", "rules: [{id: rocket, match: rocket}]\n")
		if got := told(); strings.Contains(got, "edit ") {
			t.Error("mended:", got)
		}
	})
}

func TestAWarningIsLoggedOnceWhereverItMoves(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := edit(t, nil)
		often := strings.Replace(editedConfig, `schedule: "@every 60s"`, `schedule: "@every 5s"`, 1)
		e.save("config.yaml", often)
		e.save("config.yaml", "\n\n"+often)
		if n := strings.Count(e.log.String(), "asks a publisher every 5s"); n != 1 {
			t.Errorf("it is logged %d times: %s", n, e.log)
		}
	})
}
