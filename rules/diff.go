package rules

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// A Change is what an edit did to one rule, or to one named list.
type Change struct {
	ID    string   // of the rule, or $name of the list
	What  string   // "new", "any +1, none unchanged", "severity normal → high"
	Rules []string // that may fire on other articles by it, in order; none: it changes no match
}

// String is the change in a line.
func (c Change) String() string { return c.ID + ": " + c.What }

// Diff tells what an edit changed, rule by rule in order of id and then list by
// list: what came, went, or has another name; how many queries of a clause; which
// settings. How rules are spread over files, and their examples, are no change.
func Diff(before, now *Engine) []Change {
	d := &differ{before: before, now: now, renamed: map[string]*Rule{}}
	d.findRenamed()
	var changes []Change
	for _, r := range now.rules {
		if c := d.rule(r); c.What != "" {
			changes = append(changes, c)
		}
	}
	for _, r := range before.rules {
		if now.Rule(r.ID) == nil && d.renamed[r.ID] == nil {
			changes = append(changes, Change{r.ID, "removed", []string{r.ID}})
		}
	}
	slices.SortFunc(changes, func(a, b Change) int { return cmp.Compare(a.ID, b.ID) })
	return append(changes, d.lists()...)
}

type differ struct {
	before, now *Engine
	renamed     map[string]*Rule // by former and by present id: the other one
}

// findRenamed pairs rules that went with rules that came and ask the same.
func (d *differ) findRenamed() {
	gone := map[string]*Rule{} // by what they ask
	for _, r := range d.before.rules {
		if d.now.Rule(r.ID) == nil {
			gone[r.body()] = r
		}
	}
	for _, r := range d.now.rules {
		if was := gone[r.body()]; d.before.Rule(r.ID) == nil && was != nil {
			d.renamed[r.ID], d.renamed[was.ID] = was, r
			delete(gone, r.body())
		}
	}
}

// body is all that the rule asks.
func (r *Rule) body() string {
	var b strings.Builder
	for i, clause := range r.clauses() {
		fmt.Fprintln(&b, i)
		for _, q := range clause.queries {
			fmt.Fprintln(&b, q)
		}
	}
	return b.String()
}

// rule tells what became of a rule.
func (d *differ) rule(r *Rule) Change {
	c := Change{ID: r.ID, What: "new", Rules: []string{r.ID}}
	was, name := d.before.Rule(r.ID), ""
	if was == nil {
		if was = d.renamed[r.ID]; was == nil {
			return c
		}
		name = "renamed, was " + was.ID
	}
	asks := clauses(was, r)
	if asks == "" && was.Enabled == r.Enabled && was.Until.Equal(r.Until) && was.GroupBy == r.GroupBy || name != "" {
		c.Rules = nil
	}
	c.What = strings.Join(slices.DeleteFunc([]string{name, asks, settings(was, r)}, isEmpty), "; ")
	return c
}

func isEmpty(s string) bool { return s == "" }

// clauses counts the queries that came and went: "any +1, none unchanged"; "":
// none did.
func clauses(before, now *Rule) string {
	var told []string
	changed := false
	was := before.clauses()
	for i, is := range now.clauses() {
		if len(is.queries)+len(was[i].queries) == 0 {
			continue
		}
		difference := plusMinus(spelled(was[i].queries), spelled(is.queries))
		changed = changed || difference != ""
		told = append(told, is.name+" "+cmp.Or(difference, "unchanged"))
	}
	if !changed {
		return ""
	}
	return strings.Join(told, ", ")
}

func spelled(queries []Query) []string {
	texts := make([]string, len(queries))
	for i, q := range queries {
		texts[i] = q.String()
	}
	return texts
}

// plusMinus is how many texts came and went: "+2 −1"; "": none did.
func plusMinus(before, now []string) string {
	n := map[string]int{}
	for _, text := range now {
		n[text]++
	}
	for _, text := range before {
		n[text]--
	}
	came, went := 0, 0
	for _, more := range n {
		came += max(more, 0)
		went += max(-more, 0)
	}
	var parts []string
	if came > 0 {
		parts = append(parts, fmt.Sprintf("+%d", came))
	}
	if went > 0 {
		parts = append(parts, fmt.Sprintf("−%d", went))
	}
	return strings.Join(parts, " ")
}

// settings tells which settings have other values.
func settings(before, now *Rule) string {
	var told []string
	note := func(key, was, is string) {
		if was != is {
			told = append(told, fmt.Sprintf("%s %s → %s", key, cmp.Or(was, "none"), cmp.Or(is, "none")))
		}
	}
	if before.Enabled != now.Enabled {
		told = append(told, map[bool]string{true: "switched on", false: "switched off"}[now.Enabled])
	}
	if before.Name != now.Name && now.Name != now.ID {
		told = append(told, "name")
	}
	if before.Why != now.Why {
		told = append(told, "why")
	}
	note("severity", string(before.Severity), string(now.Severity))
	note("channel", strings.Join(before.Channels, " "), strings.Join(now.Channels, " "))
	note("mention", before.Mention, now.Mention)
	note("group_by", before.GroupBy, now.GroupBy)
	note("quiet", hours(before.Quiet), hours(now.Quiet))
	note("max_per_hour", positive(before.MaxPerHour), positive(now.MaxPerHour))
	note("until", day(before.Until), day(now.Until))
	return strings.Join(told, ", ")
}

func positive(n int) string {
	if n == 0 {
		return ""
	}
	return fmt.Sprint(n)
}

func hours(h Hours) string {
	if h.IsZero() {
		return ""
	}
	return h.String()
}

func day(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format(time.DateOnly)
}

// lists tells of the lists with other entries, and whom that concerns.
func (d *differ) lists() []Change {
	names := maps.Clone(d.before.lists)
	maps.Copy(names, d.now.lists)
	var changes []Change
	for _, name := range slices.Sorted(maps.Keys(names)) {
		was, is := d.before.lists[name], d.now.lists[name]
		c := Change{ID: "$" + name}
		switch {
		case was == nil:
			c.What = "new list"
		case is == nil:
			c.What = "removed"
		default:
			c.What = plusMinus(spelled(was.of), spelled(is.of))
		}
		if c.What == "" {
			continue
		}
		if was != nil && is != nil {
			c.Rules = d.users(name)
			c.What += ", in " + counted(len(c.Rules), "rule")
		}
		changes = append(changes, c)
	}
	return changes
}

// users are the rules that ask for the list, itself or within another.
func (d *differ) users(name string) []string {
	var ids []string
	for _, r := range d.now.rules {
		if slices.ContainsFunc(slices.Concat(r.all, r.any, r.none), func(q Query) bool { return uses(q, name) }) {
			ids = append(ids, r.ID)
		}
	}
	return ids
}

func uses(q Query, name string) bool {
	if named, ok := q.(*Named); ok && named.Name == name {
		return true
	}
	return slices.ContainsFunc(operands(q), func(q Query) bool { return uses(q, name) })
}
