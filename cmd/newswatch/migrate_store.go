package main

import (
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/spf13/cobra"

	"newswatch/monitor/config"
	"newswatch/monitor/store"
)

func (a *app) migrateStoreCommand() *cobra.Command {
	var to string
	cmd := &cobra.Command{
		Use:   "migrate-store --to postgres://user@host/db",
		Short: "Move the store from its file to PostgreSQL, and verify it",
		Long: `Move the store from its file to PostgreSQL, with newswatch stopped: all or nothing, into a database or
schema without a store. Every table is read back and compared. The file stays as it is. The password is read from
PGPASSWORD or ~/.pgpass where the address has none, or from the environment where it has ${NAME}: put the
address in single quotes, and no other process sees it.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) (err error) {
			cfg, err := a.configuration()
			if err != nil {
				return err
			}
			if to == "" {
				return &failure{code: exitUsage, err: errors.New("it is not said where the store shall go"), hint: "--to postgres://user@host/db"}
			}
			if !store.IsServer(to) || store.IsServer(cfg.StorePath) {
				return &failure{code: exitUsage, err: errors.New("a store moves from a file to PostgreSQL"), hint: "--to postgres://user@host/db; between servers pg_dump moves it"}
			}
			to, err := serverAt(to)
			if err != nil {
				return err
			}
			defer func() {
				if err != nil && cmd.Context().Err() != nil { // whatever was under way failed for it
					err = &failure{code: exitFailed, err: errors.New("stopped; nothing was moved")}
				}
			}()
			there, err := store.OpenReader(cmd.Context(), cfg.StorePath) // Open would make one
			if err == nil {
				err = there.Close()
			}
			if err != nil {
				return storeFailure(err)
			}
			kept, err := store.Open(cmd.Context(), cfg.StorePath)
			if err != nil {
				return storeFailure(err)
			}
			defer kept.Close()
			moved, err := kept.Move(cmd.Context(), to, time.Now(), a.moveProgress())
			if errors.Is(err, store.ErrOccupied) {
				return &failure{code: exitStore, err: err, hint: "name an empty database, or a schema of its own with ?search_path=…"}
			}
			if err != nil {
				return storeFailure(err)
			}
			return a.printMoved(moved)
		},
	}
	cmd.Flags().StringVar(&to, "to", "", "the server, postgres://user@host/db")
	return cmd
}

// serverAt is a server's address from the command line, its variables expanded
// as in the key store.
func serverAt(text string) (string, error) {
	address, fault := config.StoreAddress(text, os.LookupEnv)
	if fault == nil {
		if wrong, ok := errors.AsType[*store.AddressError](store.CheckAddress(address)); ok {
			fault = &config.Fault{Message: wrong.Problem, Hint: wrong.Hint}
		}
	}
	if fault == nil {
		return address, nil
	}
	code := exitUsage
	if fault.Secret {
		code = exitSlack
	}
	return "", &failure{code: code, err: errors.New(fault.Message), hint: fault.Hint}
}

// moveProgress draws how far a move is, on a terminal.
func (a *app) moveProgress() func(table string, done, all int) {
	if !isTerminal(a.err) {
		return func(string, int, int) {}
	}
	var shown time.Time
	return func(table string, done, all int) {
		switch now := time.Now(); {
		case done == all:
			fmt.Fprint(a.err, "\r\x1b[K")
		case now.Sub(shown) >= meterEvery:
			shown = now
			fmt.Fprintf(a.err, "\r\x1b[K%s %d of %d", table, done, all)
		}
	}
}

func (a *app) printMoved(moved []store.Table) error {
	if a.json {
		lines := jsonLines(a.out)
		for _, table := range moved {
			if err := lines.Encode(table); err != nil {
				return err
			}
		}
		return nil
	}
	t := table{color: colored(a.out)}
	t.row("TABLE", "ROWS", "SUM")
	for _, m := range moved {
		t.row(m.Name, fmt.Sprint(m.Rows), m.Sum)
	}
	if err := t.print(a.out); err != nil {
		return err
	}
	_, err := fmt.Fprintln(a.out, "moved and verified; now let store in config.yaml name the server, and start newswatch")
	return err
}
