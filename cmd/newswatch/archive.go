package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"strconv"
	"time"

	"newswatch/monitor"
	"newswatch/monitor/config"
	"newswatch/monitor/store"
)

// A past is an article that queries and rules are tried on.
type past struct {
	monitor.Article
	id json.RawMessage // as lines name it
	at time.Time       // when it arrived; zero: not known
}

// An archive is where such articles are read from.
type archive struct {
	articles iter.Seq2[past, error]
	total    int // how many there are; 0: not known
	pruned   int // more, whose text is gone
	close    func() error
}

// archiveOptions say what to read.
type archiveOptions struct {
	file        string   // JSON Lines in place of the store; "-": standard input
	since       lookback // 0: all there is
	newestFirst bool     // of the store; a file keeps its order
}

// from is when the past begins; zero: with the first article.
func (o archiveOptions) from(now time.Time) time.Time {
	if o.since == 0 {
		return time.Time{}
	}
	return now.Add(-time.Duration(o.since))
}

// archive opens the store's past, or a file's.
func (a *app) archive(ctx context.Context, cfg *config.Config, opts archiveOptions, now time.Time) (*archive, error) {
	if opts.file != "" {
		return a.archiveFile(ctx, opts.file, opts.from(now))
	}
	if cfg == nil {
		return nil, &failure{code: exitFault, err: errors.New("there is no archive: no config.yaml here, and --file was not given"),
			hint: "--config FILE names a configuration, --file FILE articles as JSON Lines"}
	}
	kept, err := store.OpenReader(ctx, cfg.StorePath)
	if err != nil {
		return nil, storeFailure(err)
	}
	past, err := pastOf(ctx, kept, opts, now)
	if err != nil {
		return nil, errors.Join(err, kept.Close())
	}
	return past, nil
}

// pastOf reads a store, which the archive closes.
func pastOf(ctx context.Context, kept *store.Store, opts archiveOptions, now time.Time) (*archive, error) {
	since := opts.from(now)
	extent, err := kept.Extent(ctx, since)
	if err != nil {
		return nil, storeFailure(err)
	}
	articles := kept.Past(ctx, since, opts.newestFirst)
	return &archive{total: extent.Articles, pruned: extent.Pruned, close: kept.Close, articles: func(yield func(past, error) bool) {
		for article, err := range articles {
			if err != nil {
				yield(past{}, storeFailure(err))
				return
			}
			p := past{Article: article, id: json.RawMessage(strconv.FormatInt(article.ID, 10)), at: arrival(article)}
			if !p.at.Before(since) && !yield(p, nil) {
				return
			}
		}
	}}, nil
}

// arrival is when the bot saw the article. What stood in a feed's first poll and
// was old even then counts as seen when it was published: no flood on that day.
func arrival(a monitor.Article) time.Time {
	if a.Baseline && !a.Published.IsZero() && a.Published.Before(a.FirstSeen) {
		return a.Published
	}
	return a.FirstSeen
}

// archiveFile reads articles as JSON Lines. An undated one arrived with the one
// before it.
func (a *app) archiveFile(ctx context.Context, name string, since time.Time) (*archive, error) {
	name, source, err := a.source(ctx, []string{name})
	if err != nil {
		return nil, err
	}
	return &archive{close: source.Close, articles: func(yield func(past, error) bool) {
		var at time.Time
		errEnough := errors.New("enough")
		err := eachArticle(name, source, func(in input) error {
			p := past{Article: in.article(), id: in.ID}
			if len(p.id) == 0 {
				p.id = json.RawMessage("null")
			}
			if !p.Published.IsZero() {
				at = p.Published
			}
			p.at, p.FirstSeen = at, at
			if !at.Before(since) && !yield(p, nil) {
				return errEnough
			}
			return nil
		})
		if err != nil && !errors.Is(err, errEnough) {
			yield(past{}, err)
		}
	}}, nil
}

// A lookback is a flag like 30d.
type lookback time.Duration

func (l *lookback) Set(text string) error {
	d, err := monitor.ParseDuration(text)
	if err != nil {
		return fmt.Errorf("%s %w", text, err)
	}
	*l = lookback(d)
	return nil
}

func (l *lookback) String() string { return monitor.FormatDuration(time.Duration(*l)) }

func (l *lookback) Type() string { return "duration" }
