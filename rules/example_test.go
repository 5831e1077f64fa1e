package rules_test

import (
	"fmt"

	"newswatch/rules"
)

const launches = `
terms:
  north-korea: [North Korea*, DPRK, Pyongyang, 북한]
rules:
  - id: satellite-launch
    severity: high
    all:
      - $north-korea
      - (satellite* OR 위성) NEAR/8 (launch* OR orbit* OR 발사)
    none:
      - title:“satellite image*”
`

func Example() {
	engine, faults := rules.Load([]rules.Source{{Name: "launches.yaml", Data: []byte(launches)}})
	if engine == nil {
		fmt.Println(faults)
		return
	}
	for _, title := range []string{
		"North Korea's spy satellite is in orbit",
		"북한, 위성을 또 발사했다",
		"Satellite images show a launch pad in North Korea",
	} {
		fmt.Println(title)
		for _, match := range engine.Match(&rules.Article{Title: title}) {
			fmt.Print(" ", match.Rule.ID, ":")
			for _, hit := range match.Hits {
				fmt.Printf(" %q", hit.Text)
			}
			fmt.Println()
		}
	}
	// Output:
	// North Korea's spy satellite is in orbit
	//  satellite-launch: "North Korea" "satellite" "orbit"
	// 북한, 위성을 또 발사했다
	//  satellite-launch: "북한" "위성을" "발사했다"
	// Satellite images show a launch pad in North Korea
}

func ExampleLoad_faults() {
	_, faults := rules.Load([]rules.Source{{Name: "scm.yaml", Data: []byte(`
rules:
  - id: scm
    match: =SCM w/12 (Seoul OR “South Korea”)
`)}})
	for _, fault := range faults {
		fmt.Println(fault.String())
	}
	// Output:
	// scm.yaml:4:17: w/12 is another tool's way to say near
	//       match: =SCM w/12 (Seoul OR “South Korea”)
	//                   ^^^^
	// hint: write NEAR/12: at most 12 words between, in either order
}

func ExampleEngine_Explain() {
	engine, _ := rules.Load([]rules.Source{{Name: "launches.yaml", Data: []byte(launches)}})
	why, _ := engine.Explain("satellite-launch", &rules.Article{
		Title: "North Korea pledges a launch",
		Body:  "The satellite is finished, its maker told reporters in the capital on Monday, and awaits launch.",
	})
	fmt.Println(why.Fired)
	fmt.Println(why.Decided())
	// Output:
	// false
	// all: NEAR/8: nearest pair is 13 words apart, "satellite" and "launch"
}

func ExampleSearch() {
	query, faults := rules.ParseQuery(`"spy satellite" AND NOT title:Starlink`)
	if len(faults) > 0 {
		fmt.Println(faults)
		return
	}
	search := rules.NewSearch(query)
	hits, ok := search.Find(&rules.Article{Title: "A spy-satellite's first picture"})
	fmt.Println(ok, hits[0].Field, hits[0].Start, hits[0].End, hits[0].Text)
	// Output:
	// true title 2 15 spy-satellite
}

func ExampleCompare() {
	load := func(query string) *rules.Engine {
		engine, _ := rules.Load([]rules.Source{{Name: "scm.yaml", Data: []byte("rules: [{id: scm, match: " + query + "}]")}})
		return engine
	}
	edit := rules.Compare(load("=SCM AND (Seoul OR 한미)"), load("SCM"))
	for _, title := range []string{"SCM opens in Seoul", "SCM software for shops"} {
		now, before := edit.Match(&rules.Article{Title: title})
		fmt.Println(title, len(now), len(before))
	}
	// Output:
	// SCM opens in Seoul 1 1
	// SCM software for shops 0 1
}
