package gate

import (
	"context"
	"net/http"
	"strconv"

	"github.com/keywright/keywright"
	"github.com/keywright/keywright/api"
)

// refusal is how a request is refused to the end client.
type refusal struct {
	problem    *api.Problem
	challenge  string // the WWW-Authenticate header; empty: none
	retryAfter int    // seconds; 0: no such header
}

// refusalOf is the refusal of a verdict. Missing, malformed and unknown are one and the same
// to the end client, byte for byte: who guesses learns nothing.
func (g *Gate) refusalOf(v keywright.Verdict) *refusal {
	if !proved(v) && v.Reason != keywright.AmbiguousCredential {
		return &refusal{
			problem: api.NewProblem(http.StatusUnauthorized, api.CodeUnauthenticated, "Unauthenticated",
				"Send a valid API key in a header, such as Authorization: Bearer. A key in the URL is not read."),
			challenge: challenge,
		}
	}
	e := g.explain(v)
	return &refusal{problem: api.NewProblem(e.status, api.Code(v.Reason), e.title, e.detail), challenge: e.challenge}
}

// undecided is the answer when there is no verdict. It is never 401: that would make the end
// client throw a good key away during our outage.
func (g *Gate) undecided(ctx context.Context, cause error) *refusal {
	if ctx.Err() == nil { // else the caller has gone away, which is no fault
		g.log.ErrorContext(ctx, "no verdict", "error", cause)
	}
	return unavailable("Whether the key is good can't be said right now. Try again.")
}

func unavailable(detail string) *refusal {
	return &refusal{problem: api.NewProblem(http.StatusServiceUnavailable, api.CodeUnavailable, "Unavailable", detail), retryAfter: 1}
}

func (g *Gate) refuse(w http.ResponseWriter, f *refusal) {
	if f.challenge != "" {
		w.Header().Set("WWW-Authenticate", f.challenge)
	}
	if f.retryAfter > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(f.retryAfter))
	}
	g.problem(w, f.problem)
}

// refuseToNginx says the same in the words that nginx's auth_request knows: 401 and 403. It
// makes 500 of every other status and throws every body away. Its error_page then asks
// /refusal for what the end client is to see, the challenge among it: one that was here as
// well would reach the end client twice.
func refuseToNginx(w http.ResponseWriter, f *refusal) {
	w.Header().Set("Keywright-Status", strconv.Itoa(f.problem.Status))
	w.Header().Set("Keywright-Code", string(f.problem.Code))
	if f.problem.Status == http.StatusUnauthorized {
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	w.WriteHeader(http.StatusForbidden)
}
