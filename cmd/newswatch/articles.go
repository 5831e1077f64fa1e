package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"newswatch/monitor"
)

// An input is one line of articles as JSON Lines. Other keys are ignored.
type input struct {
	ID        json.RawMessage `json:"id"`
	Title     string          `json:"title"`
	Body      string          `json:"body"`
	URL       string          `json:"url"`
	Outlet    string          `json:"outlet"`
	Author    string          `json:"author"`
	Lang      string          `json:"lang"`
	Tags      []string        `json:"tags"`
	Published moment          `json:"published"`
}

func (in input) article() monitor.Article {
	return monitor.Article{
		GUID: string(in.ID), Title: in.Title, Body: in.Body, URL: in.URL, Outlet: in.Outlet,
		Author: in.Author, Lang: in.Lang, Tags: in.Tags, Published: time.Time(in.Published),
	}
}

// A moment is a time in RFC 3339, or zero for null and "".
type moment time.Time

func (m *moment) UnmarshalJSON(data []byte) error {
	var text string
	if err := json.Unmarshal(data, &text); err != nil {
		return errors.New("published must be a text")
	}
	if text == "" {
		return nil
	}
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return fmt.Errorf("published must be a time like 2026-11-21T08:00:00Z, and is %q", text)
	}
	*m = moment(at)
	return nil
}

// A filter answers each line of articles with a line of output.
type filter struct {
	article func(a monitor.Article, id json.RawMessage) any
	fault   func(id json.RawMessage, why string) any // of a line that is no article
}

// filter answers lines in order. One that is no article is told and answered
// too; blank ones are not lines. What is read slowly is answered at once.
func (a *app) filter(ctx context.Context, args []string, answer filter) error {
	name, source, err := a.source(ctx, args)
	if err != nil {
		return err
	}
	defer source.Close()
	out := bufio.NewWriter(a.out)
	defer out.Flush()
	encoder := jsonLines(out)
	lines := bufio.NewReaderSize(source, 1<<16)
	skipMark(lines)
	bad := 0
	for n := 1; ; n++ {
		line, readErr := lines.ReadBytes('\n')
		if readErr != nil && !errors.Is(readErr, io.EOF) {
			return fmt.Errorf("read %s: %w", name, reason(readErr))
		}
		if len(bytes.TrimSpace(line)) > 0 {
			var in input
			var reply any
			if err := json.Unmarshal(line, &in); err != nil {
				bad++
				fmt.Fprintf(a.err, "%s:%d:%d: no article: %v\n", name, n, column(line, err), mistake(err))
				reply = answer.fault(idIn(line), fmt.Sprintf("line %d: %v", n, mistake(err)))
			} else {
				reply = answer.article(in.article(), in.ID)
			}
			if err := encoder.Encode(reply); err != nil {
				return err
			}
		}
		if readErr != nil {
			break
		}
		if lines.Buffered() == 0 {
			if err := out.Flush(); err != nil {
				return err
			}
		}
	}
	if bad > 0 {
		return errors.Join(out.Flush(), &failure{code: exitFailed, err: notArticles(bad), hint: oneObjectALine})
	}
	return out.Flush()
}

const oneObjectALine = `one JSON object a line: {"id":"1","title":"…","body":"…"}`

func notArticles(n int) error {
	if n == 1 {
		return errors.New("1 line was no article")
	}
	return fmt.Errorf("%d lines were no articles", n)
}

// skipMark passes over the byte order mark that Windows puts first.
func skipMark(r *bufio.Reader) {
	const mark = "\ufeff"
	if first, _ := r.Peek(len(mark)); string(first) == mark {
		_, _ = r.Discard(len(mark)) // they are there
	}
}

// idIn is the id of a line that is an object, if no article.
func idIn(line []byte) json.RawMessage {
	var only struct {
		ID json.RawMessage `json:"id"`
	}
	if json.Unmarshal(line, &only) != nil {
		return nil
	}
	return only.ID
}

// mistake tells of an error of JSON why this is no article.
func mistake(err error) error {
	var typ *json.UnmarshalTypeError
	switch {
	case !errors.As(err, &typ):
		return err
	case typ.Field == "":
		return errors.New("an article is an object, and this is " + withArticle(typ.Value))
	case typ.Field == "tags":
		return errors.New("tags must be a list of texts")
	default:
		return errors.New(typ.Field + " must be a text, and is " + withArticle(typ.Value))
	}
}

// withArticle is what JSON calls a type as English has it: an array.
func withArticle(kind string) string {
	switch kind {
	case "array", "object":
		return "an " + kind
	case "bool":
		return "true or false"
	default:
		return "a " + kind
	}
}

// jsonLines writes JSON Lines, with <, > and & of articles as they are.
func jsonLines(out io.Writer) *json.Encoder {
	encoder := json.NewEncoder(out)
	encoder.SetEscapeHTML(false)
	return encoder
}

// column is where in the line decoding failed, in bytes from 1.
func column(line []byte, err error) int {
	var syntax *json.SyntaxError
	var typ *json.UnmarshalTypeError
	switch {
	case errors.As(err, &syntax):
		return int(syntax.Offset)
	case errors.As(err, &typ):
		return int(typ.Offset)
	default:
		return 1
	}
}

// source opens the file that the arguments name; standard input for "-" or
// none. Reading ends with ctx, though standard input may say nothing for ever.
func (a *app) source(ctx context.Context, args []string) (name string, source io.ReadCloser, err error) {
	if len(args) == 0 || args[0] == "-" {
		return "standard input", io.NopCloser(interruptible(ctx, a.in)), nil
	}
	file, err := os.Open(args[0])
	if err != nil {
		return "", nil, fmt.Errorf("open %s: %w", args[0], reason(err))
	}
	return args[0], struct {
		io.Reader
		io.Closer
	}{interruptible(ctx, file), file}, nil
}

// A readerFunc is a reader that is a function.
type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }

// interruptible reads until ctx ends. A read that waits then is left to itself,
// with a buffer of its own.
func interruptible(ctx context.Context, source io.Reader) io.Reader {
	type result struct {
		read []byte
		err  error
	}
	return readerFunc(func(p []byte) (int, error) {
		done := make(chan result, 1)
		go func() {
			buffer := make([]byte, len(p))
			n, err := source.Read(buffer)
			done <- result{buffer[:n], err}
		}()
		select {
		case <-ctx.Done():
			return 0, context.Cause(ctx)
		case r := <-done:
			return copy(p, r.read), r.err
		}
	})
}
