package feed

import (
	"cmp"
	"hash/maphash"
	"slices"
	"time"

	"newswatch/monitor"
)

// What is known of a page is told from what is new by hashes of 64 bits under a
// seed of the process: of a thousand million new items, one is taken for one of
// the forty beside it with a chance of one in five hundred million, and nobody
// can write one that is.
//
//	page 1  │ a │ b │ c │      parsed whole; imprint of a, b, c
//	page 2  │ d │ a │ b │ c │  d is parsed; a, b, c are known

// frame readies the parser for the items: those of the last imprint are known
// if it was made within the same frame, that is, if all is the same that
// decides beside its bytes what an item says.
func (p *parser) frame(parts ...[]byte) {
	var h maphash.Hash
	h.SetSeed(p.seed)
	for _, part := range parts {
		h.Write(part)
		h.WriteByte(0)
	}
	relative := ""
	if u := base(p.bases); u != nil {
		relative = u.String()
	}
	for _, part := range append([]string{p.key, p.feed.Name, p.feed.Lang, p.doc.Lang, p.outlet, p.author, relative}, p.feed.Tags...) {
		h.WriteString(part)
		h.WriteByte(0)
	}
	p.imprint.Frame = h.Sum64()
	if p.last.Frame != p.imprint.Frame {
		p.last = monitor.Imprint{}
	}
	p.imprint.Items = make([]monitor.Print, 0, len(p.last.Items))
}

// known is the print of an item in the last imprint.
func (p *parser) known(raw []byte) (monitor.Print, bool) {
	i, ok := slices.BinarySearchFunc(p.last.Items, maphash.Bytes(p.seed, raw), func(print monitor.Print, bytes uint64) int {
		return cmp.Compare(print.Bytes, bytes)
	})
	if !ok {
		return monitor.Print{}, false
	}
	return p.last.Items[i], true
}

// addKnown notes an item that is known.
func (p *parser) addKnown(print monitor.Print) {
	if p.isFirst(print) {
		var published time.Time
		if print.Published != 0 {
			published = time.UnixMilli(print.Published).UTC()
		}
		p.doc.Known = append(p.doc.Known, published)
	}
}

// printOf is the print of an item that became that article.
func (p *parser) printOf(raw []byte, article *monitor.Article) monitor.Print {
	print := monitor.Print{Bytes: maphash.Bytes(p.seed, raw), Identity: maphash.String(p.seed, article.Identity())}
	if !article.Published.IsZero() {
		print.Published = article.Published.UnixMilli()
	}
	return print
}

// isFirst says whether the print is the page's first of its identity. Only then
// it is part of the imprint: another would be the feed's article once the first
// is gone.
func (p *parser) isFirst(print monitor.Print) bool {
	if p.seen[print.Identity] {
		return false
	}
	p.seen[print.Identity] = true
	p.imprint.Items = append(p.imprint.Items, print)
	return true
}

// whole is the page's imprint; none when anything in the page is odd, so that
// the next one is parsed whole.
func (p *parser) whole() monitor.Imprint {
	if p.odd || p.doc.Salvaged != "" {
		return monitor.Imprint{}
	}
	p.imprint.Items = slices.Clip(p.imprint.Items)
	slices.SortFunc(p.imprint.Items, func(a, b monitor.Print) int { return cmp.Compare(a.Bytes, b.Bytes) })
	return p.imprint
}
