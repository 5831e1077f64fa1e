package config

import (
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"go.yaml.in/yaml/v4"
)

// writeServer is how to name a server; the password of an example would be masked.
const writeServer = "write it like postgres://user@host/db, with :${PASSWORD} behind the user"

// store reads where the database is: a path, or the address of a server, which
// may hold a password and is never shown. Whether that is one, and of what, the
// store itself knows.
func (s *section) store(key, otherwise string) string {
	text, n, ok := s.text(key)
	if !ok {
		return s.resolve(otherwise)
	}
	value, faults := s.expandAs(n, inAddress(text))
	for _, f := range faults {
		s.add(f)
	}
	switch {
	case len(faults) > 0:
	case isServer(value):
		if literalPassword.MatchString(text) {
			s.warnLiteral(n, "the password", "PASSWORD")
		}
	case strings.Contains(value, "://"):
		s.report(n, "name a file, like "+defaultStore+", or postgres://user@host/db", "the store is a file or a PostgreSQL server")
	case keywords.MatchString(value):
		s.report(n, writeServer, "a PostgreSQL server is named by its address, not by key=value")
	case credentials.MatchString(value):
		s.report(n, writeServer, "the address of a PostgreSQL server begins with its scheme")
	default:
		return s.storeFile(n, value)
	}
	return value
}

func (s *section) storeFile(n *yaml.Node, value string) string {
	path := s.resolve(value)
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		s.report(n, "name a file in it: "+filepath.Join(value, defaultStore), "%s is a folder", quote(value))
	}
	return path
}

func isServer(store string) bool {
	return strings.HasPrefix(store, "postgres://") || strings.HasPrefix(store, "postgresql://")
}

var (
	// literalPassword is one that stands in an address itself.
	literalPassword = regexp.MustCompile(`^\w+://(?:[^/?@]*:[^$@]+@|[^?]*\?(?:.*&)?(?:ssl)?password=[^$&])`)

	// keywords are what libpq takes in place of an address.
	keywords = regexp.MustCompile(`^\s*(?:.*\s)?(?:host|hostaddr|port|dbname|user|password|service|sslmode)\s*=`)

	// credentials begin an address that lacks its scheme.
	credentials = regexp.MustCompile(`^(?://)?[^/]*:[^/]*@`)
)

// StoreAddress expands the variables in an address of a server as in the key
// store. The fault has no place.
func StoreAddress(text string, env func(string) (string, bool)) (string, *Fault) {
	value, lacks := substitute(text, env, inAddress(text))
	if len(lacks) > 0 {
		return "", &Fault{Message: lacks[0].message, Hint: lacks[0].hint, Secret: lacks[0].unset}
	}
	return value, nil
}

// inAddress writes the value of a variable so that it is what it is in the
// address of a server: of user:${PASSWORD}@host a password may hold anything. So
// are a user and a parameter's value; where a variable stands for more than one
// part it is left as it is.
func inAddress(text string) func(at int, value string) string {
	return func(at int, value string) string {
		_, before, inside := strings.Cut(text[:at], "://")
		encoded := strings.ReplaceAll(url.QueryEscape(value), "+", "%20")
		_, parameter, inQuery := strings.Cut(before, "?")
		switch host := strings.IndexAny(text[at:], "@/?"); {
		case !inside:
			return value
		case inQuery:
			if strings.Contains(parameter[strings.LastIndexByte(parameter, '&')+1:], "=") {
				return encoded
			}
		case host >= 0 && text[at+host] == '@' && !strings.ContainsAny(before, "@/"):
			if !strings.Contains(before+text[at:at+host], ":") { // it may be user:password
				encoded = strings.ReplaceAll(encoded, "%3A", ":")
			}
			return encoded
		}
		return value
	}
}
