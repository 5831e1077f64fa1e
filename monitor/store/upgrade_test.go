package store

import (
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"newswatch/monitor"
	"newswatch/monitor/store/pgtest"
)

// inFormer is what a store of any version may hold.
var inFormer = []string{
	`insert into feeds (key, name, etag, last_ok, parsed) values ('f1', 'Agency', '"1"', 5000, 5000)`,
	`insert into articles (feed_key, feed, guid, url, canonical, title_key, title, body, author, outlet, relay, lang, tags, published, first_seen, baseline)
		values ('f1', 'Agency', 'g1', 'https://agency.example/1', 'agency.example/1', 'launch', '한국 launch', 'Body.', '', '', 0, 'ko', '', 4000, 5000, 0)`,
	`insert into seen (feed_key, identity, article_id, text_hash, last_seen) values ('f1', 'i1', 1, 'h', 5000)`,
	`insert into matches (article_id, rule, at) values (1, 'launch', 5000)`,
	`insert into stories (title, seed, first, last) values ('한국 launch', 's', 5000, 5000)`,
	`insert into reports (story_id, article_id, relation, at) values (1, 1, 'opens', 5000)`,
	`insert into messages (channel, kind, key, rule, article_id, content, state, rev, sent_rev, ts, created) values ('#news', 'alert', 'k1', 'launch', 1, '{}', 'sent', 1, 1, '1.1', 5000)`,
	`insert into messages (channel, kind, key, rule, article_id, content, state, rev, created) values ('#news', 'reply', 'k2', 'launch', 1, '{}', 'pending', 1, 5000)`,
	`insert into alerts (rule, story_id, channel, message_id, at) values ('launch', 1, '#news', 1, 5000)`,
	`insert into channels (name, slack_id) values ('#news', 'C1')`,
}

// former makes a store as an earlier newswatch left it; 0: none.
func former(t *testing.T, place string, version int64) {
	t.Helper()
	if version == 0 {
		return
	}
	s := connectTo(t, place)
	steps, err := s.engine.steps(s.write)
	if err == nil {
		_, err = steps.UpTo(t.Context(), version)
	}
	for _, row := range inFormer {
		if err == nil {
			_, err = s.write.ExecContext(t.Context(), row)
		}
	}
	if err := errors.Join(err, s.Close()); err != nil {
		t.Fatal(err)
	}
}

// connectTo connects to a place and leaves it as it is.
func connectTo(t *testing.T, place string) *Store {
	t.Helper()
	var s *Store
	var err error
	if IsServer(place) {
		s, err = dial(t.Context(), place, silenceLimit, nil)
	} else {
		s, err = connect(t.Context(), place, nil)
	}
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// upgraded holds when a store of before has all that it had, in the newest schema.
func upgraded(t *testing.T, place string, version int64) {
	t.Helper()
	s := openAt(t, place)
	defer s.Close()
	steps, err := s.engine.steps(s.write)
	if err != nil {
		t.Fatal(err)
	}
	if now, newest, err := steps.GetVersions(t.Context()); now != newest || err != nil {
		t.Errorf("its schema is %d, not %d, %v", now, newest, err)
	}
	if version == 0 {
		return
	}
	feeds, err := s.Feeds(t.Context())
	if err != nil || len(feeds) != 1 || feeds[0].Validators.ETag != `"1"` || feeds[0].LastOK.UnixMilli() != 5000 {
		t.Errorf("of feeds there are %+v, %v", feeds, err)
	}
	messages, err := s.messages(t.Context(), `order by m.id`)
	if err != nil || len(messages) != 2 || messages[0].State != monitor.Sent || messages[0].TS != "1.1" || messages[1].State != monitor.Pending {
		t.Errorf("of messages there are %+v, %v", messages, err)
	}
	for _, table := range []string{"articles", "seen", "matches", "stories", "reports", "alerts", "channels"} {
		if n, err := countRows(t.Context(), s.read, table); n != 1 || err != nil {
			t.Errorf("%d rows of %s, %v", n, table, err)
		}
	}
}

// TestUpgradeMayEndAnywhere opens a store that each former version left, or
// none yet, and lets the process die after each commit of the upgrade; with
// -every-statement before and after each statement. The next start makes the
// upgrade whole; nothing is lost.
func TestUpgradeMayEndAnywhere(t *testing.T) {
	files, err := filepath.Glob("migrations/*.sql")
	if err != nil {
		t.Fatal(err)
	}
	for name, engine := range faultyEngines {
		t.Run(name, func(t *testing.T) {
			runs := 0
			for version := range len(files) {
				runs += engine.dieUpgrading(t, int64(version))
			}
			t.Logf("died %d times", runs)
		})
	}
}

func (e faultyEngine) dieUpgrading(t *testing.T, version int64) (runs int) {
	open := func(place string, f *faults) error {
		s, err := e.open(t, f, place)
		if err == nil {
			err = s.Close()
		}
		return err
	}
	place := e.place(t)
	former(t, place, version)
	whole := &faults{seen: make(map[string]int)}
	if err := open(place, whole); err != nil {
		t.Fatal(err)
	}
	upgraded(t, place, version)
	for _, site := range slices.Sorted(maps.Keys(whole.seen)) {
		for number := range whole.seen[site] {
			for _, moment := range []moment{before, after} {
				if !*everyStatement && (moment == before || !strings.Contains(site, " commit ")) {
					continue
				}
				f := fault{site, number, moment, true}
				t.Run(fmt.Sprintf("from %d, dies %s %s, number %d", version, moment, site, number), func(t *testing.T) {
					place := e.place(t)
					former(t, place, version)
					if err := open(place, &faults{fault: f, seen: make(map[string]int)}); !errors.Is(err, errInjected) {
						t.Errorf("it did not die: %v", err)
					}
					upgraded(t, place, version)
				})
				runs++
			}
		}
	}
	return runs
}

// A migration is undone by hand only; restoring a backup is what is promised.
func TestEachMigrationCanBeUndone(t *testing.T) {
	for name, engine := range faultyEngines {
		t.Run(name, func(t *testing.T) {
			place := engine.place(t)
			former(t, place, 1)
			s := openAt(t, place)
			steps, err := s.engine.steps(s.write)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := steps.DownTo(t.Context(), 1); err != nil {
				t.Fatal(err)
			}
			s.Close()
			upgraded(t, place, 1)
		})
	}
}

func TestOlderBinaryRefusesANewerSchema(t *testing.T) {
	for name, place := range map[string]string{"sqlite": filepath.Join(t.TempDir(), "newswatch.db"), "postgres": pgtest.Schema(t)} {
		t.Run(name, func(t *testing.T) {
			s := openAt(t, place)
			if _, err := s.write.Exec(`insert into goose_db_version (version_id, is_applied) values (999, 1 = 1)`); err != nil {
				t.Fatal(err)
			}
			s.Close()
			if _, err := Open(t.Context(), place); !errors.Is(err, ErrNewer) {
				t.Errorf("got %v, want ErrNewer", err)
			}
			if _, err := OpenReader(t.Context(), place); !errors.Is(err, ErrNewer) {
				t.Errorf("reader: got %v, want ErrNewer", err)
			}
		})
	}
}
