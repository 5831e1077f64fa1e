package main

import (
	"fmt"
	"os"
	"strings"

	"newswatch/monitor/config"
	"newswatch/rules"
)

// judge says what the files come to, or all that is wrong with them, as check
// does. A warning is logged and stops nothing.
func (r *reloader) judge(found files) (prospect, []finding) {
	cfg, findings := judgeConfig(r.watched.config, found, !r.bot.terminal)
	if cfg != nil {
		if now := r.app.watches(cfg); now.rules != r.watched.rules || fmt.Sprint(now.secrets) != fmt.Sprint(r.watched.secrets) {
			text, sum := found.text, found.sum
			found = now.read()
			found.text, found.sum, found.fault = text, sum, nil
		}
	}
	engine, ruleFindings := judgeRules(found)
	var faults []finding
	for _, f := range append(findings, ruleFindings...) {
		if f.Level == level(false) {
			faults = append(faults, f)
		} else {
			r.app.logFinding(r.bot.log, f)
		}
	}
	return prospect{files: found, cfg: cfg, engine: engine}, faults
}

// judgeConfig reads the configuration. A secret that it names must be there.
func judgeConfig(path string, found files, slack bool) (*config.Config, []finding) {
	if found.fault != nil {
		return nil, []finding{configFinding(*found.fault)}
	}
	cfg, faults := config.Parse(path, found.text, os.LookupEnv)
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

// judgeRules compiles the rules and runs their examples.
func judgeRules(found files) (*rules.Engine, []finding) {
	if found.err != nil {
		return nil, []finding{errorFinding(found.err)}
	}
	var findings []finding
	engine, faults := rules.Load(found.rules)
	if engine != nil {
		faults = append(faults, engine.CheckExamples()...)
	}
	for _, f := range faults {
		findings = append(findings, ruleFinding(f))
	}
	return engine, findings
}
