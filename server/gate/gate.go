package gate

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"sync/atomic"

	"github.com/keywright/keywright"
	"github.com/keywright/keywright/api"
	"github.com/keywright/keywright/policy"
)

// verifier decides. keywright.Verifier is one, and so is keywright.Service.
type verifier interface {
	Verify(ctx context.Context, r keywright.Request) (keywright.Verdict, error)
}

// Options are the settings of a Gate. The zero value is right for the built-in policy and a
// loopback address.
type Options struct {
	Policy *policy.Policy // the verifier's own; default policy.Default(); SetPolicy replaces it
	Log    *slog.Logger   // hears why there was no verdict; default: nowhere

	// Callers knows who may ask; nil: everybody who reaches the Gate.
	Callers Callers

	// TrustedHops is how many proxies there are between an end client and the Gate that add to
	// X-Forwarded-For from where they were asked: 1 is the gateway alone, 2 the gateway and one
	// before it. Default 0: the header is not believed, and no address is known, so that a key
	// with allowed networks is refused at /forward-auth.
	TrustedHops int

	// PublicURL is where people reach the console, without a slash at its end. It begins links
	// to documentation that lies there and is the issuer of introspections. Default: neither is
	// told.
	PublicURL string
}

// Gate is the handler of the data plane.
type Gate struct {
	verifier  verifier
	offer     atomic.Pointer[offer]
	log       *slog.Logger
	callers   Callers
	hops      int
	publicURL string
	counts    counts

	routes *http.ServeMux
	often  map[string]http.HandlerFunc // of routes, by the path: see Before

	// Lines of answers' headers. Nobody changes them, so all answers have the same ones.
	noStore, json []string
}

// New makes a Gate that asks v.
func New(v verifier, o Options) *Gate {
	if o.Policy == nil {
		o.Policy = policy.Default()
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	g := &Gate{verifier: v, log: o.Log, callers: o.Callers, hops: o.TrustedHops, publicURL: o.PublicURL, counts: newCounts(), routes: http.NewServeMux(), noStore: []string{"no-store"}, json: []string{jsonType}}
	g.SetPolicy(o.Policy)
	g.often = map[string]http.HandlerFunc{"/v1/verify": g.called(g.verify), "/forward-auth": g.forwardAuth}
	for path, answer := range g.often {
		g.routes.HandleFunc(path, answer)
	}
	g.routes.HandleFunc("/v1/verify/batch", g.called(g.verifyBatch))
	g.routes.HandleFunc("/v1/introspect", g.called(g.introspect))
	g.routes.HandleFunc("/refusal", g.lastWord)
	g.routes.HandleFunc("/", g.notFound)
	return g
}

// SetPolicy lets all requests that come from now on be answered by another policy. Requests
// that are under way go on by the one that they began with.
func (g *Gate) SetPolicy(p *policy.Policy) { g.offer.Store(newOffer(p, g.publicURL)) }

// ServeHTTP answers one request. No answer may be stored: the next one can be another.
func (g *Gate) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header()["Cache-Control"] = g.noStore
	g.routes.ServeHTTP(w, r)
}

// Before is next, of which the Gate is a part, but that what is asked with every request to the
// protected API goes straight to the Gate. Two ServeMux on the way took as long as the verdict.
func (g *Gate) Before(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		answer := g.often[r.URL.Path]
		if answer == nil || r.URL.RawPath != "" { // a path in another spelling is for next to judge
			next.ServeHTTP(w, r)
			return
		}
		r.Pattern = r.URL.Path // as a ServeMux does, for the log
		w.Header()["Cache-Control"] = g.noStore
		answer(w, r)
	})
}

func (g *Gate) notFound(w http.ResponseWriter, _ *http.Request) {
	g.problem(w, api.NewProblem(http.StatusNotFound, api.CodeNotFound, "Not found",
		"The data plane has /v1/verify, /v1/verify/batch, /v1/introspect, /forward-auth and /refusal."))
}

// judge asks for the verdict on a credential. Where there is none, or more than one, there
// is nothing to ask. A Verdict is large, so it is put where it is needed.
func (g *Gate) judge(ctx context.Context, c credential, r keywright.Request, into *keywright.Verdict) (err error) {
	switch {
	case errors.Is(c.err, policy.ErrAmbiguousCredential):
		into.Reason = keywright.AmbiguousCredential
	case c.err != nil || c.text == "":
		into.Reason = keywright.NoCredential
	default:
		r.Text, r.Way = c.text, c.way
		*into, err = g.verifier.Verify(ctx, r)
	}
	if err == nil {
		g.counts[into.Reason].Add(1)
	}
	return err
}
