package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"newswatch/monitor"
	"newswatch/monitor/config"
	"newswatch/monitor/feed"
	"newswatch/rules/draft"
)

// mostDocuments bounds a draft: of more the rules would be about everything.
const mostDocuments = 100

// documents reads the sources of a draft, each by the guarded way of a poll.
func (a *app) documents(ctx context.Context, cfg *config.Config, sources []string) ([]draft.Document, error) {
	options := feed.Options{Now: time.Now}
	if cfg != nil {
		options.AllowPrivate, options.Proxy, options.UserAgent = cfg.AllowPrivate, cfg.Proxy, cfg.UserAgent
	}
	reader := feed.NewReader(options)
	defer reader.Close()
	var documents []draft.Document
	for _, source := range sources {
		one := monitor.Feed{Name: source, URL: source}
		page, err := a.page(ctx, reader, &one)
		if err != nil {
			return nil, documentFailure(source, err)
		}
		if source == "-" {
			source = "standard input"
		}
		read, err := documentsOf(source, page)
		if err != nil {
			return nil, documentFailure(source, err)
		}
		if documents = append(documents, read...); len(documents) > mostDocuments {
			return nil, &failure{code: exitFailed, err: fmt.Errorf("more than %d documents", mostDocuments), hint: "draft from the few that are about the topic"}
		}
	}
	return documents, nil
}

// documentsOf is the document that a page is, or those that it holds as JSON.
func documentsOf(source string, page monitor.Page) ([]draft.Document, error) {
	shown := shownSource(source)
	body := bytes.TrimLeft(page.Body, "\ufeff \t\r\n")
	if bytes.HasPrefix(body, []byte("{")) && !isJSONFeed(body) {
		return articleDocuments(shown, body)
	}
	title, text, err := feed.ReadPage(page)
	if err != nil {
		return nil, err
	}
	if title == "" {
		title, text = draft.Split(text)
	}
	return []draft.Document{{Name: shown, Title: title, Body: text}}, nil
}

// articleDocuments are articles as JSON Lines.
func articleDocuments(name string, body []byte) (documents []draft.Document, err error) {
	err = eachArticle(name, bytes.NewReader(body), func(in input) error {
		if in.Title == "" && in.Body == "" {
			return errors.New("an article without title and body")
		}
		d := draft.Document{Name: name, Title: in.Title, Body: in.Body}
		if len(in.ID) > 0 {
			d.Name += ", " + idText(in.ID)
		}
		documents = append(documents, d)
		return nil
	})
	return documents, err
}

// shownSource is the name of a file, or an address without its secrets.
func shownSource(source string) string {
	if isAddress(source) {
		source = monitor.ShownURL(source)
	}
	return plainLine(source)
}

func isJSONFeed(body []byte) bool {
	var first struct {
		Version string            `json:"version"`
		Items   []json.RawMessage `json:"items"`
	}
	return json.NewDecoder(bytes.NewReader(body)).Decode(&first) == nil && first.Items != nil
}

func documentFailure(source string, err error) error {
	f := &failure{code: exitFailed, err: err}
	var fault *monitor.FeedError
	if errors.As(err, &fault) {
		f.err, f.hint = fmt.Errorf("read %s: %w", shownSource(source), err), fault.Hint
	}
	return f
}
