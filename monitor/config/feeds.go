package config

import (
	"fmt"
	"net/url"
	"strings"
	"unicode"

	"go.yaml.in/yaml/v4"
	"golang.org/x/net/http/httpguts"
	"golang.org/x/text/language"

	"newswatch/monitor"
)

// maxNameRunes keeps a feed's name on a line of a table and of a message.
const maxNameRunes = 80

// feeds reads the list of feeds; like holds what a feed says nothing about.
func (r *reader) feeds(top *section, like monitor.Feed) []monitor.Feed {
	const example = "feeds:\n  - name: Yonhap\n    url: https://en.yna.co.kr/RSS/news.xml"
	e, ok := top.keys["feeds"]
	switch {
	case top.slip["feeds"]:
		return nil
	case !ok:
		r.report(top.node, "add some:\n"+example, "there are no feeds to watch")
		return nil
	case isNull(e.value) || e.value.Kind == yaml.SequenceNode && len(e.value.Content) == 0:
		r.report(e.key, "add some:\n"+example, "feeds is empty: there is nothing to watch")
		return nil
	case e.value.Kind != yaml.SequenceNode:
		r.report(e.value, "begin each feed with a dash:\n"+example, "feeds takes a list, not %s", kindOf(e.value))
		return nil
	}
	names, urls := map[string]int{}, map[string]int{} // the lines where they stand
	var feeds []monitor.Feed
	for _, n := range e.value.Content {
		switch {
		case isNull(n):
			r.report(n, "delete the dash, or write a feed after it", "a feed is empty")
			continue
		case n.Kind != yaml.MappingNode:
			r.report(n, "after one dash: name: and, on a line below it, url:", "a feed has a name and a url; this is %s", kindOf(n))
			continue
		}
		s := r.mapping(n, "feeds")
		feed := r.feed(s, like)
		r.twice(s, "name", strings.ToLower(feed.Name), names)
		if !r.twice(s, "url", feed.URL, urls) {
			r.twice(s, "url", feed.Written, urls) // by which the store knows it
		}
		feeds = append(feeds, feed)
	}
	return feeds
}

// twice reports a name or an address that another feed has too, and says
// whether one has.
func (r *reader) twice(s *section, key, value string, lines map[string]int) bool {
	if value == "" {
		return false
	}
	n := s.keys[key].value
	if line, ok := lines[value]; ok {
		hint := "give each feed a name of its own"
		if key == "url" {
			hint = "one feed is enough: every rule sees its articles"
		}
		r.report(n, hint, "the feed on line %d has this %s too", line, key)
		return true
	}
	lines[value] = n.Line
	return false
}

func (r *reader) feed(s *section, like monitor.Feed) monitor.Feed {
	feed := like
	feed.Name = r.feedName(s)
	feed.URL, feed.Written = r.feedURL(s)
	feed.Schedule = r.schedule(s, "schedule", like.Schedule)
	feed.Lang = r.lang(s)
	for _, n := range s.list("tags") {
		feed.Tags = append(feed.Tags, n.Value)
	}
	feed.FullText = s.bool("full_text")
	feed.Headers = r.headers(s)
	return feed
}

func (r *reader) feedName(s *section) string {
	if s.lacks("name") {
		r.report(s.node, "add name: and what people call it", "the feed has no name")
	}
	name, n, ok := s.text("name")
	if !ok {
		return ""
	}
	switch {
	case strings.ContainsFunc(name, unicode.IsControl):
		r.report(n, "", "a name is one line without control characters")
	case len([]rune(name)) > maxNameRunes:
		r.report(n, "", "a name has at most %d characters", maxNameRunes)
	}
	return strings.TrimSpace(name)
}

// feedURL reads the feed's address, and how the file writes it where that hides
// a secret: with its variables, and without a password that stands there.
func (r *reader) feedURL(s *section) (address, written string) {
	if s.lacks("url") {
		r.report(s.node, "add url: and the feed's address", "the feed has no url")
	}
	text, n, ok := s.text("url")
	if !ok {
		return "", ""
	}
	u := r.address(n, "https", "http")
	if u == nil {
		return text, ""
	}
	if !isLiteral(n) {
		return normal(u), strings.TrimSpace(text)
	}
	address = normal(u)
	if _, ok := u.User.Password(); ok {
		r.warnLiteral(n, "a password", "FEED_PASSWORD")
		u.User = url.UserPassword(u.User.Username(), "")
		written = normal(u)
	}
	return address, written
}

// normal is a URL in the form in which two for the same address are equal.
func normal(u *url.URL) string {
	u.Scheme, u.Host = strings.ToLower(u.Scheme), strings.ToLower(u.Host)
	u.Fragment, u.RawFragment = "", ""
	if u.Path == "" {
		u.Path = "/"
	}
	return u.String()
}

// lang reads a language tag.
func (r *reader) lang(s *section) string {
	text, n, ok := s.text("lang")
	if !ok {
		return ""
	}
	tag, err := language.Parse(text)
	meant := map[string]string{"korean": "ko", "jp": "ja", "japanese": "ja", "cn": "zh", "chinese": "zh",
		"english": "en", "us": "en", "gb": "en"}[strings.ToLower(text)]
	switch {
	case tag.String() == "kr":
		r.warn(n, `Korean is "ko"`, "kr is Kanuri")
	case tag.String() == "uk":
		r.warn(n, `English is "en"`, "uk is Ukrainian")
	case meant != "":
		r.report(n, fmt.Sprintf("did you mean %q?", meant), "%s is no language tag", quote(text))
		return ""
	case err != nil:
		r.report(n, "write a tag like en, ko, ja, zh or zh-Hant", "%s is no language tag", quote(text))
		return ""
	}
	return tag.String()
}

// headers reads what is sent to the feed's origin. No value of them is shown.
func (r *reader) headers(s *section) map[string]monitor.Secret {
	e, ok := s.keys["headers"]
	switch {
	case !ok:
		return nil
	case isNull(e.value):
		r.warn(e.key, "write headers: {} or remove the line", "headers is empty")
		return nil
	case e.value.Kind != yaml.MappingNode:
		r.report(e.value, `write them under it, like "Accept-Language: ko"`, "headers takes names and values, not %s", kindOf(e.value))
		return nil
	}
	headers := map[string]monitor.Secret{}
	lines := map[string]int{}
	for i := 0; i+1 < len(e.value.Content); i += 2 {
		key, value := e.value.Content[i], e.value.Content[i+1]
		name := strings.ToLower(key.Value)
		if line, ok := lines[name]; ok {
			r.report(key, "keep one of the two", "the header %s is already given on line %d", quote(key.Value), line)
			continue
		}
		lines[name] = key.Line
		if !httpguts.ValidHeaderFieldName(key.Value) {
			r.report(key, "a name is letters, digits and dashes", "this is no header's name")
			continue
		}
		if ownHeader(name) {
			r.report(key, "remove the line", "the header %s is newswatch's own to set", key.Value)
			continue
		}
		if value.Kind != yaml.ScalarNode || isNull(value) {
			r.report(key, "write a text after the colon", "the header %s has no value", key.Value)
			continue
		}
		text, ok := r.expanded(value)
		if ok && !headerValue(text) {
			r.report(value, "use plain ASCII on one line", "the value of %s holds a character that no header may", key.Value)
			continue
		}
		if isLiteral(value) && isCredential(name) {
			r.warnLiteral(value, "a secret", "FEED_SECRET")
		}
		headers[key.Value] = monitor.NewSecret(text)
	}
	return headers
}

// ownHeader says whether newswatch or its HTTP client sets the header; given
// twice, servers refuse or misread the request.
func ownHeader(name string) bool {
	switch name {
	case "host", "content-length", "transfer-encoding", "connection", "accept-encoding",
		"if-none-match", "if-modified-since", "range", "te", "trailer", "upgrade":
		return true
	}
	return false
}

// isCredential says whether the header's value is a secret by its name.
func isCredential(name string) bool {
	for _, part := range []string{"auth", "cookie", "token", "key", "secret"} {
		if strings.Contains(name, part) {
			return true
		}
	}
	return false
}

func headerValue(value string) bool {
	return httpguts.ValidHeaderFieldValue(value) && !strings.ContainsFunc(value, func(c rune) bool { return c > unicode.MaxASCII })
}
