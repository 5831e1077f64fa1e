package monitor_test

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"newswatch/monitor"
	"newswatch/monitor/feed"
)

// bytesOf is a Reader whose pages are those bytes, parsed for real.
type bytesOf struct {
	*feed.Reader
	body string
}

func (b bytesOf) Fetch(context.Context, monitor.Feed, monitor.Validators) (monitor.Page, error) {
	return monitor.Page{Body: []byte(b.body), Validators: monitor.Validators{BodyHash: "1"}}, nil
}

// TestOnePoisonedItemHoldsBackNoOther polls feeds that have one item of each
// kind that has broken a store or a sender somewhere, between two good ones.
func TestOnePoisonedItemHoldsBackNoOther(t *testing.T) {
	poisons := map[string]string{ // the item as RSS
		"a NUL":                      "<title>Bulletin\x00 poison</title><guid>p</guid>",
		"a NUL as reference":         "<title>Bulletin &#0; poison</title><guid>p&#0;</guid>",
		"bytes that are no UTF-8":    "<title>Bulletin \xff\xfe\xc3 poison</title><guid>\xff</guid>",
		"a surrogate in UTF-8":       "<title>Bulletin \xed\xa0\x80 poison</title><guid>\xed\xa0\x80</guid>",
		"a title of 5 MB":            "<title>Bulletin " + strings.Repeat("very ", 1<<20) + "long</title><guid>p</guid>",
		"a GUID of 9 MB":             "<title>Bulletin poison</title><guid>" + strings.Repeat("0123456789", 900_000) + "</guid>",
		"a GUID of white space":      "<title>Bulletin poison</title><guid> \n </guid>",
		"400 tags":                   "<title>Bulletin poison</title><guid>p</guid>" + strings.Repeat("<category>tag &amp; more</category>", 400),
		"a tag of 1 MB":              "<title>Bulletin poison</title><guid>p</guid><category>" + strings.Repeat("tag ", 1<<18) + "</category>",
		"a sentence of 5 MB":         "<title>Poison</title><guid>p</guid><description>Bulletin " + strings.Repeat("and on ", 700_000) + "</description>",
		"no title, no GUID, no link": "<description>Bulletin</description>",
		"an address that is none":    "<title>Bulletin poison</title><guid>p</guid><link>http://[::1:%zz</link>",
		"control characters":         "<title>Bulletin \x01\x02\x1b[31m poison\u202e\u2028</title><guid>p\x08</guid>",
		"the GUID of the item above": "<title>Bulletin again, another text</title><guid>g1</guid>",
		"a date beyond all years":    "<title>Bulletin poison</title><guid>p</guid><pubDate>Mon, 02 Jan 99999 10:00:00 GMT</pubDate>",
	}
	for name, poison := range poisons {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				good := func(n int) string {
					return fmt.Sprintf("<item><title>Bulletin number %[1]d</title><guid>g%[1]d</guid><link>https://example.com/%[1]d</link><pubDate>%[2]s</pubDate></item>",
						n, time.Now().Format(time.RFC1123Z))
				}
				bothGoodOnesGoOut(t, "<rss version=\"2.0\"><channel><title>Wire</title>"+good(1)+"<item>"+poison+"</item>"+good(2)+"</channel></rss>")
			})
		})
	}
	for name, poison := range map[string]string{ // the title as JSON
		"a NUL in JSON":            `"Bulletin \u0000 poison"`,
		"a lone surrogate in JSON": `"Bulletin \ud800 poison"`,
		"a number for a title":     `17`,
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				good := func(n int) string {
					item, err := json.Marshal(map[string]any{
						"id": fmt.Sprint("g", n), "title": fmt.Sprint("Bulletin number ", n), "url": fmt.Sprint("https://example.com/", n), "date_published": time.Now(),
					})
					if err != nil {
						t.Fatal(err)
					}
					return string(item)
				}
				bothGoodOnesGoOut(t, `{"version":"https://jsonfeed.org/version/1.1","title":"Wire","items":[`+
					good(1)+`,{"id":"p","title":`+poison+`},`+good(2)+`]}`)
			})
		})
	}
}

func bothGoodOnesGoOut(t *testing.T, body string) {
	t.Helper()
	d := newDesk(t, feedNamed(t, "Wire", "@every 60s"))
	reader := feed.NewReader(feed.Options{Now: time.Now})
	defer reader.Close()
	d.InForce.Load().Reader = bytesOf{reader, body}
	round := d.once(t)
	if round.Failed > 0 || round.Left > 0 {
		t.Errorf("%d feeds failed, %d messages are left", round.Failed, round.Left)
	}
	lines := d.board.lines()
	for _, want := range []string{"alert news: Bulletin number 1", "alert news: Bulletin number 2"} {
		if n := len(slices.DeleteFunc(slices.Clone(lines), func(line string) bool { return line != want })); n != 1 {
			t.Errorf("%q was told %d times", want, n)
		}
	}
}
