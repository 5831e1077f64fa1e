package store

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// bigStore makes a store of a month of some 3,000 articles a day, and says how
// large it is.
func bigStore(b *testing.B) (path string, bytes int64) {
	b.Helper()
	path = filepath.Join(b.TempDir(), "newswatch.db")
	s, err := Open(b.Context(), path)
	if err != nil {
		b.Fatal(err)
	}
	const articles, bodyBytes = 100_000, 2_000
	_, err = s.write.Exec(fmt.Sprintf(`
		with recursive n(i) as (select 1 union all select i + 1 from n where i < %d)
		insert into articles (feed_key, feed, guid, url, canonical, title_key, title, body, author, outlet, relay, lang, tags, published, first_seen, baseline)
			select 'k', 'Agency', 'guid-' || i, 'https://agency.example/' || i, 'https://agency.example/' || i,
				'title ' || i, 'Title ' || i, '%s', '', '', 0, 'en', '', i, i, 0 from n`, articles, strings.Repeat("x", bodyBytes)))
	if err == nil {
		_, err = s.write.Exec(`insert into seen (feed_key, identity, article_id, text_hash, last_seen)
			select feed_key, guid, id, hex(randomblob(16)), 1 from articles`)
	}
	if err != nil {
		b.Fatal(err)
	}
	if err := s.Close(); err != nil {
		b.Fatal(err)
	}
	info, err := os.Stat(path)
	if err != nil {
		b.Fatal(err)
	}
	return path, info.Size()
}

// BenchmarkOpen tells what the check of a file costs at start: it is to say
// within 5 s a gigabyte whether the file is sound.
func BenchmarkOpen(b *testing.B) {
	path, bytes := bigStore(b)
	b.SetBytes(bytes)
	for b.Loop() {
		s, err := Open(b.Context(), path)
		if err != nil {
			b.Fatal(err)
		}
		s.Close()
	}
}
