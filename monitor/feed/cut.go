package feed

import (
	"bytes"
	"fmt"
	"strings"
)

// Limits of a document. They are far above anything a publisher sends and low
// enough that 10 MiB of the worst is read in two seconds.
const (
	maxItems        = 10_000
	maxDepth        = 256     // elements within elements
	maxItemElements = 20_000  // start tags of one item
	maxElements     = 250_000 // start tags of all items
	maxAttributes   = 256     // of one element
	maxItemBytes    = 4 << 20 // a long read with its pictures inline
	maxHeadBytes    = 1 << 18 // of what stands outside the items
	maxRootBytes    = 8 << 10 // of the root's start tag, and of the channel's: items are parsed within them

	// Each declaration of a namespace makes the parser copy all that are in
	// scope: the root may have many, the items together some.
	maxNamespaces     = 64
	maxItemNamespaces = 20_000
)

var tooLargeItem = fmt.Sprintf("it is larger than %d bytes", maxItemBytes)

// An outline is an XML document cut at its items, in one pass and without
// parsing them: a broken item then costs itself only, and what was cut off in
// transit costs the last one.
//
//	<rss><channel> <title>…</title> │ <item>…</item> │ <item>…</item> │ </channel></rss>
//	root  channel   head              items                             head
type outline struct {
	root    element  // rss, RDF or feed
	channel []byte   // RSS: its channel's start tag
	head    []byte   // root, the feed's own elements, and the end tags they need
	items   []piece  // in the document's order
	found   int      // items there were; more than len(items) when there were too many
	skipped []string // items that break a limit
	ended   bool     // the end tag of the channel or the root was read
	odd     bool     // an item may not end where its parser takes it to end
}

// A piece is one item as it stands in the document.
type piece struct {
	number int    // from 1
	tag    []byte // its start tag
	raw    []byte // from start tag to end tag
}

// An element is a start tag: as written, and its name.
type element struct {
	tag  []byte
	name []byte // with its prefix
}

// local is the element's name without its prefix, in lower case.
func (e element) local() string { return localName(e.name) }

func localName(name []byte) string { return strings.ToLower(string(withoutPrefix(name))) }

// isLocally says whether that is the name, an ASCII word, without its prefix.
func isLocally(name []byte, local string) bool {
	return bytes.EqualFold(withoutPrefix(name), []byte(local))
}

func withoutPrefix(name []byte) []byte { return name[bytes.IndexByte(name, ':')+1:] }

// itemNames are what the items of a root element are called.
var itemNames = map[string]string{"rss": "item", "rdf": "item", "feed": "entry"}

// cut finds the items of a document whose root is a feed's. It fails when the
// document breaks a limit outside its items.
func cut(document []byte) (*outline, error) {
	c := &cutter{scanner: scanner{text: document}}
	root, ok := c.next()
	if !ok || itemNames[localName(root.name)] == "" {
		return nil, fmt.Errorf("no root element of a feed")
	}
	c.out.root = element{document[root.start:root.end], root.name}
	if len(c.out.root.tag) > maxRootBytes {
		return nil, fmt.Errorf("its root element's tag is larger than %d bytes", maxRootBytes)
	}
	if namespaces(c.out.root.tag) > maxNamespaces {
		return nil, fmt.Errorf("more than %d namespaces", maxNamespaces)
	}
	c.item, c.rss = []byte(itemNames[c.out.root.local()]), c.out.root.local() == "rss"
	if prefix, _, ok := bytes.Cut(root.name, []byte(":")); ok && c.out.root.local() == "feed" {
		c.item = append(append(bytes.Clone(prefix), ':'), c.item...)
	}
	c.head.Write(c.out.root.tag)
	c.open = append(c.open, root.name)
	if err := c.run(root.end); err != nil {
		return nil, err
	}
	for i := len(c.open) - 1; i >= 0; i-- {
		fmt.Fprintf(&c.head, "</%s>", c.open[i])
	}
	c.out.head = c.head.Bytes()
	return &c.out, nil
}

type cutter struct {
	scanner
	out  outline
	item []byte // the name of an item's element
	rss  bool   // its items may stand in a channel

	head bytes.Buffer
	open [][]byte // elements open outside of items

	namespaces int // declared in items so far
	elements   int // in items so far

	inside   bool // an item
	start    int  // of the item
	startTag []byte
	depth    int
	within   [][]byte // elements open in the item, itself the first
	tags     int
	fault    string // why the item is not kept
}

func (c *cutter) run(from int) error {
	outside := from // where the bytes begin that belong to the head
	for {
		m, ok := c.next()
		if !ok {
			if !c.inside {
				c.keepHead(outside, min(m.start, len(c.text)))
			}
			return nil
		}
		isItem := bytes.EqualFold(m.name, c.item)
		switch {
		case c.inside && m.kind == endTag && isItem:
			c.nestWithin(m)
			c.odd = c.odd || len(c.within) > 0
			c.finish(c.text[c.start:m.end])
			outside = m.end
		case c.inside && (m.kind == startTag && isItem || m.kind == endTag && c.isEnd(m)):
			// The item's own end tag is missing.
			c.odd = true
			c.finish(fmt.Appendf(bytes.Clone(c.text[c.start:m.start]), "</%s>", c.item))
			outside = m.start
			c.rewind(m)
		case c.inside:
			c.inspect(m)
		case m.kind == startTag && isItem:
			c.keepHead(outside, m.start)
			c.inside, c.start, c.startTag = true, m.start, c.text[m.start:m.end]
			c.depth, c.within, c.tags, c.fault = 0, c.within[:0], 0, ""
			c.odd = !m.isRegular(c.text)
			c.inspect(m)
		default:
			c.keepHead(outside, m.start)
			outside = m.start
			c.out.ended = c.out.ended || m.kind == endTag && c.isEnd(m)
			if c.head.Len() < maxHeadBytes {
				c.nest(m)
			}
			if len(c.open) > maxDepth {
				return fmt.Errorf("elements nest deeper than %d", maxDepth)
			}
		}
	}
}

// isEnd says whether m closes what the items stand in.
func (c *cutter) isEnd(m markup) bool {
	return bytes.EqualFold(m.name, c.out.root.name) || c.rss && isLocally(m.name, "channel")
}

// nest keeps the stack of elements open outside of items.
func (c *cutter) nest(m markup) {
	switch m.kind {
	case startTag:
		c.open = append(c.open, m.name)
		if c.out.channel == nil && isLocally(m.name, "channel") {
			c.out.channel = c.text[m.start:m.end]
			if m.end-m.start > maxRootBytes {
				c.out.channel = []byte("<channel>")
			}
		}
	case endTag:
		for i := len(c.open) - 1; i >= 0; i-- {
			if bytes.EqualFold(c.open[i], m.name) {
				c.open = c.open[:i]
				return
			}
		}
	}
}

func (c *cutter) keepHead(from, to int) {
	if from < to && c.head.Len()+to-from <= maxHeadBytes {
		c.head.Write(c.text[from:to])
	}
}

// nestWithin follows which elements are open in the item.
func (c *cutter) nestWithin(m markup) {
	last := len(c.within) - 1
	switch {
	case m.kind == startTag && last < maxDepth:
		c.within = append(c.within, m.name)
	case m.kind == endTag && last >= 0 && bytes.Equal(c.within[last], m.name):
		c.within = c.within[:last]
	case m.kind == endTag:
		c.odd = true
	}
}

// inspect holds a tag within an item to the limits.
func (c *cutter) inspect(m markup) {
	c.nestWithin(m)
	if m.kind == endTag {
		c.depth--
		return
	}
	c.tags++
	c.elements++
	if m.kind == startTag {
		c.depth++
	}
	tag := c.text[m.start:m.end]
	c.namespaces += namespaces(tag)
	switch {
	case c.fault != "":
	case c.depth > maxDepth:
		c.fault = fmt.Sprintf("its elements nest deeper than %d", maxDepth)
	case c.tags > maxItemElements:
		c.fault = fmt.Sprintf("it has more than %d elements", maxItemElements)
	case c.elements > maxElements:
		c.fault = fmt.Sprintf("the items have more than %d elements", maxElements)
	case c.namespaces > maxItemNamespaces:
		c.fault = fmt.Sprintf("the items declare more than %d namespaces", maxItemNamespaces)
	case bytes.Count(tag, []byte("=")) > maxAttributes && attributes(tag) > maxAttributes:
		c.fault = fmt.Sprintf("an element has more than %d attributes", maxAttributes)
	}
}

// finish keeps the item that ends here.
func (c *cutter) finish(raw []byte) {
	c.inside = false
	c.out.found++
	c.out.odd = c.out.odd || c.odd
	if len(raw) > maxItemBytes {
		c.fault = tooLargeItem
	}
	switch {
	case c.fault != "":
		c.out.odd = true
		if len(c.out.skipped) < maxItems {
			c.out.skipped = append(c.out.skipped, fmt.Sprintf("item %d: %s", c.out.found, c.fault))
		}
	case len(c.out.items) < maxItems:
		c.out.items = append(c.out.items, piece{c.out.found, c.startTag, raw})
	}
}

func namespaces(tag []byte) int { return bytes.Count(tag, []byte("xmlns")) }

// attributes counts a tag's attributes by their quoted values.
func attributes(tag []byte) int {
	n := 0
	for {
		open := bytes.IndexAny(tag, `"'`)
		if open < 0 {
			return n
		}
		length := bytes.IndexByte(tag[open+1:], tag[open])
		if length < 0 {
			return n
		}
		n++
		tag = tag[open+1+length+1:]
	}
}
