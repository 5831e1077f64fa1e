package store

import (
	"context"
	"fmt"
	"iter"
	"time"

	"newswatch/monitor"
)

// An Extent says how much of the past the store still has.
type Extent struct {
	Articles int // with their text
	Pruned   int // whose text is gone: nothing can be tried on them; near the boundary some may be missed
}

// Extent counts the articles first seen at since or later.
func (s *Store) Extent(ctx context.Context, since time.Time) (e Extent, err error) {
	first, err := s.firstKept(ctx, since, &e.Articles)
	if err != nil {
		return e, err
	}
	// Those pruned lie before the others but for what polls of one moment brought,
	// and have short rows; all of the others would have to be read to miss none.
	err = s.read.QueryRowContext(ctx, `select count(*) from articles where id < ? and first_seen >= ? and pruned = 1`, first, ms(since)).Scan(&e.Pruned)
	if err != nil {
		return e, fmt.Errorf("count articles: %w", err)
	}
	return e, nil
}

// firstKept is the lowest id of the articles first seen at since or later that
// have their text; beyond every id when there is none. It needs the index alone.
func (s *Store) firstKept(ctx context.Context, since time.Time, n *int) (id int64, err error) {
	err = s.read.QueryRowContext(ctx, `select count(*), coalesce(min(id), 9223372036854775807) from articles
		where pruned = 0 and first_seen >= ?`, ms(since)).Scan(n, &id)
	if err != nil {
		return 0, fmt.Errorf("count articles: %w", err)
	}
	return id, nil
}

// Past streams the articles first seen at since or later that still have their
// text, in order of arrival, or the newest first. One row is in memory at a
// time. It ends with the first error.
func (s *Store) Past(ctx context.Context, since time.Time, newestFirst bool) iter.Seq2[monitor.Article, error] {
	return func(yield func(monitor.Article, error) bool) {
		if err := s.past(ctx, since, newestFirst, func(a monitor.Article) bool { return yield(a, nil) }); err != nil {
			yield(monitor.Article{}, fmt.Errorf("read articles: %w", err))
		}
	}
}

func (s *Store) past(ctx context.Context, since time.Time, newestFirst bool, each func(monitor.Article) bool) error {
	var n int
	first, err := s.firstKept(ctx, since, &n)
	if err != nil {
		return err
	}
	order := "asc"
	if newestFirst {
		order = "desc"
	}
	// By the table itself: the index on first_seen would mean sorting, or
	// reading the file to and fro.
	rows, err := s.read.QueryContext(ctx, `select `+articleColumns+` from articles a
		where a.id >= ? and a.pruned = 0 and a.first_seen + 0 >= ? order by a.id `+order, first, ms(since))
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		a, err := scanArticle(rows)
		if err != nil {
			return err
		}
		if !each(a) {
			return nil
		}
	}
	return rows.Err()
}

// A Record of a rule is how often it alerted.
type Record struct {
	Alerts []int     // since each of the times asked for
	Last   time.Time // zero: not within what the store still knows
}

// Records counts the alerts of each rule since each of some times, an alert to
// several channels once.
func (s *Store) Records(ctx context.Context, since ...time.Time) (map[string]Record, error) {
	columns, args := "", make([]any, 0, len(since))
	for _, t := range since {
		columns += `, count(distinct key) filter (where created >= ?)`
		args = append(args, ms(t))
	}
	rows, err := s.read.QueryContext(ctx, `select rule, max(created)`+columns+` from (
			select rule, created, coalesce(nullif(article_id, 0), -id) as key from messages where kind = 'alert' and state <> 'muted' and rule <> '') a
		group by rule`, args...)
	if err != nil {
		return nil, fmt.Errorf("count alerts: %w", err)
	}
	defer rows.Close()
	records := make(map[string]Record)
	for rows.Next() {
		var rule string
		r := Record{Alerts: make([]int, len(since))}
		into := []any{&rule, stamp{&r.Last}}
		for i := range r.Alerts {
			into = append(into, &r.Alerts[i])
		}
		if err := rows.Scan(into...); err != nil {
			return nil, fmt.Errorf("count alerts: %w", err)
		}
		records[rule] = r
	}
	return records, rows.Err()
}
