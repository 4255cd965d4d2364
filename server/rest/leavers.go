package rest

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/keywright/keywright"
	"github.com/keywright/keywright/api"
)

// The inputs of the operations by which members come and go.
type (
	stateInput struct {
		MemberPath
		WaitQuery
	}
	leaveInput struct {
		MemberPath
		WaitQuery
		withBody[api.Departure]
	}
	transferInput struct {
		MemberPath
		WaitQuery
		withBody[api.NewOwner]
	}
)

// leavers are the operations by which members come and go.
func (h *handler) leavers() {
	route(h, huma.Operation{
		OperationID: "deactivateMember", Method: http.MethodPost, Path: "/v1/members/{id}/deactivate",
		Tags: []string{tagMembers}, Summary: "Deactivate a member",
		Description: "At once, until he is activated: his sessions end, he can't sign in, and his personal keys stop with member_inactive. The account's keys stay, also those that he made; somebody else becomes responsible for his service keys. The last owner can't be deactivated.",
		RequestBody: &huma.RequestBody{},
	}, h.deactivateMember, http.StatusConflict)
	route(h, huma.Operation{
		OperationID: "activateMember", Method: http.MethodPost, Path: "/v1/members/{id}/activate",
		Tags: []string{tagMembers}, Summary: "Activate a deactivated member",
		Description: "He signs in as before, and his personal keys work again. Service keys that were handed on stay where they are.",
	}, h.activateMember, http.StatusConflict)
	route(h, huma.Operation{
		OperationID: "removeMember", Method: http.MethodPost, Path: "/v1/members/{id}/remove",
		Tags: []string{tagMembers}, Summary: "Remove a member",
		Description: "What deactivating ends, ends for good. His address can be added anew, as another member. The last owner can't be removed.",
		RequestBody: &huma.RequestBody{},
	}, h.removeMember, http.StatusConflict)
	route(h, huma.Operation{
		OperationID: "deleteMember", Method: http.MethodDelete, Path: "/v1/members/{id}",
		Tags: []string{tagMembers}, Summary: "Remove a member, and leave open who becomes responsible",
		Description: "The same as removeMember without a body.",
	}, h.deleteMember, http.StatusConflict)
	route(h, huma.Operation{
		OperationID: "transferOwnership", Method: http.MethodPost, Path: "/v1/members/{id}/owner",
		Tags: []string{tagMembers}, Summary: "Make a member owner in another's place",
		Description: "He becomes owner, and the owner before gets the next role below, at once and together. Only an owner may, or who acts for the whole account.",
		RequestBody: &huma.RequestBody{},
	}, h.transferOwnership, http.StatusConflict)
}

func (h *handler) deactivateMember(ctx context.Context, by keywright.Principal, in *leaveInput) (*answer[api.ChangedMember], error) {
	member, commit, err := h.svc.DeactivateMember(ctx, by, keywright.MemberID(in.ID), keywright.MemberID(in.Sent.Responsible))
	return h.changedMember(ctx, member, commit, in.WaitQuery, err)
}

func (h *handler) activateMember(ctx context.Context, by keywright.Principal, in *stateInput) (*answer[api.ChangedMember], error) {
	member, commit, err := h.svc.ActivateMember(ctx, by, keywright.MemberID(in.ID))
	return h.changedMember(ctx, member, commit, in.WaitQuery, err)
}

func (h *handler) removeMember(ctx context.Context, by keywright.Principal, in *leaveInput) (*answer[api.ChangedMember], error) {
	member, commit, err := h.svc.RemoveMember(ctx, by, keywright.MemberID(in.ID), keywright.MemberID(in.Sent.Responsible))
	return h.changedMember(ctx, member, commit, in.WaitQuery, err)
}

func (h *handler) deleteMember(ctx context.Context, by keywright.Principal, in *stateInput) (*answer[api.ChangedMember], error) {
	member, commit, err := h.svc.RemoveMember(ctx, by, keywright.MemberID(in.ID), "")
	return h.changedMember(ctx, member, commit, in.WaitQuery, err)
}

func (h *handler) transferOwnership(ctx context.Context, by keywright.Principal, in *transferInput) (*answer[api.Transfer], error) {
	t, commit, err := h.svc.TransferOwnership(ctx, by, keywright.MemberID(in.ID), keywright.MemberID(in.Sent.From))
	if err != nil {
		return nil, err
	}
	return &answer[api.Transfer]{api.Transfer{
		Owner: wireMember(t.Owner), Before: wireMember(t.Before), Restriction: h.restriction(ctx, commit, in.WaitQuery),
	}}, nil
}

// changedMember answers a change of a member, or why there was none.
func (h *handler) changedMember(ctx context.Context, m keywright.Member, c keywright.Commit, asked WaitQuery, err error) (*answer[api.ChangedMember], error) {
	if err != nil {
		return nil, err
	}
	return &answer[api.ChangedMember]{api.ChangedMember{Member: wireMember(m), Restriction: h.restriction(ctx, c, asked)}}, nil
}
