package draft

import (
	"errors"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// MaxBytes is how much of a document is read: no article has more.
const MaxBytes = 200 << 10

// maxTotalBytes bounds the documents together; each is read to its share of it.
const maxTotalBytes = 4 << 20

// A Document is one text to draft from.
type Document struct {
	Name  string // what the draft calls it: a file's name, an address
	Title string // one line; may be empty
	Body  string
}

// ErrNothing says that the documents hold nothing to draft from.
var ErrNothing = errors.New("no key phrase was found")

// A Survey is what stands out in some documents. It is immutable.
type Survey struct {
	documents []document
	scripts   map[script]bool
	phrases   []*phrase // the strongest first
	people    []string  // names of persons, as they first stand
	words     map[string]int
	sentences int
}

// A document with its tokens, those of the title first.
type document struct {
	Document
	text   string
	tokens []token
	titled int // how many of tokens are the title's
	from   int // its first sentence, counted over all documents

	titleEnd int // the sentence behind the title's
}

// Options say what is known beside the documents. The zero value is of use.
type Options struct {
	Ordinary []string // English words of every day, in lower case, that say little
}

// Read finds what documents are about. ErrNothing is the only error.
func Read(documents []Document, options Options) (*Survey, error) {
	s := &Survey{scripts: map[script]bool{}, words: map[string]int{}}
	share := min(MaxBytes, maxTotalBytes/max(len(documents), 1))
	for _, d := range documents {
		d.Title = oneLine(cutBytes(d.Title, share))
		d.Body = cutBytes(strings.ToValidUTF8(d.Body, "\ufffd"), share)
		s.add(d)
	}
	s.understand(newLexicon(options.Ordinary))
	s.find()
	if len(s.phrases) == 0 {
		return nil, ErrNothing
	}
	return s, nil
}

func (s *Survey) add(d Document) {
	title := reader{text: d.Title, sentence: s.sentences}
	title.read()
	body := reader{text: withoutFurniture(d.Title, d.Body), sentence: title.sentence}
	body.read()
	for i := range body.tokens {
		body.tokens[i].start += len(d.Title) + 2
		body.tokens[i].end += len(d.Title) + 2
	}
	s.documents = append(s.documents, document{
		Document: d, text: d.Title + "\n\n" + body.text, from: s.sentences,
		tokens: append(title.tokens, body.tokens...), titled: len(title.tokens), titleEnd: title.sentence,
	})
	s.sentences = body.sentence
}

// understand gives each token its key, its part and its actor.
func (s *Survey) understand(words lexicon) {
	korean, countries := newKoreanReader(), newGazetteer()
	for _, d := range s.documents {
		for _, t := range d.tokens {
			if t.script == hangul {
				korean.count(t.text)
			}
		}
	}
	for _, d := range s.documents {
		for i := range d.tokens {
			t := &d.tokens[i]
			switch t.script {
			case hangul:
				korean.read(t)
			case latin:
				lower := strings.ToLower(t.text)
				t.key, t.part = singular(lower), words.part(lower)
				if utf8.RuneCountInString(lower) < 2 {
					t.part = stop
				}
				if t.part == stop && !strings.HasSuffix(lower, "ly") && i+1 < len(d.tokens) && d.tokens[i+1].gap == hyphen {
					t.part = quality // to in ship-to-ship, low in low-enriched
				}
			case katakana:
				t.key, t.part = t.text, rare
				if utf8.RuneCountInString(t.text) < 3 {
					t.part = stop
				}
			default:
				t.key, t.part = t.text, stop
			}
			if s.scripts[t.script] = true; t.script == katakana {
				s.scripts[unspaced] = true
			}
		}
		words.participles(d.tokens)
		countries.mark(d.tokens)
		for _, t := range d.tokens {
			if t.actor == nil {
				s.words[family(t.key)]++
			}
		}
	}
}

// family is what words of one family begin with: deterrence and deterring. Six
// letters are few enough for that, and enough to part satellite from satisfy.
func family(key string) string {
	const letters = 6
	n := 0
	for i := range key {
		if n++; n > letters {
			return key[:i]
		}
	}
	return key
}

// dateline is how agencies begin: GENEVA, Nov 3 (Harbour Wire) -, (서울=한빛통신) 김하늘 기자 =.
var dateline = regexp.MustCompile(`^\s*(?:[\p{L} .,/]{2,40}\d{0,2},? ?\([^()\n]{2,40}\) ?[-–—:]+ |\(?[\p{L}]{2,20}=[^=\n]{0,40}\)?(?:[^=\n]{0,20}기자)? ?= )`)

// withoutFurniture is the body without what pages put around a text: the title once
// more, bylines, calls to comment or share.
func withoutFurniture(title, body string) string {
	var kept strings.Builder
	begun := false
	for line := range strings.Lines(body) {
		text := oneLine(line)
		if text != "" && (text == title || isFurniture(text)) {
			continue
		}
		if text != "" && !begun {
			line = line[len(dateline.FindString(line)):]
			begun = true
		}
		kept.WriteString(line)
	}
	return kept.String()
}

func isFurniture(line string) bool {
	const longest = 120 // bytes; what is longer is a paragraph
	if len(line) > longest {
		return false
	}
	lower := strings.ToLower(line)
	for _, opening := range []string{"edited by", "reporting by", "editing by", "written by", "additional reporting", "leave a comment",
		"your email address", "share", "comments are closed", "copyright", "©", "read more", "subscribe", "sign up", "related:", "advertisement",
		"follow us", "all rights reserved", "photo:", "image:", "저작권", "무단"} {
		if strings.HasPrefix(lower, opening) {
			return true
		}
	}
	return false
}

// oneLine is text on one line of what can be printed.
func oneLine(text string) string {
	text = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case r == utf8.RuneError, !unicode.IsPrint(r):
			return -1
		}
		return r
	}, text)
	return strings.Join(strings.Fields(text), " ")
}

// cutBytes cuts text to at most n bytes at a character.
func cutBytes(text string, n int) string {
	if len(text) <= n {
		return text
	}
	for n > 0 && !utf8.RuneStart(text[n]) {
		n--
	}
	return text[:n]
}
