package rest

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/keywright/keywright"
	"github.com/keywright/keywright/api"
)

// The inputs of the operations on requests for keys.
type (
	requestsInput struct {
		PageQuery
		State string `query:"state" enum:"open" doc:"open lists only those about which someone has to decide." example:"open"`
	}
	requestKeyInput struct{ withBody[api.NewKeyRequest] }
	approveInput    struct {
		RequestPath
		withBody[api.Approval]
	}
	declineInput struct {
		RequestPath
		withBody[api.Refusal]
	}

	// RequestPath is exported because huma looks into no embedded field that is not.
	RequestPath struct {
		ID string `path:"id" doc:"The request's id." example:"req_0VLk2mQp8dR3sT5uV7wX"`
	}
)

func (h *handler) keyRequests() {
	route(h, huma.Operation{
		OperationID: "requestKey", Method: http.MethodPost, Path: "/v1/requests", DefaultStatus: http.StatusCreated,
		Tags: []string{tagRequests}, Summary: "Ask for a key",
		Description: "For a member who may not make one. Those who manage the account's keys approve it, as asked or narrower, or decline it within 30 days. At most 10 in 24 hours. Only a member may.",
	}, h.requestKey, http.StatusTooManyRequests)
	route(h, huma.Operation{
		OperationID: "listRequests", Method: http.MethodGet, Path: "/v1/requests",
		Tags: []string{tagRequests}, Summary: "List the requests",
		Description: "Newest first. Whoever may not decide about them sees his own.",
	}, h.listRequests)
	route(h, huma.Operation{
		OperationID: "getRequest", Method: http.MethodGet, Path: "/v1/requests/{id}",
		Tags: []string{tagRequests}, Summary: "Get a request",
		Description: "One that the caller may not see is answered like one that does not exist.",
	}, h.getRequest)
	route(h, huma.Operation{
		OperationID: "approveRequest", Method: http.MethodPost, Path: "/v1/requests/{id}/approve", RequestBody: &huma.RequestBody{},
		Tags: []string{tagRequests}, Summary: "Approve a request",
		Description: "As asked, or with fewer scopes or days; never with more. Whoever asked can then collect the key within 7 days; nobody else is shown its secret, and none is made before. The body may be left out. By the policy one's own request may have to be approved by someone else.",
	}, h.approve, http.StatusConflict)
	route(h, huma.Operation{
		OperationID: "declineRequest", Method: http.MethodPost, Path: "/v1/requests/{id}/decline",
		Tags: []string{tagRequests}, Summary: "Decline a request",
		Description: "With a reason, which whoever asked reads.",
	}, h.decline, http.StatusConflict)
	route(h, huma.Operation{
		OperationID: "withdrawRequest", Method: http.MethodPost, Path: "/v1/requests/{id}/withdraw",
		Tags: []string{tagRequests}, Summary: "Withdraw a request",
		Description: "One's own, before its key was collected.",
	}, h.withdraw, http.StatusConflict)
	route(h, huma.Operation{
		OperationID: "collectRequest", Method: http.MethodPost, Path: "/v1/requests/{id}/collect", DefaultStatus: http.StatusCreated,
		Tags: []string{tagRequests}, Summary: "Collect the key of a request",
		Description: "Makes the key of one's own approved request and answers its secret: once, here, and never again. Nobody else may, nor the operator in a member's place. Whoever approved must still be someone who may.",
	}, h.collect, http.StatusConflict)
}

func (h *handler) requestKey(ctx context.Context, by keywright.Principal, in *requestKeyInput) (*created[api.KeyRequest], error) {
	r, err := h.svc.RequestKey(ctx, by, keywright.NewKeyRequest{
		Description: in.Sent.Description, Version: in.Sent.APIVersion, Scopes: in.Sent.Scopes, Days: in.Sent.Days,
	})
	return &created[api.KeyRequest]{Location: "/v1/requests/" + string(r.ID), Body: h.wireRequest(r)}, err
}

func (h *handler) listRequests(ctx context.Context, by keywright.Principal, in *requestsInput) (*answer[api.KeyRequestPage], error) {
	page, err := in.page()
	if err != nil {
		return nil, err
	}
	requests, next, err := h.svc.KeyRequests(ctx, by, in.State == string(keywright.RequestOpen), page)
	if err != nil {
		return nil, err
	}
	return &answer[api.KeyRequestPage]{api.KeyRequestPage{Requests: each(requests, h.wireRequest), NextCursor: optional(next.String())}}, nil
}

func (h *handler) getRequest(ctx context.Context, by keywright.Principal, in *RequestPath) (*answer[api.KeyRequest], error) {
	r, _, err := h.svc.KeyRequest(ctx, by, keywright.KeyRequestID(in.ID))
	return &answer[api.KeyRequest]{h.wireRequest(r)}, err
}

func (h *handler) approve(ctx context.Context, by keywright.Principal, in *approveInput) (*answer[api.KeyRequest], error) {
	r, err := h.svc.ApproveRequest(ctx, by, keywright.KeyRequestID(in.ID), keywright.Reach{Scopes: in.Sent.Scopes, Days: in.Sent.Days})
	return &answer[api.KeyRequest]{h.wireRequest(r)}, err
}

func (h *handler) decline(ctx context.Context, by keywright.Principal, in *declineInput) (*answer[api.KeyRequest], error) {
	r, err := h.svc.DeclineRequest(ctx, by, keywright.KeyRequestID(in.ID), in.Sent.Reason)
	return &answer[api.KeyRequest]{h.wireRequest(r)}, err
}

func (h *handler) withdraw(ctx context.Context, by keywright.Principal, in *RequestPath) (*answer[api.KeyRequest], error) {
	r, err := h.svc.WithdrawRequest(ctx, by, keywright.KeyRequestID(in.ID))
	return &answer[api.KeyRequest]{h.wireRequest(r)}, err
}

func (h *handler) collect(ctx context.Context, by keywright.Principal, in *RequestPath) (*created[api.IssuedKey], error) {
	_, key, text, err := h.svc.CollectRequest(ctx, by, keywright.KeyRequestID(in.ID))
	if err != nil {
		return nil, err
	}
	return &created[api.IssuedKey]{
		Location: "/v1/keys/" + string(key.ID),
		Body:     api.IssuedKey{Key: h.wireKey(key), Secret: text.Reveal()},
	}, nil
}

func (h *handler) wireRequest(r keywright.KeyRequest) api.KeyRequest {
	wire := api.KeyRequest{
		ID: string(r.ID), State: string(r.State(h.options.Now())), RequestedBy: wireActor(r.By), Description: r.Description, APIVersion: r.Version,
		Asked: wireReach(r.Wanted), CreatedAt: r.Created, Until: moment(r.Until()), DecidedAt: moment(r.Decided),
		DeclineReason: optional(r.Why), EndedAt: moment(r.Ended), KeyID: optional(string(r.Key)),
	}
	if !r.Decided.IsZero() {
		by := wireActor(r.DecidedBy)
		wire.DecidedBy = &by
	}
	if r.Granted.Scopes != nil {
		granted := wireReach(r.Granted)
		wire.Granted = &granted
	}
	return wire
}

func wireReach(r keywright.Reach) api.Reach {
	wire := api.Reach{Scopes: each(r.Scopes, func(scope string) string { return scope })}
	if r.Days > 0 {
		wire.Days = &r.Days
	}
	return wire
}
