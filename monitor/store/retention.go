package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"
)

// How long what was seen is remembered after the feed has stopped showing it,
// and a feed after it was last polled.
const (
	seenAfterLeaving  = 90 * 24 * time.Hour
	feedAfterLastPoll = 180 * 24 * time.Hour
)

// Oldest is when the oldest article was first seen whose text is kept; zero:
// there is none.
func (s *Store) Oldest(ctx context.Context) (at time.Time, err error) {
	err = s.read.QueryRowContext(ctx, `select coalesce(min(first_seen), 0) from articles where pruned = 0`).Scan(stamp{&at})
	if err != nil {
		return at, fmt.Errorf("find the oldest article: %w", err)
	}
	return at, nil
}

// Forget drops the text of articles first seen before keep, and what has no
// use any more: what feeds showed that has left them long ago, delivered
// messages and stories, and what people did in Slack, older than keep. An article that a feed still shows
// keeps its row, without text, so that it is never taken for new again. The
// worker's own feeds are kept however long ago they seem to have been polled:
// the clock may have leapt.
func (s *Store) Forget(ctx context.Context, worker string, now, keep time.Time) (articles int64, err error) {
	ctx, cancel := context.WithTimeout(ctx, longWork)
	defer cancel()
	err = s.transact(ctx, func(tx *sql.Tx) error {
		result, err := tx.ExecContext(ctx, `update articles set body = '', pruned = 1 where pruned = 0 and first_seen < ?`, ms(keep))
		if err != nil {
			return err
		}
		if articles, err = result.RowsAffected(); err != nil {
			return err
		}
		long := ms(now.Add(-feedAfterLastPoll))
		for _, step := range []struct {
			sql  string
			args []any
		}{
			{`delete from seen where last_seen < (select f.parsed from feeds f where f.key = seen.feed_key) - ?`, []any{seenAfterLeaving.Milliseconds()}},
			{`delete from seen where feed_key in (select key from feeds where last_poll < ? and lease <> ?)`, []any{long, worker}},
			{`delete from feeds where last_poll < ? and last_poll > 0 and lease <> ?`, []any{long, worker}},
			{`delete from alerts where at < ? and message_id in (select id from messages where state in ('sent', 'folded', 'dead', 'muted'))`, []any{ms(keep)}},
			{`delete from messages where created < ? and state in ('sent', 'folded', 'dead', 'muted')
				and not exists (select 1 from alerts al where al.message_id = messages.id)
				and not exists (select 1 from messages m where m.parent = messages.id or m.folded_into = messages.id)`, []any{ms(keep)}},
			{`delete from reports where at < ?`, []any{ms(keep)}},
			{`delete from stories where last < ? and not exists (select 1 from reports r where r.story_id = stories.id)
				and not exists (select 1 from alerts al where al.story_id = stories.id)`, []any{ms(keep)}},
			{`delete from articles where pruned = 1 and first_seen < ? and not exists (select 1 from seen s where s.article_id = articles.id)
				and not exists (select 1 from reports r where r.article_id = articles.id)`, []any{ms(keep)}},
			{`delete from acts where at < ?`, []any{ms(keep)}},
			{`delete from verdicts where at < ?`, []any{ms(keep)}},
			{`delete from mutes where until < ?`, []any{ms(keep)}},
			{`delete from notices where over = 1 and told < ?`, []any{ms(keep)}},
			{`delete from matches where at < ? and not exists (select 1 from articles a where a.id = matches.article_id)`, []any{ms(keep)}},
		} {
			if _, err := tx.ExecContext(ctx, step.sql, step.args...); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return 0, fmt.Errorf("forget what is old: %w", err)
	}
	return articles, nil
}
