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

func TestVariableInTheAddressOfTheStoreIsTakenAsItIs(t *testing.T) {
	const odd = `p@/?#[ :%40&=+위`
	env := map[string]string{"ODD": odd, "ENCODED": "p%40ss", "BOTH": "news:p:%", "HOSTS": "a.example:5432,b.example:5433", "MORE": "sslmode=require&connect_timeout=3",
		"ALL": "postgres://news:p%40ss@db.example/news", "FILE": "/var/lib/newswatch/news.db"}
	const encoded = "p%40%2F%3F%23%5B%20%3A%2540%26%3D%2B%EC%9C%84"
	for name, c := range map[string]struct{ written, want string }{
		"password":                      {"postgres://news:${ODD}@db.example/news", "postgres://news:" + encoded + "@db.example/news"},
		"part of the password":          {"postgres://news:x${ODD}y@db.example/news", "postgres://news:x" + encoded + "y@db.example/news"},
		"user":                          {"postgres://${ODD}:${ENCODED}@db.example/news", "postgres://" + encoded + ":p%2540ss@db.example/news"},
		"user and password in one":      {"postgres://${BOTH}@db.example/news", "postgres://news:p:%25@db.example/news"},
		"parameter":                     {"postgresql://news@db.example/news?sslmode=require&password=${ODD}", "postgresql://news@db.example/news?sslmode=require&password=" + encoded},
		"several parameters: as it is":  {"postgres://db.example/news?${MORE}", "postgres://db.example/news?sslmode=require&connect_timeout=3"},
		"hosts, with a user: as it is":  {"postgres://news@${HOSTS}/news", "postgres://news@a.example:5432,b.example:5433/news"},
		"hosts, without one: as it is":  {"postgres://${HOSTS}/news?user=a%40b", "postgres://a.example:5432,b.example:5433/news?user=a%40b"},
		"whole address: as it is":       {"${ALL}", "postgres://news:p%40ss@db.example/news"},
		"whole file: as it is":          {"${FILE}", "/var/lib/newswatch/news.db"},
		"several, each in its own way":  {"postgres://news:${ODD}@${HOSTS}/news?${MORE}&password=${ENCODED}", "postgres://news:" + encoded + "@a.example:5432,b.example:5433/news?sslmode=require&connect_timeout=3&password=p%2540ss"},
		"none, though it looks like it": {"postgres://news:$ODD@db.example/news", "postgres://news:$ODD@db.example/news"},
	} {
		t.Run(name, func(t *testing.T) {
			lookup := func(name string) (string, bool) { value, ok := env[name]; return value, ok }
			cfg, faults := Parse("config.yaml", fmt.Appendf(nil, "store: %q\nfeeds: [{name: A, url: \"https://a.example/rss\"}]\n", c.written), lookup)
			if cfg == nil || cfg.StorePath != c.want {
				t.Errorf("the store is %+v, %v; want %s", cfg, faults, c.want)
			}
			if got, fault := StoreAddress(c.written, lookup); got != c.want {
				t.Errorf("the address is %s, %v; want %s", got, fault, c.want)
			}
		})
	}
}
