package main

import (
	"bufio"
	"bytes"
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
	Published *time.Time      `json:"published"`
}

func (in input) article() monitor.Article {
	a := monitor.Article{
		GUID: string(in.ID), Title: in.Title, Body: in.Body, URL: in.URL,
		Outlet: in.Outlet, Author: in.Author, Lang: in.Lang, Tags: in.Tags,
	}
	if in.Published != nil {
		a.Published = *in.Published
	}
	return a
}

// A filter turns each line of articles into a line of output, in order. A line
// that is no article is told, and answered with its error, so that line N out
// always belongs to line N in.
func (a *app) filter(args []string, each func(monitor.Article, json.RawMessage) any) error {
	name, source, err := a.source(args)
	if err != nil {
		return err
	}
	defer source.Close()
	out := bufio.NewWriter(a.out)
	defer out.Flush()
	encoder := jsonLines(out)
	lines := bufio.NewReaderSize(source, 1<<16)
	bad := 0
	for n := 1; ; n++ {
		line, readErr := lines.ReadBytes('\n')
		if readErr != nil && !errors.Is(readErr, io.EOF) {
			return fmt.Errorf("read %s: %w", name, readErr)
		}
		if line = bytes.TrimSpace(line); len(line) > 0 {
			var in input
			if err := json.Unmarshal(line, &in); err != nil {
				bad++
				fmt.Fprintf(a.err, "%s:%d:%d: no article in JSON: %v\n", name, n, column(line, err), err)
				err = encoder.Encode(map[string]any{"id": nil, "error": fmt.Sprintf("line %d is no article in JSON", n)})
				if err != nil {
					return err
				}
			} else if err := encoder.Encode(each(in.article(), in.ID)); err != nil {
				return err
			}
		}
		if readErr != nil {
			break
		}
	}
	if bad > 0 {
		return errors.Join(out.Flush(), &failure{code: exitFailed, err: fmt.Errorf("%d lines were no articles", bad),
			hint: `one JSON object a line: {"id":"1","title":"…","body":"…"}`})
	}
	return out.Flush()
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
// none.
func (a *app) source(args []string) (name string, source io.ReadCloser, err error) {
	if len(args) == 0 || args[0] == "-" {
		return "standard input", io.NopCloser(a.in), nil
	}
	file, err := os.Open(args[0])
	if err != nil {
		return "", nil, fmt.Errorf("open %s: %w", args[0], reason(err))
	}
	return args[0], file, nil
}
