package store

import (
	"errors"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"
)

// The address of a server is that of libpq, and may name what libpq reads from
// the environment and from files. It is
//
//	postgres://user:password@host:port,host:port/database?parameter=value&…
//
// as libpq takes it apart: the @ is the first one before a slash, and without
// one user and password are taken for host and port. Whatever stands behind a
// password's own @, /, ? or # would so become a host, asked for in the DNS, or a
// database, named in errors. Such an address is no address here.

// IsServer says whether a store's address is that of a PostgreSQL server, not a file.
func IsServer(address string) bool {
	return strings.HasPrefix(address, "postgres://") || strings.HasPrefix(address, "postgresql://")
}

// An AddressError says what is wrong with the address of a server, and what to
// write. It shows neither a password nor what may be a part of one.
type AddressError struct{ Problem, Hint string }

func (e *AddressError) Error() string { return e.Problem }

// CheckAddress says what is wrong with the address of a server, without asking
// it: an *AddressError, or nil. Files that the address names must be there.
func CheckAddress(address string) error {
	_, err := parseAddress(address)
	return err
}

// encodeHint says how to write what would end a part of an address.
const encodeHint = "percent-encode it, %40 for @, %2F for /; or write ${NAME} in its place, whose value is taken as it is"

var escape = regexp.MustCompile(`%(?:[0-9A-Fa-f]{2})?`)

// parseAddress reads the address of a server.
func parseAddress(address string) (*pgx.ConnConfig, error) {
	wrong := func(problem, hint string) (*pgx.ConnConfig, error) { return nil, &AddressError{problem, hint} }
	_, rest, _ := strings.Cut(address, "://")
	_, query, _ := strings.Cut(rest, "?")
	switch at := strings.IndexAny(rest, "@/?#"); {
	case strings.Count(rest, "@") > 1, strings.Contains(rest, "@") && rest[at] != '@':
		return wrong("the address holds an @ that does not end the user and the password", encodeHint)
	case strings.ContainsAny(rest, " \t\r\n"):
		return wrong("an address holds no spaces", "write %20 for a space")
	case strings.Contains(rest, "#"):
		return wrong("the address holds a #, which ends nothing in it", "write %23 for #; or ${NAME} in its place, whose value is taken as it is")
	case slices.Contains(escape.FindAllString(rest, -1), "%"), strings.Contains(rest, "%00"):
		return wrong("a % in the address is not followed by two hexadecimal digits that make a character", "write %25 for the sign itself")
	}
	for _, parameter := range strings.Split(query, "&") {
		if query != "" && strings.Count(parameter, "=") != 1 {
			return wrong("a parameter of the address is not written name=value", "between two stands &; within one write %26 for &, %3D for =")
		}
	}
	config, err := pgx.ParseConfig(address)
	switch {
	case err != nil:
		return nil, addressTrouble(err)
	case config.Database == "":
		return wrong("the address names no database", "write it like postgres://user@host/db")
	}
	return config, nil
}

// addressTrouble is why pgx took no address, without the address.
func addressTrouble(err error) *AddressError {
	problem := err.Error()
	problem = strings.TrimPrefix(problem[strings.LastIndexByte(problem, '`')+1:], ": ") // before it stands the address
	if inner := errors.Unwrap(err); inner != nil && strings.HasPrefix(problem, "failed to configure TLS") {
		problem = inner.Error()
	}
	for _, known := range []struct{ begins, hint string }{
		{"failed to parse", "write it like postgres://user@host/db"},
		{"invalid port", "a port is 1 to 65535; is it a part of a password, " + encodeHint},
		{"sslmode", "sslmode is disable, allow, prefer, require, verify-ca or verify-full"},
		{"unable to", "sslrootcert, sslcert and sslkey name PEM files that newswatch may read"},
		{"failed to decode sslkey", "sslkey names a PEM file"},
		{"unknown target_session_attrs", "target_session_attrs is any, read-write, read-only, primary, standby or prefer-standby"},
		{"failed to read service", "service names a section of ~/.pg_service.conf, or of the file that PGSERVICEFILE names"},
	} {
		if strings.HasPrefix(problem, known.begins) {
			if known.begins == "failed to parse" { // what follows may be a part of the address
				problem = "the address cannot be read"
			}
			return &AddressError{problem, known.hint}
		}
	}
	return &AddressError{problem, "the parameters of an address are those of PostgreSQL's own tools"}
}

// shown is where an address leads, without what may be secret in it.
func shown(address string) string {
	config, err := parseAddress(address)
	if err != nil {
		return "the PostgreSQL server"
	}
	place := func(host string, port uint16) string {
		if strings.Contains(host, ":") {
			host = "[" + host + "]"
		}
		return strings.ReplaceAll(host, "/", "%2F") + ":" + strconv.Itoa(int(port))
	}
	hosts := []string{place(config.Host, config.Port)}
	for _, other := range config.Fallbacks {
		hosts = append(hosts, place(other.Host, other.Port))
	}
	return "postgres://" + url.User(config.User).String() + "@" + strings.Join(slices.Compact(hosts), ",") + "/" + url.PathEscape(config.Database)
}

// toolParameters are those of an address that PostgreSQL's tools know and that
// hold no secret.
var toolParameters = []string{
	"host", "hostaddr", "port", "user", "dbname", "passfile", "service", "connect_timeout", "target_session_attrs", "channel_binding", "require_auth",
	"sslmode", "sslnegotiation", "sslcert", "sslkey", "sslcertmode", "sslrootcert", "sslcrl", "sslcrldir", "sslsni",
	"gssencmode", "krbsrvname", "application_name", "client_encoding",
}

// DumpCommand copies a store on PostgreSQL into a file; ok is false for another
// store, or none. Passwords, which it does not show, are pg_dump's to ask for.
func DumpCommand(address, file string) (command string, ok bool) {
	if !IsServer(address) || CheckAddress(address) != nil {
		return "", false
	}
	command = "pg_dump --format=custom --file=" + quoted(file)
	address, query, _ := strings.Cut(address, "?")
	if user, rest, found := strings.Cut(address, "@"); found {
		scheme, user, _ := strings.Cut(user, "://")
		user, _, _ = strings.Cut(user, ":")
		address = scheme + "://" + user + "@" + rest
	}
	var kept []string
	for _, parameter := range strings.Split(query, "&") {
		name, value, _ := strings.Cut(parameter, "=")
		if name == "search_path" {
			path, _ := url.PathUnescape(value)
			first, _, _ := strings.Cut(path, ",") // where the store is
			command += " --schema=" + quoted(strings.TrimSpace(first))
		} else if slices.Contains(toolParameters, name) {
			kept = append(kept, parameter)
		}
	}
	if len(kept) > 0 {
		address += "?" + strings.Join(kept, "&")
	}
	return command + " " + quoted(address), true
}
