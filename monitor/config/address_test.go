package config

import (
	"fmt"
	"testing"
)

func keyWith(t *testing.T, url string, env map[string]string) string {
	t.Helper()
	c, faults := Parse("config.yaml", fmt.Appendf(nil, "feeds: [{name: A, url: %q}]\n", url), func(name string) (string, bool) {
		value, ok := env[name]
		return value, ok
	})
	if c == nil {
		t.Fatal(faults)
	}
	return c.Feeds[0].Key()
}

func TestFeedsKeyDoesNotChangeWithItsSecret(t *testing.T) {
	for name, pair := range map[string][2]string{
		"variable in the query":    {"https://a.example/rss?key=${KEY}", "https://a.example/rss?key=${KEY}"},
		"variable for a password":  {"https://me:${KEY}@a.example/rss", "https://me:${KEY}@a.example/rss"},
		"variable for a host":      {"https://${HOST}/rss", "https://${HOST}/rss"},
		"password in the file":     {"https://me:one@a.example/rss", "https://me:two@a.example/rss"},
		"host in other characters": {"https://a.example/rss", "HTTPS://A.Example/rss#top"},
	} {
		t.Run(name, func(t *testing.T) {
			first := keyWith(t, pair[0], map[string]string{"KEY": "one", "HOST": "one.example"})
			if second := keyWith(t, pair[1], map[string]string{"KEY": "two", "HOST": "two.example"}); first != second {
				t.Errorf("its key was %s and is %s", first, second)
			}
			if missing := keyWith(t, pair[0], nil); first != missing {
				t.Errorf("its key is %s without the variable, %s with it", missing, first)
			}
		})
	}
}

func TestFeedsOfAnotherAddressHaveAnotherKey(t *testing.T) {
	env := map[string]string{"KEY": "one", "OTHER": "one"}
	first := keyWith(t, "https://a.example/rss?key=${KEY}", env)
	for _, other := range []string{"https://a.example/rss?key=one", "https://b.example/rss?key=${KEY}", "https://you:one@a.example/rss"} {
		if keyWith(t, other, env) == first {
			t.Errorf("%s has the same key", other)
		}
	}
}
