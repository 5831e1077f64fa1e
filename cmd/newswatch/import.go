package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"newswatch/monitor"
	"newswatch/monitor/config"
	"newswatch/monitor/feed"
)

func (a *app) importCommand() *cobra.Command {
	write := false
	command := &cobra.Command{
		Use:   "import OPML",
		Short: "Turn a feed reader's OPML list into feeds for config.yaml; its folders become tags",
		Long: `Turn a feed reader's OPML list into feeds for config.yaml; its folders become tags.

What to paste goes to standard output; with --write it is added to the file.
Feeds that config.yaml has are left out. A password or token in an address
becomes a ${VARIABLE}, and is not shown.`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.importList(cmd.Context(), args[0], write)
		},
	}
	command.Flags().BoolVar(&write, "write", false, "add the feeds to the configuration")
	return command
}

// largestList is far above any reader's list.
const largestList = 10 << 20

func (a *app) importList(ctx context.Context, file string, write bool) error {
	cfg, err := a.configurationToEdit()
	if err != nil {
		return err
	}
	if cfg == nil && write {
		return &failure{code: exitFault, err: errors.New("there is no config.yaml here to add to"),
			hint: "newswatch init DIR makes one; --config FILE names another"}
	}
	feeds, err := a.readList(ctx, file)
	if err != nil {
		return err
	}
	imported, err := a.newFeeds(cfg, feeds)
	if err != nil {
		return err
	}
	switch {
	case len(imported) == 0:
		fmt.Fprintln(a.err, "There is nothing new to add.")
		return nil
	case write:
		return a.writeFeeds(cfg, imported)
	case a.json:
		return a.printSubscriptions(imported)
	}
	_, err = fmt.Fprint(a.out, "feeds:\n", yamlOf(imported, "  ", "\n"))
	return err
}

// configurationToEdit is configurationIfAny, whether or not its secrets are at
// hand.
func (a *app) configurationToEdit() (*config.Config, error) {
	if a.configFile == "" {
		if _, err := os.Stat(defaultConfig); errors.Is(err, fs.ErrNotExist) {
			return nil, nil
		}
	}
	cfg, faults := config.Load(a.configPath())
	if faults.Broken() {
		fmt.Fprintln(a.err, faults)
		return nil, &failure{code: exitFault, err: errors.New("the configuration is at fault"), told: true}
	}
	return cfg, nil
}

// readList reads an OPML file and tells what is odd in it.
func (a *app) readList(ctx context.Context, file string) ([]monitor.Feed, error) {
	name, source, err := a.source(ctx, []string{file})
	if err != nil {
		return nil, err
	}
	defer source.Close()
	document, err := io.ReadAll(io.LimitReader(source, largestList+1))
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", name, reason(err))
	}
	if len(document) > largestList {
		return nil, fmt.Errorf("%s is larger than 10 MiB", name)
	}
	feeds, notes, err := feed.ReadOPML(document)
	if err != nil {
		return nil, &failure{code: exitFailed, err: fmt.Errorf("read %s: %w", name, err),
			hint: "feed readers export such a list, often under Settings; newswatch feed shows a single feed"}
	}
	for _, note := range notes {
		fmt.Fprintln(a.err, "note:", plainLine(note))
	}
	return feeds, nil
}

// newFeeds are the feeds that the configuration does not have, each with a
// name of its own and without secrets.
func (a *app) newFeeds(cfg *config.Config, feeds []monitor.Feed) ([]monitor.Feed, error) {
	names, addresses := map[string]bool{}, map[string]string{}
	var text []byte // of the configuration
	if cfg != nil {
		var err error
		if text, err = os.ReadFile(a.configPath()); err != nil {
			return nil, fmt.Errorf("read %s: %w", a.configPath(), reason(err))
		}
		for _, f := range cfg.Feeds {
			names[strings.ToLower(f.Name)] = true
			addresses[monitor.CanonicalURL(f.URL)] = f.Name
			if variable.MatchString(f.URL) { // not set here: which secret it is cannot be told
				addresses[monitor.CanonicalURL(masked(f.URL))] = f.Name
			}
		}
	}
	secrets := 0
	unused := func() string {
		for {
			secrets++
			if name := fmt.Sprintf("${FEED_SECRET_%d}", secrets); !bytes.Contains(text, []byte(name)) {
				return name
			}
		}
	}
	var added []monitor.Feed
	for _, f := range feeds {
		known, ok := addresses[monitor.CanonicalURL(f.URL)]
		if !ok {
			known, ok = addresses[monitor.CanonicalURL(masked(f.URL))]
		}
		if ok {
			fmt.Fprintf(a.err, "note: %q is there already, as %q\n", plainLine(f.Name), plainLine(known))
			continue
		}
		if strings.Contains(f.URL, "${") {
			// The configuration would put a variable of this machine there.
			fmt.Fprintf(a.err, "note: %q is left out: its address holds ${, which is no address's\n", plainLine(f.Name))
			continue
		}
		f.Name = unusedName(f.Name, names)
		names[strings.ToLower(f.Name)] = true
		masked, hidden := withoutSecrets(f.URL, unused)
		for _, secret := range hidden {
			fmt.Fprintf(a.err, "note: the address of %q holds a secret: export %s=…, as the list has it\n", plainLine(f.Name), strings.Trim(secret, "${}"))
		}
		f.URL = masked
		added = append(added, f)
	}
	return added, nil
}

// unusedName is the name, numbered if it is taken.
func unusedName(name string, taken map[string]bool) string {
	for n, tried := 2, name; ; n++ {
		if !taken[strings.ToLower(tried)] {
			return tried
		}
		tried = fmt.Sprintf("%s (%d)", name, n)
	}
}

// withoutSecrets is an address with each of its secrets replaced: user and
// password, and the values of parameters that are called like one. hidden are
// the replacements.
func withoutSecrets(address string, replace func() string) (masked string, hidden []string) {
	u, err := url.Parse(address)
	if err != nil {
		return address, nil
	}
	hide := func() string {
		hidden = append(hidden, replace())
		return hidden[len(hidden)-1]
	}
	user := ""
	if u.User != nil {
		u.User, user = nil, hide()
	}
	pairs := strings.Split(u.RawQuery, "&")
	for i, pair := range pairs {
		if name, value, _ := strings.Cut(pair, "="); value != "" && isSecretName(name) {
			pairs[i] = name + "=" + hide()
		}
	}
	u.RawQuery = strings.Join(pairs, "&")
	masked = u.String()
	if user != "" {
		masked = strings.Replace(masked, "://", "://"+user+"@", 1)
	}
	return masked, hidden
}

// isSecretName says whether a parameter of this name usually holds a secret.
func isSecretName(name string) bool {
	name = strings.NewReplacer("-", "", "_", "", ".", "").Replace(strings.ToLower(name))
	switch name {
	case "sid", "session", "sessionid", "sig", "hash", "pass", "pwd", "credentials", "login":
		return true
	}
	for _, ending := range []string{"token", "key", "secret", "password", "passwd", "signature", "auth"} {
		if strings.HasSuffix(name, ending) {
			return true
		}
	}
	return false
}

func (a *app) printSubscriptions(feeds []monitor.Feed) error {
	type line struct {
		Name string   `json:"name"`
		URL  string   `json:"url"`
		Lang string   `json:"lang"`
		Tags []string `json:"tags"`
	}
	encoder := jsonLines(a.out)
	for _, f := range feeds {
		if err := encoder.Encode(line{f.Name, f.URL, f.Lang, append([]string{}, f.Tags...)}); err != nil {
			return fmt.Errorf("print feeds: %w", err)
		}
	}
	return nil
}

// yamlOf is the feeds as items of config.yaml's list.
func yamlOf(feeds []monitor.Feed, indent, newline string) string {
	var b strings.Builder
	for _, f := range feeds {
		b.WriteString(indent + "- name: " + yamlText(f.Name) + newline)
		b.WriteString(indent + "  url: " + yamlText(f.URL) + newline)
		if f.Lang != "" {
			b.WriteString(indent + "  lang: " + yamlText(f.Lang) + newline)
		}
		if len(f.Tags) > 0 {
			texts := make([]string, len(f.Tags))
			for i, tag := range f.Tags {
				texts[i] = yamlText(tag)
			}
			b.WriteString(indent + "  tags: [" + strings.Join(texts, ", ") + "]" + newline)
		}
	}
	return b.String()
}
