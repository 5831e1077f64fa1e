package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	"newswatch/monitor/config"
	"newswatch/monitor/store"
	"newswatch/rules"
)

const defaultConfig = "config.yaml"

// configuration reads the configuration or ends with all that is wrong with
// it. Warnings are for check and run to tell.
func (a *app) configuration() (*config.Config, error) {
	cfg, faults := config.Load(a.configPath())
	faults = append(faults, storeFaults(cfg)...)
	if faults.Broken() {
		fmt.Fprintln(a.err, faults)
		return nil, &failure{code: exitFault, err: errors.New("the configuration is at fault"), told: true}
	}
	if missing := faults.Missing(); len(missing) > 0 {
		fmt.Fprintln(a.err, missing)
		return nil, &failure{code: exitSlack, err: errors.New("a secret is missing"), told: true}
	}
	a.warnings = faults
	return cfg, nil
}

// storeFaults is what is wrong with the address of the configuration's server,
// if it has one and all variables in it.
func storeFaults(cfg *config.Config) config.Faults {
	if cfg == nil || !store.IsServer(cfg.StorePath) || strings.Contains(cfg.StorePath, "${") {
		return nil
	}
	if wrong, ok := errors.AsType[*store.AddressError](store.CheckAddress(cfg.StorePath)); ok {
		return config.Faults{cfg.Fault("store", wrong.Problem, wrong.Hint)}
	}
	return nil
}

func (a *app) configPath() string {
	if a.configFile != "" {
		return a.configFile
	}
	return defaultConfig
}

// configurationIfAny is the configuration, or nil where none was named and
// ./config.yaml does not exist.
func (a *app) configurationIfAny() (*config.Config, error) {
	if a.configFile == "" {
		if _, err := os.Stat(defaultConfig); errors.Is(err, fs.ErrNotExist) {
			return nil, nil
		}
	}
	return a.configuration()
}

// engine reads the rules in the folder that --rules names, or else the one
// that the configuration does, or ends with all that is wrong with them.
func (a *app) engine(cfg *config.Config) (*rules.Engine, error) {
	dir, err := a.rulesPath(cfg)
	if err != nil {
		return nil, err
	}
	engine, _, err := a.engineIn(dir)
	return engine, err
}

// engineIn reads the rules in a folder.
func (a *app) engineIn(dir string) (*rules.Engine, []rules.Source, error) {
	sources, err := readRules(dir)
	if err != nil {
		return nil, nil, err
	}
	engine, faults := rules.Load(sources)
	for _, f := range faults {
		fmt.Fprintln(a.err, f.String())
	}
	if engine == nil {
		return nil, nil, &failure{code: exitFault, err: errors.New("the rules are at fault"), told: true}
	}
	return engine, sources, nil
}

func (a *app) rulesPath(cfg *config.Config) (string, error) {
	if a.rulesDir != "" {
		return a.rulesDir, nil
	}
	if cfg == nil {
		return "", &failure{code: exitFault, err: errors.New("there are no rules: no config.yaml here, and --rules was not given"),
			hint: "--rules DIR names a folder of rule files; newswatch init DIR makes one"}
	}
	return cfg.RulesDir, nil
}

// rulesAlone is the engine for commands that need no configuration where the
// rules are named.
func (a *app) rulesAlone() (*rules.Engine, error) {
	if a.rulesDir != "" {
		return a.engine(nil)
	}
	cfg, err := a.configurationIfAny()
	if err != nil {
		return nil, err
	}
	return a.engine(cfg)
}

// A fileFault is what is wrong with a file, or a folder, as a whole.
type fileFault struct{ path, what string }

func (f *fileFault) Error() string { return f.path + ": " + f.what }

func atFault(path, what, hint string) error {
	return &failure{code: exitFault, err: &fileFault{path, what}, hint: hint}
}

// readRules reads the *.yaml files of a folder, but for hidden ones, which editors
// leave. Links that lead out of the folder are not followed.
func readRules(dir string) ([]rules.Source, error) {
	root, err := openFolder(dir)
	if err != nil {
		return nil, atFault(dir, "the folder of rules cannot be read: "+reason(err).Error(), "--rules DIR or rules: in config.yaml names the folder of rule files")
	}
	defer root.Close()
	names, err := fs.Glob(root.FS(), "*.yaml")
	if err != nil {
		return nil, atFault(dir, reason(err).Error(), "")
	}
	names = slices.DeleteFunc(names, func(name string) bool { return strings.HasPrefix(name, ".") })
	if len(names) == 0 {
		hint := "each rule file ends in .yaml"
		if others, _ := fs.Glob(root.FS(), "*.yml"); len(others) > 0 {
			hint = "rename " + others[0] + " to " + strings.TrimSuffix(others[0], ".yml") + ".yaml"
		}
		return nil, atFault(dir, "there are no rule files in this folder", hint)
	}
	sources := make([]rules.Source, 0, len(names))
	for _, name := range names {
		path := filepath.Join(dir, name)
		data, err := readRuleFile(root, path, name)
		if err != nil {
			return nil, err
		}
		sources = append(sources, rules.Source{Name: path, Data: data})
	}
	return sources, nil
}

// openFolder waits for nobody: opening a pipe would.
func openFolder(dir string) (*os.Root, error) {
	if info, err := os.Stat(dir); err == nil && !info.IsDir() {
		return nil, syscall.ENOTDIR
	}
	return os.OpenRoot(dir)
}

// maxRuleFile is more than package rules accepts, so that it is the one to say
// so.
const maxRuleFile = 2 << 20

func readRuleFile(root *os.Root, path, name string) ([]byte, error) {
	info, err := root.Stat(name)
	switch link, linkErr := root.Readlink(name); {
	case err != nil && linkErr == nil:
		return nil, atFault(path, "is a link to "+link+", which is not in the folder", "put the file itself in its place")
	case err != nil:
		return nil, atFault(path, "cannot be read: "+reason(err).Error(), "")
	case !info.Mode().IsRegular():
		return nil, atFault(path, "is no ordinary file", "take it away, or give it a name that does not end in .yaml")
	case info.Size() > maxRuleFile:
		return nil, atFault(path, "is too large for a rule file", "spread its rules over several files of at most 1 MiB")
	}
	data, err := root.ReadFile(name)
	if err != nil {
		return nil, atFault(path, "cannot be read: "+reason(err).Error(), "")
	}
	return data, nil
}

// reason is what lies at the bottom of a file error, without the path that the
// message names anyway.
func reason(err error) error {
	var pathErr *fs.PathError
	if errors.As(err, &pathErr) {
		return pathErr.Err
	}
	return err
}
