package store

import (
	"context"
	"fmt"
	"time"

	"newswatch/monitor"
)

// Judged lists the alerts that people have judged, each with its article and how
// many said what; in order of arrival. It goes as far back as verdicts are kept.
func (s *Store) Judged(ctx context.Context) ([]monitor.Judged, error) {
	rows, err := s.read.QueryContext(ctx, `select v.rule, v.relevant, v.irrelevant, v.latest, `+articleColumns+` from articles a join (
			select rule, article_id, count(distinct case when relevant <> 0 then user_id end) as relevant,
				count(distinct case when relevant = 0 then user_id end) as irrelevant, max(at) as latest
			from verdicts group by rule, article_id) v on v.article_id = a.id
		order by a.id, v.rule`)
	if err != nil {
		return nil, fmt.Errorf("read verdicts: %w", err)
	}
	return collect(rows, func(row scanner) (j monitor.Judged, err error) {
		j.Article, err = scanArticle(scanAfter{scanAfter{scanAfter{scanAfter{row, &j.Rule}, &j.Relevant}, &j.Irrelevant}, stamp{&j.Latest}})
		return j, err
	})
}

// Muted counts by rule the alerts and replies that mutes have kept back since
// the given time, one to several channels once.
func (s *Store) Muted(ctx context.Context, since time.Time) (map[string]int, error) {
	return s.muted(ctx, `created >= ?`, ms(since))
}

func (s *Store) muted(ctx context.Context, where string, args ...any) (map[string]int, error) {
	rows, err := s.read.QueryContext(ctx, `select rule, count(distinct coalesce(nullif(article_id, 0), -id)) from messages
		where state = 'muted' and `+where+` group by rule`, args...)
	if err != nil {
		return nil, fmt.Errorf("count what is muted: %w", err)
	}
	counts := make(map[string]int)
	_, err = collect(rows, func(row scanner) (rule string, err error) {
		var n int
		err = row.Scan(&rule, &n)
		counts[rule] = n
		return rule, err
	})
	if err != nil {
		return nil, fmt.Errorf("count what is muted: %w", err)
	}
	return counts, nil
}
