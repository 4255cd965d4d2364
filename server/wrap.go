package server

import (
	"crypto/rand"
	"encoding/json"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"reflect"
	"regexp"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"github.com/keywright/keywright/api"
)

// wrap puts around an endpoint's handler what every request needs.
func wrap(e Endpoint, log *slog.Logger) http.Handler {
	log = log.With("endpoint", e.Name)
	if e.MaxBody == 0 {
		e.MaxBody = MaxBody
	}
	noSniff := []string{"nosniff"} // nobody changes it, so all answers have the same one
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		logged := log.Enabled(r.Context(), e.LogLevel)
		var start time.Time
		id := ""
		if logged || !e.Anonymous { // drawing an id and reading the clock cost as much as a verdict
			start, id = time.Now(), rand.Text()[:12]
		}
		if !e.Anonymous {
			w.Header().Set("X-Request-Id", id)
		}
		w.Header()["X-Content-Type-Options"] = noSniff
		seen := &recorder{ResponseWriter: w}
		defer func() {
			if cause := recover(); cause != nil && cause != http.ErrAbortHandler { //nolint:errorlint // recover answers the very value
				// The cause may hold what the client sent, so only its type and place are logged.
				log.Error("panic", "request", id, "type", reflect.TypeOf(cause).String(), "stack", string(debug.Stack()))
				fail(seen, api.NewProblem(http.StatusInternalServerError, api.CodeInternal, "Internal error", "Something went wrong on our side. Nothing was answered; try again, or tell us the request id."), id)
			}
			if !logged {
				return
			}
			log.LogAttrs(r.Context(), e.LogLevel, "request", slog.String("request", id), slog.String("method", method(r)),
				slog.String("route", route(r)), slog.Int("status", seen.code()), slog.Duration("took", time.Since(start)), slog.String("from", from(r)))
		}()
		if e.Hosts != nil && !slices.Contains(e.Hosts, host(r)) {
			fail(seen, api.NewProblem(http.StatusMisdirectedRequest, api.CodeNotFound, "Misdirected request", "This service does not go by that host name. Use the public URL that its operator configured."), id)
			return
		}
		if r.ContentLength > e.MaxBody {
			w.Header().Set("Connection", "close")
			fail(seen, tooLarge(e.MaxBody), id)
			return
		}
		if r.ContentLength < 0 { // net/http reads no further than a length that was said
			r.Body = http.MaxBytesReader(seen, r.Body, e.MaxBody)
		}
		e.Handler.ServeHTTP(seen, r)
	})
}

func tooLarge(most int64) *api.Problem {
	return api.NewProblem(http.StatusRequestEntityTooLarge, api.CodeTooLarge, "Body too large", fmt.Sprintf("A request body can have %d KiB at most.", most>>10))
}

func fail(w *recorder, p *api.Problem, id string) {
	if w.status != 0 {
		return // the handler had begun to answer
	}
	p.RequestID = id
	w.Header().Set("Content-Type", api.ProblemType)
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(p.Status)
	_ = json.NewEncoder(w).Encode(p)
}

// recorder remembers the status for the log.
type recorder struct {
	http.ResponseWriter
	status int
}

func (w *recorder) WriteHeader(status int) {
	if w.status == 0 {
		w.status = status
	}
	w.ResponseWriter.WriteHeader(status)
}

func (w *recorder) Write(b []byte) (int, error) {
	if w.status == 0 {
		w.status = http.StatusOK
	}
	return w.ResponseWriter.Write(b)
}

// Unwrap lets http.ResponseController reach the connection.
func (w *recorder) Unwrap() http.ResponseWriter { return w.ResponseWriter }

func (w *recorder) code() int {
	if w.status == 0 {
		return http.StatusOK
	}
	return w.status
}

var segment = regexp.MustCompile(`^/[a-z0-9-]{0,20}$`)

// route names what was asked for without its variable parts: a path can hold a one-time
// link, or a key that someone pasted in the wrong place.
func route(r *http.Request) string {
	if r.Pattern != "" {
		return r.Pattern
	}
	first := "/" + strings.SplitN(strings.TrimPrefix(r.URL.Path, "/"), "/", 2)[0]
	if segment.MatchString(first) {
		return first
	}
	return "/…"
}

func method(r *http.Request) string {
	if len(r.Method) > 20 {
		return "…"
	}
	return r.Method
}

func host(r *http.Request) string {
	if name, _, err := net.SplitHostPort(r.Host); err == nil {
		return strings.ToLower(strings.Trim(name, "[]"))
	}
	return strings.ToLower(strings.Trim(r.Host, "[]"))
}

func from(r *http.Request) string {
	address, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return "socket"
	}
	return address
}
