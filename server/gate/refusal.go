package gate

import (
	"context"
	"encoding/json"
	"net/http"
	"strconv"

	"github.com/keywright/keywright"
	"github.com/keywright/keywright/api"
	"github.com/keywright/keywright/policy"
)

// refusal is how a request is refused.
type refusal struct {
	policy.Refusal
	challenge  string // the WWW-Authenticate header; empty: none
	retryAfter int    // seconds; 0: no such header
	headers    []policy.Header

	// What refuse writes, when it is known beforehand.
	contentType string
	body        []byte
}

// refusalOf is the refusal of a verdict to an end client. Missing, malformed and unknown are
// one and the same, byte for byte: who guesses learns nothing.
func (o *offer) refusalOf(v *keywright.Verdict) *refusal {
	if !proved(v) && v.Reason != keywright.AmbiguousCredential && v.Reason != keywright.Stale {
		return o.stranger
	}
	e := o.explain(v)
	f := &refusal{
		Refusal:   policy.Refusal{Status: e.status, Code: string(v.Reason), Title: e.title, Detail: e.detail},
		challenge: e.challenge, retryAfter: e.retryAfter,
	}
	switch v.Reason {
	case keywright.OutOfScope:
		f.Scope, f.Held = v.Missing, v.Scopes
	case keywright.VersionOff:
		f.headers = o.headers[v.Version.Name]
	case keywright.OverLimit:
		f.headers = o.rateHeaders(v)
	}
	return f
}

// rateHeaders are what clients that were made for the pagerduty form wait by.
func (o *offer) rateHeaders(v *keywright.Verdict) []policy.Header {
	plan, ok := o.Plan(v.Account.Plan)
	if !ok || o.Errors.String() != policy.PagerDuty().String() {
		return nil
	}
	return []policy.Header{
		{Name: "Ratelimit-Limit", Value: strconv.Itoa(plan.Rate.Burst)},
		{Name: "Ratelimit-Remaining", Value: strconv.Itoa(v.Limit.Remaining)},
		{Name: "Ratelimit-Reset", Value: strconv.Itoa(seconds(v.Limit.RetryAfter))},
	}
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
	return &refusal{Refusal: policy.Refusal{
		Status: http.StatusServiceUnavailable, Code: string(api.CodeUnavailable), Title: "Unavailable", Detail: detail,
	}, retryAfter: 1}
}

// refuse answers an end client, in the form that the policy chose.
func (g *Gate) refuse(w http.ResponseWriter, o *offer, f *refusal) {
	f.head(w.Header())
	contentType, body := f.contentType, f.body
	if body == nil {
		contentType, body = o.Errors.Render(f.Refusal)
	}
	write(w, f.Status, []string{contentType}, body)
}

// decline answers whoever asks for verdicts: always in our own form.
func (g *Gate) decline(w http.ResponseWriter, f *refusal) {
	f.head(w.Header())
	g.problem(w, api.NewProblem(f.Status, api.Code(f.Code), f.Title, f.Detail))
}

func (g *Gate) problem(w http.ResponseWriter, p *api.Problem) {
	g.answer(w, p.Status, api.ProblemType, p)
}

func (f *refusal) head(h http.Header) {
	if f.challenge != "" {
		h.Set("WWW-Authenticate", f.challenge)
	}
	if f.retryAfter > 0 {
		h.Set("Retry-After", strconv.Itoa(f.retryAfter))
	}
	for _, line := range f.headers {
		h.Add(line.Name, line.Value)
	}
}

// refuseToNginx says the same in the words that nginx's auth_request knows: 401 and 403. It
// makes 500 of every other status and throws every body away. Its error_page then asks
// /refusal for what the end client is to see, the challenge among it: one that was here as
// well would reach the end client twice.
func refuseToNginx(w http.ResponseWriter, f *refusal) {
	w.Header().Set("Keywright-Status", strconv.Itoa(f.Status))
	w.Header().Set("Keywright-Code", f.Code)
	if f.Status == http.StatusUnauthorized {
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	w.WriteHeader(http.StatusForbidden)
}

// answer writes v as JSON.
func (g *Gate) answer(w http.ResponseWriter, status int, contentType string, v any) {
	body, err := json.Marshal(v)
	if err != nil {
		g.fault(w, err)
		return
	}
	write(w, status, []string{contentType}, body)
}

// fault answers when an answer can't be written as JSON: only for a time beyond the year 9999.
func (g *Gate) fault(w http.ResponseWriter, err error) {
	g.log.Error("an answer can't be written as JSON", "error", err)
	http.Error(w, "internal error", http.StatusInternalServerError)
}

// write answers with a header line that is not changed again, so that many answers can have the
// same one.
func write(w http.ResponseWriter, status int, contentType []string, body []byte) {
	w.Header()["Content-Type"] = contentType
	w.WriteHeader(status)
	_, _ = w.Write(body) // the caller has gone away: nobody is left to be told
}
