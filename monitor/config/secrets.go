package config

import (
	"fmt"
	"io"
	"os"
	"regexp"
	"strings"
	"unicode"

	"go.yaml.in/yaml/v4"

	"newswatch/monitor"
)

// variable is a reference to the environment: ${NAME}.
var variable = regexp.MustCompile(`\$\{([^}]*)(\}?)`)

// expand replaces each ${NAME} in a value by the environment's variable. The
// faults it returns say what is wrong with the references; those that are
// Secret mean that the value cannot be had, and then it is returned as
// written.
func (r *reader) expand(n *yaml.Node) (value string, faults Faults) {
	return r.expandAs(n, func(_ int, value string) string { return value })
}

// expandAs is expand, with each variable's value written as it has to be where
// its reference begins.
func (r *reader) expandAs(n *yaml.Node, written func(at int, value string) string) (value string, faults Faults) {
	value, lacks := substitute(n.Value, r.env, written)
	for _, l := range lacks {
		f := r.at(n.Line, n.Column, r.width(n), l.message, l.hint)
		f.Secret = l.unset
		faults = append(faults, f)
	}
	return value, faults
}

// A lack is why a variable's value cannot be had.
type lack struct {
	message, hint string
	unset         bool // the reference is good, the environment has nothing there
}

// substitute replaces each ${NAME} in a text, or returns it as it is and why.
func substitute(text string, env func(string) (string, bool), written func(at int, value string) string) (string, []lack) {
	if bareVariable.MatchString(text) {
		return text, []lack{{"a variable needs braces", "write ${" + text[1:] + "}", false}}
	}
	var b strings.Builder
	var lacks []lack
	end := 0
	for _, m := range variable.FindAllStringSubmatchIndex(text, -1) {
		name, closed := text[m[2]:m[3]], m[4] < m[5]
		b.WriteString(text[end:m[0]])
		end = m[1]
		switch {
		case !closed:
			lacks = append(lacks, lack{"a ${ is never closed", "write ${NAME}", false})
		case !variableName.MatchString(name):
			lacks = append(lacks, lack{"what stands in ${ } is no variable's name", "a name is letters, digits and _, like ${SLACK_BOT_TOKEN}", false})
		default:
			got, ok := env(name)
			got = strings.TrimSpace(got) // a newline that came along from a file
			if got != "" {
				b.WriteString(written(m[0], got))
				continue
			}
			state := "is not set"
			if ok {
				state = "is empty"
			}
			lacks = append(lacks, lack{fmt.Sprintf("the environment variable %s %s", name, state), "export " + name + "=…", true})
		}
	}
	if len(lacks) > 0 {
		return text, lacks
	}
	return b.String() + text[end:], nil
}

// bareVariable is a reference as a shell would take it.
var bareVariable = regexp.MustCompile(`^\$[A-Z_][A-Z0-9_]*$`)

var variableName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

// expanded reads a value that may hold variables, reporting what is wrong with
// them. ok is false when it is absent, faulty or cannot be had; value is then
// as written.
func (r *reader) expanded(n *yaml.Node) (value string, ok bool) {
	value, faults := r.expand(n)
	for _, f := range faults {
		r.add(f)
	}
	return value, len(faults) == 0
}

// isLiteral says whether a secret stands in the file itself.
func isLiteral(n *yaml.Node) bool { return !variable.MatchString(n.Value) }

// warnLiteral warns of a secret that stands in the file itself.
func (r *reader) warnLiteral(n *yaml.Node, what, name string) {
	r.warn(n, fmt.Sprintf("write %s, and export %s=…", "${"+name+"}", name), "%s stands in the file for all to read", what)
}

// fileSecret reads a secret from a file of its own. A file that cannot be had
// is a Secret fault.
func (r *reader) fileSecret(n *yaml.Node) (monitor.Secret, Faults) {
	fault := func(hint, format string, args ...any) (monitor.Secret, Faults) {
		f := r.at(n.Line, n.Column, r.width(n), fmt.Sprintf(format, args...), hint)
		f.Secret = true
		return monitor.Secret{}, Faults{f}
	}
	if isToken(n.Value) {
		return fault("write the token into a file, and the file's name here; or use token: ${SLACK_BOT_TOKEN}", "this is a token, not the name of a file")
	}
	path := r.resolve(n.Value)
	r.secretFiles = append(r.secretFiles, path)
	info, err := os.Stat(path)
	switch {
	case os.IsNotExist(err):
		return fault("write the token into it, and nothing else", "there is no file %s", quote(path))
	case err != nil:
		return fault("let the user that runs newswatch read it", "the file %s cannot be read", quote(path))
	case !info.Mode().IsRegular():
		return fault("name a file that holds the token, and nothing else", "%s is no ordinary file", quote(path))
	}
	if info.Mode().Perm()&0o007 != 0 {
		r.warn(n, "chmod 600 "+path, "the file %s is open to every user of this machine", quote(path))
	}
	file, err := os.Open(path)
	if err != nil {
		return fault("let the user that runs newswatch read it", "the file %s cannot be opened", quote(path))
	}
	defer file.Close()
	data, err := io.ReadAll(io.LimitReader(file, maxTokenBytes+1))
	if err != nil {
		return fault("", "the file %s cannot be read", quote(path))
	}
	token := strings.TrimSpace(string(data))
	if token == "" {
		return fault("write the token into it, and nothing else", "the file %s is empty", quote(path))
	}
	if hint := tokenTrouble(token); hint != "" {
		return fault(hint, "the file %s holds no token", quote(path))
	}
	return monitor.NewSecret(token), nil
}

// maxTokenBytes is far above any token; Slack's are under 200 bytes.
const maxTokenBytes = 4096

// tokenTrouble says what is wrong with a text as a token: it goes into a
// header, so it must be one printable word. "": nothing.
func tokenTrouble(token string) string {
	if len(token) > maxTokenBytes {
		return "a token is one short line"
	}
	if strings.ContainsFunc(token, func(c rune) bool { return c > unicode.MaxASCII || c <= ' ' || c == 0x7f }) {
		return "a token is one word of letters, digits and dashes"
	}
	return ""
}

// isToken says whether a text is one of Slack's tokens.
func isToken(s string) bool {
	return strings.HasPrefix(s, "xox") || strings.HasPrefix(s, appTokenPrefix)
}

const (
	botTokenPrefix = "xoxb-"
	appTokenPrefix = "xapp-"
)
