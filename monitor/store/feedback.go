package store

import (
	"context"
	"fmt"

	"newswatch/monitor"
)

// Judged lists the alerts that people have judged, each with its article and how
// many said what; in order of arrival. It goes as far back as verdicts are kept.
func (s *Store) Judged(ctx context.Context) ([]monitor.Judged, error) {
	rows, err := s.read.QueryContext(ctx, `select v.rule, v.relevant, v.irrelevant, `+articleColumns+` from articles a join (
			select rule, article_id, count(distinct case when relevant <> 0 then user_id end) as relevant,
				count(distinct case when relevant = 0 then user_id end) as irrelevant
			from verdicts group by rule, article_id) v on v.article_id = a.id
		order by a.id, v.rule`)
	if err != nil {
		return nil, fmt.Errorf("read verdicts: %w", err)
	}
	return collect(rows, func(row scanner) (j monitor.Judged, err error) {
		j.Article, err = scanArticle(scanAfter{scanAfter{scanAfter{row, &j.Rule}, &j.Relevant}, &j.Irrelevant})
		return j, err
	})
}
