package rest

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/keywright/keywright"
	"github.com/keywright/keywright/api"
	"github.com/keywright/keywright/secret"
)

// The inputs of the operations on keys.
type (
	issueInput struct{ withBody[api.NewKey] }
	keysInput  struct {
		PageQuery
		KeyQuery
	}
	revokeInput struct {
		KeyPath
		WaitQuery
		withBody[api.Revocation]
	}
	deleteInput struct {
		KeyPath
		WaitQuery
	}

	// KeyPath is exported because huma looks into no embedded field that is not.
	KeyPath struct {
		ID string `path:"id" doc:"The key's id." example:"key_o6p4Zq81LmT3"`
	}
)

func (h *handler) keys() {
	route(h, huma.Operation{
		OperationID: opIssueKey, Method: http.MethodPost, Path: "/v1/keys", DefaultStatus: http.StatusCreated,
		Tags: []string{tagKeys}, Summary: "Issue a key",
		Description: "Makes a key and answers its secret: once, here, and never again. Give each holder a key of its own, so that revoking one leaves the others working. Its description can't be changed later: name it after who or what will hold it.",
	}, h.issue)
	route(h, huma.Operation{
		OperationID: opListKeys, Method: http.MethodGet, Path: "/v1/keys",
		Tags: []string{tagKeys}, Summary: "List the keys",
		Description: "Newest first, revoked ones too; with parameters, those that fit them all. Whoever may not see the account's keys asks for his own, with member=me. No answer but that of issuing and rotating holds a secret.",
	}, h.listKeys)
	route(h, huma.Operation{
		OperationID: "getKey", Method: http.MethodGet, Path: "/v1/keys/{id}",
		Tags: []string{tagKeys}, Summary: "Get a key",
		Description: "A key of another account is answered like one that does not exist.",
	}, h.getKey)
	route(h, huma.Operation{
		OperationID: "revokeKey", Method: http.MethodPost, Path: "/v1/keys/{id}/revoke", RequestBody: &huma.RequestBody{},
		Tags: []string{tagKeys}, Summary: "Revoke a key",
		Description: "Ends a key for good: once this is answered, the node that answers accepts it no more, and the others do not from the moment on when they hear of it, which is within the staleness bound; ask with wait to have that proved. Its record stays as history. The body may be left out.",
	}, h.revoke, http.StatusConflict)
	route(h, huma.Operation{
		OperationID: "deleteKey", Method: http.MethodDelete, Path: "/v1/keys/{id}",
		Tags: []string{tagKeys}, Summary: "Delete a key",
		Description: "The same as revoking it without a reason, for tools that only know HTTP's own verbs. The key is answered, because its record stays.",
	}, h.deleteKey, http.StatusConflict)
}

func (h *handler) issue(ctx context.Context, by keywright.Principal, in *issueInput) (*created[api.IssuedKey], error) {
	key, text, err := h.svc.Issue(ctx, by, keywright.NewKey{
		Description: in.Sent.Description, Version: in.Sent.APIVersion, Env: secret.Env(in.Sent.Environment),
		Kind: keywright.KeyKind(in.Sent.Kind), Member: keywright.MemberID(in.Sent.Member), Service: in.Sent.Service,
		Scopes: in.Sent.Scopes, Networks: in.Sent.Networks, NotBefore: in.Sent.NotBefore, Expires: in.Sent.Expires,
	})
	if err != nil {
		return nil, err
	}
	return &created[api.IssuedKey]{
		Location: "/v1/keys/" + string(key.ID),
		Body:     api.IssuedKey{Key: h.wireKey(key), Secret: text.Reveal()},
	}, nil
}

func (h *handler) listKeys(ctx context.Context, by keywright.Principal, in *keysInput) (*answer[api.KeyPage], error) {
	page, err := in.page()
	if err != nil {
		return nil, err
	}
	filter, err := in.query().Filter(h.options.Now())
	if err != nil {
		return nil, err
	}
	keys, next, err := h.svc.Keys(ctx, by, filter, page)
	if err != nil {
		return nil, err
	}
	return &answer[api.KeyPage]{api.KeyPage{Keys: each(keys, h.wireKey), NextCursor: optional(next.String())}}, nil
}

func (h *handler) getKey(ctx context.Context, by keywright.Principal, in *KeyPath) (*tagged[api.KeyWithSecrets], error) {
	key, seals, err := h.svc.Secrets(ctx, by, keywright.KeyID(in.ID))
	if err != nil {
		return nil, err
	}
	return &tagged[api.KeyWithSecrets]{etag(key), h.wireSecrets(key, seals)}, nil
}

func (h *handler) revoke(ctx context.Context, by keywright.Principal, in *revokeInput) (*answer[api.RevokedKey], error) {
	why, err := keywright.Why(in.Sent.ReasonKind, in.Sent.Reason)
	if err != nil {
		return nil, err
	}
	return h.revoked(ctx, by, in.KeyPath, why, in.WaitQuery)
}

func (h *handler) deleteKey(ctx context.Context, by keywright.Principal, in *deleteInput) (*answer[api.RevokedKey], error) {
	return h.revoked(ctx, by, in.KeyPath, "", in.WaitQuery)
}

func (h *handler) revoked(ctx context.Context, by keywright.Principal, in KeyPath, why string, wait WaitQuery) (*answer[api.RevokedKey], error) {
	key, commit, err := h.svc.Revoke(ctx, by, keywright.KeyID(in.ID), why)
	if err != nil {
		return nil, err
	}
	return &answer[api.RevokedKey]{api.RevokedKey{Key: h.wireKey(key), Restriction: h.restriction(ctx, commit, wait)}}, nil
}
