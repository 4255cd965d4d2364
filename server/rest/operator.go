package rest

import (
	"errors"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/keywright/keywright"
)

// operator is the operator, who acts by a token or, when that is empty, over the socket; or the
// member in whose place he acts.
func (h *handler) operator(r *http.Request, op *huma.Operation, token keywright.OperatorTokenID) (keywright.Principal, error) {
	by, err := h.acting(r, op)
	by.Token = token
	if err != nil || !by.ForOperator {
		return by, err
	}
	return by, h.member(r.Context(), by, op.OperationID == opSelf)
}

// acting reads from the headers in which account the operator acts, and as whom.
func (h *handler) acting(r *http.Request, op *huma.Operation) (keywright.Principal, error) {
	slugs, emails := r.Header.Values("Keywright-Account"), r.Header.Values("Keywright-Act-As")
	switch {
	case len(slugs) > 1:
		return keywright.Principal{}, badHeader("Keywright-Account", "is given twice; give it once")
	case len(emails) > 1:
		return keywright.Principal{}, badHeader("Keywright-Act-As", "is given twice; give it once")
	case len(slugs) == 0 && len(emails) == 1:
		return keywright.Principal{}, accountNeeded()
	case len(slugs) == 0:
		return h.anywhere(r, op)
	}
	account, err := h.svc.AccountBySlug(r.Context(), keywright.Operator(""), slugs[0])
	if errors.Is(err, keywright.ErrNotFound) {
		return keywright.Principal{}, noSuchAccount()
	}
	by := keywright.Operator(account.ID)
	if err != nil || len(emails) == 0 {
		return by, err
	}
	member, err := h.svc.MemberByEmail(r.Context(), by, emails[0])
	if errors.Is(err, keywright.ErrNotFound) || errors.Is(err, keywright.ErrInvalid) {
		return keywright.Principal{}, noSuchMember()
	}
	as := member.By()
	as.ForOperator = true
	return as, err
}

// anywhere is the operator who names no account. Where the path names a key, that says which.
func (h *handler) anywhere(r *http.Request, op *huma.Operation) (keywright.Principal, error) {
	if !strings.HasPrefix(op.Path, "/v1/keys/{id}") {
		return keywright.Operator(""), nil
	}
	account, err := h.svc.AccountOfKey(r.Context(), keywright.Operator(""), keywright.KeyID(r.PathValue("id")))
	if err != nil {
		return keywright.Principal{}, err
	}
	return keywright.Operator(account.ID), nil
}
