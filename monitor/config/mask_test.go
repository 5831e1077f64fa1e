package config

import (
	"strings"
	"testing"
)

// A file with a secret in every place that takes one, each of the form
// that only its place gives away. One wrong character anywhere, or one line
// missing or doubled, must not bring a secret to light.
func TestOneSlipShowsNoSecret(t *testing.T) {
	const text = `timezone: Asia/Seoul
feeds:
  - name: A
    url: https://me:S3CRET@a.example/rss?key=S3CRET&x=1
    headers:
      Authorization: Bearer S3CRET
      "X-Key": 'S3CRET'
  - {name: B, url: "https://b.example/", headers: {Cookie: S3CRET, X-B: "S3CRET"}, lang: en}
slack:
  token: S3CRET
  app_token: "S3CRET"
  channel: "#news"
network: {proxy: "http://me:S3CRET@proxy.example:1"}
http:
  heartbeat: https://hc.example/S3CRET
`
	shown := func(broken string) string {
		c, faults := Parse("config.yaml", []byte(broken), environment)
		told := printed(c, faults)
		if strings.Contains(told, "S3CRET") {
			return told
		}
		return ""
	}
	for i := range text {
		for _, wrong := range []string{"", "\t", " ", "\"", "{", "}", ":", "#", "*", "x"} {
			if told := shown(text[:i] + wrong + text[i+1:]); told != "" {
				t.Fatalf("%q in place of character %d shows a secret:\n%s", wrong, i, told)
			}
		}
		for _, more := range []string{" ", "'", "x"} {
			if told := shown(text[:i] + more + text[i:]); told != "" {
				t.Fatalf("%q before character %d shows a secret:\n%s", more, i, told)
			}
		}
	}
	lines := strings.SplitAfter(text, "\n")
	for i := range lines {
		for _, broken := range [][]string{{lines[i], lines[i]}, {}, {"  " + lines[i]}, {strings.TrimLeft(lines[i], " ")}, {"wrong: " + lines[i]}} {
			all := strings.Join(lines[:i], "") + strings.Join(broken, "") + strings.Join(lines[i+1:], "")
			if told := shown(all); told != "" {
				t.Fatalf("line %d as %q shows a secret:\n%s", i+1, broken, told)
			}
		}
	}
}
