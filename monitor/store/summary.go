package store

import (
	"context"
	"fmt"
	"slices"
	"time"

	"newswatch/monitor"
)

// A Summary is a story with what was reported of it.
type Summary struct {
	monitor.Story
	Rules   []string // that matched a report, in order of their ids
	Outlets []string // in order of their first reports, each once
	Reports int
	Copies  int // of these, the same text in another outlet
	Adds    int // of these, follow-ups
}

// Stories lists the stories that had a report since the given time, the latest
// first.
func (s *Store) Stories(ctx context.Context, since time.Time) ([]Summary, error) {
	rows, err := s.read.QueryContext(ctx, `select s.id, s.title, s.seed, s.first, s.last, r.relation, a.feed, a.outlet, r.id, coalesce(m.rule, '')
		from stories s join reports r on r.story_id = s.id join articles a on a.id = r.article_id
		left join matches m on m.article_id = a.id
		where s.last >= ? order by s.last desc, s.id desc, r.id, m.rule`, ms(since))
	if err != nil {
		return nil, fmt.Errorf("read stories: %w", err)
	}
	defer rows.Close()
	var list []Summary
	var counted int64 // the report counted last: each of its rules is a row
	for rows.Next() {
		var story monitor.Story
		var report monitor.Report
		var rule string
		err := rows.Scan(&story.ID, &story.Title, &story.Seed, stamp{&story.First}, stamp{&story.Last},
			&report.Relation, &report.Article.Feed, &report.Article.Outlet, &report.ID, &rule)
		if err != nil {
			return nil, fmt.Errorf("read stories: %w", err)
		}
		if n := len(list); n == 0 || list[n-1].ID != story.ID {
			list = append(list, Summary{Story: story})
		}
		last := &list[len(list)-1]
		if report.ID != counted {
			counted = report.ID
			last.count(&report)
		}
		if at, has := slices.BinarySearch(last.Rules, rule); rule != "" && !has {
			last.Rules = slices.Insert(last.Rules, at, rule)
		}
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("read stories: %w", err)
	}
	return list, nil
}

func (s *Summary) count(r *monitor.Report) {
	s.Reports++
	switch r.Relation {
	case monitor.Copy:
		s.Copies++
	case monitor.Adds:
		s.Adds++
	}
	if outlet := r.Article.OutletName(); !slices.Contains(s.Outlets, outlet) {
		s.Outlets = append(s.Outlets, outlet)
	}
}
