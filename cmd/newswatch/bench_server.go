package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"newswatch/monitor/store"
)

// A benchServer is the PostgreSQL that a bench's workers share. They work in a
// schema of their own, which goes with the bench.
type benchServer struct {
	address  string // of that schema
	open     string // the same without password, for a file
	password string
	schema   string
	conn     *pgx.Conn
	postgres int // process of the server, where this machine runs it; else 0
	counted  bool
}

// openBenchServer makes the schema.
func openBenchServer(ctx context.Context, address string) (*benchServer, error) {
	u, err := url.Parse(address)
	if err != nil || !store.IsServer(address) {
		return nil, &failure{code: exitUsage, err: errors.New("a bench's store is a PostgreSQL server, or a file of its own"), hint: "--store postgres://user@host/db"}
	}
	s := &benchServer{schema: "newswatch_bench_" + strings.ToLower(rand.Text())}
	if s.conn, err = pgx.Connect(ctx, address); err != nil {
		return nil, storeFailure(fmt.Errorf("connect to the bench's server: %w", err))
	}
	if _, err := s.conn.Exec(ctx, `create schema `+s.schema); err != nil {
		return nil, errors.Join(storeFailure(fmt.Errorf("make a schema for the bench: %w", err)), s.conn.Close(ctx))
	}
	query := u.Query()
	query.Set("search_path", s.schema)
	u.RawQuery = query.Encode()
	s.address = u.String()
	if s.password, _ = u.User.Password(); s.password != "" {
		u.User = url.User(u.User.Username())
	}
	s.open = u.String()
	if err := s.look(ctx); err != nil {
		return nil, errors.Join(err, s.close())
	}
	return s, nil
}

// look finds out what can be measured of the server.
func (s *benchServer) look(ctx context.Context) error {
	err := s.conn.QueryRow(ctx, `select count(*) > 0 from pg_extension where extname = 'pg_stat_statements'
		and current_setting('shared_preload_libraries') like '%pg_stat_statements%'`).Scan(&s.counted)
	if err != nil {
		return fmt.Errorf("look at the bench's server: %w", err)
	}
	var pid int
	if err := s.conn.QueryRow(ctx, `select pg_backend_pid()`).Scan(&pid); err != nil {
		return fmt.Errorf("look at the bench's server: %w", err)
	}
	host := s.conn.Config().Host
	if host != "localhost" && !strings.HasPrefix(host, "127.") && host != "::1" && !filepath.IsAbs(host) {
		return nil
	}
	if line, err := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid)); err == nil && strings.HasPrefix(string(line), "postgres: ") { // else in a container
		backend, err := readProcess(pid)
		if err != nil {
			return err
		}
		s.postgres = backend.parent
	}
	return nil
}

func (s *benchServer) close() error {
	ctx := context.Background()
	_, err := s.conn.Exec(ctx, `drop schema `+s.schema+` cascade`)
	return errors.Join(err, s.conn.Close(ctx))
}

// A serverUse is what a server has done so far, or in some time. What could not
// be measured is nil.
type serverUse struct {
	cpu        *time.Duration
	statements *int64
	written    int64 // bytes of the write-ahead log
}

func (s *benchServer) use(ctx context.Context) (u serverUse, err error) {
	if err := s.conn.QueryRow(ctx, `select (pg_current_wal_lsn() - '0/0')::bigint`).Scan(&u.written); err != nil {
		return u, fmt.Errorf("measure the bench's server: %w", err)
	}
	if s.counted {
		err := s.conn.QueryRow(ctx, `select coalesce(sum(s.calls), 0)::bigint from pg_stat_statements s
			join pg_database d on d.oid = s.dbid where d.datname = current_database()`).Scan(&u.statements)
		if err != nil {
			return u, fmt.Errorf("measure the bench's server: %w", err)
		}
	}
	if s.postgres != 0 {
		cpu, err := familyTime(s.postgres)
		u.cpu = &cpu
		return u, err
	}
	return u, nil
}

// familyTime is the processor time of a process, of its children and of those
// that have ended.
func familyTime(parent int) (cpu time.Duration, err error) {
	p, err := readProcess(parent)
	if err != nil {
		return 0, err
	}
	cpu = p.cpu + p.ended
	list, err := os.ReadFile(fmt.Sprintf("/proc/%d/task/%d/children", parent, parent))
	if err != nil {
		return 0, err
	}
	for _, field := range strings.Fields(string(list)) {
		var child int
		fmt.Sscan(field, &child)
		if p, err := readProcess(child); err == nil { // else it has ended
			cpu += p.cpu
		}
	}
	return cpu, nil
}

// A serverShare is what the server did for each poll, or in a second.
type serverShare struct {
	CPU        *float64 `json:"cpu_ms,omitempty"`
	Statements *float64 `json:"statements,omitempty"`
	Written    float64  `json:"wal_kib"`
}

// share is what was done between two looks, by n.
func share(before, after serverUse, n float64) *serverShare {
	s := &serverShare{Written: float64(after.written-before.written) / 1024 / n}
	if before.cpu != nil {
		cpu := (*after.cpu - *before.cpu).Seconds() * 1000 / n
		s.CPU = &cpu
	}
	if before.statements != nil {
		statements := float64(*after.statements-*before.statements) / n
		s.Statements = &statements
	}
	return s
}

func (s *serverShare) String() string {
	var parts []string
	if s.CPU != nil {
		parts = append(parts, fmt.Sprintf("%.2f ms of processor time", *s.CPU))
	}
	if s.Statements != nil {
		parts = append(parts, fmt.Sprintf("%.2f statements", *s.Statements))
	}
	return strings.Join(append(parts, fmt.Sprintf("%.1f KiB of log", s.Written)), ", ")
}
