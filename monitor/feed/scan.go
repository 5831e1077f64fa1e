package feed

import "bytes"

// A scanner walks the tags of an XML text that need not be well-formed. It
// skips comments, CDATA sections, processing instructions and DOCTYPE, takes
// a "<" that begins none of these for text, and looks at no byte more than a
// few times whatever the text.
type scanner struct {
	text []byte
	pos  int
	odd  bool // there was what no feed needs and parsers take this way or that
}

type markupKind int

const (
	startTag markupKind = iota
	endTag
	emptyTag // <name/>
)

// A markup is a tag and where it stands.
type markup struct {
	kind       markupKind
	name       []byte // with its prefix
	start, end int
}

// next returns the next tag. At the end, or inside something that never ends,
// it returns false, and start says where the last complete thing ended.
func (s *scanner) next() (markup, bool) {
	for {
		open := bytes.IndexByte(s.text[s.pos:], '<')
		if open < 0 {
			s.pos = len(s.text)
			return markup{start: s.pos}, false
		}
		start := s.pos + open
		rest := s.text[start:]
		var length int
		switch {
		case bytes.HasPrefix(rest, []byte("<!--")):
			length = after(rest, 4, "-->")
		case bytes.HasPrefix(rest, []byte("<![CDATA[")):
			length = after(rest, 9, "]]>")
		case bytes.HasPrefix(rest, []byte("<?")):
			length, s.odd = after(rest, 2, "?>"), true
		case bytes.HasPrefix(rest, []byte("<!")):
			length, s.odd = doctype(rest), true
		default:
			m, ok := tag(rest)
			if !ok {
				s.pos, s.odd = start+1, true
				continue
			}
			m.start, m.end = start+m.start, start+m.end
			s.pos = m.end
			s.odd = s.odd || !m.isRegular(s.text)
			return m, true
		}
		if length < 0 {
			s.pos = len(s.text)
			return markup{start: start}, false
		}
		s.pos = start + length
	}
}

// rewind makes m the next tag again.
func (s *scanner) rewind(m markup) { s.pos = m.start }

// after is the offset behind the first end in text[from:]; -1: there is none.
func after(text []byte, from int, end string) int {
	if i := bytes.Index(text[from:], []byte(end)); i >= 0 {
		return from + i + len(end)
	}
	return -1
}

// doctype is the length of a declaration and its internal subset.
func doctype(text []byte) int {
	end := bytes.IndexAny(text, "[>")
	if end < 0 || text[end] == '>' {
		return end + min(1, end+1)
	}
	for {
		i := bytes.IndexByte(text[end:], ']')
		if i < 0 {
			return -1
		}
		end += i + 1
		if rest := bytes.TrimLeft(text[end:], " \t\r\n"); len(rest) > 0 && rest[0] == '>' {
			return len(text) - len(rest) + 1
		}
	}
}

// tag reads the tag that text begins with. No tag holds a "<", not even in a
// quoted value: whatever follows it is looked at once more at most.
func tag(text []byte) (markup, bool) {
	m := markup{kind: startTag}
	i := 1
	if i < len(text) && text[i] == '/' {
		m.kind = endTag
		i++
	}
	name := i
	for i < len(text) && isNameByte(text[i]) {
		i++
	}
	if m.name = text[name:i]; len(m.name) == 0 || !isNameStart(m.name[0]) {
		return m, false
	}
	var quote byte
	for ; i < len(text); i++ {
		switch b := text[i]; {
		case b == '<':
			return m, false
		case quote != 0:
			if b == quote {
				quote = 0
			}
		case b == '"' || b == '\'':
			quote = b
		case b == '>':
			if m.kind == startTag && text[i-1] == '/' {
				m.kind = emptyTag
			}
			m.end = i + 1
			return m, true
		}
	}
	return m, false
}

// isRegular says whether the tag is written as XML asks: attributes apart, each
// with a value in quotes, and none in an end tag.
func (m markup) isRegular(text []byte) bool {
	rest := text[m.start+1+len(m.name) : m.end-1]
	switch m.kind {
	case endTag: // "</" is one longer
		return len(bytes.Trim(rest[1:], " \t\r\n")) == 0
	case emptyTag:
		rest = rest[:len(rest)-1]
	}
	for {
		attribute := bytes.TrimLeft(rest, " \t\r\n")
		if len(attribute) == 0 {
			return true
		}
		name := 0
		for name < len(attribute) && isNameByte(attribute[name]) {
			name++
		}
		value := bytes.TrimLeft(attribute[name:], " \t\r\n")
		if name == 0 || len(attribute) == len(rest) || len(value) < 3 || value[0] != '=' {
			return false
		}
		value = bytes.TrimLeft(value[1:], " \t\r\n")
		if len(value) < 2 || value[0] != '"' && value[0] != '\'' {
			return false
		}
		end := bytes.IndexByte(value[1:], value[0])
		if end < 0 {
			return false
		}
		rest = value[end+2:]
	}
}

func isNameStart(b byte) bool {
	return b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z' || b == '_' || b == ':' || b >= 0x80
}

func isNameByte(b byte) bool {
	return isNameStart(b) || b >= '0' && b <= '9' || b == '-' || b == '.'
}

// attribute is the value of a start tag's attribute, undecoded; "": none. The
// name is matched with its prefix, whatever its case.
func attribute(tag []byte, name string) string {
	for from := 0; ; {
		i := indexFold(tag[from:], name)
		if i < 0 {
			return ""
		}
		at := from + i
		from = at + len(name)
		rest := bytes.TrimLeft(tag[from:], " \t\r\n")
		if at == 0 || !isSpace(tag[at-1]) || len(rest) == 0 || rest[0] != '=' {
			continue
		}
		rest = bytes.TrimLeft(rest[1:], " \t\r\n")
		if len(rest) == 0 || rest[0] != '"' && rest[0] != '\'' {
			return ""
		}
		if end := bytes.IndexByte(rest[1:], rest[0]); end >= 0 {
			return string(rest[1 : 1+end])
		}
		return ""
	}
}

// indexFold is bytes.Index for an ASCII word in lower case, whatever the case
// it is written in.
func indexFold(text []byte, word string) int {
	for i := 0; i+len(word) <= len(text); i++ {
		if bytes.EqualFold(text[i:i+len(word)], []byte(word)) {
			return i
		}
	}
	return -1
}

func isSpace(b byte) bool { return b == ' ' || b == '\t' || b == '\r' || b == '\n' }
