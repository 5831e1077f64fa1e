package store

import (
	"errors"
	"strings"
	"testing"

	"newswatch/monitor/store/pgtest"
)

func TestAddressThatIsNoneIsToldWithoutShowingIt(t *testing.T) {
	t.Setenv("PGDATABASE", "")
	for name, c := range map[string]struct{ address, problem string }{
		"@ in the password":          {"postgres://news:a@s3cret@db.example/news", "holds an @"},
		"/ begins the password":      {"postgres://news:/s3cret@db.example/news", "holds an @"},
		"digits and / begin it":      {"postgres://news:12/34s3cret@db.example/news", "holds an @"},
		"? in the password":          {"postgres://news:7?dbname=s3cret@db.example/news", "holds an @"},
		"# in the password":          {"postgres://news:7#s3cret@db.example/news", "holds an @"},
		"@ and / in the password":    {"postgres://news:a@b/s3cret@db.example/news", "holds an @"},
		"# behind the database":      {"postgres://news:s3cret@db.example/news#s3cret", "holds a #"},
		"space":                      {"postgres://news:s3cret @db.example/news", "no spaces"},
		"% that is none":             {"postgres://news:s3cret%@db.example/news", "a % in the address"},
		"NUL":                        {"postgres://news:s3cret%00@db.example/news", "a % in the address"},
		"no database":                {"postgres://news:s3cret@db.example", "names no database"},
		"no such port":               {"postgres://news:s3cret@db.example:99999/news", "invalid port"},
		"password without an @":      {"postgres://news:s3cret/news", "invalid port"},
		"& in a parameter":           {"postgres://news@db.example/news?password=s&3cret", "not written name=value"},
		"= in a parameter":           {"postgres://news@db.example/news?password=s3cret=", "not written name=value"},
		"no such sslmode":            {"postgres://news@db.example/news?sslmode=s3cret", "sslmode is invalid"},
		"certificate that is absent": {"postgres://news:s3cret@db.example/news?sslmode=verify-ca&sslrootcert=/no/such.pem", "open /no/such.pem: no such file"},
		"no such session":            {"postgres://news:s3cret@db.example/news?target_session_attrs=write", "target_session_attrs"},
		"service unheard of":         {"postgres://news:s3cret@db.example/news?service=none&servicefile=/no/such", "failed to read service"},
		"IPv6 without its end":       {"postgres://news:s3cret@[::1/news", "cannot be read"},
	} {
		t.Run(name, func(t *testing.T) {
			wrong, ok := errors.AsType[*AddressError](CheckAddress(c.address))
			if !ok || !strings.Contains(wrong.Problem, c.problem) || wrong.Hint == "" {
				t.Fatalf("it is told %+v, want %q", wrong, c.problem)
			}
			_, err := Open(t.Context(), c.address)
			if _, ok := errors.AsType[*AddressError](err); !ok {
				t.Errorf("it is opened: %v", err)
			}
			if strings.Contains(wrong.Problem+wrong.Hint+err.Error()+shown(c.address), "3cret") {
				t.Errorf("the password is shown: %+v, %v, %s", wrong, err, shown(c.address))
			}
		})
	}
}

func TestAddressIsShownAsWhereItLeads(t *testing.T) {
	for address, want := range map[string]string{
		"postgres://news:s3cret@db.example/news?password=s3cret":                       "postgres://news@db.example:5432/news",
		"postgresql://news@a.example:1,b.example/news?target_session_attrs=read-write": "postgres://news@a.example:1,b.example:5432/news",
		"postgres://news@%2Frun%2Fpostgresql/news":                                     "postgres://news@%2Frun%2Fpostgresql:5432/news",
		"postgres://news@[::1]:99/news":                                                "postgres://news@[::1]:99/news",
		"postgres:///news?host=db.example&user=a%40b":                                  "postgres://a%40b@db.example:5432/news",
		"postgres://a:b@c@d/news":                                                      "the PostgreSQL server",
	} {
		if got := shown(address); got != want {
			t.Errorf("%s is shown as %s, want %s", address, got, want)
		}
	}
}

func TestDumpCommand(t *testing.T) {
	for name, c := range map[string]struct{ address, want string }{
		"without passwords": {"postgres://news:s3cret@db.example/news?password=s3cret&sslpassword=s3cret&options=s3cret&sslmode=require&sslkey=a.pem&sslcert=a.pem",
			""}, // no such key
		"with what tools know alone": {"postgres://news:s3cret@a.example,b.example/news?default_query_exec_mode=exec&sslmode=require&sslpassword=s3cret&options=s3cret&password=s3cret&target_session_attrs=any",
			"pg_dump --format=custom --file=x 'postgres://news@a.example,b.example/news?sslmode=require&target_session_attrs=any'"},
		"of the schema alone": {"postgres://news@db.example/news?search_path=%22Mine%22,public",
			`pg_dump --format=custom --file=x --schema='"Mine"' 'postgres://news@db.example/news'`},
		"of a socket":     {"postgres://%2Frun/news", "pg_dump --format=custom --file=x 'postgres://%2Frun/news'"},
		"of a file: none": {"news.db", ""},
		"of what is none": {"postgres://a:b@s3cret@c/news", ""},
	} {
		t.Run(name, func(t *testing.T) {
			if got, ok := DumpCommand(c.address, "x"); got != c.want || ok != (c.want != "") {
				t.Errorf("it is %s, want %s", got, c.want)
			}
		})
	}
}

// TestServerThatRefusesIsToldWithWhatHelps asks a server for what it has not.
func TestServerThatRefusesIsToldWithWhatHelps(t *testing.T) {
	address := pgtest.Schema(t)
	with := func(parameter string) string { return address + "&" + parameter }
	for name, c := range map[string]struct{ address, problem, hint string }{
		"no such database":  {with("dbname=none"), `database "none" does not exist`, "create database"},
		"no such schema":    {with("search_path=none"), "no such schema", "create schema"},
		"no such user":      {with("user=none"), `role "none" does not exist`, "pg_hba.conf"},
		"no such parameter": {with("serch_path=a"), "unrecognized configuration parameter", "search_path"},
		"no TLS":            {with("sslmode=require"), "refused TLS", "sslmode=disable"},
		"read-only":         {with("default_transaction_read_only=on"), "read-only transaction", "target_session_attrs=read-write"},
		"no primary":        {with("default_transaction_read_only=on&target_session_attrs=read-write"), "read only connection", "name the one that does"},
		"nobody listens":    {"postgres://news@127.0.0.1:1/news", "refused", "that PostgreSQL runs"},
		"no such host":      {"postgres://news@db.invalid/news", "lookup db.invalid", "that PostgreSQL runs"},
	} {
		t.Run(name, func(t *testing.T) {
			s, err := Open(t.Context(), c.address)
			if err == nil {
				s.Close()
				t.Fatal("opened")
			}
			if hint, ok := Remedy(err); !ok || !strings.Contains(hint, c.hint) || !strings.Contains(err.Error(), c.problem) {
				t.Errorf("%v\nhint: %s", err, hint)
			}
			if n := strings.Count(err.Error(), c.problem); n > 1 || strings.Contains(err.Error(), "\n") {
				t.Errorf("it is told %d times: %v", n, err)
			}
		})
	}
}

func TestTablesOfOthersAreToldWithWhatHelps(t *testing.T) {
	address := pgtest.Schema(t)
	s, err := dial(t.Context(), address, silenceLimit, nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.write.Exec(`create table feeds (id bigint)`); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if s, err = Open(t.Context(), address); err == nil {
		s.Close()
		t.Fatal("opened")
	}
	if hint, ok := Remedy(err); !ok || !strings.Contains(hint, "name an empty database") {
		t.Errorf("%v\nhint: %s", err, hint)
	}
}
