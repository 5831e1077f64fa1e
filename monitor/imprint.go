package monitor

import (
	"sync"
	"time"
)

// An Imprint is what is remembered of a page, so that of the next one only
// what is new needs to be parsed. Nothing but the Reader that made it can read
// it; the zero value knows nothing. It is never changed.
type Imprint struct {
	Frame uint64  // hash of all that decides, beside its bytes, what an item says
	Items []Print // in order of Bytes
}

// A Print is an item that became an article.
type Print struct {
	Bytes     uint64 // hash of the item as it stood in the page
	Identity  uint64 // hash of the article's identity
	Published int64  // milliseconds since 1970; 0: undated
}

// maxPrints are remembered over all feeds: 48 MiB, enough for 50,000 feeds of 40
// items. Beyond it some feeds are parsed whole.
const maxPrints = 2 << 20

// imprints are those of the pages that were recorded last. They are in memory
// only: after a start, and in any doubt, a page is parsed whole.
type imprints struct {
	mu    sync.Mutex
	feeds map[string]recorded // by feed key
	size  int                 // prints in them
}

// A recorded imprint is that of a page whose articles the store has.
type recorded struct {
	Imprint
	parsed time.Time // the poll that recorded it
	whole  time.Time // the last one before it, or itself, that was parsed whole
}

// of is the feed's imprint, if the store's word is that nothing was parsed after
// it, and the store need not be told again that its articles are still there.
func (m *imprints) of(state FeedState, now time.Time) Imprint {
	m.mu.Lock()
	defer m.mu.Unlock()
	last := m.feeds[state.Key]
	if state.Parsed.UnixMilli() != last.parsed.UnixMilli() || now.Sub(last.whole) > noteEvery {
		return Imprint{}
	}
	return last.Imprint
}

// keep remembers the imprint of a document that was recorded.
func (m *imprints) keep(state FeedState, doc Document) {
	m.mu.Lock()
	defer m.mu.Unlock()
	next := recorded{Imprint: doc.Imprint, parsed: state.Parsed, whole: state.Parsed}
	if len(doc.Known) > 0 {
		next.whole = m.feeds[state.Key].whole
	}
	m.drop(state.Key)
	if len(next.Items) == 0 {
		return
	}
	for key := range m.feeds { // any
		if m.size+len(next.Items) <= maxPrints {
			break
		}
		m.drop(key)
	}
	if m.feeds == nil {
		m.feeds = make(map[string]recorded)
	}
	m.feeds[state.Key] = next
	m.size += len(next.Items)
}

func (m *imprints) drop(key string) {
	m.size -= len(m.feeds[key].Items)
	delete(m.feeds, key)
}
