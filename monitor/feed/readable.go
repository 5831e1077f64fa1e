package feed

import (
	"bytes"
	"strings"
	"unicode/utf8"

	dom "golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"newswatch/monitor"
)

// ReadPage returns the title and the text of an article's own page: of HTML its
// headline and paragraphs, without what stands around them; of plain text all of it,
// without a title. It fails with a *monitor.FeedError when the page is neither.
func ReadPage(page monitor.Page) (title, text string, err error) {
	if kind := binaryKind(page.Body); kind != "" {
		return "", "", &monitor.FeedError{Reason: reasonEncoding, Detail: kind + ", not a text", Hint: "save its text, and give that"}
	}
	body := toUTF8(page.Body, page.ContentType)
	switch kind, start := sniff(body); kind {
	case emptyPage:
		return "", "", &monitor.FeedError{Reason: reasonEmpty, Detail: "there is nothing in it"}
	case xmlFeed, jsonFeed:
		return "", "", &monitor.FeedError{Reason: reasonNotAFeed, Detail: "a feed, not an article", Hint: "newswatch feed SOURCE --json prints its articles, one a line"}
	case htmlPage:
		title, text = readable(body[start:])
		if len(text) < enough { // markup that is not closed hid it
			text = plainText(string(body[start:]))
		}
	case otherXML:
		return "", "", &monitor.FeedError{Reason: reasonNotAFeed, Detail: "XML, not an article"}
	default:
		text = mend(printable(string(body[start:])))
	}
	return title, text, nil
}

// binaryKind names a file that is no text; "": it may be one.
func binaryKind(body []byte) string {
	switch {
	case bytes.HasPrefix(body, []byte("%PDF-")):
		return "a PDF file"
	case bytes.HasPrefix(body, []byte("PK\x03\x04")):
		return "a ZIP or Office file"
	case wideEncoding(body) == nil && bytes.IndexByte(body[:min(len(body), 8<<10)], 0) >= 0:
		return "a binary file"
	}
	return ""
}

// beside are elements that stand around an article.
var beside = map[atom.Atom]bool{atom.Nav: true, atom.Footer: true, atom.Aside: true, atom.Form: true, atom.Figcaption: true}

// A block is a paragraph of a page.
type block struct {
	text    writer
	linked  int // bytes of it that are links
	article int // number of the <article> it stands in; 0: none
	inMain  bool
}

// maxTokenBytes ends a page at a text or a script that is longer. The data that
// some sites put into a script reaches two or three megabytes.
const maxTokenBytes = 4 << 20

// enough is how much text makes an article, in bytes: two short paragraphs.
const enough = 250

// A pageReader cuts a page into blocks.
type pageReader struct {
	blocks         []*block
	headline       writer // the first <h1>
	name           writer // <title>
	shared         string // og:title: the headline without the outlet
	articles       int
	open           []int // numbers of the open <article>s
	mains, anchors int
	hidden         atom.Atom
	depth          int // of hidden elements of that kind
	size           int
}

// readable is a page's headline and paragraphs. Of several <article>s it is the one
// with most text, of a page without any <main>, else all. Paragraphs that are mostly
// links are lists of other articles.
func readable(body []byte) (title, text string) {
	r := &pageReader{}
	r.read(body)
	title = r.shared
	for _, other := range []string{r.headline.String(), withoutSite(r.name.String())} {
		if title == "" {
			title = other
		}
	}
	title = plainLine(title)
	byArticle := map[int]int{}
	main, largest := 0, 0
	for _, b := range r.blocks {
		n := len(b.text.String())
		if b.article > 0 {
			byArticle[b.article] += n
		}
		if b.inMain {
			main += n
		}
	}
	for number := 1; number <= r.articles; number++ {
		if byArticle[number] > byArticle[largest] {
			largest = number
		}
	}
	var kept []string
	for _, b := range r.blocks {
		paragraph := b.text.String()
		switch {
		case paragraph == "", paragraph == title, 2*b.linked > len(paragraph):
		case byArticle[largest] >= enough && b.article != largest:
		case byArticle[largest] < enough && main >= enough && !b.inMain:
		default:
			kept = append(kept, paragraph)
		}
	}
	return title, mend(cutBytes(strings.Join(kept, "\n\n"), maxBodyBytes))
}

// withoutSite is a page's name without the outlet's behind it.
func withoutSite(name string) string {
	for _, sign := range []string{" | ", " - ", " – ", " — "} {
		if at := strings.LastIndex(name, sign); at > 0 && utf8.RuneCountInString(name[at+len(sign):]) < 40 {
			return name[:at]
		}
	}
	return name
}

func (r *pageReader) read(body []byte) {
	tokens := dom.NewTokenizer(bytes.NewReader(body))
	tokens.SetMaxBuf(maxTokenBytes)
	inHeadline, inName, named := false, false, false
	for r.size < maxBodyBytes {
		switch kind := tokens.Next(); kind {
		case dom.ErrorToken:
			return
		case dom.TextToken:
			text := printable(string(tokens.Text()))
			switch {
			case inName && !named:
				r.name.write(text)
			case r.hidden != 0:
			default:
				if inHeadline {
					r.headline.write(text)
				}
				r.write(text)
			}
		case dom.StartTagToken, dom.SelfClosingTagToken, dom.EndTagToken:
			tag, attributes := tokens.TagName()
			element := atom.Lookup(tag)
			opens, closes := kind == dom.StartTagToken, kind == dom.EndTagToken
			if element == atom.Meta && attributes && r.shared == "" {
				r.shared = sharedTitle(tokens)
			}
			switch element {
			case atom.Title:
				named = named || closes
				inName = opens && r.name.String() == ""
			case atom.H1:
				inHeadline = opens && r.headline.String() == ""
			}
			r.mark(element, opens, closes)
		}
	}
}

// sharedTitle is what a <meta> gives as the title to be shared, if it does.
func sharedTitle(tokens *dom.Tokenizer) string {
	isTitle, content := false, ""
	for more := true; more; {
		var key, value []byte
		key, value, more = tokens.TagAttr()
		switch string(key) {
		case "property":
			isTitle = string(value) == "og:title"
		case "content":
			content = string(value)
		}
	}
	if !isTitle {
		return ""
	}
	return content
}

// mark notes where an element opens or closes.
func (r *pageReader) mark(element atom.Atom, opens, closes bool) {
	switch {
	case r.hidden != 0:
		if element == r.hidden && opens {
			r.depth++
		}
		if element == r.hidden && closes {
			if r.depth--; r.depth == 0 {
				r.hidden = 0
			}
		}
		return
	case (unread[element] || beside[element]) && opens:
		r.hidden, r.depth = element, 1
	case element == atom.A && opens:
		r.anchors++
	case element == atom.A && closes:
		r.anchors = max(0, r.anchors-1)
	case element == atom.Main && opens:
		r.mains++
	case element == atom.Main && closes:
		r.mains = max(0, r.mains-1)
	case element == atom.Article && opens:
		r.articles++
		r.open = append(r.open, r.articles)
	case element == atom.Article && closes && len(r.open) > 0:
		r.open = r.open[:len(r.open)-1]
	}
	switch {
	case breaks[element] > 1:
		r.anchors = 0 // a link does not span paragraphs; its end was lost
		r.begin()
	case breaks[element] == 1 && len(r.blocks) > 0:
		r.blocks[len(r.blocks)-1].text.gap(newline)
	}
}

// begin begins a block, in place of the last where that is empty.
func (r *pageReader) begin() {
	if n := len(r.blocks); n > 0 && r.blocks[n-1].text.text.Len() == 0 {
		r.blocks = r.blocks[:n-1]
	}
	b := &block{inMain: r.mains > 0}
	if len(r.open) > 0 {
		b.article = r.open[len(r.open)-1]
	}
	r.blocks = append(r.blocks, b)
}

func (r *pageReader) write(text string) {
	if len(r.blocks) == 0 {
		r.begin()
	}
	b := r.blocks[len(r.blocks)-1]
	before := b.text.text.Len()
	b.text.write(text)
	written := b.text.text.Len() - before
	r.size += written
	if r.anchors > 0 {
		b.linked += written
	}
}
