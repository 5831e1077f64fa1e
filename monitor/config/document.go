package config

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v4"
)

// document reads the YAML and returns the top section; nil, and why among the
// faults, when there is none to read.
func (r *reader) document(data []byte) *section {
	if !r.legible(data) {
		return nil
	}
	root := r.tree()
	if root == nil || r.exotic(root) {
		return nil
	}
	if root.Kind != yaml.MappingNode {
		r.report(root, "newswatch init DIR writes an example", "the file holds %s, not keys and values", kindOf(root))
		return nil
	}
	return r.mapping(root, "")
}

// legible refuses bytes that are no text, with their place, which the YAML
// library would not tell.
func (r *reader) legible(data []byte) bool {
	line, column := 1, 1
	for rest := bytes.TrimPrefix(data, []byte("\ufeff")); len(rest) > 0; {
		c, size := utf8.DecodeRune(rest)
		switch {
		case c == utf8.RuneError && size == 1:
			r.add(r.at(line, column, 1, "the file is not UTF-8", "save it as UTF-8 (in Windows Notepad: Save as, Encoding)"))
			return false
		case c < ' ' && c != '\n' && c != '\r' && c != '\t', c == 0x7f, c == 0xfffe, c == 0xffff:
			r.add(r.at(line, column, 1, fmt.Sprintf("the control character %U has no place here", c), "delete it"))
			return false
		}
		column++
		if c == '\n' {
			line, column = line+1, 1
		}
		rest = rest[size:]
	}
	return true
}

// tree parses the text. Where the grammar stumbles over a value that only
// wants quotes, that is reported, and the value read as if it had them, so
// that one slip does not hide all other faults.
func (r *reader) tree() *yaml.Node {
	const mostSlips = 20
	lines := slices.Clone(r.lines)
	for range mostSlips {
		root, err := parseYAML(lines)
		if err == nil {
			return root
		}
		line, mended := r.stumble(err, lines)
		if mended == nil {
			return nil
		}
		lines[line] = mended
	}
	return nil
}

var errNothing = errors.New("the file is empty")

// A secondDocument is an error: the document that begins at the node.
type secondDocument struct{ node *yaml.Node }

func (secondDocument) Error() string { return "a second YAML document begins here" }

// parseYAML returns the root of the only document.
func parseYAML(lines [][]rune) (*yaml.Node, error) {
	var text strings.Builder
	for _, line := range lines {
		text.WriteString(string(line))
		text.WriteByte('\n')
	}
	loader, err := yaml.NewLoader(strings.NewReader(text.String()))
	if err != nil {
		return nil, err
	}
	var first, second yaml.Node
	if err := loader.Load(&first); errors.Is(err, io.EOF) {
		return nil, errNothing
	} else if err != nil {
		return nil, err
	}
	if err := loader.Load(&second); err == nil {
		return nil, secondDocument{&second}
	} else if !errors.Is(err, io.EOF) {
		return nil, err
	}
	root := first.Content[0]
	if isNull(root) {
		return nil, errNothing
	}
	return root, nil
}

// exotic reports what YAML has and config.yaml does not: aliases, which a bomb
// is made of, tags and keys that are no texts.
func (r *reader) exotic(n *yaml.Node) bool {
	found := true
	switch {
	case n.Kind == yaml.AliasNode:
		r.report(n, "write the value out", "a configuration takes no aliases")
		return true // its target is reported where it stands
	case n.Anchor != "":
		r.report(n, "put the value in quotes if it begins with &, else delete the anchor", "a configuration takes no anchors")
	case n.Style&yaml.TaggedStyle != 0:
		r.report(n, "put the value in quotes if it begins with !, else delete the tag", "a configuration takes no tags")
	default:
		found = false
	}
	for i, c := range n.Content {
		if n.Kind == yaml.MappingNode && i%2 == 0 {
			switch {
			case c.Kind == yaml.ScalarNode && c.ShortTag() == "!!merge":
				r.report(c, "write the keys out", "a configuration takes no merge keys")
				found = true
				continue
			case c.Kind != yaml.ScalarNode:
				r.report(c, "{ and [ begin a collection in YAML: put the text in quotes", "a key must be a text, not %s", kindOf(c))
				found = true
				continue
			}
		}
		found = r.exotic(c) || found
	}
	return found
}
