package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"

	"newswatch/monitor"
)

// heartbeatLimit is how long a ping may take.
const heartbeatLimit = 10 * time.Second

// heartbeat returns what pings the operator's watchdog. The address is the
// operator's own and not guarded; whoever knows it could keep the watchdog
// quiet, and so no error names it. Redirects are not followed, and no proxy is
// used. Nil: there is no address.
func heartbeat(address monitor.Secret) func(context.Context) error {
	if address.Empty() {
		return nil
	}
	client := &http.Client{
		Timeout:       heartbeatLimit,
		Transport:     &http.Transport{ForceAttemptHTTP2: true, MaxIdleConnsPerHost: 1, IdleConnTimeout: 90 * time.Second},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	return func(ctx context.Context) error {
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, address.Reveal(), nil)
		if err != nil {
			return errors.New("http.heartbeat is no address")
		}
		response, err := client.Do(request)
		if err != nil {
			if outer, ok := errors.AsType[*url.Error](err); ok {
				err = outer.Err
			}
			return fmt.Errorf("the watchdog was not reached: %w", err)
		}
		defer response.Body.Close()
		io.Copy(io.Discard, io.LimitReader(response.Body, 4096)) // so that the connection is used again
		if response.StatusCode/100 != 2 {
			return fmt.Errorf("the watchdog answered %s", response.Status)
		}
		return nil
	}
}
