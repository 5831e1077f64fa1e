package config

import (
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v4"
)

// A reader holds what reading one file needs and finds.
type reader struct {
	source
	dir    string // of the file: relative paths start here
	env    func(string) (string, bool)
	zone   *time.Location // of schedules
	faults Faults

	secretFiles []string
}

func newReader(file string, data []byte, env func(string) (string, bool)) *reader {
	return &reader{source: newSource(file, data), dir: filepath.Dir(file), env: env, zone: time.UTC}
}

// fault describes what is wrong at a node.
func (r *reader) fault(n *yaml.Node, hint, format string, args ...any) Fault {
	return r.at(n.Line, n.Column, r.width(n), fmt.Sprintf(format, args...), hint)
}

func (r *reader) report(n *yaml.Node, hint, format string, args ...any) {
	if r.full() {
		return
	}
	r.add(r.fault(n, hint, format, args...))
}

func (r *reader) warn(n *yaml.Node, hint, format string, args ...any) {
	if r.full() {
		return
	}
	f := r.fault(n, hint, format, args...)
	f.Warning = true
	r.add(f)
}

func (r *reader) add(f Fault) {
	if !r.full() {
		r.faults = append(r.faults, f)
	}
}

// full says whether there are more faults than anyone reads, one that breaks
// the file among them: a hostile file is not to keep us busy.
func (r *reader) full() bool {
	const mostFaults = 100
	return len(r.faults) >= mostFaults && r.faults.Broken()
}

// A section is a mapping whose keys are checked. Reading an absent key, or
// anything of an absent section, gives the default; reading a faulty one
// reports it and gives the default too, so that reading goes on.
type section struct {
	*reader
	name string // "" for the document itself
	node *yaml.Node
	keys map[string]entry
	slip map[string]bool // keys that an unknown one was probably meant to be
}

type entry struct{ key, value *yaml.Node }

// mapping reads a node as the section of that name.
func (r *reader) mapping(n *yaml.Node, name string) *section {
	known := keysOf(name)
	s := &section{reader: r, name: name, node: n, keys: map[string]entry{}, slip: map[string]bool{}}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		if !slices.Contains(known, key.Value) {
			near := nearest(key.Value, known)
			hint := unknownHint(key.Value, name)
			if near != "" {
				s.slip[near] = true
				hint = fmt.Sprintf("did you mean %q?", near)
			}
			r.report(key, hint, "unknown key %s", quote(key.Value))
			continue
		}
		if first, ok := s.keys[key.Value]; ok {
			r.report(key, "keep one of the two", "%q is already given on line %d", key.Value, first.key.Line)
			continue
		}
		s.keys[key.Value] = entry{key, value}
	}
	return s
}

// unknownHint says where a key belongs that is near none of its section.
func unknownHint(key, name string) string {
	for _, home := range sectionNames() {
		if home != name && slices.Contains(keysOf(home), key) {
			if home == "feeds" {
				return fmt.Sprintf("%q belongs to a feed in the list under feeds", key)
			}
			if home == "" {
				return fmt.Sprintf("%q belongs at the left margin, outside of every section", key)
			}
			return fmt.Sprintf("%q belongs under %s", key, home)
		}
	}
	return "the keys here are " + strings.Join(keysOf(name), ", ")
}

func sectionNames() []string {
	return []string{"feeds", "slack", "network", "http", "stories", "defaults", "digest", ""}
}

// keysOf lists the keys of a section; "" is the document, "feeds" one feed.
func keysOf(name string) []string {
	switch name {
	case "":
		return []string{"timezone", "quiet", "store", "rules", "retention", "defaults", "feeds",
			"slack", "stories", "digest", "network", "http"}
	case "defaults":
		return []string{"schedule", "first_run"}
	case "feeds":
		return []string{"name", "url", "schedule", "lang", "tags", "full_text", "headers"}
	case "slack":
		return []string{"token", "token_file", "app_token", "api_url", "channel",
			"ops_channel", "fold_above", "unconfirmed", "operators"}
	case "stories":
		return []string{"window"}
	case "digest":
		return []string{"schedule"}
	case "network":
		return []string{"allow_private", "proxy", "user_agent"}
	case "http":
		return []string{"listen", "heartbeat"}
	}
	return nil
}

// has says whether the key is given, with a value or without.
func (s *section) has(key string) bool { _, ok := s.keys[key]; return ok }

// lacks says whether a key is neither given nor misspelt, which was reported.
func (s *section) lacks(key string) bool { return !s.has(key) && !s.slip[key] }

// section reads the section under the key, empty when it is absent.
func (s *section) section(key string) *section {
	none := &section{reader: s.reader, name: key}
	e, ok := s.keys[key]
	switch {
	case !ok:
		return none
	case isNull(e.value):
		s.warn(e.key, "remove the line, or fill the section", "%s is empty and counts as absent", key)
		return none
	case e.value.Kind != yaml.MappingNode:
		s.report(e.value, fmt.Sprintf("indent its keys under it: %s", strings.Join(keysOf(key), ", ")),
			"%s takes keys and values, not %s", key, kindOf(e.value))
		return none
	}
	return s.mapping(e.value, key)
}

// given says whether a section is there at all.
func (s *section) given() bool { return s.node != nil }

// text reads a scalar that must not be empty. ok is false when it is absent
// or faulty.
func (s *section) text(key string) (value string, n *yaml.Node, ok bool) {
	if value, n, ok = s.scalar(key); ok && strings.TrimSpace(value) == "" {
		s.report(n, emptyHint, "%s is empty", key)
		return "", n, false
	}
	return value, n, ok
}

// scalar reads a scalar, be it an empty text.
func (s *section) scalar(key string) (value string, n *yaml.Node, ok bool) {
	e, ok := s.keys[key]
	if !ok {
		return "", nil, false
	}
	switch {
	case isNull(e.value):
		s.noValue(key, e)
	case e.value.Kind != yaml.ScalarNode:
		s.report(e.value, "", "%s takes a text, not %s", key, kindOf(e.value))
	default:
		return e.value.Value, e.value, true
	}
	return "", e.value, false
}

const emptyHint = "write a value, or remove the line"

func (s *section) noValue(key string, e entry) {
	hint := emptyHint
	if comment := s.commented(e.key); comment != "" && strings.HasSuffix(key, "channel") { // not of a token
		hint = fmt.Sprintf("# begins a comment; write %s: %q", key, comment)
	}
	s.report(e.key, hint, "%s has no value", key)
}

// bool reads true or false; default false.
func (s *section) bool(key string) bool {
	text, n, ok := s.scalar(key)
	if !ok {
		return false
	}
	if n.ShortTag() == "!!bool" {
		return strings.EqualFold(text, "true")
	}
	hint := "write true or false"
	switch strings.ToLower(text) {
	case "yes", "on", "y", "1":
		hint = "write true"
	case "no", "off", "n", "0":
		hint = "write false"
	}
	if n.Style&(yaml.SingleQuotedStyle|yaml.DoubleQuotedStyle) != 0 {
		hint += ", without quotes"
	}
	s.report(n, hint, "%s takes true or false", key)
	return false
}

// int reads a whole number of at least least.
func (s *section) int(key string, otherwise, least int) int {
	text, n, ok := s.scalar(key)
	if !ok {
		return otherwise
	}
	number, err := strconv.Atoi(text)
	if err != nil || number < least {
		s.report(n, "", "%s takes a whole number of at least %d", key, least)
		return otherwise
	}
	return number
}

// list reads the scalars of a list, empty when it is absent.
func (s *section) list(key string) []*yaml.Node {
	e, ok := s.keys[key]
	switch {
	case !ok:
		return nil
	case isNull(e.value):
		s.warn(e.key, "write "+key+": [] or remove the line", "%s is empty", key)
		return nil
	case e.value.Kind == yaml.ScalarNode:
		s.report(e.value, fmt.Sprintf("write %s: [%s]", key, plain(e.value.Value)), "%s takes a list", key)
		return nil
	case e.value.Kind != yaml.SequenceNode:
		s.report(e.value, "", "%s takes a list, not %s", key, kindOf(e.value))
		return nil
	}
	var items []*yaml.Node
	for _, n := range e.value.Content {
		switch {
		case isNull(n):
			hint := "write a text there, or delete the item"
			if comment := s.commented(n); comment != "" {
				hint = fmt.Sprintf("# begins a comment; write %q", comment)
			}
			s.report(n, hint, "an item of %s is empty", key)
		case n.Kind != yaml.ScalarNode:
			s.report(n, "", "an item of %s must be a text, not %s", key, kindOf(n))
		case strings.TrimSpace(n.Value) == "":
			s.report(n, "write a text there, or delete the item", "an item of %s is empty", key)
		default:
			items = append(items, n)
		}
	}
	return items
}

// path reads a path, relative to the file's folder.
func (s *section) path(key, otherwise string) string {
	text, _, ok := s.text(key)
	if !ok {
		text = otherwise
	}
	return s.resolve(text)
}

func (r *reader) resolve(path string) string {
	if filepath.IsAbs(path) {
		return filepath.Clean(path)
	}
	return filepath.Join(r.dir, path)
}

// choice reads one of a few words.
func (s *section) choice(key, otherwise string, words ...string) string {
	text, n, ok := s.text(key)
	if !ok {
		return otherwise
	}
	if !slices.Contains(words, text) {
		s.report(n, "write "+strings.Join(words, " or "), "%s is no choice for %s", quote(text), key)
		return otherwise
	}
	return text
}

func isNull(n *yaml.Node) bool { return n.Kind == yaml.ScalarNode && n.ShortTag() == "!!null" }

// kindOf names what a node is.
func kindOf(n *yaml.Node) string {
	switch n.Kind {
	case yaml.MappingNode:
		return "keys and values"
	case yaml.SequenceNode:
		return "a list"
	}
	return "a text"
}

// plain is a value as YAML wants it written inside a flow list.
func plain(value string) string {
	if strings.ContainsAny(value, "#,[]{}:&*!|>'\"%@`\n\t ") {
		return quote(value)
	}
	return value
}

// quote shows a value in a message, cut short.
func quote(value string) string {
	const longest = 60
	if runes := []rune(value); len(runes) > longest {
		value = string(runes[:longest]) + "…"
	}
	return strconv.Quote(value)
}
