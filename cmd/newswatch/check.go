package main

import (
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/spf13/cobra"

	"newswatch/monitor/config"
	"newswatch/rules"
)

func (a *app) checkCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "check",
		Short: "Check the configuration and the rules, and run the rules' own examples",
		Long: `Check the configuration and the rules, and run the rules' own examples. What is
wrong is told with its place, an example that fails with what its rule found in it
and the clause that decided.

--json prints a line for each fault and warning: file, line, column, level, message,
hint, and of an example explain: rule, fired, why, hits.`,
		Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error { return a.check() },
	}
}

// A finding is one fault of configuration or rules, as check prints it.
type finding struct {
	File    string `json:"file"`
	Line    int    `json:"line"`
	Column  int    `json:"column"`
	Level   string `json:"level"` // "error" or "warning"
	Message string `json:"message"`
	Hint    string `json:"hint,omitempty"`

	Explain *reasonOutput `json:"explain,omitempty"` // of an example that fails

	text   string // as people read it
	failed *rules.FailedExample
}

// gist is what is found, wherever in its file.
func (f finding) gist() string { return f.File + ": " + f.Message }

func ruleFinding(f rules.Fault) finding {
	return finding{File: f.File, Line: f.Line, Column: f.Column, Level: level(f.Warning), Message: f.Message, Hint: f.Hint, text: f.String()}
}

func configFinding(f config.Fault) finding {
	return finding{File: f.File, Line: f.Line, Column: f.Column, Level: level(f.Warning), Message: f.Message, Hint: f.Hint, text: f.String()}
}

func exampleFinding(failed rules.FailedExample) finding {
	f, why := ruleFinding(failed.Fault), reasonLine(failed.Told)
	f.Explain, f.failed = &why, &failed
	return f
}

// errorFinding is what is wrong with no line of a file.
func errorFinding(err error) finding {
	f := finding{Level: level(false), Message: err.Error(), text: "error: " + err.Error()}
	if file, ok := errors.AsType[*fileFault](err); ok {
		f.File, f.Message, f.text = file.path, file.what, file.Error()
	}
	if failed, ok := errors.AsType[*failure](err); ok && failed.hint != "" {
		f.Hint, f.text = failed.hint, f.text+"\nhint: "+failed.hint
	}
	return f
}

// check prints all that is wrong with the configuration, the rules and their
// examples. With --rules alone the configuration is not needed.
func (a *app) check() error {
	var findings []finding
	var cfg *config.Config
	if _, err := os.Stat(a.configPath()); a.rulesDir == "" || a.configFile != "" || err == nil {
		var faults config.Faults
		cfg, faults = config.Load(a.configPath())
		faults = append(faults, storeFaults(cfg)...)
		if cfg != nil && cfg.Slack != nil {
			faults = append(faults, cfg.Slack.Missing...)
		}
		for _, f := range faults {
			f.Warning = f.Warning || f.Secret // the file is good; whoever checks it need not know the secret
			findings = append(findings, configFinding(f))
		}
	}
	summary, ruleFindings, err := a.checkRules(cfg)
	if err != nil && len(findings) == 0 && !a.json {
		return err
	}
	findings = append(findings, ruleFindings...)
	return a.reportFindings(findings, cfg, summary)
}

func level(warning bool) string {
	if warning {
		return "warning"
	}
	return "error"
}

// checkRules loads the rules, when it is known where they are, and runs their
// examples.
func (a *app) checkRules(cfg *config.Config) (summary string, findings []finding, err error) {
	dir := a.rulesDir
	if dir == "" {
		dir = config.RulesDir(a.configPath())
	}
	if _, statErr := os.Stat(dir); cfg == nil && a.rulesDir == "" && statErr != nil {
		return "", nil, nil // the configuration is at fault, and perhaps in this
	}
	sources, err := readRules(dir)
	if err != nil {
		return "", []finding{errorFinding(err)}, err
	}
	engine, faults := rules.Load(sources)
	for _, f := range faults {
		findings = append(findings, ruleFinding(f))
	}
	if engine != nil {
		for _, f := range engine.EndedRules(time.Now().In(zoneOf(cfg))) {
			findings = append(findings, ruleFinding(f))
		}
		for _, failed := range engine.FailedExamples() {
			findings = append(findings, exampleFinding(failed))
		}
		summary = fmt.Sprintf("%s: %s in %s, %s", dir, count(len(engine.Rules()), "rule", "rules"),
			count(len(sources), "file", "files"), count(engine.Examples(), "example", "examples"))
	}
	return summary, findings, nil
}

// zoneOf is the zone by whose calendar rules end.
func zoneOf(cfg *config.Config) *time.Location {
	if cfg == nil {
		return time.UTC
	}
	return cfg.Zone
}

// reportFindings prints the findings; any but a warning is a failure.
func (a *app) reportFindings(findings []finding, cfg *config.Config, summary string) error {
	errorCount := 0
	encoder := jsonLines(a.out)
	page := newPage(a.out, false)
	for i, f := range findings {
		if f.Level != level(true) {
			errorCount++
		}
		if a.json {
			if err := encoder.Encode(f); err != nil {
				return err
			}
			continue
		}
		if i > 0 {
			fmt.Fprintln(a.out)
		}
		fmt.Fprintln(a.out, f.text)
		if f.failed == nil {
			continue
		}
		if err := page.decided(&f.failed.Article, f.failed.Told); err != nil {
			return err
		}
	}
	if errorCount > 0 {
		if !a.json {
			fmt.Fprintf(a.out, "\n%s\n", count(errorCount, "fault", "faults"))
		}
		return &failure{code: exitFault, err: errors.New("faults found"), told: true}
	}
	if a.json {
		return nil
	}
	if len(findings) > 0 {
		fmt.Fprintln(a.out)
	}
	if cfg != nil {
		fmt.Fprintf(a.out, "%s: %s, times in %s\n", a.configPath(), count(len(cfg.Feeds), "feed", "feeds"), cfg.Zone)
	}
	_, err := fmt.Fprintf(a.out, "%s\nok\n", summary)
	return err
}

func count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}
