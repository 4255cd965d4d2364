package rest

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/keywright/keywright"
	"github.com/keywright/keywright/api"
	"github.com/keywright/keywright/policy"
)

const (
	opPreviewLeave = "previewLeave"
	opPreviewRole  = "previewRole"
	opPreviewPlan  = "previewPlan"
)

// The inputs of the previews.
type (
	leavePreviewInput struct {
		MemberPath
		Responsible string `query:"responsible" doc:"The id of the member who would be responsible for the service keys that he is responsible for." example:"mem_0VLk2mQp8dR3sT5uV7wX"`
	}
	rolePreviewInput struct {
		MemberPath
		Role string `query:"role" required:"true" doc:"A role of the policy." example:"user"`
	}
	planPreviewInput struct {
		Plan string `query:"plan" required:"true" doc:"A plan of the policy." example:"lite"`
	}
)

// previews say what a change would mean, and change nothing.
func (h *handler) previews() {
	route(h, huma.Operation{
		OperationID: opPreviewLeave, Method: http.MethodGet, Path: "/v1/members/{id}/leave",
		Tags: []string{tagMembers}, Summary: "See what it would mean that a member leaves",
		Description: "Which keys would stop and which stay, and who becomes responsible, if he were deactivated or removed.",
	}, h.previewLeave)
	route(h, huma.Operation{
		OperationID: opPreviewRole, Method: http.MethodGet, Path: "/v1/members/{id}/role",
		Tags: []string{tagMembers}, Summary: "See what another role would mean for a member",
		Description: "Which rights and scopes he would gain and lose, and which of his personal keys would reach something else. Refused where the change itself would be.",
	}, h.previewRole, http.StatusConflict)
	route(h, huma.Operation{
		OperationID: opPreviewPlan, Method: http.MethodGet, Path: "/v1/account/plan",
		Tags: []string{tagAccount}, Summary: "See what another plan would mean for the keys",
		Description: "Which keys would stop, which would work again, and whether there are more than the plan allows. The plan itself is changed by the operator.",
	}, h.previewPlan)
}

func (h *handler) previewLeave(ctx context.Context, by keywright.Principal, in *leavePreviewInput) (*answer[api.LeavePreview], error) {
	l, err := h.svc.PreviewLeave(ctx, by, keywright.MemberID(in.ID), keywright.MemberID(in.Responsible))
	if err != nil {
		return nil, err
	}
	wire := api.LeavePreview{
		Member: wireMember(l.Member), Stop: h.someKeys(l.Stop), Stay: h.someKeys(l.Stay), HandOver: h.someKeys(l.HandOver), Unseen: l.Unseen,
	}
	if l.Responsible.ID != "" {
		responsible := wireMember(l.Responsible)
		wire.Responsible = &responsible
	}
	return &answer[api.LeavePreview]{wire}, nil
}

func (h *handler) previewRole(ctx context.Context, by keywright.Principal, in *rolePreviewInput) (*answer[api.RolePreview], error) {
	c, err := h.svc.PreviewRole(ctx, by, keywright.MemberID(in.ID), in.Role)
	if err != nil {
		return nil, err
	}
	right := func(r policy.Right) string { return string(r) }
	scope := func(s policy.Scope) string { return s.Name }
	return &answer[api.RolePreview]{api.RolePreview{
		Member: wireMember(c.Member), From: c.Member.Role, To: c.To.Name,
		GainsRights: each(c.Gains, right), LosesRights: each(c.Loses, right),
		GainsScopes: each(c.GainsScopes, scope), LosesScopes: each(c.LosesScopes, scope),
		Keys: each(c.Keys.List, h.wireReach), More: c.Keys.More, Unseen: c.Keys.Unseen,
	}}, nil
}

func (h *handler) previewPlan(ctx context.Context, by keywright.Principal, in *planPreviewInput) (*answer[api.PlanPreview], error) {
	c, err := h.svc.PreviewPlan(ctx, by, in.Plan)
	if err != nil {
		return nil, err
	}
	return &answer[api.PlanPreview]{api.PlanPreview{
		Account: wireAccount(c.Account), From: c.From.Name, To: c.To.Name,
		Stop: h.someKeys(c.Stop), Wake: h.someKeys(c.Wake), KeysMax: c.To.KeysMax, Beyond: c.Beyond,
	}}, nil
}

func (h *handler) someKeys(k keywright.SomeKeys) api.SomeKeys {
	return api.SomeKeys{Keys: each(k.List, h.wireKey), More: k.More}
}

func (h *handler) wireReach(r keywright.ReachChange) api.KeyReach {
	same := func(scope string) string { return scope }
	return api.KeyReach{Key: h.wireKey(r.Key), Gains: each(r.Gains, same), Loses: each(r.Loses, same)}
}
