package rest

import (
	"context"
	"errors"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/keywright/keywright"
	"github.com/keywright/keywright/api"
)

const opListMembers = "listMembers"

// The inputs of the operations on members.
type (
	membersInput struct {
		PageQuery
		Email string `query:"email" doc:"Answers only the member with this address, or none." example:"ada@example.com"`
	}
	addInput    struct{ withBody[api.NewMember] }
	changeInput struct {
		MemberPath
		WaitQuery
		withBody[api.MemberChange]
	}
	// MemberPath is exported because huma looks into no embedded field that is not.
	MemberPath struct {
		ID string `path:"id" doc:"The member's id." example:"mem_0VLk2mQp8dR3sT5uV7wX"`
	}
)

func (h *handler) members() {
	route(h, huma.Operation{
		OperationID: opListMembers, Method: http.MethodGet, Path: "/v1/members",
		Tags: []string{tagMembers}, Summary: "List the members",
		Description: "Newest first, without those who were removed.",
	}, h.listMembers)
	route(h, huma.Operation{
		OperationID: "addMember", Method: http.MethodPost, Path: "/v1/members", DefaultStatus: http.StatusCreated,
		Tags: []string{tagMembers}, Summary: "Add a member",
		Description: "With a password the member can sign in at once. Without one, the answer holds a link by which he joins: hand it to him alone.",
	}, h.addMember, http.StatusConflict)
	route(h, huma.Operation{
		OperationID: "getMember", Method: http.MethodGet, Path: "/v1/members/{id}",
		Tags: []string{tagMembers}, Summary: "Get a member",
		Description: "A member who was removed is answered like one that does not exist.",
	}, h.getMember)
	route(h, huma.Operation{
		OperationID: "changeMember", Method: http.MethodPatch, Path: "/v1/members/{id}",
		Tags: []string{tagMembers}, Summary: "Change a member's role",
		Description: "Takes effect at once. Nobody can give a role above his own, and the last owner stays owner.",
	}, h.changeMember, http.StatusConflict)
	route(h, huma.Operation{
		OperationID: "renewInvitation", Method: http.MethodPost, Path: "/v1/members/{id}/invitation",
		Tags: []string{tagMembers}, Summary: "Renew an invitation",
		Description: "Makes a new link for a member who was invited and has not joined; the older ones end.",
	}, h.renewInvitation, http.StatusConflict)
}

func (h *handler) listMembers(ctx context.Context, by keywright.Principal, in *membersInput) (*answer[api.MemberPage], error) {
	page, err := in.page()
	if err != nil {
		return nil, err
	}
	if in.Email != "" {
		return h.memberWith(ctx, by, in.Email)
	}
	members, next, err := h.svc.Members(ctx, by, page)
	if err != nil {
		return nil, err
	}
	return &answer[api.MemberPage]{api.MemberPage{Members: each(members, wireMember), NextCursor: optional(next.String())}}, nil
}

// memberWith answers a list, because a filter that matches nothing is no error.
func (h *handler) memberWith(ctx context.Context, by keywright.Principal, email string) (*answer[api.MemberPage], error) {
	found := []api.Member{}
	member, err := h.svc.MemberByEmail(ctx, by, email)
	switch {
	case errors.Is(err, keywright.ErrNotFound) && by.Account != "":
	case err != nil:
		return nil, err
	default:
		found = append(found, wireMember(member))
	}
	return &answer[api.MemberPage]{api.MemberPage{Members: found}}, nil
}

func (h *handler) addMember(ctx context.Context, by keywright.Principal, in *addInput) (*created[api.AddedMember], error) {
	member, link, err := h.svc.AddMember(ctx, by, newMember(in.Sent))
	if err != nil {
		return nil, err
	}
	return &created[api.AddedMember]{Location: "/v1/members/" + string(member.ID), Body: h.addedMember(member, link)}, nil
}

func (h *handler) getMember(ctx context.Context, by keywright.Principal, in *MemberPath) (*answer[api.Member], error) {
	member, err := h.svc.Member(ctx, by, keywright.MemberID(in.ID))
	return &answer[api.Member]{wireMember(member)}, err
}

func (h *handler) changeMember(ctx context.Context, by keywright.Principal, in *changeInput) (*answer[api.ChangedMember], error) {
	member, commit, err := h.svc.SetRole(ctx, by, keywright.MemberID(in.ID), in.Sent.Role)
	return h.changedMember(ctx, member, commit, in.WaitQuery, err)
}

func (h *handler) renewInvitation(ctx context.Context, by keywright.Principal, in *MemberPath) (*answer[api.AddedMember], error) {
	member, link, err := h.svc.RenewInvitation(ctx, by, keywright.MemberID(in.ID))
	return &answer[api.AddedMember]{h.addedMember(member, link)}, err
}
