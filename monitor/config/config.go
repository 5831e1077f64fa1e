// Package config turns config.yaml into a checked Config, or into the whole
// list of what is wrong with it.
//
// A person writes that file, by hand, and often at night: so every fault is
// reported at once, each at its line and column, with the line itself and a
// hint. Only the YAML grammar stops at its first fault, and the usual slips
// in it (an unquoted "*/5 * * * *") are read as they were meant, so that they
// hide nothing behind them.
//
// Secrets come from the environment or from files. They become
// monitor.Secret, and neither a message nor the line shown with it holds one.
// A secret that cannot be had is a fault of its own kind: commands that have
// no use for it go on.
package config

import (
	"crypto/sha256"
	"errors"
	"io/fs"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"time"
	_ "time/tzdata" // a time zone's name means the same on every machine

	"go.yaml.in/yaml/v4"

	"newswatch/monitor"
	"newswatch/rules"
)

// What holds where config.yaml says nothing.
const (
	defaultStore       = "newswatch.db"
	defaultRules       = "rules/watch"
	defaultRetention   = 30 * monitor.Day
	defaultSchedule    = "*/5 * * * *"
	defaultFirstRun    = monitor.Day
	defaultStoryWindow = 3 * monitor.Day
	defaultAPIURL      = "https://slack.com/api/"
	defaultUserAgent   = "newswatch (+https://example.org/contact)"
	defaultListen      = "127.0.0.1:8080"
)

// DefaultFoldAbove is slack.fold_above where the file does not say.
const DefaultFoldAbove = 20

// maxBytes bounds config.yaml; a thousand feeds take about 100 KiB.
const maxBytes = 1 << 20

// A Config is config.yaml, checked, with defaults applied and paths made
// relative to the working directory. It is not changed after Parse.
type Config struct {
	Zone            *time.Location // for schedules, digests and quiet hours; default UTC
	Quiet           rules.Hours    // in which no alerts but those of high severity are told; zero: none
	StorePath       string         // a file, or postgres://…, which may hold a password: not to be shown, and not checked
	RulesDir        string         // default rules/watch beside config.yaml
	Retention       time.Duration  // how long an article is kept from when it was first seen; default 30 days
	DefaultSchedule monitor.Schedule
	Feeds           []monitor.Feed // at least one, in the file's order

	Slack *Slack // nil: there is no such section, and alerts are drawn in the terminal

	StoryWindow time.Duration    // how long reports of one event are one story; default 72 h
	Digest      monitor.Schedule // zero: no digests

	AllowPrivate []netip.Prefix // networks that the address guard lets through; default none
	Proxy        *url.URL       // nil: none, whatever the environment says; may hold a password
	UserAgent    string

	Listen    string         // host:port of health and metrics, default 127.0.0.1:8080; "": off
	Heartbeat monitor.Secret // a URL pinged while all is well: whoever knows it can ping it; empty: none

	Origin Origin
}

// An Origin is where a Config was read from.
type Origin struct {
	Sum         [sha256.Size]byte // of the file's text
	SecretFiles []string          // that were read too
	places      map[string]Fault  // of some keys
}

// Fault is what is found wrong with a key, like "listen", only where its
// value is used; it is told where the key stands.
func (c *Config) Fault(key, message, hint string) Fault {
	f := c.Origin.places[key]
	f.Message, f.Hint = message, hint
	return f
}

// Slack is where alerts go.
type Slack struct {
	Token      monitor.Secret // of the bot
	AppToken   monitor.Secret // for Socket Mode; empty: no buttons and commands
	APIURL     string         // ends in a slash
	Channel    string         // "#name" or ID; for rules that name none
	OpsChannel string         // for notes to the operator; default Channel
	FoldAbove  int            // more waiting alerts than this are folded; default 20

	Unconfirmed Unconfirmed // what to do with a message that Slack may or may not have
	Operators   []string    // IDs of the users who may change anything in Slack; empty: everyone

	// Missing says why Token or AppToken could not be had: a variable that is
	// not set, a file that cannot be read. It matters only to commands that
	// talk to Slack, so Parse's own list of faults leaves it out.
	Missing Faults
}

// Unconfirmed says what becomes of a message whose arrival can neither be
// confirmed nor denied.
type Unconfirmed string

const (
	Resend Unconfirmed = "resend" // after a while, marked as a possible repeat; the default
	Hold   Unconfirmed = "hold"   // left for the operator
)

// Load reads and parses the file at path. Variables come from the process's
// environment.
func Load(path string) (*Config, Faults) {
	data, fault := Read(path)
	if fault != nil {
		return nil, Faults{*fault}
	}
	return Parse(path, data, os.LookupEnv)
}

// Read reads the file at path, for Parse. It takes no more than a configuration
// may have, and waits for nobody: what is no ordinary file is a fault.
func Read(path string) ([]byte, *Fault) {
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, &Fault{File: path, Message: "there is no such file",
			Hint: "newswatch init DIR writes a new one; --config FILE names another"}
	case err == nil && info.IsDir():
		return nil, &Fault{File: path, Message: "is a folder, not a file",
			Hint: "name the file in it: --config " + filepath.Join(path, "config.yaml")}
	case err == nil && !info.Mode().IsRegular():
		return nil, &Fault{File: path, Message: "is no ordinary file", Hint: "put a text file in its place"}
	case err == nil && info.Size() > maxBytes:
		return nil, tooLarge(path)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		if pathErr := (*fs.PathError)(nil); errors.As(err, &pathErr) {
			err = pathErr.Err
		}
		return nil, &Fault{File: path, Message: "cannot be read: " + err.Error()}
	}
	return data, nil
}

func tooLarge(path string) *Fault {
	return &Fault{File: path, Message: "is larger than 1 MiB", Hint: "is it the right file? 5,000 feeds take less"}
}

// Parse checks the text of config.yaml. file names it in faults, and paths in
// it are relative to file's folder; env looks a variable up.
//
// The Config is nil when a fault other than a warning or a missing secret was
// found. A feed whose secret is missing is in the Config with its ${NAME}
// unreplaced: do not poll before Faults.Missing is empty.
func Parse(file string, data []byte, env func(string) (string, bool)) (*Config, Faults) {
	if len(data) > maxBytes {
		return nil, Faults{*tooLarge(file)}
	}
	r := newReader(file, data, env)
	var c *Config
	if top := r.document(data); top != nil {
		c = r.config(top)
		c.Origin.Sum = sha256.Sum256(data)
	}
	r.faults.sort()
	if r.faults.Broken() {
		return nil, r.faults
	}
	return c, r.faults
}

// RulesDir is the folder of rule files that the file at path names, or the
// default beside it. Unlike Load it also answers for a file with faults, so
// that those of the rules can be told together with them.
func RulesDir(path string) string {
	r := newReader(path, nil, func(string) (string, bool) { return "", false })
	data, fault := Read(path)
	if fault == nil {
		r = newReader(path, data, r.env)
		if top := r.document(data); top != nil {
			return top.path("rules", defaultRules)
		}
	}
	return filepath.Join(r.dir, defaultRules)
}

// config reads the whole document.
func (r *reader) config(top *section) *Config {
	r.zone = top.zone("timezone")
	defaults, network, http := top.section("defaults"), top.section("network"), top.section("http")
	usual, err := monitor.ParseSchedule(defaultSchedule, r.zone)
	if err != nil {
		panic(err) // a constant
	}
	usual = r.schedule(defaults, "schedule", usual)
	proxy, _ := network.url("proxy", "http", "https", "socks5")
	c := &Config{
		Zone:            r.zone,
		Quiet:           top.hours("quiet"),
		StorePath:       top.store("store", defaultStore),
		RulesDir:        top.path("rules", defaultRules),
		Retention:       top.duration("retention", defaultRetention),
		DefaultSchedule: usual,
		Feeds: r.feeds(top, monitor.Feed{
			Schedule: usual,
			FirstRun: defaults.firstRun("first_run", defaultFirstRun),
		}),
		Slack:        r.slack(top),
		StoryWindow:  top.section("stories").duration("window", defaultStoryWindow),
		Digest:       r.schedule(top.section("digest"), "schedule", monitor.Schedule{}),
		AllowPrivate: network.prefixes("allow_private"),
		Proxy:        proxy,
		UserAgent:    network.userAgent("user_agent", defaultUserAgent),
		Listen:       http.listen("listen", defaultListen),
		Heartbeat:    http.heartbeat("heartbeat"),
	}
	c.Origin = Origin{SecretFiles: r.secretFiles, places: r.places(top, http)}
	return c
}

// places are where the keys stand of which faults may show later.
func (r *reader) places(top, http *section) map[string]Fault {
	places := map[string]Fault{}
	for key, s := range map[string]*section{"store": top, "rules": top, "slack": top, "listen": http} {
		place := Fault{File: r.file}
		if e, ok := s.keys[key]; ok && e.value.Kind == yaml.ScalarNode {
			place = r.fault(e.value, "", "")
		} else if ok {
			place = r.fault(e.key, "", "")
		}
		places[key] = place
	}
	return places
}
