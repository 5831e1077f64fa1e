package draft

import (
	"fmt"
	"math"
	"strings"
	"sync/atomic"

	"newswatch/rules"
)

// A Census counts how many articles of an archive have each of a survey's phrases,
// as rules would find them. It is safe for concurrent use.
type Census struct {
	engine *rules.Engine
	number map[string]int // of the query that has the rule of that id
	counts []atomic.Int64 // by number
	index  map[string]int // number by query
	total  atomic.Int64
}

// counted is how many phrases are counted: many more than a draft shows.
const counted = 300

// Census prepares to count.
func (s *Survey) Census() (*Census, error) {
	c := &Census{number: map[string]int{}, index: map[string]int{}}
	var file strings.Builder
	file.WriteString("rules:\n")
	add := func(query string) {
		if _, ok := c.index[query]; ok || query == "" {
			return
		}
		if q, _ := rules.ParseQuery(query); q == nil {
			return
		}
		id := fmt.Sprintf("q%d", len(c.index))
		c.number[id], c.index[query] = len(c.index), len(c.index)
		fmt.Fprintf(&file, "  - id: %s\n    match: >-\n      %s\n", id, query)
	}
	for _, p := range s.phrases[:min(len(s.phrases), counted)] {
		for _, term := range p.terms() {
			add(entry(term))
		}
		apart, _ := s.apart(p)
		add(apart)
	}
	engine, faults := rules.Load([]rules.Source{{Name: "census", Data: []byte(file.String())}})
	if engine == nil {
		return nil, fmt.Errorf("prepare the count: %s", faults[0].String())
	}
	c.engine, c.counts = engine, make([]atomic.Int64, len(c.index))
	return c, nil
}

// Count looks at one article of the archive.
func (c *Census) Count(a *rules.Article) {
	c.total.Add(1)
	for _, m := range c.engine.Match(a) {
		c.counts[c.number[m.Rule.ID]].Add(1)
	}
}

// Total is how many articles were counted.
func (c *Census) Total() int {
	if c == nil {
		return 0
	}
	return int(c.total.Load())
}

// having is how many articles a query finds; -1: not known.
func (c *Census) having(query string) int {
	if c.Total() == 0 {
		return -1
	}
	i, ok := c.index[query]
	if !ok {
		return -1
	}
	return int(c.counts[i].Load())
}

// fewest is how many articles an archive must have before what it does not have says
// anything.
const fewest = 200

// rarity is how unusual a phrase is in the archive: its inverse document frequency
// (Spärck Jones 1972), 0 for what every article has and 1 for what none has.
func (c *Census) rarity(p *phrase) float64 {
	total := c.Total()
	if total < fewest {
		return 1
	}
	most := 0
	for _, term := range p.terms() {
		most = max(most, c.having(entry(term)))
	}
	return math.Log(float64(total+1)/float64(most+1)) / math.Log(float64(total+1))
}
