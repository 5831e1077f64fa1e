package config

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v4"
)

// conflict begins what Git leaves of a merge that it could not make.
const conflict = "<<<<<<<"

// stumble reports a fault of the YAML grammar in our own words, the library's
// being about tokens. Where it is clear what was meant it returns the line,
// from 0, and how that should read for parsing to go on.
func (r *reader) stumble(err error, lines [][]rune) (line int, mended []rune) {
	var second secondDocument
	var load *yaml.LoadError
	switch {
	case errors.Is(err, errNothing):
		r.add(Fault{File: r.file, Message: errNothing.Error(), Hint: "newswatch init DIR writes an example"})
		return 0, nil
	case errors.As(err, &second):
		r.report(second.node, "delete the line ---: the file is one document", "%s", second.Error())
		return 0, nil
	case !errors.As(err, &load) || load.Mark.Line == 0:
		r.add(Fault{File: r.file, Message: "is not YAML: " + err.Error()})
		return 0, nil
	}
	for i, line := range r.lines {
		if strings.HasPrefix(string(line), conflict) {
			r.add(r.at(i+1, 1, len(conflict), "a merge in Git left two versions here", "keep one of them, and delete the lines <<<<<<<, ======= and >>>>>>>"))
			return 0, nil
		}
	}
	for _, line := range []int{load.Mark.Line - 1, load.ContextMark.Line - 1, r.lineBefore(load.Mark.Line - 1)} {
		if line < 0 || line >= len(lines) {
			continue
		}
		if mended := r.slip(load, line, string(lines[line])); mended != "" {
			return line, []rune(mended)
		}
	}
	r.unmended(load)
	return 0, nil
}

var (
	// specialValue is a value, after key or dash, that begins with a character
	// which means something else to YAML.
	specialValue = regexp.MustCompile("^(\\s*(?:- +)*(?:[\"']?[\\w-]+[\"']?: +)?)([*@%`][^\\n]*?)(\\s*(?: #.*)?)$")
	// colonValue is an unquoted value that holds a colon and a blank, or ends in a colon.
	colonValue = regexp.MustCompile(`^(\s*(?:- +)*[\w-]+: +)([^\s"'\[{|>&!#][^\n]*?:(?: [^\n]*?)?)(\s*(?: #.*)?)$`)
	// tightColon is a key without a blank after its colon.
	tightColon = regexp.MustCompile(`^(\s*(?:- +)*[a-z_]+:)([^\s/:].*)$`)
)

// bracedVariable is a variable without quotes.
var bracedVariable = regexp.MustCompile(`\$\{\w*\}`)

// slip reports a slip of the pen on the line and returns the line as it was
// meant, "" when this one is not at fault.
func (r *reader) slip(err *yaml.LoadError, line int, text string) string {
	at := func(before, value, hint, format string, args ...any) {
		r.add(r.at(line+1, utf8.RuneCountInString(before)+1, utf8.RuneCountInString(value), fmt.Sprintf(format, args...), hint))
	}
	if strings.HasPrefix(err.Message, "mapping values are not allowed") || strings.HasPrefix(err.Message, "could not find expected ':'") {
		if m := tightColon.FindStringSubmatch(text); m != nil {
			at(m[1], m[2], "put a space between", "a value must not touch the colon before it")
			return m[1] + " " + m[2]
		}
		if m := colonValue.FindStringSubmatch(text); m != nil && line == err.Mark.Line-1 {
			at(m[1], m[2], r.quoteHint(line, m[1], m[2]), "a value that holds a colon and a space needs quotes")
			return m[1] + singleQuote(m[2]) + m[3]
		}
	}
	if m := specialValue.FindStringSubmatch(text); m != nil {
		at(m[1], m[2], r.quoteHint(line, m[1], m[2]), "a value that begins with %s needs quotes", m[2][:1])
		return m[1] + singleQuote(m[2]) + m[3]
	}
	return ""
}

// quoteHint shows the value in quotes, unless it is secret.
func (r *reader) quoteHint(line int, before, value string) string {
	start := utf8.RuneCountInString(before)
	if !r.open(line, span{start, start + utf8.RuneCountInString(value)}) {
		return "put the value in quotes"
	}
	return "write " + strings.TrimLeft(before, " -") + strconv.Quote(value)
}

func singleQuote(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }

// unmended reports a fault that leaves open how to read on.
func (r *reader) unmended(err *yaml.LoadError) {
	line, column := err.Mark.Line, err.Mark.Column
	if line > len(r.lines) { // the end of the text, where something was never closed
		line, column = len(r.lines), 1
	}
	text := string(r.lines[line-1])
	indent := len(text) - len(strings.TrimLeft(text, " \t"))
	first := column <= indent+1 // the line's first text is what is wrong
	here := func(width int, message, hint string) { r.add(r.at(line, column, width, message, hint)) }

	message := err.Message
	switch {
	case strings.Contains(text[:indent], "\t"):
		r.tabs()
	case strings.Contains(message, "exceeded max depth"):
		here(1, "is nested too deeply", "")
	case err.ContextMark.Line > 0 && err.ContextMsg == "while scanning a quoted scalar" && strings.Contains(message, "end of"):
		line, column = err.ContextMark.Line, err.ContextMark.Column
		here(1, "this quote is never closed", "put the same quote at the end of the value")
	case strings.Contains(message, "escape"):
		here(2, "a backslash in double quotes begins an escape, and this is none", `use single quotes, or write \\`)
	case strings.HasPrefix(message, "did not find expected ','"):
		line, column = err.ContextMark.Line, err.ContextMark.Column
		if m := bracedVariable.FindStringIndex(string(r.lines[line-1])); m != nil {
			column = utf8.RuneCountInString(string(r.lines[line-1])[:m[0]]) + 1
			here(m[1]-m[0], "a variable inside of { } or [ ] needs quotes", `write "${NAME}"`)
			return
		}
		here(1, "what begins here is not closed where it should be", "close it with "+message[len(message)-2:len(message)-1])
	case strings.Contains(message, "expected node content"):
		here(1, "a value is missing here", "write it, or delete the comma")
	case strings.HasPrefix(message, "could not find expected ':'"):
		line, column = err.ContextMark.Line, err.ContextMark.Column
		here(r.rest(line, column), "this is neither a key with a value nor an item of a list", `write "key: value", or a dash and a space before an item`)
	case first && (strings.Contains(message, "expected key") || strings.Contains(message, "'-' indicator")):
		here(r.rest(line, column), "this line is indented like nothing above it", "begin it in the same column as its neighbours")
	case strings.Contains(message, "expected key"):
		here(r.rest(line, column), "this text comes after the value has ended", `quote the value as a whole; inside single quotes write ' twice`)
	case strings.HasPrefix(message, "mapping values are not allowed"):
		column = indent + 1
		here(r.rest(line, column), "this line is indented like nothing above it", "the line above has a value already, so nothing can stand under it")
	case strings.HasPrefix(message, "block sequence entries are not allowed"):
		here(1, "an item of a list cannot stand here", "begin it on a line of its own, or write [item, item]")
	case strings.HasPrefix(message, "unknown anchor"): // which it names, and which may be a secret
		here(1, "* begins an alias in YAML", "if it is a text, put it in quotes")
	default:
		here(1, "this is not YAML: "+message, "if it is a text, put it in quotes")
	}
}

// tabs reports every line that is indented by a tab.
func (r *reader) tabs() {
	for i, line := range r.lines {
		text := strings.TrimLeft(string(line), " \t")
		indent := string(line[:len(line)-utf8.RuneCountInString(text)])
		if tab := strings.IndexByte(indent, '\t'); tab >= 0 && text != "" && text[0] != '#' {
			r.add(r.at(i+1, tab+1, 1, "a tab indents this line", "indent with spaces: YAML takes no tabs there"))
		}
	}
}

// rest is how many characters follow on the line from the column on.
func (r *reader) rest(line, column int) int {
	return max(1, len(r.lines[line-1])-column+1)
}

// lineBefore is the last line before the given one that is neither blank nor
// a comment, both from 0; -1: none.
func (r *reader) lineBefore(line int) int {
	for i := min(line, len(r.lines)) - 1; i >= 0; i-- {
		if text := strings.TrimSpace(string(r.lines[i])); text != "" && text[0] != '#' {
			return i
		}
	}
	return -1
}
