package main

import (
	"fmt"
	"net/url"
	"os"
	"regexp"
	"strings"

	"github.com/spf13/cobra"

	"newswatch/monitor"
	"newswatch/monitor/config"
	"newswatch/monitor/feed"
)

func (a *app) exportCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "export",
		Short: "Write the configured feeds as an OPML list, for feed readers",
		Long: `Write the configured feeds as an OPML list, for feed readers.

Their tags are folders and categories. What is secret in an address (a user and
password, ${VARIABLES}, parameters called token, key and the like) is written
as ***; schedules and headers have no place in such a list.`,
		Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error { return a.exportList() },
	}
}

func (a *app) exportList() error {
	if _, err := a.configurationToEdit(); err != nil {
		return err
	}
	path := a.configPath()
	data, err := os.ReadFile(path)
	if err != nil {
		return &failure{code: exitFault, err: fmt.Errorf("read %s: %w", path, reason(err)), hint: "--config FILE names the configuration"}
	}
	// Without an environment, ${VARIABLES} stay as they are written.
	cfg, faults := config.Parse(path, data, func(string) (string, bool) { return "", false })
	if cfg == nil {
		return &failure{code: exitFault, err: faults[0]}
	}
	var feeds []monitor.Feed
	for _, f := range cfg.Feeds {
		address, hidden, ok := shareable(f.URL)
		switch {
		case !ok:
			fmt.Fprintf(a.err, "note: %q is left out: its host or path is a secret\n", plainLine(f.Name))
			continue
		case hidden:
			fmt.Fprintf(a.err, "note: what is secret in the address of %q is written as ***\n", plainLine(f.Name))
		}
		if len(f.Headers) > 0 {
			fmt.Fprintf(a.err, "note: the headers of %q are left out\n", plainLine(f.Name))
		}
		f.URL = address
		feeds = append(feeds, f)
	}
	if a.json {
		return a.printSubscriptions(feeds)
	}
	return feed.WriteOPML(a.out, feeds)
}

var variable = regexp.MustCompile(`\$\{[^}]*\}`)

// shareable is an address with what is secret in it masked; not ok when
// nothing is left of it without.
func shareable(address string) (shared string, hidden, ok bool) {
	shared = masked(address)
	u, err := url.Parse(shared)
	if err != nil || strings.Contains(u.Host+u.Path, mask) {
		return "", true, false
	}
	return shared, strings.Contains(shared, mask), true
}

const mask = "***"

// masked is an address with what is secret in it replaced by the mask.
func masked(address string) string {
	text, _ := withoutSecrets(variable.ReplaceAllLiteralString(address, mask), func() string { return mask })
	return text
}
