package slack

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"newswatch/monitor"
)

// bulky is a digest of so many rules and alerts, whose titles and addresses are
// of about that length.
func bulky(rules, alerts, length int, title string) *monitor.Digest {
	d := &monitor.Digest{From: morning.AddDate(0, 0, -1), To: morning, Part: 1, Parts: 1, Alerts: alerts, Rules: rules}
	for r := range rules {
		d.Groups = append(d.Groups, monitor.Group{Rule: fmt.Sprintf("Rule %d, %s", r, title)})
	}
	for i := range alerts {
		group := &d.Groups[i%rules]
		group.Count++
		group.Stories = append(group.Stories, monitor.Content{
			Title: fmt.Sprint("Story ", i, " ", strings.Repeat(title+" ", length/len([]rune(title))+1)), Published: morning, Outlet: title,
			URL: fmt.Sprintf("https://example.org/%d/%s", i, strings.Repeat("a", min(length, 1500))),
		})
	}
	return d
}

func TestDigestOfAnySizeIsToldWhole(t *testing.T) {
	if testing.Short() {
		t.Skip("draws thousands of stories")
	}
	for name, test := range map[string]struct {
		digest *monitor.Digest
		most   int // messages
	}{
		"a usual one":                  {bulky(4, 18, 60, "news"), 1},
		"50 rules":                     {bulky(50, 120, 60, "news"), 8},
		"2,000 alerts":                 {bulky(11, 2000, 60, "news"), 105},
		"300 rules":                    {bulky(300, 600, 60, "news"), 40},
		"titles of 3,000 characters":   {bulky(3, 60, 3000, "word & <more>"), 40},
		"Korean":                       {bulky(8, 100, 100, "북한 위성 발사"), 8},
		"right to left":                {bulky(8, 100, 100, "קמר עברית"), 8},
		"Arabic, and an override":      {bulky(8, 100, 100, "\u202eكوريا الشمالية"), 8},
		"titles that mention and ping": {bulky(5, 60, 100, "<!channel> <@U0DESK> *b* `c` <https://evil.example|x>"), 10},
	} {
		t.Run(name, func(t *testing.T) {
			parts := test.digest.Split(DigestFits)
			if len(parts) > test.most {
				t.Errorf("%d messages, want %d at most", len(parts), test.most)
			}
			told := make(map[string]int)
			for i, part := range parts {
				out := monitor.Outgoing{Channel: "C0ALERTS", Kind: monitor.KindDigest, Key: "k", Rev: 1, Content: monitor.Content{Digest: part}}
				for _, out.Plain = range []bool{false, true} {
					p := accepted(t, out)
					for _, form := range []string{p.Text, string(p.Blocks)} {
						if strings.ContainsRune(form, '\u202e') || strings.Contains(p.Text, "<!channel>") || strings.Contains(p.Text, "<@U0DESK>") {
							t.Fatalf("part %d acts on its reader: %s", i+1, form)
						}
					}
					for _, group := range part.Groups {
						for _, story := range group.Stories {
							if !strings.Contains(p.Text, story.URL) {
								t.Errorf("part %d does not link %.20q", i+1, story.Title)
							}
						}
					}
				}
				for _, group := range part.Groups {
					for _, story := range group.Stories {
						told[story.URL]++
					}
				}
				if part.Part != i+1 || part.Parts != len(parts) {
					t.Errorf("part %d of %d says that it is %d of %d", i+1, len(parts), part.Part, part.Parts)
				}
			}
			for _, group := range test.digest.Groups {
				for _, story := range group.Stories {
					if told[story.URL] != 1 {
						t.Errorf("%.20q is told %d times", story.Title, told[story.URL])
					}
				}
			}
		})
	}
}

func TestDigestNamesEveryRuleFirst(t *testing.T) {
	digest := bulky(50, 2000, 100, "위성")
	head := digest.Split(DigestFits)[0]
	p := accepted(t, monitor.Outgoing{Channel: "C0ALERTS", Kind: monitor.KindDigest, Key: "k", Rev: 1, Content: monitor.Content{Digest: head}})
	for _, group := range digest.Groups {
		if want := fmt.Sprintf("*%s* · 0 of %d\n", group.Rule, group.Count); !strings.Contains(p.Text+"\n", want) {
			t.Errorf("%q is not in the first message", want)
		}
	}
	golden(t, "testdata/digest-busy.txt", []byte(drawn(t, monitor.Outgoing{Kind: monitor.KindDigest, Key: "k", Rev: 1, Content: monitor.Content{Digest: head}}, DrawOptions{Zone: kst})))
}

func TestDigestGivesEachRuleTheSameRoom(t *testing.T) {
	digest := bulky(3, 90, 60, "news")
	digest.Account = slices.Clone(digest.Groups[:1])
	head := digest.Split(DigestFits)[0]
	for _, group := range head.Groups {
		if n := len(group.Stories); n < 3 || n != len(head.Groups[0].Stories) {
			t.Errorf("%s has %d stories, %s %d", group.Rule, n, head.Groups[0].Rule, len(head.Groups[0].Stories))
		}
	}
}

func TestFeedbackGivesWayToTheRulesOfADigest(t *testing.T) {
	for rules, want := range map[int]int{4: 10, 60: 0} {
		digest := bulky(rules, 400, 60, "news")
		for i := range 10 {
			digest.Feedback = append(digest.Feedback, monitor.Appraisal{
				Rule: strings.Repeat("북한 ", 60) + fmt.Sprint(i), Judged: 20, Muted: 1, None: strings.Repeat("위성 ", 100),
			})
		}
		parts := digest.Split(DigestFits)
		if head := parts[0]; len(head.Feedback) != want || len(head.Groups) != rules {
			t.Errorf("of %d rules %d are named, and %d appraised", rules, len(head.Groups), len(head.Feedback))
		}
		for _, part := range parts[1:] {
			if len(part.Feedback) > 0 {
				t.Errorf("part %d repeats the feedback", part.Part)
			}
		}
		accepted(t, monitor.Outgoing{Channel: "C0ALERTS", Kind: monitor.KindDigest, Key: "k", Rev: 1, Content: monitor.Content{Digest: parts[0]}})
	}
}
