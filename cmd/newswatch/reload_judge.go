package main

import (
	"fmt"
	"os"
	"slices"
	"strings"

	"newswatch/monitor/config"
	"newswatch/rules"
)

// judge says what the files come to, or all that is wrong with them, as check
// does. A warning is logged when it is new, and stops nothing.
func (r *reloader) judge(found files) (prospect, []finding) {
	cfg, findings := judgeConfig(r.watched.config, found, !r.bot.terminal)
	if cfg != nil {
		if now := r.app.watches(cfg); now.rules != r.watched.rules || fmt.Sprint(now.secrets) != fmt.Sprint(r.watched.secrets) {
			text, sum := found.text, found.sum
			found = now.read()
			found.text, found.sum, found.fault = text, sum, nil
		}
	}
	engine, ruleFindings := r.judgeRules(cfg, found)
	var faults []finding
	warnings := make(map[string]bool)
	for _, f := range append(findings, ruleFindings...) {
		switch {
		case f.Level == level(false):
			faults = append(faults, f)
		case !r.warnings[f.gist()]:
			r.app.logFinding(r.bot.log, f)
			fallthrough
		default:
			warnings[f.gist()] = true
		}
	}
	r.warnings = warnings
	return prospect{files: found, cfg: cfg, engine: engine}, faults
}

// judgeConfig reads the configuration. A secret that it names must be there.
func judgeConfig(path string, found files, slack bool) (*config.Config, []finding) {
	if found.fault != nil {
		return nil, []finding{configFinding(*found.fault)}
	}
	cfg, faults := config.Parse(path, found.text, os.LookupEnv)
	faults = append(faults, storeFaults(cfg)...)
	if cfg != nil && cfg.Slack != nil && slack {
		faults = append(faults, cfg.Slack.Missing...)
	}
	var findings []finding
	for _, f := range faults {
		if strings.HasPrefix(f.Hint, "export ") {
			f.Hint = "a running newswatch sees no new variable: export it and start anew, or take the edit back"
		}
		findings = append(findings, configFinding(f))
	}
	return cfg, findings
}

// failures are the examples that fail. Those that fail by what is in force as
// well are warnings: that edit does not make them worse, and perhaps others better.
func (r *reloader) failures(engine *rules.Engine) []rules.Fault {
	failed := engine.FailedExamples()
	if len(failed) == 0 {
		return nil
	}
	before := r.bot.inForce.Load().Engine.FailedExamples()
	faults := make([]rules.Fault, len(failed))
	for i, f := range failed {
		f.Warning = slices.ContainsFunc(before, f.Like)
		faults[i] = f.Fault
	}
	return faults
}

// judgeRules compiles the rules and runs their examples. A folder that is not
// there is told where the configuration names it.
func (r *reloader) judgeRules(cfg *config.Config, found files) (*rules.Engine, []finding) {
	if found.err != nil {
		f := errorFinding(found.err)
		if cfg != nil && r.app.rulesDir == "" && f.File == cfg.RulesDir {
			f = configFinding(cfg.Fault("rules", f.text[:strings.IndexByte(f.text+"\n", '\n')], f.Hint))
		}
		return nil, []finding{f}
	}
	var findings []finding
	engine, faults := rules.Load(found.rules)
	if engine != nil {
		faults = append(faults, engine.EndedRules(r.bot.now().In(zoneOf(cfg)))...)
		faults = append(faults, r.failures(engine)...)
	}
	for _, f := range faults {
		if f.File == "" { // of all files together
			f.File = r.watched.rules
		}
		findings = append(findings, ruleFinding(f))
	}
	return engine, findings
}
