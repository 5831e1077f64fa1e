package feed

import (
	"bytes"
	"fmt"
	"slices"

	"newswatch/monitor"
)

// maxBatchBytes of items are parsed at a time: a batch's trees are garbage
// before the next one's are grown.
const maxBatchBytes = 256 << 10

// maxSinglyBytes are parsed item by item, where batches are broken: enough for
// any feed that was broken by accident.
const maxSinglyBytes = 8 << 20

// A format reads the items of one of the two families of XML feeds.
type format interface {
	// describe reads the feed's own elements from a document without items.
	describe(p *parser, root element, document []byte) error
	// items reads a document that consists of items only.
	items(p *parser, document []byte) ([]item, error)
}

// parseXML reads an RSS, RDF or Atom document: cut at its items, they are
// parsed in batches, and those of a batch that will not parse one by one.
func (p *parser) parseXML(document []byte) error {
	outline, err := cut(document)
	if err != nil {
		return &monitor.FeedError{Reason: reasonNotAFeed, Detail: "refused as a feed: " + err.Error(), Err: err}
	}
	var format format = rssFormat{}
	if outline.root.local() == "feed" {
		format = atomFormat{}
	}
	if err := format.describe(p, outline.root, outline.head); err != nil {
		p.describe("", attribute(outline.root.tag, "xml:lang"), "", "") // the items may still be sound
	}
	p.frame(outline.root.tag, outline.channel)
	p.odd = outline.odd
	if !p.parseNew(format, outline) {
		for _, batch := range batches(outline.items) {
			p.parseBatch(format, outline, batch)
		}
	}
	p.doc.Skipped = append(p.doc.Skipped, outline.skipped...)
	switch {
	case outline.found > len(outline.items)+len(outline.skipped):
		p.doc.Salvaged = fmt.Sprintf("only the first %d of %d items were read", len(outline.items), outline.found)
	case !outline.ended:
		p.doc.Salvaged = cutOff(outline.found)
	}
	return nil
}

// parseNew adds the articles of the items that are not known, and says whether
// that was all there is to do. It does nothing where the items may not be what
// they are parsed alone.
func (p *parser) parseNew(format format, outline *outline) bool {
	if p.odd || len(p.last.Items) == 0 {
		return false
	}
	prints := make([]monitor.Print, len(outline.items))
	isKnown := make([]bool, len(outline.items))
	var raws [][]byte
	size := 0
	for i, piece := range outline.items {
		if prints[i], isKnown[i] = p.known(piece.raw); !isKnown[i] {
			raws = append(raws, piece.raw)
			size += len(piece.raw)
		}
	}
	if size > maxBatchBytes || len(raws) == len(prints) {
		return false
	}
	var items []item
	if len(raws) > 0 {
		var err error
		items, err = format.items(p, outline.document(raws...))
		if err != nil || len(items) != len(raws) || slices.ContainsFunc(items, item.isBlank) {
			return false
		}
	}
	for i, piece := range outline.items {
		if isKnown[i] {
			p.addKnown(prints[i])
			continue
		}
		p.addPiece(piece, items[0])
		items = items[1:]
	}
	return true
}

func cutOff(after int) string {
	if after == 0 {
		return "the feed is cut off before its first item ends"
	}
	return fmt.Sprintf("the feed is cut off after item %d", after)
}

func batches(items []piece) [][]piece {
	var all [][]piece
	start, size := 0, 0
	for i, item := range items {
		if size += len(item.raw); size > maxBatchBytes || i == len(items)-1 {
			all = append(all, items[start:i+1])
			start, size = i+1, 0
		}
	}
	return all
}

// parseBatch adds a batch's articles. When parsing goes wrong anywhere in it
// every item is parsed by itself, as it is and then mended.
func (p *parser) parseBatch(format format, outline *outline, batch []piece) {
	raws := make([][]byte, len(batch))
	for i, piece := range batch {
		raws[i] = piece.raw
	}
	items, err := format.items(p, outline.document(raws...))
	if err != nil || len(items) != len(batch) {
		for _, piece := range batch {
			p.parseSingly(format, outline, piece)
		}
		return
	}
	for i := range items {
		if items[i].isBlank() { // such as after a stray end tag, which ends it
			p.parseSingly(format, outline, batch[i])
			continue
		}
		p.addPiece(batch[i], items[i])
	}
}

// parseSingly adds an item's article, or notes why it has none.
func (p *parser) parseSingly(format format, outline *outline, piece piece) {
	p.odd = true
	fault := "it has neither title nor text"
	for _, mended := range []func() []byte{func() []byte { return piece.raw }, func() []byte { return mendItem(piece) }} {
		if p.singly >= maxSinglyBytes {
			fault = "too much of the feed is broken"
			break
		}
		document := outline.document(mended())
		p.singly += len(document)
		items, err := format.items(p, document)
		if err == nil && len(items) == 1 && !items[0].isBlank() {
			p.addPiece(piece, items[0])
			return
		}
		if err != nil {
			fault = "it cannot be parsed: " + oneLine(err.Error())
		}
	}
	p.skip(piece.number, fault)
}

// addPiece adds an item with what its start tag says.
func (p *parser) addPiece(piece piece, it item) {
	it.number, it.raw = piece.number, piece.raw
	if it.lang == "" {
		it.lang = attribute(piece.tag, "xml:lang")
	}
	if about := attribute(piece.tag, "rdf:about"); about != "" {
		if it.guid == "" {
			it.guid = unescape(about)
		}
		it.links = append(it.links, unescape(about))
	}
	p.add(it)
}

// document is the outline's root with only these items in it.
func (o *outline) document(items ...[]byte) []byte {
	var b bytes.Buffer
	b.Write(o.root.tag)
	b.Write(o.channel)
	for _, item := range items {
		b.Write(item)
	}
	if o.channel != nil {
		b.WriteString("</channel>")
	}
	fmt.Fprintf(&b, "</%s>", o.root.name)
	return b.Bytes()
}
