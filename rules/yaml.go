package rules

import (
	"errors"
	"io"
	"slices"
	"strings"

	yaml "go.yaml.in/yaml/v4"
	"go.yaml.in/yaml/v4/plugin/loaderlimits"
)

// conflict begins what Git leaves of a merge that it could not make.
const conflict = "<<<<<<<"

var errSecondDocument = errors.New("second document")

// root parses the file's YAML. It returns nil if the file holds nothing or cannot
// be read. A value that YAML cannot read for a reason we know is told and mended,
// and the file read again.
func (d *document) root() *yaml.Node {
	if anyError(d.faults) {
		return nil
	}
	for text := d.src; ; {
		n, err := load(text)
		if err == nil {
			return n
		}
		mended, ok := d.mend(text, err)
		if !ok {
			return nil
		}
		text = mended
	}
}

// load returns the root of the only YAML document in text, nil if there is none.
func load(text string) (*yaml.Node, error) {
	limits := loaderlimits.New(loaderlimits.DepthValue(maxNesting), loaderlimits.AliasNone())
	loader, err := yaml.NewLoader(strings.NewReader(text), yaml.WithPlugin(limits))
	if err != nil {
		return nil, err
	}
	var n, more yaml.Node
	if err := loader.Load(&n); err == io.EOF {
		return nil, nil
	} else if err != nil {
		return nil, err
	}
	if err := loader.Load(&more); err == nil {
		return nil, errSecondDocument
	} else if err != io.EOF {
		return nil, err
	}
	return n.Content[0], nil
}

// mend tells why text, the file with what was mended so far, cannot be read. It
// returns the text with one value more replaced, if that is the reason.
func (d *document) mend(text string, err error) (mended string, ok bool) {
	if errors.Is(err, errSecondDocument) {
		i := strings.Index(d.src, "\n---") + 1
		d.fault(i, i+3, "--- begins a second document", "a rule file is one document; take the line away")
		return "", false
	}
	var at *yaml.LoadError
	if !errors.As(err, &at) || at.Mark.Line == 0 {
		d.faults = append(d.faults, Fault{File: d.name, Message: "YAML cannot read this file: " + err.Error()})
		return "", false
	}
	if i := strings.Index("\n"+d.src, "\n"+conflict); i >= 0 {
		d.fault(i, i+len(conflict), "a merge in Git left two versions here", "keep one of them, and delete the lines <<<<<<<, ======= and >>>>>>>")
		return "", false
	}
	lines := strings.SplitAfter(text, "\n")
	for _, n := range suspects(at) {
		if n < 1 || n > len(lines) {
			continue
		}
		line := strings.TrimSuffix(lines[n-1], "\n")
		t, found := findTrap(line)
		if !found || n != at.Mark.Line && line[t.at.Start] != '#' {
			continue
		}
		from := d.lines[n-1]
		d.fault(from+t.at.Start, from+t.at.End, t.message, t.hint)
		if len(d.faults) >= maxFaults || len(d.faults)*len(text) > 4*maxFileBytes {
			return "", false // every mended value costs one more reading of the file
		}
		lines[n-1] = t.mended(line) + lines[n-1][len(line):]
		return strings.Join(lines, ""), true
	}
	d.syntax(at)
	return "", false
}

// suspects are the lines that may have led to the error: its own, the one before,
// for a remark that cut a value which goes on, and the one where a list began.
func suspects(at *yaml.LoadError) []int {
	return []int{at.Mark.Line, at.Mark.Line - 1, at.ContextMark.Line}
}

// syntax tells a YAML error that no trap explains.
func (d *document) syntax(err *yaml.LoadError) {
	start, context := d.offset(err.Mark.Line, err.Mark.Column), d.offset(err.ContextMark.Line, err.ContextMark.Column)
	says := func(s string) bool { return strings.Contains(err.Message, s) || strings.Contains(err.ContextMsg, s) }
	const align = "entries of a list begin with - below one another; keys of one rule stand below one another"
	switch {
	case says("quoted scalar") && says("end of stream"):
		d.fault(context, context+1, "this quote is never closed", "put the closing quote at the value's end; inside a value write “ ”")
	case says("quoted scalar") && says("escape"):
		d.fault(start-1, start+1, `\ has a meaning inside " "`, `write \\ for the sign itself, or ' ' round the value`)
	case says("expected ',' or ']'"):
		d.fault(context, context+1, "this [ is never closed", "put ] after the list's last entry, and a comma between entries")
	case says("expected ',' or '}'"):
		d.fault(context, context+1, "this { is never closed", "put } after the table's last value, and a comma between values")
	case strings.HasPrefix(d.src[start:], "\t"):
		d.fault(start, start+1, "a tab stands where YAML wants spaces", "indent with spaces")
	case says("depth"):
		d.fault(start, start+1, "lists and tables are nested too deep here", "a rule needs three levels at most")
	case says("could not find expected ':'"):
		d.noKey(context)
	case says("mapping values are not allowed"):
		if at, ok := d.gluedKey(err.Mark.Line - 1); ok {
			d.noKey(at)
			return
		}
		d.fault(start, start+1, "YAML cannot take this colon for a key's", "check the line's indentation: "+align)
	case says("'-' indicator") || says("expected key"):
		d.fault(start, start+1, "this line does not line up with those above", align)
	default:
		d.fault(start, start+1, "YAML cannot read this: "+err.Message, "check the quotes, the brackets and the indentation, here and on the line above")
	}
}

// noKey faults a line that has none, at its first character.
func (d *document) noKey(at int) {
	hint := "write key: value, with a space after the colon"
	if strings.Contains(d.lineOf(at), "：") {
		hint += "; the colon here is a full-width one"
	}
	d.fault(at, at+1, "this line has no key", hint)
}

// gluedKey is where line n begins with a key whose colon lacks its space: id:launch.
func (d *document) gluedKey(n int) (at int, ok bool) {
	if n < 1 {
		return 0, false
	}
	line := d.line(n)
	text := strings.TrimLeft(line, " -")
	key, value, _ := strings.Cut(text, ":")
	known := slices.Contains(fileKeys(), key) || slices.Contains(ruleKeys(), key)
	return d.lines[n-1] + len(line) - len(text), known && value != "" && value[0] != ' '
}
