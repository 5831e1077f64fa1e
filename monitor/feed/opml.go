package feed

import (
	"bytes"
	"cmp"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net/url"
	"slices"
	"strings"

	"newswatch/monitor"
)

// Limits of a list of feeds.
const (
	maxOutlines     = 20_000
	maxFolders      = 64 // within each other
	maxFeedURLBytes = 8_000
)

// ReadOPML returns the feeds of an OPML list, each once, with the folders that
// it stands in and its categories as tags; and what was not taken, in words.
// A list that is no well-formed XML is read as far as it makes sense. The
// addresses may hold passwords.
func ReadOPML(document []byte) (feeds []monitor.Feed, notes []string, err error) {
	r := &opmlReader{scanner: scanner{text: toUTF8(document, "")}, known: make(map[string]int)}
	root, ok := r.next()
	if !ok || localName(root.name) != "opml" {
		return nil, nil, errors.New("no OPML list: its root element is not opml")
	}
	for outlines := 0; ; {
		tag, ok := r.next()
		if !ok {
			return r.feeds, few(r.notes), nil
		}
		if localName(tag.name) != "outline" {
			continue
		}
		if tag.kind == endTag {
			r.leave()
			continue
		}
		if outlines++; outlines > maxOutlines {
			return nil, nil, fmt.Errorf("an OPML list of more than %d outlines", maxOutlines)
		}
		if err := r.enter(tag); err != nil {
			return nil, nil, err
		}
	}
}

type opmlReader struct {
	scanner
	folders []string       // the open outlines; "" for one that is no folder
	known   map[string]int // where in feeds, by canonical address
	feeds   []monitor.Feed
	notes   []string
}

func (r *opmlReader) leave() {
	if len(r.folders) > 0 {
		r.folders = r.folders[:len(r.folders)-1]
	}
}

// enter reads an outline: a feed where it has an address, else a folder.
func (r *opmlReader) enter(m markup) error {
	value := func(name string) string { return plainLine(attribute(r.text[m.start:m.end], name)) }
	folder := ""
	name := cmp.Or(value("text"), value("title"))
	switch address := unescape(attribute(r.text[m.start:m.end], "xmlurl")); {
	case address != "":
		tags := slices.Clone(r.folders)
		for _, category := range strings.FieldsFunc(value("category"), func(c rune) bool { return c == ',' || c == '/' }) {
			tags = append(tags, strings.TrimSpace(category))
		}
		r.add(name, address, lang(value("language")), tags)
	case strings.EqualFold(value("type"), "include"):
		r.notes = append(r.notes, fmt.Sprintf("%q is another list, which is not fetched", oneLine(name)))
	default:
		folder = name
	}
	if m.kind == startTag {
		if r.folders = append(r.folders, folder); len(r.folders) > maxFolders {
			return fmt.Errorf("an OPML list with more than %d folders within each other", maxFolders)
		}
	}
	return nil
}

// add keeps a feed. One that is listed twice, as readers do with two folders,
// is one feed with the tags of both.
func (r *opmlReader) add(name, address, lang string, folders []string) {
	u, err := url.Parse(withoutFeedScheme(strings.TrimSpace(address)))
	if err != nil || !fetchable(u) || len(address) > maxFeedURLBytes {
		r.notes = append(r.notes, fmt.Sprintf("%q has no http or https address", oneLine(name)))
		return
	}
	name = cutRunes(cmp.Or(name, u.Hostname()), maxNameRunes)
	canonical := monitor.CanonicalURL(u.String())
	if i, ok := r.known[canonical]; ok {
		r.feeds[i].Tags = tags(r.feeds[i].Tags, folders)
		r.notes = append(r.notes, fmt.Sprintf("%q is listed more than once: it is one feed, with the tags of all", oneLine(name)))
		return
	}
	r.known[canonical] = len(r.feeds)
	r.feeds = append(r.feeds, monitor.Feed{Name: name, URL: u.String(), Lang: lang, Tags: tags(nil, folders)})
}

// maxNameRunes is how long the configuration takes a feed's name.
const maxNameRunes = 80

func cutRunes(text string, n int) string {
	if runes := []rune(text); len(runes) > n {
		return strings.TrimSpace(string(runes[:n]))
	}
	return text
}

// withoutFeedScheme is the address behind feed://host/ and feed:https://host/.
func withoutFeedScheme(address string) string {
	rest, ok := strings.CutPrefix(address, "feed:")
	switch {
	case !ok:
		return address
	case strings.HasPrefix(rest, "//"):
		return "http:" + rest
	}
	return rest
}

// An opmlOutline is a folder or a feed.
type opmlOutline struct {
	Text     string         `xml:"text,attr"`
	Title    string         `xml:"title,attr,omitempty"`
	Type     string         `xml:"type,attr,omitempty"`
	URL      string         `xml:"xmlUrl,attr,omitempty"`
	Language string         `xml:"language,attr,omitempty"`
	Category string         `xml:"category,attr,omitempty"`
	Outlines []*opmlOutline `xml:"outline"`
}

// WriteOPML writes an OPML 2.0 list that ReadOPML, and other programs, read
// back. A feed stands in a folder for its first tag, in that in one for its
// second and so on; readers that know categories find its tags there too. The
// addresses are written as they are.
func WriteOPML(w io.Writer, feeds []monitor.Feed) error {
	var body opmlOutline
	for _, feed := range feeds {
		folder := &body
		for _, tag := range feed.Tags {
			folder = folder.folder(tag)
		}
		var categories []string
		for _, tag := range feed.Tags {
			if !strings.ContainsAny(tag, ",/") { // these separate categories
				categories = append(categories, tag)
			}
		}
		folder.Outlines = append(folder.Outlines, &opmlOutline{
			Text: feed.Name, Title: feed.Name, Type: "rss", URL: feed.URL, Language: feed.Lang, Category: strings.Join(categories, ","),
		})
	}
	list := struct {
		XMLName  xml.Name       `xml:"opml"`
		Version  string         `xml:"version,attr"`
		Title    string         `xml:"head>title"`
		Outlines []*opmlOutline `xml:"body>outline"`
	}{Version: "2.0", Title: "newswatch", Outlines: body.Outlines}
	text, err := xml.MarshalIndent(list, "", "  ")
	if err != nil {
		return fmt.Errorf("write OPML: %w", err)
	}
	// No attribute holds a ">", so this is the end of an element without others.
	_, err = fmt.Fprintf(w, "%s%s\n", xml.Header, bytes.ReplaceAll(text, []byte("></outline>"), []byte("/>")))
	return err
}

// folder is the folder of that name within this one.
func (o *opmlOutline) folder(name string) *opmlOutline {
	for _, inner := range o.Outlines {
		if inner.URL == "" && inner.Text == name {
			return inner
		}
	}
	inner := &opmlOutline{Text: name}
	o.Outlines = append(o.Outlines, inner)
	return inner
}
