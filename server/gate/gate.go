package gate

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"

	"github.com/keywright/keywright"
	"github.com/keywright/keywright/api"
	"github.com/keywright/keywright/policy"
)

// verifier decides. keywright.Service is one.
type verifier interface {
	Verify(ctx context.Context, r keywright.Request) (keywright.Verdict, error)
}

// Options are the settings of a Gate. The zero value is right for the built-in policy.
type Options struct {
	Policy *policy.Policy // the verifier's own; default policy.Default()
	Log    *slog.Logger   // hears why there was no verdict; default: nowhere
}

// Gate is the handler of the data plane.
type Gate struct {
	verifier verifier
	policy   *policy.Policy
	log      *slog.Logger
	routes   *http.ServeMux
}

// New makes a Gate that asks v.
func New(v verifier, o Options) *Gate {
	if o.Policy == nil {
		o.Policy = policy.Default()
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	g := &Gate{verifier: v, policy: o.Policy, log: o.Log, routes: http.NewServeMux()}
	g.routes.HandleFunc("/v1/verify", g.verify)
	g.routes.HandleFunc("/forward-auth", g.forwardAuth)
	g.routes.HandleFunc("/refusal", g.lastWord)
	g.routes.HandleFunc("/", g.notFound)
	return g
}

// ServeHTTP answers one request. No answer may be stored: the next one can be another.
func (g *Gate) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "no-store")
	g.routes.ServeHTTP(w, r)
}

func (g *Gate) notFound(w http.ResponseWriter, _ *http.Request) {
	g.problem(w, api.NewProblem(http.StatusNotFound, api.CodeNotFound, "Not found",
		"The data plane has /v1/verify, /forward-auth and /refusal."))
}

// judge asks for the verdict on a credential. Where there is none, or more than one, there
// is nothing to ask.
func (g *Gate) judge(ctx context.Context, c credential, version string) (keywright.Verdict, error) {
	switch {
	case errors.Is(c.err, policy.ErrAmbiguousCredential):
		return keywright.Verdict{Reason: keywright.AmbiguousCredential}, nil
	case c.err != nil:
		return keywright.Verdict{Reason: keywright.NoCredential}, nil
	}
	return g.verifier.Verify(ctx, keywright.Request{Text: c.text, Way: c.way, Version: version})
}

func (g *Gate) problem(w http.ResponseWriter, p *api.Problem) {
	g.answer(w, p.Status, api.ProblemType, p)
}

func (g *Gate) answer(w http.ResponseWriter, status int, contentType string, v any) {
	body, err := json.Marshal(v)
	if err != nil { // only for a time beyond the year 9999
		g.log.Error("an answer can't be written as JSON", "error", err)
		http.Error(w, "internal error", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", contentType)
	w.WriteHeader(status)
	_, _ = w.Write(body) // the caller has gone away: nobody is left to be told
}
