package gate

import (
	"fmt"
	"net/http"
	"time"

	"github.com/keywright/keywright"
	"github.com/keywright/keywright/api"
	"github.com/keywright/keywright/policy"
	"github.com/keywright/keywright/secret"
)

// verify answers POST /v1/verify. A refused key is an answer like a good one: 200. That it
// can't be said whether the key is good is none: 503, so that nobody refuses the end client
// for it with a 401.
func (g *Gate) verify(w http.ResponseWriter, r *http.Request) {
	body, problem := read(w, r, jsonType, MaxBody)
	if problem != nil {
		g.problem(w, problem)
		return
	}
	asked, err := api.ReadVerifyRequest(body)
	if err != nil {
		g.problem(w, notJSON(err))
		return
	}
	o := g.offer.Load()
	q, wrong := o.question(&asked, "")
	if wrong != nil {
		g.problem(w, invalid(wrong...))
		return
	}
	var verdict keywright.Verdict
	err = g.judge(r.Context(), q.credential, q.request, &verdict)
	switch {
	case err != nil:
		g.decline(w, g.undecided(r.Context(), err))
	case verdict.Reason == keywright.Stale:
		g.decline(w, o.refusalOf(&verdict))
	default:
		told := o.told(&verdict)
		answer, err := told.AppendJSON(body[:0]) // what was asked has been copied
		if err != nil {
			g.fault(w, err)
			return
		}
		write(w, http.StatusOK, g.json, answer)
	}
}

// roomForAVerdict is enough for nearly every one, in bytes: it takes the place of the question.
const roomForAVerdict = 512

// question is a VerifyRequest as it is put to the verifier.
type question struct {
	credential credential
	request    keywright.Request
}

// question answers what can't be meant too, with pointers that begin with place.
func (o *offer) question(asked *api.VerifyRequest, place string) (question, []api.FieldError) {
	var wrong []api.FieldError
	say := func(field, why string) { wrong = append(wrong, api.FieldError{Pointer: place + field, Detail: why}) }
	q := question{credential{text: asked.Credential}, keywright.Request{
		Version: asked.APIVersion, Method: asked.Method, Scopes: asked.Scopes, MinRevision: asked.MinRevision,
		Env: secret.Env(asked.Environment),
	}}
	if !isEnvironment(asked.Environment) {
		say("/environment", "is neither live nor test; leave it out for either")
	}
	switch {
	case asked.Authorization == "":
	case asked.Credential != "":
		say("/credential", "is given beside /authorization; give the key's text or the header that it came in")
	default:
		q.credential.text, q.credential.way, q.credential.err = policy.Presented([]string{asked.Authorization}, nil)
	}
	if asked.APIVersion == "" {
		q.request.Version = o.asked(asked.Accept)
	}
	if asked.ClientIP != "" {
		address, ok := readAddress(asked.ClientIP)
		if !ok {
			say("/client_ip", "is not one IPv4 or IPv6 address, without port, zone or leading zeros")
		}
		q.request.ClientIP = address
	}
	switch {
	case asked.Cost == nil:
	case *asked.Cost > api.MaxCost:
		say("/cost", fmt.Sprintf("is more than %d", api.MaxCost))
	case *asked.Cost == 0:
		q.request.Cost = -1
	default:
		q.request.Cost = int(*asked.Cost)
	}
	if len(asked.Scopes) > policy.MaxScopes {
		say("/scopes", fmt.Sprintf("has more than %d entries, which is more than a policy can have", policy.MaxScopes))
		return q, wrong
	}
	for i, scope := range asked.Scopes {
		if !isScope(scope) {
			say(fmt.Sprintf("/scopes/%d", i), "can't be a scope; write one like incidents:read, without wildcards")
		}
	}
	if asked.Scopes == nil && asked.Path != "" {
		q.request.Scopes = o.need(asked.Method, asked.Path)
	}
	return q, wrong
}

// told is a verdict as it is told to the protected API. Of the key it tells only when the end
// client proved that it holds it.
func (o *offer) told(v *keywright.Verdict) api.Verdict {
	t := api.Verdict{Valid: v.Valid, Code: api.CodeValid, Revision: v.Revision, AgeMS: v.Age.Milliseconds(), Stale: v.Overdue}
	if !v.Valid {
		t.Code, t.Detail = api.Code(v.Reason), o.explain(v).detail
	}
	if !proved(v) {
		return t
	}
	t.Key = &api.VerdictKey{
		ID: string(v.Key.ID), Kind: string(v.Key.Kind), Environment: string(v.Key.Env),
		LastFour: v.Key.LastFour, APIVersion: v.Key.Version,
	}
	t.Account = &api.VerdictAccount{ID: string(v.Account.ID), Slug: v.Account.Slug, Plan: v.Account.Plan}
	if v.Key.Member != "" {
		t.Member = &api.VerdictMember{ID: string(v.Key.Member)}
	}
	t.APIVersion = v.Version.Name
	t.Key.ExpiresAt, t.Key.SecretEndsAt = orNil(v.Key.Expires), orNil(v.Ends)
	if v.Valid {
		e := o.endOf(v)
		t.Deprecation, t.Sunset = orNil(e.deprecated), orNil(e.sunset)
		if v.Version.State != policy.Current {
			t.Notice = v.Version.Notice
		}
	}
	t.Scopes, t.MissingScope = v.Scopes, v.Missing
	if t.Scopes == nil {
		t.Scopes = []string{} // that there are none is told too
	}
	if v.Limited {
		t.Limits = &api.VerdictLimits{Remaining: v.Limit.Remaining}
		if seconds(v.Limit.RetryAfter) > 0 {
			t.Limits.RetryAfterMS = int64((v.Limit.RetryAfter + time.Millisecond - 1) / time.Millisecond)
		}
	}
	return t
}

func orNil(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}
