package server

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"
)

// The limits of every endpoint (reliability figures: slow clients, huge headers and bodies).
const (
	HeaderTimeout = 5 * time.Second
	ReadTimeout   = 10 * time.Second
	WriteTimeout  = 15 * time.Second
	IdleTimeout   = 60 * time.Second
	DrainTimeout  = 10 * time.Second // for requests under way when the process stops

	MaxHeader = 16 << 10 // bytes; more answers 431
	MaxBody   = 64 << 10 // bytes, unless the Endpoint says otherwise; more answers 413
)

// Endpoint is one listener and what answers on it.
type Endpoint struct {
	Name     string // in the log: "console", "verify", "operator"
	Listener net.Listener
	Handler  http.Handler

	// Hosts are the names under which it may be addressed, without port; nil for any.
	// Requests for another host are refused: a web page whose name was rebound to a loopback
	// address would otherwise be same-origin with the console.
	Hosts []string

	// Anonymous leaves out the X-Request-Id header: answers to an end client must not
	// differ from one another where their reasons must not be told apart.
	Anonymous bool

	MaxBody  int64      // bytes; default MaxBody
	LogLevel slog.Level // of the line per request; default Info
}

// Run serves all endpoints until ctx ends, then lets the requests under way finish for
// DrainTimeout. It answers the first error of a listener, nil after a clean stop.
func Run(ctx context.Context, log *slog.Logger, endpoints ...Endpoint) error {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	servers := make([]*http.Server, len(endpoints))
	ended := make(chan struct{}, len(endpoints))
	for i, e := range endpoints {
		servers[i] = &http.Server{
			Handler:           wrap(e, log),
			ReadHeaderTimeout: HeaderTimeout,
			ReadTimeout:       ReadTimeout,
			WriteTimeout:      WriteTimeout,
			IdleTimeout:       IdleTimeout,
			MaxHeaderBytes:    MaxHeader - 4096, // net/http adds 4 KiB of its own
			ErrorLog:          slog.NewLogLogger(log.With("endpoint", e.Name).Handler(), slog.LevelDebug),
		}
		go func() {
			err := servers[i].Serve(e.Listener)
			if !errors.Is(err, http.ErrServerClosed) {
				stop(fmt.Errorf("serve %s: %w", e.Name, err))
			}
			ended <- struct{}{}
		}()
	}
	<-ctx.Done()
	drain, cancel := context.WithTimeout(context.WithoutCancel(ctx), DrainTimeout)
	defer cancel()
	for i, s := range servers {
		if err := s.Shutdown(drain); err != nil {
			log.Warn("requests were cut off at the stop", "endpoint", endpoints[i].Name)
			_ = s.Close()
		}
	}
	for range endpoints {
		<-ended
	}
	if cause := context.Cause(ctx); !errors.Is(cause, context.Canceled) {
		return cause
	}
	return nil
}
