package main

import (
	"io"

	"github.com/spf13/cobra"

	"newswatch"
	"newswatch/rules"
)

func (a *app) schemaCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "schema [rules|config]",
		Short: "Print the JSON Schema of rule files or of config.yaml, for editors",
		Long: `Print the JSON Schema (draft 7) of rule files, or of config.yaml. With it an
editor completes and describes the keys. newswatch init puts both beside the
files, which name them.`,
		Args:      cobra.MatchAll(cobra.MaximumNArgs(1), cobra.OnlyValidArgs),
		ValidArgs: []string{"rules", "config"},
		RunE: func(_ *cobra.Command, args []string) error {
			schema := rules.Schema
			if len(args) > 0 && args[0] == "config" {
				schema = newswatch.ConfigSchema
			}
			_, err := io.WriteString(a.out, schema)
			return err
		},
	}
}
