package feed

import (
	"bytes"
	"html"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	dom "golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// Limits of an article's texts. What is longer is cut at a character.
const (
	maxTitleRunes = 2_000
	maxBodyBytes  = 200 << 10
)

// plainText is HTML as a reader sees it: markup, scripts and styles gone,
// entities decoded, white space collapsed, paragraphs "\n\n" apart and forced
// line breaks "\n". Text that was escaped once too often is unescaped again.
//
//	<p>Seoul &amp; <b>Tokyo</b></p><p>said</p>  →  "Seoul & Tokyo\n\nsaid"
func plainText(source string) string {
	text, marked := strip(mendWide(source))
	if !marked && strings.Contains(text, "<") && escapedMarkup.MatchString(text) {
		text, _ = strip(text)
	}
	if strings.Contains(text, "&") && escapedEntity.MatchString(text) {
		text = lines(printable(html.UnescapeString(text)))
	}
	return mend(text)
}

// plainLine is plainText on one line of at most maxTitleRunes, for a title or
// a name.
func plainLine(source string) string {
	if len(source) > maxBodyBytes {
		source = cutBytes(source, maxBodyBytes)
	}
	line := strings.Join(strings.Fields(plainText(source)), " ")
	if utf8.RuneCountInString(line) > maxTitleRunes {
		line = strings.TrimSpace(string([]rune(line)[:maxTitleRunes]))
	}
	return line
}

var (
	// escapedMarkup and escapedEntity are what is left over in plain text when
	// its feed escaped it twice. Neither matches what people write.
	escapedMarkup = regexp.MustCompile(`(?i)</(p|div|span|a|b|i|em|strong|h[1-6]|li|ul|font|table)>|<(br|p|div|img|hr)( [^<>]*)?/?>`)
	escapedEntity = regexp.MustCompile(`&(amp|lt|gt|quot|apos|nbsp|[lr][sd]quo|[nm]dash|hellip|middot|#[0-9]{2,6}|#[xX][0-9a-fA-F]{2,5});`)
)

// unread are elements whose text no reader sees as part of an article.
var unread = map[atom.Atom]bool{
	atom.Script: true, atom.Style: true, atom.Noscript: true, atom.Template: true, atom.Iframe: true,
	atom.Object: true, atom.Svg: true, atom.Math: true, atom.Head: true, atom.Select: true, atom.Button: true,
}

// breaks are the elements that end a line (1) or a paragraph (2).
var breaks = map[atom.Atom]int{
	atom.Br: 1, atom.P: 2, atom.Div: 2, atom.Section: 2, atom.Article: 2, atom.Header: 2, atom.Footer: 2,
	atom.Aside: 2, atom.Main: 2, atom.Nav: 2, atom.Blockquote: 2, atom.Pre: 2, atom.Hr: 2, atom.H1: 2,
	atom.H2: 2, atom.H3: 2, atom.H4: 2, atom.H5: 2, atom.H6: 2, atom.Ul: 2, atom.Ol: 2, atom.Li: 2,
	atom.Dl: 2, atom.Dt: 2, atom.Dd: 2, atom.Table: 2, atom.Tr: 2, atom.Figure: 2, atom.Figcaption: 2,
}

// strip takes the markup out of HTML and says whether there was any. Text
// without markup keeps its blank lines as paragraphs.
func strip(source string) (text string, marked bool) {
	if !strings.ContainsAny(source, "<&") {
		return lines(printable(source)), false
	}
	tokens := dom.NewTokenizer(strings.NewReader(source))
	var w writer
	w.text.Grow(min(len(source), maxBodyBytes))
	var plain strings.Builder // the text as if nothing in it were markup
	hidden, within := atom.Atom(0), 0
	for !w.full() {
		kind := tokens.Next()
		switch kind {
		case dom.ErrorToken:
			if !marked {
				return lines(plain.String()), false
			}
			return w.String(), true
		case dom.TextToken:
			if hidden != 0 {
				continue
			}
			chunk := printable(html.UnescapeString(string(tokens.Text())))
			if !marked {
				plain.WriteString(chunk)
			}
			w.write(chunk)
		case dom.StartTagToken, dom.EndTagToken, dom.SelfClosingTagToken:
			raw := tokens.Raw()
			tag, _ := tokens.TagName()
			element := atom.Lookup(tag)
			if element == 0 && hidden == 0 && isTitle(raw) {
				name := printable(string(raw))
				w.write(name)
				plain.WriteString(name)
				continue
			}
			marked = true
			switch {
			case hidden != 0 && element == hidden && kind == dom.StartTagToken:
				within++
			case hidden != 0 && element == hidden && kind == dom.EndTagToken:
				if within--; within == 0 {
					hidden = 0
				}
			case hidden != 0:
			case unread[element] && kind == dom.StartTagToken:
				hidden, within = element, 1
			case breaks[element] > 0:
				w.gap(newline + breaks[element] - 1)
			case element == atom.Td || element == atom.Th:
				w.gap(space)
			}
		}
	}
	return w.String(), true
}

// isTitle says whether a tag that is no HTML may be a name in angle brackets,
// as in "<Parasite> wins": one word, no attributes, no namespace.
func isTitle(tag []byte) bool {
	return len(tag) > 3 && tag[1] != '/' && !bytes.ContainsAny(tag, ` :="/-`)
}

// Gaps between words, from narrow to wide.
const (
	none = iota
	space
	newline
	paragraph
)

// A writer collapses white space. What stands between two words is the widest
// of the gaps between them; two forced line breaks make a paragraph.
type writer struct {
	text    strings.Builder
	pending int
}

func (w *writer) full() bool { return w.text.Len() >= maxBodyBytes }

func (w *writer) gap(width int) {
	if width == newline && w.pending == newline {
		width = paragraph
	}
	w.pending = max(w.pending, width)
}

func (w *writer) write(text string) {
	for text != "" {
		word := strings.IndexFunc(text, func(r rune) bool { return !isBlank(r) })
		if word != 0 {
			w.gap(space)
		}
		if word < 0 {
			return
		}
		text = text[word:]
		end := strings.IndexFunc(text, isBlank)
		if end < 0 {
			end = len(text)
		}
		w.word(text[:end])
		text = text[end:]
	}
}

func (w *writer) word(word string) {
	if w.text.Len() > 0 {
		w.text.WriteString([...]string{none: "", space: " ", newline: "\n", paragraph: "\n\n"}[w.pending])
	}
	w.pending = none
	w.text.WriteString(word)
}

// String is what was written, cut to maxBodyBytes.
func (w *writer) String() string { return cutBytes(w.text.String(), maxBodyBytes) }

// lines collapses white space in text without markup: a blank line is a
// paragraph's end, a single line break is a space.
func lines(text string) string {
	var w writer
	for i, line := range strings.Split(text, "\n") {
		if i > 0 {
			w.gap(space)
		}
		if i > 0 && strings.TrimFunc(line, isBlank) == "" {
			w.gap(paragraph)
		}
		if w.full() {
			break
		}
		w.write(line)
	}
	return w.String()
}

// isBlank is unicode.IsSpace and the invisible fillers that stand for space.
func isBlank(r rune) bool { return unicode.IsSpace(r) || r == '\u3164' || r == '\u2800' }

// cutBytes cuts text to at most n bytes at a character.
func cutBytes(text string, n int) string {
	if len(text) <= n {
		return text
	}
	for n > 0 && !utf8.RuneStart(text[n]) {
		n--
	}
	return strings.TrimRightFunc(text[:n], isBlank)
}
