package feed_test

import (
	"context"
	"net"
	"net/http"
	"net/http/httputil"
	"slices"
	"strings"
	"testing"

	"newswatch/monitor"
	"newswatch/monitor/feed"
)

// Whatever the feed's own origin answers, no other origin sees a secret of
// the feed's, in any header or address.
func TestSecretsStayWithTheirOrigin(t *testing.T) {
	const canary = "c4n4ry"
	for name, path := range map[string][]string{ // where the redirects lead
		"to another host":              {"http://other.example/"},
		"to a sub-domain":              {"http://sub.home.example/"},
		"to the domain above":          {"http://example/"},
		"to another port":              {"http://home.example:8080/"},
		"to its name with a full stop": {"http://home.example./"},
		"with a user of its own":       {"http://eve:pw@other.example/"},
		"without a scheme":             {"//other.example/"},
		"away and on":                  {"http://other.example/a", "/b", "/c"},
		"away and home again":          {"http://other.example/", "http://home.example/again"},
		"at home, then away":           {"/moved", "http://other.example/"},
		"to its own name in capitals":  {"http://HOME.example:80/"},
	} {
		t.Run(name, func(t *testing.T) {
			var asked []string
			server := serve(t, func(w http.ResponseWriter, r *http.Request) {
				dump, err := httputil.DumpRequest(r, true)
				if err != nil {
					t.Error(err)
				}
				left := len(asked) > 0 && !strings.HasPrefix(asked[len(asked)-1], "home.example /") // at any time before
				home := strings.EqualFold(r.Host, "home.example") || strings.EqualFold(r.Host, "home.example:80")
				if (!home || left) && strings.Contains(string(dump), canary) {
					t.Errorf("%s was told a secret:\n%s", r.Host, dump)
				}
				for _, header := range []string{"Referer", "Origin", "X-Forwarded-For", "Via"} {
					if r.Header.Get(header) != "" {
						t.Errorf("%s is sent", header)
					}
				}
				if len(asked) == 0 && strings.Count(string(dump), canary) != 4 {
					t.Errorf("the feed's origin was not told its secrets:\n%s", dump)
				}
				n := len(asked)
				asked = append(asked, strings.TrimSuffix(strings.ToLower(r.Host), ":80")+" "+r.URL.Path)
				http.SetCookie(w, &http.Cookie{Name: "tracked", Value: canary, Domain: "example"})
				w.Header().Set("ETag", `"1"`)
				if n < len(path) {
					w.Header().Set("Location", path[n])
					w.WriteHeader(http.StatusTemporaryRedirect)
				}
			})
			reader := newReader(t, feed.Options{})
			feed.Dial(reader, func(ctx context.Context, network, _ string) (net.Conn, error) {
				return new(net.Dialer).DialContext(ctx, network, server.Listener.Addr().String())
			})
			source := at("http://home.example/feed?token=" + canary)
			source.Headers = map[string]monitor.Secret{
				"X-Api-Key": monitor.NewSecret(canary), "Cookie": monitor.NewSecret("session=" + canary), "Authorization": monitor.NewSecret("Bearer " + canary),
			}
			page, err := reader.Fetch(context.Background(), source, monitor.Validators{})
			if err != nil || len(asked) != len(path)+1 || strings.Contains(page.URL, canary) && len(path) > 0 {
				t.Errorf("page of %q after %q, error %v", page.URL, slices.Clip(asked), err)
			}
		})
	}
}
