// Command newswatch watches news feeds, matches what is new against watch
// rules, and posts alerts to Slack. Each command is a file of its own; this
// one has the flags they share, signals, and the exit codes.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"newswatch/monitor/config"
)

// Exit codes are a contract that scripts rely on.
const (
	exitFailed = 1 // the work failed
	exitUsage  = 2
	exitFault  = 3 // config or rules at fault
	exitStore  = 4
	exitSlack  = 5 // Slack or a secret
	exitLocked = 6 // another worker has the store
	exitNewer  = 7 // the store's schema is newer than this binary
)

func main() { os.Exit(run(&app{in: os.Stdin, out: os.Stdout, err: os.Stderr})) }

// run executes the command line and returns the exit code.
func run(a *app) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // a second signal ends the process at once
	return a.execute(ctx, os.Args[1:])
}

// An app is one invocation of the program.
type app struct {
	in       io.Reader
	out, err io.Writer

	configFile string
	rulesDir   string
	json       bool
	verbose    bool
	wired      func(*bot)    // sees a worker before it starts; may be nil
	warnings   config.Faults // of the configuration
	begun      bool          // a command runs: its errors are no longer those of usage
}

// A failure is an error that says with which code the program ends.
type failure struct {
	code int
	err  error
	hint string
	told bool // what is wrong has been printed
}

func (f *failure) Error() string { return f.err.Error() }

func (f *failure) Unwrap() error { return f.err }

// execute runs one command and returns the exit code.
func (a *app) execute(ctx context.Context, args []string) int {
	root := a.root()
	root.SetArgs(args)
	root.SetIn(a.in)
	root.SetOut(a.out)
	root.SetErr(a.err)
	cmd, err := root.ExecuteContextC(ctx)
	if err == nil {
		return 0
	}
	f := &failure{code: exitUsage, err: err, hint: usageHint(cmd, root.Flags().Args())}
	if !errors.As(err, &f) && a.begun {
		f = &failure{code: exitFailed, err: err}
	}
	if !f.told {
		fmt.Fprintf(a.err, "error: %v\n", f.err)
		if f.hint != "" {
			fmt.Fprintf(a.err, "hint: %s\n", f.hint)
		}
	}
	return f.code
}

// usageHint tells what to do about a command line that is none.
func usageHint(cmd *cobra.Command, args []string) string {
	if cmd.HasParent() {
		return cmd.CommandPath() + " --help tells how it is used"
	}
	hint := "newswatch --help lists the commands"
	if len(args) > 0 {
		cmd.SuggestionsMinimumDistance = 2 // slips
		if meant := cmd.SuggestionsFor(args[0]); len(meant) > 0 {
			return "did you mean " + strings.Join(meant, " or ") + "? Otherwise " + hint
		}
	}
	return hint
}

func (a *app) root() *cobra.Command {
	root := &cobra.Command{
		Use:              "newswatch",
		Short:            "Watches news feeds and tells Slack what matters",
		Version:          buildVersion(),
		SilenceUsage:     true,
		SilenceErrors:    true,
		PersistentPreRun: func(*cobra.Command, []string) { a.begun = true },
		Args:             cobra.NoArgs,
		RunE:             func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	flags := root.PersistentFlags()
	flags.StringVar(&a.configFile, "config", "", "the configuration (default ./config.yaml)")
	flags.StringVar(&a.rulesDir, "rules", "", "the folder of rule files (default: what the configuration names)")
	flags.BoolVar(&a.json, "json", false, "print JSON Lines")
	flags.BoolVarP(&a.verbose, "verbose", "v", false, "log more")
	root.AddCommand(
		a.runCommand(), a.demoCommand(), a.initCommand(), a.checkCommand(),
		a.matchCommand(), a.groupCommand(), a.explainCommand(), a.feedCommand(),
		a.backtestCommand(), a.draftCommand(), a.searchCommand(), a.rulesCommand(),
		a.feedsCommand(), a.importCommand(), a.exportCommand(), a.alertsCommand(), a.storiesCommand(), a.statusCommand(), a.backupCommand(), a.migrateStoreCommand(), a.benchCommand(), a.schemaCommand(), a.slackCommand(), a.healthCommand(), a.versionCommand(),
	)
	return root
}
