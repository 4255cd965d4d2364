package gate

import (
	"context"
	"net/http"

	"github.com/keywright/keywright"
	"github.com/keywright/keywright/api"
	"github.com/keywright/keywright/policy"
)

// Callers knows the operator's own programs, which may ask for verdicts, by their tokens.
type Callers interface {
	// Caller answers why text is not the token of one who may ask; empty: it is. That takes as
	// long for a token that nobody has as for one that is not quite right. Stale, or an error,
	// is when it can't be said.
	Caller(ctx context.Context, text string) (keywright.Reason, error)
}

// callerChallenge is the same with no token and with a wrong one.
const callerChallenge = `Bearer realm="data plane"`

// Called is next for those alone who may ask for verdicts: it is for what stands beside the Gate
// on the data plane and is not for everybody.
func (g *Gate) Called(next http.Handler) http.Handler { return g.called(next.ServeHTTP) }

// called lets nobody but a caller pass. It comes before all else, so that a stranger learns
// nothing of what is behind it.
func (g *Gate) called(next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		reason, err := g.mayAsk(r.Context(), r.Header["Authorization"])
		switch {
		case err != nil:
			g.decline(w, g.undecided(r.Context(), err))
		case reason == keywright.Stale:
			g.decline(w, g.offer.Load().refusalOf(&keywright.Verdict{Reason: reason}))
		case reason != "":
			g.decline(w, &refusal{Refusal: policy.Refusal{
				Status: http.StatusUnauthorized, Code: string(api.CodeUnauthenticated), Title: "Unauthenticated",
				Detail: "Whoever asks for verdicts here sends a token of his own as Authorization: Bearer. The operator issues it, with keywright token issue --use verify; an API key is no such token.",
			}, challenge: callerChallenge})
		default:
			next(w, r)
		}
	}
}

// gatewayMayAsk looks for the gateway's token in a header of its own: Authorization is the end
// client's. Where it fails, that is no fault of the end client, to whom the gateway passes our
// answer on. A 401 would make all of them throw good keys away, so it is never one.
func (g *Gate) gatewayMayAsk(r *http.Request) *refusal {
	reason, err := g.mayAsk(r.Context(), r.Header["Keywright-Authorization"])
	switch {
	case err != nil:
		return g.undecided(r.Context(), err)
	case reason == keywright.Stale:
		return g.offer.Load().refusalOf(&keywright.Verdict{Reason: reason})
	case reason != "":
		return unavailable("The gateway has no valid token of its own for Keywright. Its operator has to mend that; the API key may well be good.")
	}
	return nil
}

func (g *Gate) mayAsk(ctx context.Context, lines []string) (keywright.Reason, error) {
	if g.callers == nil {
		return "", nil
	}
	text, way, err := policy.Presented(lines, nil)
	if err != nil || way != policy.PresentBearer {
		return keywright.NoCredential, nil
	}
	return g.callers.Caller(ctx, text)
}
