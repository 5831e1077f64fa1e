package feed

import (
	"bytes"
	"fmt"
	"html"
	"strings"
)

// texts are the children of an item that hold text or escaped HTML. In a
// broken item whatever stands in them is taken for that.
var texts = strings.Fields("title link description encoded pubdate date guid author creator category source subject " +
	"id published updated issued modified summary content name")

// maxMendBytes: a longer item is not mended.
const maxMendBytes = 1 << 20

// mendItem rewrites an item that is no XML so that it is: each child known to
// hold text gets its content, up to its own end tag, as CDATA.
//
//	<title>1 < 2 <b>and</title>  →  <title><![CDATA[1 < 2 <b>and]]></title>
func mendItem(piece piece) []byte {
	if len(piece.raw) > maxMendBytes {
		return nil
	}
	s := scanner{text: piece.raw}
	open, _ := s.next()
	var out bytes.Buffer
	out.Write(piece.raw[open.start:open.end])
	for {
		m, ok := s.next()
		if !ok {
			break
		}
		if m.kind == emptyTag {
			out.Write(piece.raw[m.start:m.end])
			continue
		}
		if m.kind != startTag || !isText(m.name) {
			continue
		}
		length := bytes.Index(piece.raw[m.end:], fmt.Appendf(nil, "</%s", m.name))
		if length < 0 {
			break
		}
		out.Write(piece.raw[m.start:m.end])
		out.WriteString(cdata(piece.raw[m.end : m.end+length]))
		fmt.Fprintf(&out, "</%s>", m.name)
		s.pos = m.end + length
	}
	fmt.Fprintf(&out, "</%s>", open.name)
	return out.Bytes()
}

func isText(name []byte) bool {
	local := localName(name)
	for _, text := range texts {
		if local == text {
			return true
		}
	}
	return false
}

// cdata is an element's content, decoded as far as it goes, as CDATA.
func cdata(content []byte) string {
	var text strings.Builder
	for rest, more := string(content), true; more; {
		var plain, section string
		plain, rest, more = strings.Cut(rest, "<![CDATA[")
		text.WriteString(unescape(plain))
		section, rest, _ = strings.Cut(rest, "]]>")
		text.WriteString(section)
	}
	return "<![CDATA[" + strings.ReplaceAll(printable(text.String()), "]]>", "]]]]><![CDATA[>") + "]]>"
}

func unescape(text string) string { return html.UnescapeString(text) }
