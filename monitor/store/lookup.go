package store

import (
	"context"
	"fmt"
	"time"

	"newswatch/monitor"
)

// At lists the articles kept under an address, the newest first. Of an old one
// only the title is left.
func (s *Store) At(ctx context.Context, address string) ([]monitor.Article, error) {
	canonical := monitor.CanonicalURL(address)
	rows, err := s.read.QueryContext(ctx, candidatesQuery(byCanonical), canonical)
	if err != nil {
		return nil, fmt.Errorf("look up an address: %w", err)
	}
	return collect(rows, func(row scanner) (monitor.Article, error) { return scanArticle(row) })
}

// A Standing is a mute with what it has kept back so far.
type Standing struct {
	monitor.Mute
	Story string // title of the story; "": it is not of one
	Kept  int    // messages that came since it began
}

// Mutes lists the mutes that have not ended, the first to end first.
func (s *Store) Mutes(ctx context.Context, now time.Time) ([]Standing, error) {
	rows, err := s.read.QueryContext(ctx, `select coalesce(st.title, ''), (select count(*) from messages m
				left join reports r on r.article_id = m.article_id left join articles a on a.id = m.article_id
			where m.state = 'muted' and m.created >= u.at and u.rule in ('', m.rule) and u.story_id in (0, coalesce(r.story_id, 0))
				and u.outlet in ('', coalesce(nullif(a.outlet, ''), a.feed))), `+muteColumns+`
		from mutes u left join stories st on st.id = u.story_id where u.until > ? order by u.until, u.id`, ms(now))
	if err != nil {
		return nil, fmt.Errorf("read mutes: %w", err)
	}
	return collect(rows, func(row scanner) (m Standing, err error) {
		m.Mute, err = scanMute(scanAfter{scanAfter{row, &m.Story}, &m.Kept})
		return m, err
	})
}
