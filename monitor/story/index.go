package story

import (
	"bytes"
	"slices"
	"time"

	"newswatch/monitor"
)

// Options of an index.
type Options struct {
	Window time.Duration // reports further apart than this never share a story; 0: 72 h
	Recall time.Duration // how far back a story that returns is looked for; 0: 30 d
}

const (
	defaultWindow = 72 * time.Hour
	defaultRecall = 30 * 24 * time.Hour

	// maxReports bounds memory: at about 0.6 KB a report, 60 MiB. A desk whose
	// rules match more than that in three days loses the oldest early.
	maxReports = 100_000

	// maxOpeners are remembered for longer, the first reports of stories.
	maxOpeners = 5_000

	// maxVisits bounds the reports looked up for one article, rarest terms and
	// newest reports first; maxTermVisits what one term may take of that, so
	// that the reports of a flood do not hide those that share other terms.
	maxVisits     = 4096
	maxTermVisits = 512

	// maxCandidates are compared in full.
	maxCandidates = 32
)

// An Index is a monitor.Grouper that holds in memory the reports of a sliding
// window. What it answers depends on what it was told, in order, and on
// nothing else. It is used by one goroutine at a time.
type Index struct {
	window    int64 // milliseconds
	nearest   int64 // milliseconds: reports less far back are passed over
	limit     int
	gazetteer *gazetteer

	reports []packed // oldest first
	total   float32  // log of their number, the prior's included
	dropped uint32   // reports forgotten; reports[i] has number dropped+i
	sizes   map[int64]int

	numbers map[uint64]uint32 // a term's place in terms, by its hash
	terms   []term
	common  []float32 // of each of terms the log of its frequency, prior included: read often
	free    []uint32  // places in terms to use again

	openers *Index // of stories' first reports alone, over the longer window; nil in that one

	last    reading // of the article placed or remembered last
	lastKey readKey
	weights []float32 // scratch: by place in reports, all 0
	touched []int     // scratch: places whose weight is not 0
	one     report    // scratch: one of reports
	packing []byte    // scratch
}

// A report is a reading that belongs to a story.
type report struct {
	signs
	story    int64
	terms    []weighted // ascending by number
	shingles []byte     // as in reading
}

// weighted is a term of a report.
type weighted struct {
	number uint32
	weight uint8 // tenths
	after  uint8 // as in feature
	at     uint8 // as in feature
	marks  mark
}

// A term has the reports that contain it.
type term struct {
	hash   uint64
	in     posting // numbers of reports
	rarity rarity

	// stories counts the runs of reports of one story in in. A flood of reports
	// of one event does not make its names common.
	stories uint32
}

type readKey struct {
	title, body, outlet, lang string
	at, published             time.Time
}

// NewIndex returns an index that remembers nothing yet.
func NewIndex(opts Options) *Index {
	if opts.Window <= 0 {
		opts.Window = defaultWindow
	}
	if opts.Recall <= 0 {
		opts.Recall = defaultRecall
	}
	g := newGazetteer()
	x := newIndex(g, opts.Window, maxReports)
	x.nearest = -x.window // clocks differ
	x.openers = newIndex(g, opts.Recall, maxOpeners)
	x.openers.nearest = x.window
	return x
}

func newIndex(g *gazetteer, window time.Duration, limit int) *Index {
	return &Index{
		window: window.Milliseconds(), limit: limit, gazetteer: g,
		total: rarity(priorReports).common(0),
		sizes: map[int64]int{}, numbers: map[uint64]uint32{},
	}
}

// Remember takes in a report that the store has; its article's FirstSeen is
// when it arrived.
func (x *Index) Remember(r monitor.Report) {
	read := x.read(&r.Article, r.Article.FirstSeen)
	if r.Relation == monitor.Opens {
		x.openers.remember(read, r.StoryID, false)
	}
	x.remember(read, r.StoryID, r.Relation == monitor.Opens)
}

func (x *Index) remember(read reading, story int64, opens bool) {
	x.forget(read.at)
	number := x.dropped + uint32(len(x.reports))
	kept := report{signs: read.signs, story: story, terms: x.one.terms[:0], shingles: read.shingles}
	for _, f := range read.terms {
		n, ok := x.numbers[f.hash]
		if !ok {
			n = x.number(f)
		}
		t := &x.terms[n]
		if t.in.count == 0 || x.storyOf(t.in.last) != story {
			t.stories++
		}
		t.in.append(number)
		x.common[n] = t.rarity.common(int(t.stories))
		kept.terms = append(kept.terms, f.numbered(n))
	}
	slices.SortFunc(kept.terms, func(a, b weighted) int { return int(a.number) - int(b.number) })
	kept.opens = opens
	x.packing = kept.pack(x.packing[:0])
	x.one.terms = kept.terms
	x.reports = append(x.reports, packed{kept.at, story, bytes.Clone(x.packing)})
	x.sizes[story]++
	x.total = rarity(priorReports).common(len(x.sizes))
}

// Undo forgets the last n reports that were remembered. What their coming drove
// out of the window stays out.
func (x *Index) Undo(n int) {
	for range min(n, len(x.reports)) {
		last := len(x.reports) - 1
		r := x.report(last)
		for _, w := range r.terms {
			t := &x.terms[w.number]
			t.in.dropLast()
			x.lost(w.number, t.in.count == 0 || x.storyOf(t.in.last) != r.story)
		}
		x.left(r.story)
		if r.opens {
			x.openers.Undo(1)
		}
		x.reports[last] = packed{}
		x.reports = x.reports[:last]
	}
	x.total = rarity(priorReports).common(len(x.sizes))
}

// lost notes that a report has gone from a term, and whether a run of reports of
// one story has with it.
func (x *Index) lost(number uint32, run bool) {
	t := &x.terms[number]
	if run {
		t.stories--
	}
	x.common[number] = t.rarity.common(int(t.stories))
	if t.in.count == 0 {
		delete(x.numbers, t.hash)
		*t = term{}
		x.free = append(x.free, number)
	}
}

// left notes that a report has gone from a story.
func (x *Index) left(story int64) {
	if x.sizes[story]--; x.sizes[story] == 0 {
		delete(x.sizes, story)
	}
}

func (x *Index) number(f feature) uint32 {
	t := term{hash: f.hash, rarity: f.rarity}
	var n uint32
	if last := len(x.free) - 1; last >= 0 {
		n, x.free = x.free[last], x.free[:last]
		x.terms[n] = t
	} else {
		n = uint32(len(x.terms))
		x.terms, x.common = append(x.terms, t), append(x.common, 0)
	}
	x.numbers[f.hash] = n
	return n
}

func (f feature) numbered(n uint32) weighted { return weighted{n, f.weight, f.after, f.at, f.marks} }

// report is the one at that place in reports, until another is asked for.
func (x *Index) report(at int) *report {
	x.reports[at].unpack(&x.one)
	return &x.one
}

func (x *Index) storyOf(report uint32) int64 { return x.reports[report-x.dropped].story }

// forget drops the reports that lie further back than the window.
func (x *Index) forget(now int64) {
	gone := 0
	for gone < len(x.reports) && (now-x.reports[gone].at > x.window || len(x.reports)-gone >= x.limit) {
		r := x.report(gone)
		number := x.dropped + uint32(gone)
		for _, w := range r.terms {
			gap := x.terms[w.number].in.dropFirst()
			x.lost(w.number, gap == 0 || x.storyOf(number+gap) != r.story)
		}
		x.left(r.story)
		x.reports[gone] = packed{}
		gone++
	}
	x.reports = x.reports[gone:]
	x.dropped += uint32(gone)
}

// Place finds the story of an article that arrived at the given time; ok is
// false when no story remembered is about the same event.
func (x *Index) Place(a *monitor.Article, at time.Time) (story int64, rel monitor.Relation, ok bool) {
	best := x.best(x.read(a, at))
	switch {
	case best.copied:
		return best.story, monitor.Copy, true
	case best.score >= threshold && best.later:
		return best.story, monitor.Adds, true
	case best.score >= threshold:
		return best.story, monitor.Tells, true
	default:
		return 0, "", false
	}
}

// Recall finds the story of long ago that an article takes up again, among those
// whose first report is remembered.
func (x *Index) Recall(a *monitor.Article, at time.Time) (story int64, ok bool) {
	if best := x.openers.best(x.read(a, at)); best.score >= returns {
		return best.story, true
	}
	return 0, false
}

// best is the story with the highest score; of equals the newest.
func (x *Index) best(r reading) (best candidate) {
	q := x.query(r)
	for _, c := range x.stories(q, x.candidates(q)) {
		if c.score > best.score || c.score == best.score && c.story > best.story {
			best = c
		}
	}
	return best
}

// read keeps the last reading, for an article is placed and then remembered.
func (x *Index) read(a *monitor.Article, at time.Time) reading {
	key := readKey{a.Title, a.Body, a.Outlet, a.Lang, at, a.Published}
	if key != x.lastKey || x.last.terms == nil {
		x.last, x.lastKey = x.gazetteer.read(a, at), key
	}
	return x.last
}

// A query is a reading with the numbers and rarities of its terms. Terms that
// the index does not have only lengthen it.
type query struct {
	report
	unknown []feature
}

func (x *Index) query(r reading) *query {
	q := &query{report: report{signs: r.signs, shingles: r.shingles}}
	for _, f := range r.terms {
		if n, ok := x.numbers[f.hash]; ok {
			q.report.terms = append(q.report.terms, f.numbered(n))
		} else {
			q.unknown = append(q.unknown, f)
		}
	}
	slices.SortFunc(q.report.terms, func(a, b weighted) int { return int(a.number) - int(b.number) })
	return q
}

// candidates are the places in x.reports of those that share the most, rarest
// terms first.
func (x *Index) candidates(q *query) []int {
	if len(x.weights) < len(x.reports) {
		x.weights = make([]float32, max(len(x.reports), 2*len(x.weights)))
	}
	byRarity := slices.Clone(q.report.terms)
	slices.SortFunc(byRarity, func(a, b weighted) int {
		if d := int(x.terms[a.number].in.count) - int(x.terms[b.number].in.count); d != 0 {
			return d
		}
		return int(a.number) - int(b.number)
	})
	touched := x.touched[:0]
	visits := 0
	for _, w := range byRarity {
		gain := x.rarityOf(w.number)
		for number := range x.terms[w.number].in.newest(min(maxTermVisits, maxVisits-visits)) {
			visits++
			at := int(number - x.dropped)
			if x.weights[at] == 0 {
				touched = append(touched, at)
			}
			x.weights[at] += gain
		}
	}
	best := make([]int, 0, maxCandidates+1)
	less := func(a, b int) int { // heavier first, then newer
		switch {
		case x.weights[a] > x.weights[b]:
			return -1
		case x.weights[a] < x.weights[b]:
			return 1
		}
		return b - a
	}
	for _, at := range touched {
		if len(best) == maxCandidates && less(at, best[len(best)-1]) > 0 {
			continue
		}
		i, _ := slices.BinarySearchFunc(best, at, less)
		best = slices.Insert(best, i, at)
		best = best[:min(len(best), maxCandidates)]
	}
	for _, at := range touched {
		x.weights[at] = 0
	}
	x.touched = touched
	return best
}
