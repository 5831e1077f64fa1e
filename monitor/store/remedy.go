package store

import (
	"context"
	"crypto/tls"
	"errors"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
)

// errNoSchema says that the schema in which the store should be is not there.
var errNoSchema = errors.New("there is no such schema as search_path names")

// remedies are what helps, by the error's code or class
// (postgresql.org/docs/current/errcodes-appendix.html), the first that fits.
var remedies = []struct{ state, hint string }{
	{"28P01", "check user and password in the address: the value of ${NAME} is taken as it is, without percent-encoding; where it has none, PGPASSWORD and ~/.pgpass are asked"},
	{"28", "let the server's pg_hba.conf take this user to this database from here, with TLS or without as sslmode in the address says"},
	{"3D", "create it: create database NAME owner USER"},
	{"42501", "let the user make tables there: grant create on schema NAME to USER, or make it the owner of the database"},
	{"42704", "the parameters of an address are those of PostgreSQL's own tools, and search_path"},
	{"25006", "it is a standby, or read-only: name all servers, postgres://user@host1,host2/db?target_session_attrs=read-write"},
	{"53300", "raise the server's max_connections, or put a pooler before it: a worker takes up to twelve"},
	{"42", "there are tables that are not newswatch's: name an empty database, or a schema of its own with ?search_path=NAME"},
	{"57P", "wait until PostgreSQL is up: its log says more"},
	{"", "PostgreSQL's log says more"},
}

// Remedy is what helps against an error of a PostgreSQL server, or of the way
// to it; ok is false for any other.
func Remedy(err error) (hint string, ok bool) {
	var unreachable *Unreachable
	var refused *pgconn.PgError
	var certificate *tls.CertificateVerificationError
	switch {
	case errors.Is(err, context.Canceled):
		return "", false
	case errors.Is(err, errNoSchema):
		return "create it: create schema NAME authorization USER", true
	case errors.As(err, &refused):
		i := slices.IndexFunc(remedies, func(r struct{ state, hint string }) bool { return strings.HasPrefix(refused.Code, r.state) })
		return remedies[i].hint, true
	case errors.As(err, &certificate):
		return "sslrootcert in the address names a file with the certificates that the server's is signed by", true
	case !errors.As(err, &unreachable):
		return "", false
	case strings.Contains(err.Error(), "read only connection"): // of pgx, which has no type for it
		return "none of the servers takes writes: name the one that does as well", true
	case strings.Contains(err.Error(), "refused TLS"):
		return "let the server speak TLS, or write sslmode=disable in the address where the network is trusted", true
	}
	return "check store in config.yaml, and that PostgreSQL runs and can be reached from here", true
}
