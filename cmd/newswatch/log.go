package main

import (
	"fmt"
	"io"
	"log/slog"
	"os"
	"strings"
	"time"
	"unicode"

	"github.com/lmittmann/tint"
	"golang.org/x/term"

	"newswatch/monitor/slack"
)

// logger writes for people on a terminal, else JSON for machines; one line an
// event, whatever a feed puts into it.
func (a *app) logger() *slog.Logger {
	if a.verbose {
		return a.loggerFrom(slog.LevelDebug)
	}
	return a.loggerFrom(slog.LevelInfo)
}

// loggerFrom is the logger without what is less urgent than level.
func (a *app) loggerFrom(level slog.Level) *slog.Logger {
	if isTerminal(a.err) {
		return slog.New(tint.NewTextHandler(a.err, &tint.Options{Level: level, TimeFormat: time.TimeOnly, NoColor: !colored(a.err), ReplaceAttr: tame}))
	}
	return slog.New(slog.NewJSONHandler(a.err, &slog.HandlerOptions{Level: level, ReplaceAttr: tame}))
}

// logFinding logs a fault or a warning: as check prints it where people watch,
// else with its line and the carets below it as a list, so that they align.
func (a *app) logFinding(log *slog.Logger, f finding) {
	if isTerminal(a.err) {
		fmt.Fprintln(a.err, f.text)
		return
	}
	lines := strings.Split(f.text, "\n")
	attrs := []any{"at", lines[0]}
	if f.Hint != "" {
		attrs = append(attrs, "hint", f.Hint)
	}
	if len(lines) >= 3 && strings.HasPrefix(lines[1], "  ") {
		attrs = append(attrs, "line", lines[1:3])
	}
	if f.Level == level(true) {
		log.Warn("warning", attrs...)
		return
	}
	log.Error("fault", attrs...)
}

// longestValue bounds what one value may add to a log line, in bytes.
const longestValue = 1024

// tame takes from a value what could forge or hide part of a log: control
// characters, line ends, direction marks, and length.
func tame(_ []string, attr slog.Attr) slog.Attr {
	switch value := attr.Value.Any().(type) {
	case string:
		attr.Value = slog.StringValue(plainLine(value))
	case error:
		attr.Value = slog.StringValue(plainLine(value.Error()))
	}
	return attr
}

func plainLine(s string) string {
	if len(s) > longestValue {
		s = strings.ToValidUTF8(s[:longestValue], "") + "…"
	}
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.In(r, unicode.Cf, unicode.Zl, unicode.Zp) {
			return ' '
		}
		return r
	}, s)
}

func isTerminal(stream any) bool {
	file, ok := stream.(*os.File)
	return ok && term.IsTerminal(int(file.Fd()))
}

// colored says whether to use colours: on a terminal, unless the user's
// NO_COLOR says otherwise.
func colored(stream any) bool { return isTerminal(stream) && os.Getenv("NO_COLOR") == "" }

// columns is how wide the terminal is; 80 where there is none.
func columns(stream any) int {
	if file, ok := stream.(*os.File); ok {
		if cells, _, err := term.GetSize(int(file.Fd())); err == nil && cells > 0 {
			return cells
		}
	}
	return 80
}

// widestMessage is where Slack wraps, about.
const widestMessage = 100

func drawOptions(out io.Writer, zone *time.Location) slack.DrawOptions {
	return slack.DrawOptions{
		Color: colored(out),
		Width: min(columns(out), widestMessage), Zone: zone,
	}
}
