package main

import (
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"newswatch/monitor/store"
)

func (a *app) backupCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "backup FILE",
		Short: "Copy the store, beside a running worker, and verify the copy",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			cfg, err := a.configuration()
			if err != nil {
				return err
			}
			if dump, ok := store.DumpCommand(cfg.StorePath, args[0]); ok {
				return &failure{code: exitUsage, err: errors.New("a store on PostgreSQL is backed up with PostgreSQL's tools"), hint: dump}
			}
			kept, err := store.OpenReader(cmd.Context(), cfg.StorePath)
			if err != nil {
				return storeFailure(err)
			}
			defer kept.Close()
			b, err := kept.Backup(cmd.Context(), args[0], time.Now())
			if err != nil {
				return storeFailure(err)
			}
			return a.printBackup(args[0], cfg.StorePath, b)
		},
	}
}

func (a *app) printBackup(file, original string, b store.Backup) error {
	restore := store.RestoreCommand(original, file)
	if a.json {
		return jsonLines(a.out).Encode(struct {
			File     string    `json:"file"`
			Taken    time.Time `json:"taken"`
			Bytes    int64     `json:"bytes"`
			Articles int       `json:"articles"`
			Alerts   int       `json:"alerts"`
			Waiting  int       `json:"waiting"`
			Restore  string    `json:"restore"`
		}{file, b.Taken.UTC().Truncate(time.Second), b.Bytes, b.Articles, b.Alerts, b.Waiting, restore})
	}
	_, err := fmt.Fprintf(a.out, "%s: %s, %s, %s waiting; %.1f MB, verified\nto restore it, with newswatch stopped: %s\n", filepath.Base(file),
		count(b.Articles, "article", "articles"), count(b.Alerts, "alert", "alerts"), count(b.Waiting, "message", "messages"),
		float64(b.Bytes)/1e6, restore)
	return err
}
