package gate

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/keywright/keywright"
	"github.com/keywright/keywright/api"
	"github.com/keywright/keywright/policy"
	"github.com/keywright/keywright/secret"
)

// forwardAuth answers a gateway that asks, for each request, whether to forward it: 200 with
// the key's identity in headers, or the refusal for the end client. Method and body of the
// question do not matter; its headers are the end client's, but for those that the gateway
// sets: see originalOf, requireHeader, client and gatewayMayAsk.
//
// The gateway overwrites these identity headers, and removes every other header that begins
// with Keywright-, in what it forwards: here inbound copies are not even looked at, but an
// end client could send some to the protected API.
func (g *Gate) forwardAuth(w http.ResponseWriter, r *http.Request) {
	o := g.offer.Load()
	var verdict keywright.Verdict
	refused := g.ask(o, r, &verdict)
	confess(w.Header(), &verdict)
	switch {
	case refused == nil:
		o.admit(w.Header(), &verdict)
		w.WriteHeader(http.StatusOK)
	case r.Header.Get("Keywright-Gateway") == "nginx":
		refuseToNginx(w, refused)
	default:
		g.refuse(w, o, refused)
	}
}

// lastWord answers the end client of a request that nginx has to refuse, in full. It asks
// again, about the same headers, and never answers 2xx: it stands where the answer of the
// protected API would.
func (g *Gate) lastWord(w http.ResponseWriter, r *http.Request) {
	o := g.offer.Load()
	var verdict keywright.Verdict
	refused := g.ask(o, r, &verdict)
	confess(w.Header(), &verdict)
	if refused == nil { // the key has become good, or the store has come back
		refused = unavailable("What was refused a moment ago would pass now. Try again.")
	}
	g.refuse(w, o, refused)
}

// ask finds the verdict on a request as an end client sent it, and how to refuse it if it is
// not good.
func (g *Gate) ask(o *offer, r *http.Request, verdict *keywright.Verdict) *refusal {
	if refused := g.gatewayMayAsk(r); refused != nil {
		return refused
	}
	about, err := originalOf(r.Header)
	if err != nil {
		return unclear("Its method and address are given twice, in X-Original-Method and X-Original-URI or X-Forwarded-Method and X-Forwarded-Uri, and differ. Send none of these headers.")
	}
	scopes, err := required(o.need(about.method, about.path), r.Header[requireHeader])
	if err != nil {
		return unclear("What it needs can't be said: " + requireHeader + " holds what can't be a scope. Do not send this header.")
	}
	environment := strings.Join(r.Header[environmentHeader], ",")
	if !isEnvironment(environment) {
		return unclear("What it needs can't be said: " + environmentHeader + " is neither live nor test. Do not send this header.")
	}
	err = g.judge(r.Context(), forwarded(r), keywright.Request{
		Version: o.asked(strings.Join(r.Header["Accept"], ",")),
		Method:  about.method, Scopes: scopes, ClientIP: client(r.Header["X-Forwarded-For"], g.hops),
		Env: secret.Env(environment),
	}, verdict)
	switch {
	case err != nil:
		return g.undecided(r.Context(), err)
	case !verdict.Valid:
		return o.refusalOf(verdict)
	}
	return nil
}

// confess says of an answer that it rests on keys that are older than the staleness bound.
func confess(h http.Header, v *keywright.Verdict) {
	if v.Overdue {
		h.Set("Keywright-Stale", "true")
	}
}

// unclear refuses a request that could be taken for two. It has nothing to do with the key.
func unclear(detail string) *refusal {
	return &refusal{Refusal: policy.Refusal{Status: http.StatusBadRequest, Code: string(api.CodeInvalid), Title: "Unclear request", Detail: detail}}
}

// admit says who the end client is, and what he is to know of the version that he asks for.
// Without Keywright-Scopes there is no scope in the key's reach, without Keywright-Member it
// acts for the account.
func (o *offer) admit(h http.Header, v *keywright.Verdict) {
	lines := make([]string, 0, 7) // one allocation for all values, where Header.Set makes one for each
	set := func(name, value string) {
		lines = append(lines, value)
		h[name] = lines[len(lines)-1 : len(lines) : len(lines)]
	}
	set("Keywright-Key-Id", string(v.Key.ID))
	set("Keywright-Account", v.Account.Slug)
	set("Keywright-Account-Id", string(v.Account.ID))
	set("Keywright-Api-Version", v.Version.Name)
	set("Keywright-Revision", strconv.FormatUint(v.Revision, 10))
	if v.Key.Member != "" {
		set("Keywright-Member", string(v.Key.Member))
	}
	if len(v.Scopes) > 0 {
		set("Keywright-Scopes", strings.Join(v.Scopes, " "))
	}
	for _, line := range o.headers[v.Version.Name] {
		h.Add(line.Name, line.Value)
	}
	o.endOf(v).tell(h)
}
