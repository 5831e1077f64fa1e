package rules

import (
	"fmt"
	"strings"
	"unicode"

	yaml "go.yaml.in/yaml/v4"
)

// What YAML made of a value, told when it is not what was meant.

func isNull(n *yaml.Node) bool { return n.Kind == yaml.ScalarNode && n.ShortTag() == "!!null" }

// plainNode says whether n is a value as written. YAML's own references (*name),
// names for them (&name) and types (!type) are refused: $name does the first, and
// an analyst never means the others.
func (d *document) plainNode(n *yaml.Node) bool {
	start := d.start(n)
	if n.Kind != yaml.AliasNode && n.Anchor == "" && !strings.HasPrefix(d.src[start:], "!") {
		return true
	}
	message, hint := leadingSign(d.lineFrom(start))
	d.fault(start, start+1, message, hint)
	return false
}

// isText says whether n is text, and faults it if it is not; where names its
// place: "after name:" or "in the list all".
func (d *document) isText(n *yaml.Node, where string) bool {
	switch {
	case isMended(n) || !d.plainNode(n):
		return false
	case isNull(n):
		d.null(n, where)
		return false
	case n.Kind == yaml.SequenceNode:
		d.at(n, "a list cannot stand "+where, "write one text; every entry of a list stands after its own -")
		return false
	case n.Kind == yaml.MappingNode:
		d.notTable(n)
		return false
	case strings.ContainsFunc(n.Value, func(r rune) bool { return unicode.IsControl(r) && r != '\n' && r != '\t' }):
		d.at(n, "an escape puts a control character here", `write \\ for the sign \ itself, or ' ' round the value`)
		return false
	}
	return true
}

// null faults an empty value, or one that YAML takes for a remark.
func (d *document) null(n *yaml.Node, where string) {
	start := d.start(n)
	line := d.lineFrom(start)
	rest := strings.TrimLeft(line, " ")
	at := start + len(line) - len(rest)
	if n.Value == "" && len(rest) > 1 && rest[0] == '#' && rest[1] != ' ' && rest[1] != '#' {
		message, hint := leadingSign(rest)
		d.fault(at, at+len(rest), message, hint)
		return
	}
	if n.Value == "" {
		d.fault(max(start-1, 0), start, "there is nothing "+where, "write a value, or take the line away")
		return
	}
	hint := "write a value, or take the line away"
	if n.Value != "~" {
		hint = fmt.Sprintf("for the word itself write “%s”", n.Value)
	}
	d.at(n, fmt.Sprintf("YAML takes %s for nothing, and nothing cannot stand %s", n.Value, where), hint)
}

// notTable faults a table that was meant to be a text: title: x or {SCM}.
func (d *document) notTable(n *yaml.Node) {
	line := d.lineFrom(d.start(n))
	if l := (lineReader{line: line}); n.Style&yaml.FlowStyle != 0 && strings.HasPrefix(line, "{") {
		d.at(n, braceMessage, bracedHint(line[:l.braced()]))
		return
	}
	if message, hint := leadingSign(line); message != "" {
		d.at(n, message, hint)
		return
	}
	key := n.Content[0]
	if key.Kind != yaml.ScalarNode {
		d.at(n, "a table cannot stand here", "put "+wrapping(line)+" round the whole value")
		return
	}
	end := d.origin(key).end
	value := ""
	if v := n.Content[1]; v.Kind == yaml.ScalarNode {
		if isMended(v) {
			return
		}
		value = v.Value
	}
	colon := end + strings.IndexByte(d.src[end:]+":", ':')
	d.fault(colon, colon+1, colonMessage, colonHint(key.Value, value))
}

// list returns the entries of a list, which must have some.
func (d *document) list(n *yaml.Node, key string) []*yaml.Node {
	switch {
	case isMended(n) || !d.plainNode(n):
	case isNull(n):
		d.null(n, "after "+key+":")
	case n.Kind == yaml.SequenceNode && len(n.Content) == 0:
		d.at(n, fmt.Sprintf("the list %s is empty", shorten(key)), "write its entries, or take the line away")
	case n.Kind == yaml.SequenceNode:
		return n.Content
	case n.Kind == yaml.ScalarNode:
		d.at(n, shorten(key)+" wants a list", "write each entry on a line of its own after a -")
	default:
		d.at(n, shorten(key)+" wants a list, and this is a table", "write each entry on a line of its own after a -")
	}
	return nil
}

// cut faults a plain value that YAML cut at a #. A remark after a value has a
// space after its #; when the value cannot be read, it is one only if it would
// not complete the value.
func (d *document) cut(n *yaml.Node, faulty bool) bool {
	if n.Style != 0 {
		return false
	}
	start, end := d.start(n), d.origin(n).end
	at := end + len(d.src[end:]) - len(strings.TrimLeft(d.src[end:], " \t"))
	if at == end || !strings.HasPrefix(d.src[at:], "#") {
		return false
	}
	rest := d.lineFrom(at)
	if rest == "#" {
		return false
	}
	if rest[1] == ' ' || rest[1] == '#' {
		if !faulty {
			return false
		}
		if _, problems := parse(n.Value + strings.TrimLeft(rest, "#")); len(problems) > 0 {
			return false
		}
	}
	d.fault(at, at+len(rest), hashMessage, hashHint(d.src[start:at]+rest))
	return true
}

// unquotedHint adds to a hint that YAML took away quotes which may have been
// meant to make a phrase.
func unquotedHint(n *yaml.Node) string {
	const mostWords = 8
	quoted := n.Style&(yaml.DoubleQuotedStyle|yaml.SingleQuotedStyle) != 0
	if !quoted || strings.ContainsFunc(n.Value, isQuote) || len(strings.Fields(n.Value)) > mostWords {
		return ""
	}
	return fmt.Sprintf("; YAML takes away quotes round a whole value: for a phrase write “%s”", shorten(n.Value))
}

// swallowed faults an entry that goes on over a line which was meant to be an
// entry of its own.
func (d *document) swallowed(n *yaml.Node) bool {
	if n.Style != 0 {
		return false
	}
	start, end := d.start(n), d.origin(n).end
	for i := start; ; {
		next := strings.IndexByte(d.src[i:end], '\n')
		if next < 0 {
			return false
		}
		i += next + 1
		line := strings.TrimLeft(d.src[i:end], " ")
		if strings.HasPrefix(line, "- ") {
			dash := end - len(line)
			d.fault(dash, dash+1, "this line belongs to the entry above, because it stands deeper", "put its - below the - of the entry above")
			return true
		}
	}
}

// lineFrom is the rest of the line that byte i stands on.
func (d *document) lineFrom(i int) string {
	rest, _, _ := strings.Cut(d.src[i:], "\n")
	return rest
}

// keyHint names the key that was meant.
func keyHint(key string, known []string) string {
	hint := "the keys are " + strings.Join(known, ", ")
	if meant := nearest(key, known); meant != "" {
		hint = fmt.Sprintf("did you mean %s? Otherwise ", meant) + hint
	}
	return hint
}
