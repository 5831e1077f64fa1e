package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"go.yaml.in/yaml/v4"

	"newswatch/monitor"
	"newswatch/monitor/config"
)

// writeFeeds adds feeds to the configuration: as text behind the last feed, so
// that nothing else in the file changes, and only if what the file then means
// is what it meant and the new feeds.
func (a *app) writeFeeds(cfg *config.Config, feeds []monitor.Feed) error {
	path, err := filepath.EvalSymlinks(a.configPath())
	if err != nil {
		return fmt.Errorf("find %s: %w", a.configPath(), reason(err))
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return fmt.Errorf("read %s: %w", path, reason(err))
	}
	text, err := spliced(string(data), feeds)
	if err == nil {
		err = means(path, text, append(append([]monitor.Feed{}, cfg.Feeds...), feeds...))
	}
	if err != nil {
		return &failure{code: exitFailed, err: fmt.Errorf("%s was not changed: %w", a.configPath(), err),
			hint: "without --write the feeds are printed, to be pasted"}
	}
	if err := replaceFile(path, text); err != nil {
		return fmt.Errorf("write %s: %w", a.configPath(), reason(err))
	}
	_, err = fmt.Fprintf(a.out, "%s: %s added\n", a.configPath(), count(len(feeds), "feed", "feeds"))
	return err
}

// spliced is the text of a configuration with feeds added to its list.
func spliced(text string, feeds []monitor.Feed) (string, error) {
	var document yaml.Node
	if err := yaml.Unmarshal([]byte(text), &document); err != nil {
		return "", err
	}
	list, next := feedList(&document)
	if list == nil || list.Kind != yaml.SequenceNode || list.Style&yaml.FlowStyle != 0 || len(list.Content) == 0 {
		return "", errors.New("its feeds are not a list with a line for each")
	}
	newline := "\n"
	if strings.Contains(text, "\r\n") {
		newline = "\r\n"
	}
	lines := strings.SplitAfter(text, "\n")
	last := list.Content[len(list.Content)-1].Line // from 1
	if next == 0 {
		next = len(lines) + 1
	}
	indent := lines[last-1][:strings.IndexByte(lines[last-1], '-')]
	for n := last + 1; n < next; n++ { // what is indented more than the dash is the last feed's
		line := lines[n-1]
		if strings.TrimSpace(line) != "" && len(line)-len(strings.TrimLeft(line, " ")) > len(indent) {
			last = n
		}
	}
	before, after := strings.Join(lines[:last], ""), strings.Join(lines[last:], "")
	if !strings.HasSuffix(before, "\n") {
		before += newline
	}
	return before + yamlOf(feeds, indent, newline) + after, nil
}

// feedList is the list of feeds and the line of the key behind it; 0: none.
func feedList(document *yaml.Node) (list *yaml.Node, next int) {
	if len(document.Content) == 0 {
		return nil, 0
	}
	top := document.Content[0].Content
	for i := 0; i+1 < len(top); i += 2 {
		switch {
		case list != nil:
			return list, top[i].Line
		case top[i].Value == "feeds":
			list = top[i+1]
		}
	}
	return list, 0
}

// means checks that a configuration's text is sound and has just these feeds.
func means(path, text string, feeds []monitor.Feed) error {
	cfg, faults := config.Parse(path, []byte(text), os.LookupEnv)
	if faults.Broken() {
		return fmt.Errorf("it would be at fault: %w", faults[0])
	}
	if len(cfg.Feeds) != len(feeds) {
		return fmt.Errorf("it would have %d feeds, not %d", len(cfg.Feeds), len(feeds))
	}
	for i, f := range feeds {
		if cfg.Feeds[i].Name != f.Name {
			return fmt.Errorf("feed %d would be %q, not %q", i+1, cfg.Feeds[i].Name, f.Name)
		}
	}
	return nil
}

// replaceFile writes a file so that it holds the old text or the new, whatever
// happens.
func replaceFile(path, text string) error {
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	file, err := os.CreateTemp(filepath.Dir(path), ".config-*.yaml")
	if err != nil {
		return err
	}
	defer os.Remove(file.Name()) // gone by then if all went well
	_, err = file.WriteString(text)
	err = errors.Join(err, file.Chmod(info.Mode().Perm()), file.Sync(), file.Close())
	if err != nil {
		return err
	}
	return os.Rename(file.Name(), path)
}

// yamlText is a text as a value in YAML: as it is where it is read as that,
// else in quotes.
func yamlText(text string) string {
	var list []any
	if err := yaml.Unmarshal([]byte("["+text+"]"), &list); err == nil && len(list) == 1 && list[0] == any(text) {
		return text
	}
	var quoted strings.Builder // JSON's strings are YAML's
	if err := jsonLines(&quoted).Encode(text); err != nil {
		panic(err) // a string
	}
	return strings.TrimSpace(quoted.String())
}
