package rest

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/keywright/keywright"
	"github.com/keywright/keywright/api"
	"github.com/keywright/keywright/policy"
	"github.com/keywright/keywright/secret"
)

// The inputs of the operations on a key that lives.
type (
	disableInput struct {
		KeyPath
		WaitQuery
		withBody[api.Disabling]
	}
	rotateInput struct {
		KeyPath
		WaitQuery
		withBody[api.Rotation]
	}
	changeKeyInput struct {
		KeyPath
		WaitQuery
		IfMatch string `header:"If-Match" doc:"The ETag of the key as you saw it: if it was changed since, nothing is changed."`
		withBody[api.KeyChange]
	}
	keyInput struct {
		KeyPath
		WaitQuery
	}

	tagged[T any] struct {
		ETag string `header:"ETag" doc:"Changes with the key, and not by its use."`
		Body T
	}
)

func (h *handler) keyLife() {
	route(h, huma.Operation{
		OperationID: opChangeKey, Method: http.MethodPatch, Path: "/v1/keys/{id}",
		Tags: []string{tagKeys}, Summary: "Change a key",
		Description: "Another API version, fewer scopes, other networks, another beginning or end, or who answers for a service's key: all without a new secret.",
	}, h.changeKey, http.StatusConflict, http.StatusPreconditionFailed)
	route(h, huma.Operation{
		OperationID: "disableKey", Method: http.MethodPost, Path: "/v1/keys/{id}/disable", RequestBody: &huma.RequestBody{},
		Tags: []string{tagKeys}, Summary: "Disable a key",
		Description: "Stops it until it is enabled or, with for, for a while: so you find out who still uses it, and it comes back by itself. Its refusals say until when. The body may be left out.",
	}, h.disableKey, http.StatusConflict)
	route(h, huma.Operation{
		OperationID: "enableKey", Method: http.MethodPost, Path: "/v1/keys/{id}/enable",
		Tags: []string{tagKeys}, Summary: "Enable a key",
		Description: "A disabled key works again. One that is not disabled stays as it is.",
	}, h.enableKey, http.StatusConflict)
	route(h, huma.Operation{
		OperationID: "rotateKey", Method: http.MethodPost, Path: "/v1/keys/{id}/rotate", RequestBody: &huma.RequestBody{},
		Tags: []string{tagKeys}, Summary: "Rotate a key",
		Description: "Gives it a new secret, which is answered once, here, and never again. It stays the same key. The old secret goes on working for the grace period; rotating again ends it at once. A personal key is for its member alone to rotate. The body may be left out.",
	}, h.rotateKey, http.StatusConflict)
	route(h, huma.Operation{
		OperationID: "endGrace", Method: http.MethodPost, Path: "/v1/keys/{id}/end-grace",
		Tags: []string{tagKeys}, Summary: "End a grace period",
		Description: "The secret that a rotation has replaced no longer works, from now on. Where there is none any more, nothing changes.",
	}, h.endGrace, http.StatusConflict)
}

func (h *handler) changeKey(ctx context.Context, by keywright.Principal, in *changeKeyInput) (*tagged[api.ChangedKey], error) {
	change := keywright.KeyChange{
		Version: in.Sent.APIVersion, Scopes: in.Sent.Scopes, Networks: in.Sent.Networks, NotBefore: in.Sent.NotBefore, Expires: in.Sent.Expires,
		Member: (*keywright.MemberID)(in.Sent.Member), Tag: strings.Trim(strings.TrimPrefix(in.IfMatch, "W/"), `"*`),
	}
	key, commit, err := h.svc.Change(ctx, by, keywright.KeyID(in.ID), change)
	if err != nil {
		return nil, err
	}
	return &tagged[api.ChangedKey]{etag(key), h.changedKey(ctx, key, commit, in.WaitQuery)}, nil
}

func etag(k keywright.Key) string { return `"` + k.Tag() + `"` }

func (h *handler) changedKey(ctx context.Context, key keywright.Key, commit keywright.Commit, wait WaitQuery) api.ChangedKey {
	return api.ChangedKey{Key: h.wireKey(key), Restriction: h.restriction(ctx, commit, wait)}
}

func (h *handler) disableKey(ctx context.Context, by keywright.Principal, in *disableInput) (*answer[api.ChangedKey], error) {
	var while time.Duration
	if in.Sent.For != "" {
		var ok bool
		if while, ok = policy.ParseDuration(in.Sent.For); !ok || while == 0 {
			return nil, &keywright.InvalidError{Field: "for", Why: notADuration}
		}
	}
	key, commit, err := h.svc.Disable(ctx, by, keywright.KeyID(in.ID), in.Sent.Reason, while)
	if err != nil {
		return nil, err
	}
	return &answer[api.ChangedKey]{h.changedKey(ctx, key, commit, in.WaitQuery)}, nil
}

const notADuration = "is no duration; write a whole number and its unit, such as 10min, 12h or 2d"

func (h *handler) enableKey(ctx context.Context, by keywright.Principal, in *KeyPath) (*answer[api.ChangedKey], error) {
	key, commit, err := h.svc.Enable(ctx, by, keywright.KeyID(in.ID))
	if err != nil {
		return nil, err
	}
	return &answer[api.ChangedKey]{h.changedKey(ctx, key, commit, WaitQuery{})}, nil
}

func (h *handler) rotateKey(ctx context.Context, by keywright.Principal, in *rotateInput) (*answer[api.RotatedKey], error) {
	grace, err := h.grace(in.Sent)
	if err != nil {
		return nil, err
	}
	key, text, commit, err := h.svc.Rotate(ctx, by, keywright.KeyID(in.ID), grace)
	if err != nil {
		return nil, err
	}
	return &answer[api.RotatedKey]{h.rotated(ctx, key, text, grace, commit, in.WaitQuery)}, nil
}

// grace is how long the old secret is to go on working.
func (h *handler) grace(r api.Rotation) (time.Duration, error) {
	switch grace, ok := policy.ParseDuration(r.Grace); {
	case r.Grace == "":
		return h.svc.Policy().Keys.Grace, nil
	case r.Grace == "0":
		return 0, nil
	case !ok:
		return 0, &keywright.InvalidError{Field: "grace", Why: notADuration + "; 0 ends the old secret at once"}
	default:
		return grace, nil
	}
}

func (h *handler) rotated(ctx context.Context, key keywright.Key, text secret.Secret, grace time.Duration, commit keywright.Commit, wait WaitQuery) api.RotatedKey {
	return api.RotatedKey{Key: h.wireKey(key), Secret: text.Reveal(), OldEndsAt: key.Rotated.Add(grace), Restriction: h.restriction(ctx, commit, wait)}
}

func (h *handler) endGrace(ctx context.Context, by keywright.Principal, in *keyInput) (*answer[api.ChangedKey], error) {
	key, commit, err := h.svc.EndGrace(ctx, by, keywright.KeyID(in.ID))
	if err != nil {
		return nil, err
	}
	return &answer[api.ChangedKey]{h.changedKey(ctx, key, commit, in.WaitQuery)}, nil
}
