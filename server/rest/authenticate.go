package rest

import (
	"context"
	"errors"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/keywright/keywright"
	"github.com/keywright/keywright/policy"
	"github.com/keywright/keywright/secret"
)

// refusal is an error that says why a request did not get in.
type refusal struct {
	reason keywright.Reason
	sent   bool // a credential was sent, good or bad
	token  bool // it is an operator's token

	// until is when a disabled key works again by itself, wait how long that is; zero: never.
	until time.Time
	wait  time.Duration
}

func (r *refusal) Error() string { return "refused: " + string(r.reason) }

// admit finds out who asks and whether he may use the API at all: but for the operator, the
// account's plan must give API access (F2). Who he is, he may ask on any plan.
//
// Errors: *refusal, ErrSuspended, *NotEntitledError, *api.Problem.
func (h *handler) admit(r *http.Request, op *huma.Operation) (keywright.Principal, error) {
	if h.options.Operator {
		return h.operator(r, op, "")
	}
	anyPlan := op.OperationID == opSelf
	sent := len(r.Header.Values("Authorization"))+len(r.Header.Values("X-API-Key")) > 0
	if keyInURL(r.URL) {
		if sent {
			return keywright.Principal{}, &refusal{reason: keywright.AmbiguousCredential, sent: true}
		}
		return keywright.Principal{}, &refusal{reason: keywright.NoCredential}
	}
	if by, ok := h.session(r, sent); ok {
		if err := h.origins.Check(r); err != nil {
			return keywright.Principal{}, crossOrigin()
		}
		return by, h.member(r.Context(), by, anyPlan)
	}
	text, way, err := policy.Presented(r.Header.Values("Authorization"), r.Header.Values("X-API-Key"))
	switch {
	case errors.Is(err, policy.ErrAmbiguousCredential):
		return keywright.Principal{}, &refusal{reason: keywright.AmbiguousCredential, sent: true}
	case err != nil:
		return keywright.Principal{}, &refusal{reason: keywright.NoCredential}
	}
	token, err := h.token(r.Context(), text, way)
	if err != nil {
		return keywright.Principal{}, err
	}
	if token != "" {
		return h.operator(r, op, token)
	}
	return h.key(r, text, way, anyPlan)
}

// session is who is signed in to the console. A key goes before: whoever sends one means it.
func (h *handler) session(r *http.Request, sent bool) (keywright.Principal, bool) {
	if sent {
		return keywright.Principal{}, false
	}
	return h.options.Session(r)
}

// keyInURL reports whether somebody put a key into the query string, where logs and the
// browser's history have kept it already. It is never taken from there.
func keyInURL(u *url.URL) bool {
	query, _ := url.ParseQuery(u.RawQuery)
	for name, values := range query {
		for _, text := range append(values, name) {
			if _, err := secret.Parse(text); err == nil {
				return true
			}
		}
	}
	return false
}

// token finds the operator's token that was sent; empty: what was sent may be a key. Only what has
// a brand as tokens have is looked for among them, and what is not there may still be a key of a
// product whose brand ends so.
func (h *handler) token(ctx context.Context, text string, way policy.Presentation) (keywright.OperatorTokenID, error) {
	parts, ok := secret.Split(text)
	if !ok || way != policy.PresentBearer || !strings.HasSuffix(parts.Brand, policy.OperatorSuffix) {
		return "", nil
	}
	by, reason, err := h.svc.OperatorBy(ctx, text)
	switch reason {
	case "", keywright.Unknown:
		return by.Token, err
	}
	return "", &refusal{reason: reason, sent: true, token: true}
}

// key finds out which key was sent. The Accept header may name an API version, but that of
// the product's API: it does not matter here.
//
// A key with allowed networks is held to the address that the connection comes from: behind a
// proxy that is the proxy's, since of this listener nobody has said which one to trust.
func (h *handler) key(r *http.Request, text string, way policy.Presentation, anyPlan bool) (keywright.Principal, error) {
	from, _ := netip.ParseAddrPort(r.RemoteAddr)
	verdict, err := h.svc.Verify(r.Context(), keywright.Request{Text: text, Way: way, ClientIP: from.Addr()})
	if err != nil {
		return keywright.Principal{}, err
	}
	by := verdict.Key.By()
	switch {
	case verdict.Valid:
		return by, nil
	case verdict.Reason == keywright.PlanNotEntitled && anyPlan && verdict.Version.Takes(way):
		return by, nil
	case verdict.Reason == keywright.PlanNotEntitled:
		if err := keywright.NotEntitled(h.svc.Policy(), verdict.Account.Plan, verdict.Key.Kind); err != nil {
			return by, err
		}
		return by, keywright.ErrNotEntitled // of the policy that was in force a moment ago
	}
	refused := &refusal{reason: verdict.Reason, sent: true}
	if verdict.Reason == keywright.Disabled && !verdict.Key.Enables.IsZero() {
		refused.until, refused.wait = verdict.Key.Enables, verdict.Key.Enables.Sub(verdict.At)
	}
	return by, refused
}

// member finds out whether a member still belongs to his account, and whether that is active
// and has API access.
func (h *handler) member(ctx context.Context, by keywright.Principal, anyPlan bool) error {
	self, err := h.svc.Whoami(ctx, by)
	switch {
	case errors.Is(err, keywright.ErrNotFound) && by.ForOperator:
		return noSuchMember()
	case errors.Is(err, keywright.ErrNotFound):
		return &refusal{reason: keywright.Unknown, sent: true}
	case err != nil || anyPlan:
		return err
	case self.Account.State != keywright.AccountActive:
		return keywright.ErrSuspended
	}
	return keywright.NotEntitled(h.svc.Policy(), self.Account.Plan, keywright.AccountKey)
}
