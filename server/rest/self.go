package rest

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/keywright/keywright"
	"github.com/keywright/keywright/api"
	"github.com/keywright/keywright/policy"
)

// The operations that are not like the others.
const (
	opSelf       = "getSelf"
	opIssueKey   = "issueKey"
	opListKeys   = "listKeys"
	opChangeKey  = "changeKey"
	opRevokeKeys = "revokeKeys"
)

// The inputs of what a key does to itself.
type (
	rotateSelfInput struct {
		WaitQuery
		withBody[api.Rotation]
	}
	revokeSelfInput struct {
		WaitQuery
		withBody[api.Revocation]
	}
)

func (h *handler) self() {
	route(h, huma.Operation{
		OperationID: opSelf, Method: http.MethodGet, Path: "/v1/self",
		Tags: []string{tagAccount}, Summary: "Find out who you are",
		Description: "Which key this is, or which member, in which account, and what it may do there at this moment. The one operation that answers on any plan; on one without API access there are no rights.",
	}, h.getSelf)
	route(h, huma.Operation{
		OperationID: "rotateSelf", Method: http.MethodPost, Path: "/v1/self/rotate", RequestBody: &huma.RequestBody{},
		Tags: []string{tagAccount}, Summary: "Rotate the key that asks",
		Description: "Gives the key with which you ask a new secret, whatever else it may do. With a grace of 0 the old secret can't ask again, should the answer be lost. The body may be left out.",
	}, h.rotateSelf, http.StatusConflict)
	route(h, huma.Operation{
		OperationID: "revokeSelf", Method: http.MethodPost, Path: "/v1/self/revoke", RequestBody: &huma.RequestBody{},
		Tags: []string{tagAccount}, Summary: "Revoke the key that asks",
		Description: "Ends the key with which you ask for good, whatever else it may do. The body may be left out.",
	}, h.revokeSelf, http.StatusConflict)
}

func (h *handler) rotateSelf(ctx context.Context, by keywright.Principal, in *rotateSelfInput) (*answer[api.RotatedKey], error) {
	grace, err := h.grace(in.Sent)
	if err != nil {
		return nil, err
	}
	key, text, commit, err := h.svc.RotateSelf(ctx, by, grace)
	if err != nil {
		return nil, err
	}
	return &answer[api.RotatedKey]{h.rotated(ctx, key, text, grace, commit, in.WaitQuery)}, nil
}

func (h *handler) revokeSelf(ctx context.Context, by keywright.Principal, in *revokeSelfInput) (*answer[api.RevokedKey], error) {
	why, err := keywright.Why(in.Sent.ReasonKind, in.Sent.Reason)
	if err != nil {
		return nil, err
	}
	key, commit, err := h.svc.RevokeSelf(ctx, by, why)
	if err != nil {
		return nil, err
	}
	return &answer[api.RevokedKey]{api.RevokedKey{Key: h.wireKey(key), Restriction: h.restriction(ctx, commit, in.WaitQuery)}}, nil
}

func (h *handler) getSelf(ctx context.Context, by keywright.Principal, _ *nothing) (*answer[api.Self], error) {
	found, err := h.svc.Whoami(ctx, by)
	if err != nil {
		return nil, err
	}
	self := api.Self{Kind: string(by.Kind), Rights: []string{}}
	if by.Account != "" {
		account := wireAccount(found.Account)
		self.Account = &account
	}
	switch by.Kind {
	case keywright.PrincipalMember:
		member := wireMember(found.Member)
		self.Member = &member
	case keywright.PrincipalKey:
		key := h.wireKey(found.Key)
		self.Key = &key
	case keywright.PrincipalOperator:
		if found.Token.ID != "" {
			token := h.wireToken(found.Token)
			self.Token = &token
		}
	}
	if by.Kind == keywright.PrincipalOperator || found.Plan.APIAccess {
		self.Rights = each(found.Rights, func(r policy.Right) string { return string(r) })
	}
	return &answer[api.Self]{self}, nil
}
