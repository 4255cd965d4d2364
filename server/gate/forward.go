package gate

import (
	"net/http"
	"strings"

	"github.com/keywright/keywright"
)

// forwardAuth answers a gateway that asks, for each request, whether to forward it: 200 with
// the key's identity in headers, or the refusal for the end client. Method and body of the
// request do not matter; its headers are the end client's.
//
// The gateway overwrites these identity headers, and removes every other header that begins
// with Keywright-, in what it forwards: here inbound copies are not even looked at, but an
// end client could send some to the protected API.
func (g *Gate) forwardAuth(w http.ResponseWriter, r *http.Request) {
	verdict, refused := g.ask(r)
	switch {
	case refused == nil:
		admit(w.Header(), verdict)
		w.WriteHeader(http.StatusOK)
	case r.Header.Get("Keywright-Gateway") == "nginx":
		refuseToNginx(w, refused)
	default:
		g.refuse(w, refused)
	}
}

// lastWord answers the end client of a request that nginx has to refuse, in full. It asks
// again, about the same headers, and never answers 2xx: it stands where the answer of the
// protected API would.
func (g *Gate) lastWord(w http.ResponseWriter, r *http.Request) {
	_, refused := g.ask(r)
	if refused == nil { // the key has become good, or the store has come back
		refused = unavailable("What was refused a moment ago would pass now. Try again.")
	}
	g.refuse(w, refused)
}

// ask finds the verdict on a request as an end client sent it, and how to refuse it if it is
// not good.
func (g *Gate) ask(r *http.Request) (keywright.Verdict, *refusal) {
	version := g.policy.Requested(strings.Join(r.Header["Accept"], ","))
	verdict, err := g.judge(r.Context(), forwarded(r), version)
	switch {
	case err != nil:
		return verdict, g.undecided(r.Context(), err)
	case !verdict.Valid:
		return verdict, g.refusalOf(verdict)
	}
	return verdict, nil
}

// admit says who the end client is. Keywright-Member and Keywright-Scopes are not among the
// headers yet: an account key acts for no member and has every scope.
func admit(h http.Header, v keywright.Verdict) {
	h.Set("Keywright-Key-Id", string(v.Key.ID))
	h.Set("Keywright-Account", v.Account.Slug)
	h.Set("Keywright-Account-Id", string(v.Account.ID))
	h.Set("Keywright-Api-Version", v.Version.Name)
}
