package story

import (
	"fmt"
	"runtime"
	"testing"
	"time"

	"newswatch/monitor"
)

var noon = time.Date(2023, 11, 21, 12, 0, 0, 0, time.UTC)

func article(outlet, title, body string) monitor.Article {
	return monitor.Article{Outlet: outlet, Title: title, Body: body}
}

// place puts articles an hour apart into an index and returns their stories.
func place(x *Index, articles ...monitor.Article) []int64 {
	var stories []int64
	for i, a := range articles {
		a.FirstSeen = noon.Add(time.Duration(i) * time.Hour)
		story, rel, ok := x.Place(&a, a.FirstSeen)
		if !ok {
			story, rel = int64(i+1), monitor.Opens
		}
		x.Remember(monitor.Report{StoryID: story, Article: a, Relation: rel})
		stories = append(stories, story)
	}
	return stories
}

// On a cold start with broad rules an hour's feeds arrive in one minute: long
// texts and bare titles, languages told, untold and told wrongly.
func TestPlaceKeepsUnrelatedReportsApart(t *testing.T) {
	long := "The government said the war had reached a critical point, and people across the country fear for the year ahead. " +
		"A summit on the economy will test the president's diplomacy, leaders of China, Japan and South Korea said, as prices surge and markets fall. " +
		"New measures, a new chief at the central bank and a deal on trade are expected this week, officials told reporters on Monday."
	other := "Crowds met police in the capital on Sunday, and the president told leaders of the party that the country would not bow to pressure. " +
		"Women led the march. Reporters saw shots fired near the university, where people called for new elections and an end to high prices."
	articles := []monitor.Article{
		{Outlet: "Gazette", Lang: "en-GB", Title: "Fighting cuts off insulin supply in the highlands", Body: long},
		{Outlet: "Gazette", Lang: "en-GB", Title: "Protests spread as president vows to crack down", Body: other},
		{Outlet: "Times", Title: "Golden arches go to war"},
		{Outlet: "Times", Title: "Export bank led by new chief from own ranks"},
		{Outlet: "Times", Title: "President's diplomacy put to test at summit"},
		{Outlet: "Times", Title: "Government measures to fight virus surge"},
		{Outlet: "Times", Title: "China falls, US rises as export destination"},
		{Outlet: "Times", Title: "Women outnumber men in stock investment", Body: "An increasing number of women invest. 여성 투자자의 수가 증가하고 있다고 정부가 밝혔다."},
		{Outlet: "Times", Title: "Motels become haven for teens", Body: "Teenagers play games at night. 10대들이 밤에 게임을 하기 위해 모텔을 사용하고 있다고 밝혔다."},
		{Outlet: "Nippon", Lang: "en-US", Title: "From Japanese horror to American intrigue"},
		{Outlet: "Nippon", Lang: "en-US", Title: "Changing roles in a romantic Japanese drama"},
		{Outlet: "신문", Lang: "ko", Title: "팔순 맞은 일왕 \"기억에 남는 것은 전쟁\"", Body: "일본과 미국의 전쟁을 기억한다고 밝혔다."},
		{Outlet: "신문", Lang: "en", Title: "여자골프 \"한국, 미국 이어 일본 도전\""},
		{Outlet: "신문", Lang: "ko", Title: "7월 26일 그림판"},
		{Outlet: "Funnies", Lang: "en", Title: "Cat and Dog - JULY 26"},
		{Outlet: "日報", Lang: "ja", Title: "大統領、経済政策を発表 中国と日本も注目"},
		{Outlet: "时报", Lang: "zh", Title: "美国总统谈中国与日本经济"},
		{Outlet: "Wire", Lang: "en", Title: "Army drills held amid growing threats", Body: "The government said people near the border must expect noise through the week."},
		{Outlet: "Wire", Lang: "de", Title: "Krieg: Präsident kündigt neue Maßnahmen an"},
	}
	for _, step := range []int{1, 5, 7, 11, len(articles) - 1} {
		t.Run(fmt.Sprint("every ", step), func(t *testing.T) {
			var order []monitor.Article
			for i := range articles {
				order = append(order, articles[i*step%len(articles)])
			}
			x := NewIndex(Options{})
			for i, a := range order {
				a.FirstSeen = noon
				if story, rel, ok := x.Place(&a, noon); ok {
					t.Errorf("%q is %s as %q", a.Title, rel, order[story].Title)
				}
				x.Remember(monitor.Report{StoryID: int64(i), Article: a})
			}
		})
	}
}

// A story of many reports has every common word of its subject among them, and
// must not draw in what has these words alone.
func TestPlaceGrownStoryDrawsNothingIn(t *testing.T) {
	x := NewIndex(Options{})
	tellings := []string{"launches", "fires", "sends up"}
	for i := range 30 {
		a := article(fmt.Sprint("Outlet ", i), fmt.Sprintf("North Korea %s Chollima rocket with satellite over Okinawa", tellings[i%3]),
			fmt.Sprintf("Residents of Okinawa were told to shelter, report %d says, as leaders in Tokyo, Seoul and Washington condemned the launch on Tuesday.", i))
		a.FirstSeen = noon
		x.Remember(monitor.Report{StoryID: 1, Article: a})
	}
	for _, title := range []string{
		"Leaders in Seoul condemn attack on ministry",
		"Residents of Okinawa protest new base",
		"North Korea opens beach resort",
		"Satellite television firm told to pay fine",
		"Washington, Tokyo and Seoul leaders meet on trade",
	} {
		t.Run(title, func(t *testing.T) {
			a := article("Another", title, "")
			if _, _, ok := x.Place(&a, noon.Add(time.Minute)); ok {
				t.Error("joins the launch")
			}
		})
	}
	t.Run("a later report joins", func(t *testing.T) {
		a := article("Another", "North Korea's Chollima rocket flies over Okinawa", "")
		if _, _, ok := x.Place(&a, noon.Add(time.Minute)); !ok {
			t.Error("a story of its own")
		}
	})
}

func TestPlaceTellsCopiesFromReports(t *testing.T) {
	const copyText = "North Korea said its rocket placed a reconnaissance satellite into orbit late Tuesday, and promised to send up several more within months."
	x := NewIndex(Options{})
	place(x, article("A", "North reports satellite in orbit", copyText))
	for _, test := range []struct {
		name string
		a    monitor.Article
		want monitor.Relation
	}{
		{"copy under another headline", article("B", "Pyongyang claims success", "PARIS, Nov. 21 (Wire) -- "+copyText), monitor.Copy},
		{"own report", article("C", "North Korea says reconnaissance satellite placed in orbit", "State media promised several more satellites after the rocket's flight on Tuesday."), monitor.Tells},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, rel, ok := x.Place(&test.a, noon.Add(time.Hour))
			if !ok || rel != test.want {
				t.Errorf("got %q, %v; want %q", rel, ok, test.want)
			}
		})
	}
}

func TestPlaceTellsFollowUps(t *testing.T) {
	const lead = "The Malligyong-1 reached orbit on a Chollima-1 rocket from Sohae late on Tuesday, state media said."
	for _, test := range []struct {
		name  string
		title string
		after time.Duration
		want  monitor.Relation
	}{
		{"within the day", "North Korea's Chollima rocket launches Malligyong spy satellite", time.Hour, monitor.Tells},
		{"a day later", "North Korea's Chollima rocket launches Malligyong spy satellite", 25 * time.Hour, monitor.Adds},
		{"what came of it", "Tokyo protests North Korea's Malligyong spy satellite on Chollima rocket", time.Hour, monitor.Adds},
	} {
		t.Run(test.name, func(t *testing.T) {
			x := NewIndex(Options{})
			place(x, article("A", "North Korea launches spy satellite Malligyong on Chollima rocket", lead))
			a := article("B", test.title, "From Sohae a Chollima-1 brought the Malligyong-1 into orbit on Tuesday.")
			if _, rel, ok := x.Place(&a, noon.Add(test.after)); !ok || rel != test.want {
				t.Errorf("got %q, %v; want %q", rel, ok, test.want)
			}
		})
	}
}

func TestPlaceForgetsAfterTheWindow(t *testing.T) {
	a := article("A", "North Korea notifies Japan of satellite launch plan", "Tokyo's coast guard named the waters west of Jindo and east of Luzon.")
	a.FirstSeen = noon
	for _, test := range []struct {
		name  string
		after time.Duration
		want  bool
	}{
		{"within", 72 * time.Hour, true},
		{"beyond", 72*time.Hour + time.Second, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			x := NewIndex(Options{Window: 72 * time.Hour})
			x.Remember(monitor.Report{StoryID: 7, Article: a})
			if _, _, ok := x.Place(&a, noon.Add(test.after)); ok != test.want {
				t.Errorf("found %v, want %v", ok, test.want)
			}
		})
	}
	t.Run("nothing is kept of what is forgotten", func(t *testing.T) {
		x := NewIndex(Options{Window: time.Hour})
		x.Remember(monitor.Report{StoryID: 7, Article: a})
		b := article("B", "Cambodia builds a dam", "")
		b.FirstSeen = noon.Add(2 * time.Hour)
		x.Remember(monitor.Report{StoryID: 8, Article: b})
		if len(x.reports) != 1 || len(x.sizes) != 1 || len(x.numbers) != len(x.report(0).terms) {
			t.Errorf("kept %d reports, %d stories, %d terms for %d", len(x.reports), len(x.sizes), len(x.numbers), len(x.report(0).terms))
		}
	})
	t.Run("what is left is as if nothing else had been", func(t *testing.T) {
		x, fresh := NewIndex(Options{Window: 50 * time.Hour}), NewIndex(Options{Window: 50 * time.Hour})
		for i := range 200 {
			a := invented(i)
			a.FirstSeen = noon.Add(time.Duration(i) * time.Hour)
			r := monitor.Report{StoryID: int64(i - i%5), Article: a}
			x.Remember(r)
			if a.FirstSeen.After(noon.Add(148 * time.Hour)) {
				fresh.Remember(r)
			}
		}
		for i, want := range fresh.terms {
			number := x.numbers[want.hash]
			if got := x.terms[number]; got.stories != want.stories || x.common[number] != fresh.common[i] {
				t.Fatalf("a term in %d stories, want %d", got.stories, want.stories)
			}
		}
		if len(x.numbers) != len(fresh.numbers) || x.total != fresh.total {
			t.Errorf("%d terms, want %d", len(x.numbers), len(fresh.numbers))
		}
	})
	t.Run("the oldest are forgotten beyond the limit", func(t *testing.T) {
		x := NewIndex(Options{})
		x.limit = 10
		for i := range 50 {
			place(x, article("A", fmt.Sprintf("Report number %d", i), ""))
		}
		if len(x.reports) != 10 {
			t.Errorf("kept %d reports, want 10", len(x.reports))
		}
	})
}

func TestPlaceDependsOnWhatWasToldAlone(t *testing.T) {
	var articles []monitor.Article
	for i := range 300 {
		articles = append(articles, invented(i))
	}
	want := place(NewIndex(Options{}), articles...)
	t.Run("again", func(t *testing.T) {
		if got := place(NewIndex(Options{}), articles...); fmt.Sprint(got) != fmt.Sprint(want) {
			t.Error("a second run answers otherwise")
		}
	})
	t.Run("rebuilt", func(t *testing.T) {
		x := NewIndex(Options{})
		for i, a := range articles[:200] {
			a.FirstSeen = noon.Add(time.Duration(i) * time.Hour)
			x.Remember(monitor.Report{StoryID: want[i], Article: a})
		}
		for i, a := range articles[200:] {
			at := noon.Add(time.Duration(200+i) * time.Hour)
			story, _, ok := x.Place(&a, at)
			if !ok {
				story = int64(201 + i)
			}
			if story != want[200+i] {
				t.Fatalf("article %d: story %d after a restart, %d before", 200+i, story, want[200+i])
			}
			a.FirstSeen = at
			x.Remember(monitor.Report{StoryID: story, Article: a})
		}
	})
	t.Run("asking changes nothing", func(t *testing.T) {
		x := NewIndex(Options{})
		for i := range articles {
			articles[i].FirstSeen = noon.Add(time.Duration(i) * time.Hour)
			x.Place(&articles[(i*7)%len(articles)], noon.Add(time.Duration(1000+i)*time.Hour))
			if story, _, ok := x.Place(&articles[i], articles[i].FirstSeen); ok && story != want[i] || !ok && want[i] != int64(i+1) {
				t.Fatalf("article %d: story %d, want %d", i, story, want[i])
			}
			x.Remember(monitor.Report{StoryID: want[i], Article: articles[i]})
		}
	})
}

// invented is a report made of invented words whose frequencies fall like
// those of a language (Zipf); every fifth tells the event of one before it.
func invented(i int) monitor.Article {
	event := i - i%5
	state := uint64(event)*0x9e3779b97f4a7c15 + 1
	next := func(n uint64) uint64 {
		state ^= state << 13
		state ^= state >> 7
		state ^= state << 17
		return state % n
	}
	words := func(n int) string {
		text := ""
		for range n {
			rank := next(1 << (4 + next(14)))
			text += "w" + string(rune('a'+rank%26)) + fmt.Sprint(rank) + "x "
		}
		return text
	}
	title, body := words(9), words(60)
	state += uint64(i)
	return article(fmt.Sprint("Outlet ", i%40), title+words(3), body+words(20))
}

// The figure to hold is 200 µs an article with 100,000 in the window; and beyond
// that the index forgets, so that a million take no more. Filling it with a
// million takes some minutes.
func BenchmarkPlaceAndRemember(b *testing.B) {
	for _, n := range []int{1_000, 10_000, 100_000, 1_000_000} {
		b.Run(fmt.Sprint(n, "-in-window"), func(b *testing.B) {
			x := NewIndex(Options{Window: time.Duration(n) * time.Second})
			arrived := func(i int) monitor.Article {
				a := invented(i)
				a.FirstSeen = noon.Add(time.Duration(i) * time.Second)
				return a
			}
			for i := range n {
				x.Remember(monitor.Report{StoryID: int64(i - i%5), Article: arrived(i)})
			}
			for i := n; b.Loop(); i++ {
				b.StopTimer()
				a := arrived(i)
				b.StartTimer()
				story, rel, ok := x.Place(&a, a.FirstSeen)
				if !ok {
					story = int64(i)
				}
				x.Remember(monitor.Report{StoryID: story, Article: a, Relation: rel})
			}
			b.ReportMetric(float64(len(x.reports)), "reports")
		})
	}
}

// The figure to hold is 60 MiB for 100,000 reports.
func BenchmarkMemory(b *testing.B) {
	for b.Loop() {
		var before, after runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&before)
		x := NewIndex(Options{Window: maxReports * time.Second})
		for i := range maxReports {
			a := invented(i)
			a.FirstSeen = noon.Add(time.Duration(i) * time.Second)
			r := monitor.Report{StoryID: int64(i - i%5), Article: a}
			if i%5 == 0 {
				r.Relation = monitor.Opens
			}
			x.Remember(r)
		}
		runtime.GC()
		runtime.ReadMemStats(&after)
		b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc)/(1<<20), "MiB")
		runtime.KeepAlive(x)
	}
}
