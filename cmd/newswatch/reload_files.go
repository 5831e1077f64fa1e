package main

import (
	"crypto/sha256"
	"fmt"
	"io"
	"os"

	"newswatch/monitor/config"
	"newswatch/rules"
)

// watched says which files are looked at.
type watched struct {
	config  string
	rules   string   // a folder
	secrets []string // that the configuration names
}

func (a *app) watches(cfg *config.Config) watched {
	w := watched{config: a.configPath(), rules: cfg.RulesDir, secrets: cfg.Origin.SecretFiles}
	if a.rulesDir != "" {
		w.rules = a.rulesDir
	}
	return w
}

// files are those as they are at one moment, be it unreadable.
type files struct {
	text    []byte // of the configuration
	sum     [sha256.Size]byte
	fault   *config.Fault // why it cannot be read; nil: it can
	rules   []rules.Source
	err     error // of reading the rules
	secrets []string
}

func (w watched) read() files {
	var f files
	f.text, f.fault = config.Read(w.config)
	f.sum = sha256.Sum256(f.text)
	f.rules, f.err = readRules(w.rules)
	for _, name := range w.secrets {
		f.secrets = append(f.secrets, contentOf(name))
	}
	return f
}

// mostSecret is more than any token has.
const mostSecret = 8 << 10

// contentOf is what a file holds, or why it cannot be read: enough to see that it
// has changed.
func contentOf(name string) string {
	info, err := os.Stat(name)
	if err != nil || !info.Mode().IsRegular() {
		return fmt.Sprint(err)
	}
	file, err := os.Open(name)
	if err != nil {
		return err.Error()
	}
	defer file.Close()
	data, err := io.ReadAll(io.LimitReader(file, mostSecret))
	return fmt.Sprint(string(data), err)
}

// A fingerprint tells states of the files apart.
type fingerprint [sha256.Size]byte

func (f *files) fingerprint() fingerprint {
	hash := sha256.New()
	part := func(what string, data []byte) {
		fmt.Fprintf(hash, "%s %d\n", what, len(data))
		hash.Write(data)
	}
	part("config", f.sum[:])
	part("fault", fmt.Append(nil, f.fault))
	for _, s := range f.rules {
		part(s.Name, s.Data)
	}
	part("error", fmt.Append(nil, f.err))
	for _, secret := range f.secrets {
		part("secret", []byte(secret))
	}
	return fingerprint(hash.Sum(nil))
}
