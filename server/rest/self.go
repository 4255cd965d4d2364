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
	opSelf     = "getSelf"
	opIssueKey = "issueKey"
)

func (h *handler) self() {
	route(h, huma.Operation{
		OperationID: opSelf, Method: http.MethodGet, Path: "/v1/self",
		Tags: []string{tagAccount}, Summary: "Find out who you are",
		Description: "Which key this is, or which member, in which account, and what it may do there at this moment. The one operation that answers on any plan; on one without API access there are no rights.",
	}, h.getSelf)
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
