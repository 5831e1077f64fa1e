// Package pgtest gives tests a PostgreSQL to work on: a schema of its own for
// each test, in the database that NEWSWATCH_TEST_POSTGRES names or else on a
// server that this process starts from the machine's initdb and postgres, and
// that ends with it however it ends. Where there is neither a test is skipped,
// or fails when NEWSWATCH_TEST_REQUIRE_POSTGRES is set, as CI does.
package pgtest

import (
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"syscall"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver "pgx"
)

// The variables that say where tests find a PostgreSQL, and that they must.
const (
	addressVariable = "NEWSWATCH_TEST_POSTGRES"
	requireVariable = "NEWSWATCH_TEST_REQUIRE_POSTGRES"
)

// errNone says that this machine has no PostgreSQL to start.
var errNone = errors.New("no PostgreSQL: neither initdb and postgres nor " + addressVariable)

// shared is the server of this process, for there is no test that outlives all
// others and could hold it.
var shared = sync.OnceValues(Start)

// Schema is the address of a new schema, dropped when the test is over.
func Schema(t testing.TB) string {
	t.Helper()
	address := os.Getenv(addressVariable)
	if address == "" {
		s, err := shared()
		if errors.Is(err, errNone) {
			skip(t)
		}
		if err != nil {
			t.Fatal(err)
		}
		address = s.Address()
	}
	return schemaAt(t, address)
}

// Server starts a server for this test alone, which may be stopped. It is
// skipped like Schema, also where only a server of others is named.
func Server(t testing.TB) *Postgres {
	t.Helper()
	s, err := Start()
	if errors.Is(err, errNone) {
		skip(t)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

func skip(t testing.TB) {
	t.Helper()
	if os.Getenv(requireVariable) != "" {
		t.Fatal(errNone)
	}
	t.Skip(errNone)
}

func schemaAt(t testing.TB, address string) string {
	t.Helper()
	db, err := sql.Open("pgx", address)
	if err != nil {
		t.Fatal(err)
	}
	name := "t_" + rand.Text()
	if _, err := db.Exec(`create schema "` + name + `"`); err != nil {
		t.Fatal(errors.Join(err, db.Close()))
	}
	t.Cleanup(func() {
		_, err := db.Exec(`drop schema "` + name + `" cascade`)
		if err := errors.Join(err, db.Close()); err != nil {
			t.Error(err)
		}
	})
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	query := u.Query()
	query.Set("search_path", `"`+name+`"`)
	u.RawQuery = query.Encode()
	return u.String()
}

// A Postgres is a throw-away server on loopback. What is committed survives
// that it is killed, though not a power cut.
type Postgres struct {
	dir  string // of the data
	port int

	keeper *exec.Cmd
	life   io.Closer // the keeper ends the server when this is closed, or this process gone
}

// keep runs the server as long as its standard input stays open; then it ends
// the server, and removes the data. It runs again what ends by itself, as what
// watches over services does, unless there is a file named down.
const keep = `
data=$1 postgres=$2 port=$3
serve() {
	until [ -e "$data/over" ]; do
		if [ -e "$data/down" ]; then
			sleep 0.05
			continue
		fi
		"$postgres" -D "$data" -p "$port" -c listen_addresses=127.0.0.1 -c unix_socket_directories= \
			-c fsync=off -c max_connections=300 -c shared_buffers=16MB -c log_min_messages=fatal </dev/null >>"$data/log" 2>&1
	done
}
serve &
cat >/dev/null
touch "$data/over"
kill -QUIT $(head -1 "$data/postmaster.pid") 2>/dev/null
wait
cd /
rm -rf "$data"
`

// startTries is how often another port is taken when somebody was faster.
const startTries = 3

// Start starts a server. Close ends it, and so does the end of this process.
func Start() (*Postgres, error) {
	initdb, postgres, err := binaries()
	if err != nil {
		return nil, err
	}
	attributes, dir, err := dataFolder()
	if err != nil {
		return nil, err
	}
	create := exec.Command(initdb, "-D", dir, "-U", "newswatch", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync", "--no-instructions")
	create.SysProcAttr, create.Dir = attributes, dir
	if output, err := create.CombinedOutput(); err != nil {
		return nil, errors.Join(fmt.Errorf("initdb: %w: %s", err, output), os.RemoveAll(dir))
	}
	for try := 1; ; try++ {
		s, err := launch(dir, postgres, attributes)
		if err == nil || try == startTries {
			return s, err
		}
	}
}

// dataFolder makes a folder for a server, and says how to run what may use it.
func dataFolder() (*syscall.SysProcAttr, string, error) {
	attributes, own, err := unprivileged()
	if err != nil {
		return nil, "", err
	}
	dir, err := os.MkdirTemp("", "newswatch-postgres-")
	if err == nil {
		err = own(dir)
	}
	if err != nil {
		return nil, "", fmt.Errorf("make a folder for PostgreSQL: %w", err)
	}
	return attributes, dir, nil
}

func launch(dir, postgres string, attributes *syscall.SysProcAttr) (*Postgres, error) {
	port, err := freePort()
	if err != nil {
		return nil, err
	}
	s := &Postgres{dir: dir, port: port}
	s.keeper = exec.Command("sh", "-c", keep, "keep", dir, postgres, strconv.Itoa(port))
	s.keeper.SysProcAttr, s.keeper.Dir = attributes, dir
	if s.life, err = s.keeper.StdinPipe(); err != nil {
		return nil, err
	}
	if err := s.keeper.Start(); err != nil {
		return nil, err
	}
	if err := s.wait(); err != nil {
		s.Close()
		return nil, err
	}
	return s, nil
}

func freePort() (int, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	defer listener.Close()
	return listener.Addr().(*net.TCPAddr).Port, nil
}

// binaries finds PostgreSQL's programs, the newest of those that Debian keeps
// out of the way.
func binaries() (initdb, postgres string, err error) {
	if initdb, err = exec.LookPath("initdb"); err == nil {
		if postgres, err = exec.LookPath("postgres"); err == nil {
			return initdb, postgres, nil
		}
	}
	folders, err := filepath.Glob("/usr/lib/postgresql/*/bin")
	if err != nil {
		return "", "", err
	}
	slices.Sort(folders)
	for _, folder := range slices.Backward(folders) {
		initdb, postgres = filepath.Join(folder, "initdb"), filepath.Join(folder, "postgres")
		_, err := exec.LookPath(initdb)
		if _, noServer := exec.LookPath(postgres); err == nil && noServer == nil {
			return initdb, postgres, nil
		}
	}
	return "", "", errNone
}

// unprivileged is how to run PostgreSQL, which refuses to be root, and how to
// give it a folder. Its processes are a group of their own, so that what ends
// the tests' group leaves the keeper to clean up.
func unprivileged() (*syscall.SysProcAttr, func(folder string) error, error) {
	attributes := &syscall.SysProcAttr{Setpgid: true}
	if os.Geteuid() != 0 {
		return attributes, func(string) error { return nil }, nil
	}
	for _, name := range []string{"postgres", "nobody"} {
		u, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, uidErr := strconv.Atoi(u.Uid)
		gid, gidErr := strconv.Atoi(u.Gid)
		if err := errors.Join(uidErr, gidErr); err != nil {
			return nil, nil, err
		}
		attributes.Credential = &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
		return attributes, func(folder string) error { return os.Chown(folder, uid, gid) }, nil
	}
	return nil, nil, errors.New("PostgreSQL does not run as root, and there is no user postgres or nobody")
}

// Address is the server's database, as its superuser.
func (s *Postgres) Address() string {
	return fmt.Sprintf("postgres://newswatch@127.0.0.1:%d/postgres?sslmode=disable", s.port)
}

// Schema is the address of a new schema on this server.
func (s *Postgres) Schema(t testing.TB) string { return schemaAt(t, s.Address()) }

// startLimit is how long a server may take to answer, on a busy machine.
const startLimit = time.Minute

// wait waits until the server answers.
func (s *Postgres) wait() error {
	db, err := sql.Open("pgx", s.Address())
	if err != nil {
		return err
	}
	defer db.Close()
	for start := time.Now(); ; time.Sleep(20 * time.Millisecond) {
		if err = db.Ping(); err == nil {
			return nil
		}
		if time.Since(start) > startLimit {
			log, _ := os.ReadFile(filepath.Join(s.dir, "log"))
			return fmt.Errorf("PostgreSQL does not start: %w: %s", err, log)
		}
	}
}

// Restart ends the server without letting anybody finish and returns when it
// answers again.
func (s *Postgres) Restart() error { return errors.Join(s.Stop(), s.Continue()) }

// Stop ends the server without letting anybody finish, until Continue.
func (s *Postgres) Stop() error {
	if err := os.WriteFile(filepath.Join(s.dir, "down"), nil, 0o644); err != nil {
		return err
	}
	text, err := os.ReadFile(filepath.Join(s.dir, "postmaster.pid"))
	if err != nil {
		return err
	}
	var server int
	if _, err := fmt.Sscan(string(text), &server); err != nil {
		return err
	}
	if err := syscall.Kill(server, syscall.SIGQUIT); err != nil {
		return err
	}
	for start := time.Now(); syscall.Kill(server, 0) == nil; time.Sleep(5 * time.Millisecond) {
		if time.Since(start) > startLimit {
			return errors.New("PostgreSQL does not stop")
		}
	}
	return nil
}

// Continue starts the server again and returns when it answers.
func (s *Postgres) Continue() error {
	if err := os.Remove(filepath.Join(s.dir, "down")); err != nil {
		return err
	}
	return s.wait()
}

// Tool is the path of one of PostgreSQL's programs, of the release that Start
// starts. Without PostgreSQL the test is skipped as Schema does, and without this
// program by its name: nobody asks for more than a server.
func Tool(t testing.TB, name string) string {
	t.Helper()
	_, postgres, err := binaries()
	if err == nil {
		postgres, err = filepath.EvalSymlinks(postgres) // beside which the others are
	}
	if err != nil {
		skip(t)
	}
	path, err := exec.LookPath(filepath.Join(filepath.Dir(postgres), name))
	if err != nil {
		t.Skipf("PostgreSQL's %s is not there", name)
	}
	return path
}

// Standby starts a server that follows this one, which from now on waits with
// each commit until the standby has it. It takes no writes before Promote.
func (s *Postgres) Standby(t testing.TB) *Postgres {
	t.Helper()
	standby, err := s.standby(Tool(t, "pg_basebackup"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(standby.Close)
	db, err := sql.Open("pgx", s.Address())
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for _, step := range []string{`alter system set synchronous_standby_names = '*'`, `select pg_reload_conf()`} {
		if _, err := db.Exec(step); err != nil {
			t.Fatal(err)
		}
	}
	following := false
	for start := time.Now(); !following; time.Sleep(20 * time.Millisecond) {
		err := db.QueryRow(`select count(*) > 0 from pg_stat_replication where sync_state = 'sync'`).Scan(&following)
		if err != nil || time.Since(start) > startLimit {
			t.Fatalf("the standby does not follow: %v", err)
		}
	}
	return standby
}

func (s *Postgres) standby(basebackup string) (*Postgres, error) {
	_, postgres, err := binaries()
	if err != nil {
		return nil, err
	}
	attributes, dir, err := dataFolder()
	if err != nil {
		return nil, err
	}
	copying := exec.Command(basebackup, "-d", s.Address(), "-D", dir, "--write-recovery-conf", "--checkpoint=fast", "--no-sync")
	copying.SysProcAttr, copying.Dir = attributes, dir
	if output, err := copying.CombinedOutput(); err != nil {
		return nil, errors.Join(fmt.Errorf("pg_basebackup: %w: %s", err, output), os.RemoveAll(dir))
	}
	return launch(dir, postgres, attributes)
}

// Promote makes a standby a server of its own.
func (s *Postgres) Promote(t testing.TB) {
	t.Helper()
	db, err := sql.Open("pgx", s.Address())
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Exec(`select pg_promote()`); err != nil {
		t.Fatal(err)
	}
}

// Terminate ends all other connections to the server.
func (s *Postgres) Terminate(db *sql.DB) (n int, err error) {
	err = db.QueryRow(`select count(pg_terminate_backend(pid)) from pg_stat_activity
		where pid <> pg_backend_pid() and backend_type = 'client backend'`).Scan(&n)
	return n, err
}

// Close ends the server and removes its data.
func (s *Postgres) Close() {
	s.life.Close()
	s.keeper.Wait()
}
