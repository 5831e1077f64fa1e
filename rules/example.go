package rules

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	yaml "go.yaml.in/yaml/v4"
)

// An example is an article of a rule's own tests.
type example struct {
	article Article
	alert   bool  // it must fire, else it must not
	fault   Fault // its place, for a failure
}

// A FailedExample is an example on which its rule does what it must not, and
// what the rule did with it.
type FailedExample struct {
	Fault
	Article Article
	Told    Explanation
}

// Like says whether the same example fails for the same rule, wherever they stand
// and whatever either was found by.
func (f FailedExample) Like(other FailedExample) bool {
	return f.Message == other.Message && reflect.DeepEqual(f.Article, other.Article)
}

// CheckExamples runs the examples of all rules, switched off ones too, and
// returns a fault for each that fails, in order of file and line.
func (e *Engine) CheckExamples() []Fault {
	var faults []Fault
	for _, failed := range e.FailedExamples() {
		faults = append(faults, failed.Fault)
	}
	return faults
}

// FailedExamples are the examples that CheckExamples faults, explained.
func (e *Engine) FailedExamples() []FailedExample {
	var failed []FailedExample
	for _, r := range e.rules {
		for _, x := range r.examples {
			if r.Enabled && e.fires(r, &x.article) == x.alert { // to explain takes a hundred times as long
				continue
			}
			told, _ := e.Explain(r.ID, &x.article)
			if told.Fired == x.alert {
				continue
			}
			f := x.fault
			f.Message = fmt.Sprintf("this example must not alert, but %s fires", r.ID)
			if x.alert {
				f.Message = fmt.Sprintf("this example must alert, but %s does not fire", r.ID)
			}
			f.Hint = told.Decided()
			failed = append(failed, FailedExample{f, x.article, told})
		}
	}
	slices.SortStableFunc(failed, func(a, b FailedExample) int { return a.Fault.compare(b.Fault) })
	return failed
}

func (e *Engine) fires(r *Rule, a *Article) bool {
	return slices.ContainsFunc(e.Match(a), func(m Match) bool { return m.Rule.ID == r.ID })
}

func exampleKeys() []string { return []string{"alert", "ignore"} }

func articleKeys() []string { return []string{"title", "body", "lang", "source"} }

func (d *document) examples(n *yaml.Node) []example {
	var examples []example
	for _, p := range d.table(n, "examples", exampleKeys()) {
		for _, item := range d.list(p.value, p.key.Value) {
			a, ok := d.article(item, p.key.Value)
			if ok {
				examples = append(examples, example{article: a, alert: p.key.Value == "alert", fault: d.placeOf(item)})
			}
		}
	}
	return examples
}

// placeOf is a fault at n that says nothing yet.
func (d *document) placeOf(n *yaml.Node) Fault {
	start, end := d.extent(n)
	return d.place(start, end, Fault{})
}

// article reads an example: a title, or a table with title, body, lang and source.
func (d *document) article(n *yaml.Node, key string) (a Article, ok bool) {
	if n.Kind != yaml.MappingNode || isHeadline(n) {
		if !d.isText(n, "in the list "+key) || d.cut(n, false) || d.swallowed(n) {
			return a, false
		}
		return Article{Title: strings.TrimSpace(n.Value)}, true
	}
	pairs := d.table(n, "an example", articleKeys())
	for _, p := range pairs {
		text, _ := d.scalar(p.value, p.key.Value)
		switch p.key.Value {
		case "title":
			a.Title = text
		case "body":
			a.Body = p.value.Value
		case "lang":
			a.Lang = text
		case "source":
			a.Sources = []string{text}
			if strings.Contains(text, ".") && !strings.ContainsAny(text, " /") {
				a.URL = "https://" + text + "/"
			}
		}
	}
	if a.Title == "" && a.Body == "" && len(pairs)*2 == len(n.Content) {
		d.at(n, "this example has neither title nor body", "write the headline after title:")
	}
	return a, true
}

// isHeadline says whether a table is a headline with a colon in it.
func isHeadline(n *yaml.Node) bool {
	return len(n.Content) == 2 && (strings.Contains(n.Content[0].Value, " ") || nearest(n.Content[0].Value, articleKeys()) == "")
}

// Examples counts the examples of all rules.
func (e *Engine) Examples() int {
	n := 0
	for _, r := range e.rules {
		n += len(r.examples)
	}
	return n
}
