package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/spf13/cobra"
)

// probeLimit is how long a health check waits for its answer.
const probeLimit = 5 * time.Second

func (a *app) healthCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "health",
		Short: "Ask the running worker whether it is well; for a container's health check",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			cfg, err := a.configuration()
			if err != nil {
				return err
			}
			if cfg.Listen == "" {
				return &failure{code: exitFailed, err: errors.New("http.listen is off: there is nothing to ask")}
			}
			return a.probe(cmd.Context(), cfg.Listen)
		},
	}
}

func (a *app) probe(ctx context.Context, listen string) error {
	ctx, cancel := context.WithTimeout(ctx, probeLimit)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+loopback(listen)+"/healthz", nil)
	if err != nil {
		return err
	}
	client := http.Client{Transport: &http.Transport{}} // no proxy: the worker is on this machine
	response, err := client.Do(request)
	if err != nil {
		return &failure{code: exitFailed, err: fmt.Errorf("no worker answers on %s", listen), hint: "newswatch run starts it"}
	}
	defer response.Body.Close()
	body, err := io.ReadAll(io.LimitReader(response.Body, 1024))
	if err != nil {
		return err
	}
	text := strings.TrimSpace(plainLine(string(body)))
	if response.StatusCode != http.StatusOK {
		return &failure{code: exitFailed, err: errors.New(text)}
	}
	_, err = fmt.Fprintln(a.out, text)
	return err
}

// loopback is how to reach on this machine what listens on every address.
func loopback(listen string) string {
	host, port, err := net.SplitHostPort(listen)
	if err != nil {
		return listen
	}
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	return net.JoinHostPort(host, port)
}
