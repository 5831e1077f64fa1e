package feed

import (
	"html"
	"net/url"
	"strings"
)

// maxLinkBytes is above any real link and below what Slack takes in a block.
const maxLinkBytes = 2_500

// link is raw as an absolute http(s) address, resolved against the first of
// the bases that is one; "" when it is none. It never leaves a user name, a
// control character or another scheme in it.
func link(raw string, bases ...string) string {
	raw = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return -1
		}
		return r
	}, strings.TrimSpace(raw))
	if raw == "" || len(raw) > maxLinkBytes {
		return ""
	}
	if strings.Contains(raw, "&amp;") { // escaped twice
		raw = html.UnescapeString(raw)
	}
	if strings.HasPrefix(strings.ToLower(raw), "www.") {
		raw = "https://" + raw
	}
	u, err := url.Parse(strings.ReplaceAll(raw, " ", "%20"))
	if err != nil {
		return ""
	}
	if !u.IsAbs() {
		base := base(bases)
		if base == nil {
			return ""
		}
		u = base.ResolveReference(u)
	}
	u.Scheme = strings.ToLower(u.Scheme)
	if !fetchable(u) || strings.ContainsAny(u.Host, "\\<> \"|") {
		return ""
	}
	u.User = nil
	if shown := shownSafely.Replace(behind(u).String()); len(shown) <= maxLinkBytes {
		return shown
	}
	return ""
}

// shownSafely escapes what package url leaves in a query as it was written and
// what would end the link where it is shown.
var shownSafely = strings.NewReplacer(`"`, "%22", "<", "%3C", ">", "%3E", "|", "%7C", "\\", "%5C", "`", "%60", " ", "%20")

// isAddress tells an address from an identifier, which a base would turn into
// one.
func isAddress(text string) bool {
	text = strings.ToLower(strings.TrimSpace(text))
	return strings.HasPrefix(text, "http://") || strings.HasPrefix(text, "https://")
}

func base(candidates []string) *url.URL {
	for _, candidate := range candidates {
		if u, err := url.Parse(strings.TrimSpace(candidate)); err == nil && fetchable(u) {
			return u
		}
	}
	return nil
}

// behind is the address that a search engine's redirect names in the open, as
// in the feeds of Google Alerts and Bing News.
func behind(u *url.URL) *url.URL {
	host := strings.TrimPrefix(strings.ToLower(u.Hostname()), "www.")
	redirects := host == "google.com" && u.Path == "/url" ||
		host == "bing.com" && strings.HasPrefix(u.Path, "/news/apiclick")
	if !redirects {
		return u
	}
	query := u.Query()
	for _, name := range []string{"url", "q"} {
		if inner, err := url.Parse(query.Get(name)); err == nil && fetchable(inner) {
			inner.User = nil
			return inner
		}
	}
	return u
}

// isRelay says whether a link leads to an aggregator that hides the
// publisher's own address.
func isRelay(link string) bool {
	u, err := url.Parse(link)
	return err == nil && u.Hostname() == "news.google.com"
}
