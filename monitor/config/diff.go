package config

import (
	"cmp"
	"fmt"
	"maps"
	"net/url"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"newswatch/monitor"
	"newswatch/rules"
)

// Diff tells an operator what changed from one configuration to the next, a line
// each: keys in the file's order, then feeds. It shows no value that may be
// secret. Nil: nothing.
func Diff(before, now *Config) []string {
	var d diff
	d.text("timezone", before.Zone.String(), now.Zone.String())
	d.store(before.StorePath, now.StorePath)
	d.text("rules", before.RulesDir, now.RulesDir)
	d.text("retention", monitor.FormatDuration(before.Retention), monitor.FormatDuration(now.Retention))
	d.text("defaults.schedule", before.DefaultSchedule.String(), now.DefaultSchedule.String())
	d.slack(before.Slack, now.Slack)
	d.text("stories.window", monitor.FormatDuration(before.StoryWindow), monitor.FormatDuration(now.StoryWindow))
	d.text("quiet", hours(before.Quiet), hours(now.Quiet))
	d.text("digest.schedule", before.Digest.String(), now.Digest.String())
	d.changed("network.allow_private", !slices.Equal(before.AllowPrivate, now.AllowPrivate))
	d.changed("network.proxy", address(before.Proxy) != address(now.Proxy))
	d.text("network.user_agent", before.UserAgent, now.UserAgent)
	d.text("http.listen", before.Listen, now.Listen)
	d.changed("http.heartbeat", before.Heartbeat != now.Heartbeat)
	d.feeds(before.Feeds, now.Feeds)
	return d
}

type diff []string

// text tells of a key whose values may be shown.
func (d *diff) text(key, before, now string) {
	if before != now {
		*d = append(*d, fmt.Sprintf("%s: %s → %s", key, cmp.Or(before, "none"), cmp.Or(now, "none")))
	}
}

// changed tells of a key whose values may not, or are too long.
func (d *diff) changed(key string, is bool) {
	if is {
		*d = append(*d, key+": changed")
	}
}

// store tells where the database moves, of a server without its password.
func (d *diff) store(before, now string) {
	was, is := withoutSecret(before), withoutSecret(now)
	d.text("store", was, is)
	d.changed("store", before != now && was == is)
}

// withoutSecret leaves of an address what stands behind the last @ and before
// its parameters.
func withoutSecret(store string) string {
	scheme, rest, ok := strings.Cut(store, "://")
	if !ok {
		return store
	}
	place, _, _ := strings.Cut(rest[strings.LastIndexByte(rest, '@')+1:], "?")
	return scheme + "://" + place
}

func (d *diff) slack(before, now *Slack) {
	switch {
	case before == nil && now == nil:
		return
	case before == nil:
		*d = append(*d, "slack: new")
		return
	case now == nil:
		*d = append(*d, "slack: removed")
		return
	}
	d.changed("slack.token", before.Token != now.Token)
	d.changed("slack.app_token", before.AppToken != now.AppToken)
	d.text("slack.api_url", before.APIURL, now.APIURL)
	d.text("slack.channel", before.Channel, now.Channel)
	d.text("slack.ops_channel", before.OpsChannel, now.OpsChannel)
	d.text("slack.fold_above", strconv.Itoa(before.FoldAbove), strconv.Itoa(now.FoldAbove))
	d.text("slack.unconfirmed", string(before.Unconfirmed), string(now.Unconfirmed))
	d.text("slack.operators", strings.Join(before.Operators, ", "), strings.Join(now.Operators, ", "))
}

// feeds tells which came and went, and groups those that changed alike. A feed
// is the same by its address, as the store knows it, else by its name.
func (d *diff) feeds(before, now []monitor.Feed) {
	byKey, byName := make(map[string]monitor.Feed), make(map[string]monitor.Feed)
	for _, f := range before {
		byKey[f.Key()], byName[f.Name] = f, f
	}
	left := maps.Clone(byKey)
	alike := make(map[string][]string) // names, by what changed
	var added, kinds []string
	for _, f := range now {
		was, ok := byKey[f.Key()]
		if !ok {
			was, ok = byName[f.Name]
			ok = ok && !slices.ContainsFunc(now, func(f monitor.Feed) bool { return f.Key() == was.Key() })
		}
		if !ok {
			added = append(added, f.Name)
			continue
		}
		delete(left, was.Key())
		what := feedDiff(was, f)
		if what == "" {
			continue
		}
		if alike[what] == nil {
			kinds = append(kinds, what)
		}
		alike[what] = append(alike[what], f.Name)
	}
	var removed []string
	for _, f := range before {
		if _, ok := left[f.Key()]; ok {
			removed = append(removed, f.Name)
		}
	}
	d.named("new", added)
	d.named("removed", removed)
	for _, what := range kinds {
		d.named(what, alike[what])
	}
}

// namedMost is how many feeds a line names.
const namedMost = 5

func (d *diff) named(what string, names []string) {
	if len(names) == 0 {
		return
	}
	shown := strings.Join(names[:min(len(names), namedMost)], ", ")
	if more := len(names) - namedMost; more > 0 {
		shown += fmt.Sprintf(", +%d", more)
	}
	noun := "feed"
	if len(names) > 1 {
		noun = "feeds"
	}
	*d = append(*d, fmt.Sprintf("%s %s: %s", noun, shown, what))
}

func feedDiff(before, now monitor.Feed) string {
	var what []string
	note := func(is bool, text string) {
		if is {
			what = append(what, text)
		}
	}
	note(before.Name != now.Name, "renamed, was "+before.Name)
	switch {
	case before.Key() != now.Key():
		what = append(what, "another url, so it starts anew")
	case before.URL != now.URL:
		what = append(what, "a secret in its url")
	}
	note(before.Schedule.String() != now.Schedule.String(), fmt.Sprintf("schedule %s → %s", before.Schedule, now.Schedule))
	note(before.FirstRun != now.FirstRun, "first_run "+cmp.Or(monitor.FormatDuration(before.FirstRun), "none")+" → "+cmp.Or(monitor.FormatDuration(now.FirstRun), "none"))
	note(before.Lang != now.Lang, "lang "+cmp.Or(before.Lang, "none")+" → "+cmp.Or(now.Lang, "none"))
	note(!slices.Equal(before.Tags, now.Tags), "tags")
	note(before.FullText != now.FullText, "full_text "+strconv.FormatBool(now.FullText))
	note(!reflect.DeepEqual(before.Headers, now.Headers), "headers")
	return strings.Join(what, ", ")
}

func hours(h rules.Hours) string {
	if h.IsZero() {
		return ""
	}
	return h.String()
}

// address is for comparing: it may hold a password.
func address(u *url.URL) string {
	if u == nil {
		return ""
	}
	return u.String()
}
