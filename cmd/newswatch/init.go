package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"newswatch"
	"newswatch/monitor/slack"
)

const manifestFile = "slack-manifest.yaml"

func (a *app) initCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "init DIR",
		Short: "Write config.yaml, the rules and the Slack app manifest for a new installation",
		Args:  cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			return a.initialise(args[0])
		},
	}
}

// initialise writes the files of a new installation, or none of them when one
// is there already.
func (a *app) initialise(dir string) error {
	files := map[string][]byte{manifestFile: []byte(slack.Manifest)}
	order := []string{}
	err := fs.WalkDir(newswatch.Files, ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		files[path], err = newswatch.Files.ReadFile(path)
		order = append(order, path)
		return err
	})
	if err != nil {
		return err
	}
	order = append(order, manifestFile)
	var there []string
	for _, path := range order {
		switch _, err := os.Lstat(filepath.Join(dir, path)); {
		case err == nil:
			there = append(there, path)
		case !errors.Is(err, fs.ErrNotExist):
			return fmt.Errorf("look into %s: %w", dir, reason(err))
		}
	}
	if len(there) > 0 {
		return &failure{code: exitFailed, err: fmt.Errorf("%s already holds %s", dir, someOf(there)),
			hint: "name a new folder; nothing was written"}
	}
	for _, path := range order {
		target := filepath.Join(dir, path)
		if err := os.MkdirAll(filepath.Dir(target), 0o755); err != nil {
			return fmt.Errorf("write %s: %w", target, reason(err))
		}
		if err := os.WriteFile(target, files[path], 0o644); err != nil {
			return fmt.Errorf("write %s: %w", target, reason(err))
		}
		fmt.Fprintln(a.out, target)
	}
	config := filepath.Join(dir, defaultConfig)
	fmt.Fprintf(a.out, "\nNext: newswatch check --config %s\n      newswatch run --terminal --config %s\n", config, config)
	return nil
}

// someOf names a few files of a list.
func someOf(files []string) string {
	const named = 3
	if more := len(files) - named; more > 0 {
		return fmt.Sprintf("%s and %d more of the files", strings.Join(files[:named], ", "), more)
	}
	return strings.Join(files, ", ")
}
