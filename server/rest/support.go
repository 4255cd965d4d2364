package rest

import (
	"context"
	"errors"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/keywright/keywright"
	"github.com/keywright/keywright/api"
)

// The inputs of the operations on what members ask the operator.
type (
	supportInput struct {
		PageQuery
		State string `query:"state" enum:"open" doc:"open lists only what has no answer yet." example:"open"`
	}
	askInput struct {
		withBody[api.NewSupportRequest]
	}
	answerInput struct {
		SupportPath
		withBody[api.SupportAnswer]
	}

	// SupportPath is exported because huma looks into no embedded field that is not.
	SupportPath struct {
		ID string `path:"id" doc:"The id of what was asked." example:"sup_0VLk2mQp8dR3sT5uV7wX"`
	}
)

func (h *handler) support() {
	route(h, huma.Operation{
		OperationID: "askSupport", Method: http.MethodPost, Path: "/v1/support", DefaultStatus: http.StatusCreated,
		Tags: []string{tagSupport}, Summary: "Ask the operator",
		Description: "For what this service can't be asked itself, or under a page of the help. The answer is in the console. At most 10 in 24 hours. Only a member may.",
	}, h.askSupport, http.StatusTooManyRequests)
	route(h, huma.Operation{
		OperationID: "listSupport", Method: http.MethodGet, Path: "/v1/support",
		Tags: []string{tagSupport}, Summary: "List what members ask",
		Description: "Newest first: what members ask in the console, for themselves or under a page of the help. Of the account that Keywright-Account names, or of all. Only the operator may.",
	}, h.listSupport)
	route(h, huma.Operation{
		OperationID: "getSupport", Method: http.MethodGet, Path: "/v1/support/{id}",
		Tags: []string{tagSupport}, Summary: "Get what a member asks",
		Description: "Only the operator may.",
	}, h.getSupport)
	route(h, huma.Operation{
		OperationID: "answerSupport", Method: http.MethodPost, Path: "/v1/support/{id}/answer",
		Tags: []string{tagSupport}, Summary: "Answer a member",
		Description: "He reads the answer in the console. Answered again, the last answer counts. What was asked under a help page can be published with it. Only the operator may.",
	}, h.answerSupport)
	route(h, huma.Operation{
		OperationID: "publishSupport", Method: http.MethodPost, Path: "/v1/support/{id}/publish",
		Tags: []string{tagSupport}, Summary: "Publish a question",
		Description: "Shows a question and its answer under its help page to every account, signed as whoever asked allowed. Only the operator may.",
	}, h.publishSupport, http.StatusConflict)
	route(h, huma.Operation{
		OperationID: "unpublishSupport", Method: http.MethodPost, Path: "/v1/support/{id}/unpublish",
		Tags: []string{tagSupport}, Summary: "Take a question back",
		Description: "From under its help page. Whoever asked keeps the answer. Only the operator may.",
	}, h.unpublishSupport, http.StatusConflict)
}

func (h *handler) askSupport(ctx context.Context, by keywright.Principal, in *askInput) (*created[api.SupportRequest], error) {
	r, err := h.svc.AskSupport(ctx, by, keywright.NewSupportRequest{
		Page: in.Sent.Page, Subject: in.Sent.Subject, Text: in.Sent.Text, Sign: keywright.Signature(in.Sent.Sign),
	})
	return &created[api.SupportRequest]{Location: "/v1/support/" + string(r.ID), Body: wireSupport(r)}, err
}

func (h *handler) listSupport(ctx context.Context, by keywright.Principal, in *supportInput) (*answer[api.SupportPage], error) {
	page, err := in.page()
	if err != nil {
		return nil, err
	}
	requests, next, err := h.svc.SupportRequests(ctx, by, in.State == "open", page)
	if err != nil {
		return nil, err
	}
	return &answer[api.SupportPage]{api.SupportPage{Requests: each(requests, wireSupport), NextCursor: optional(next.String())}}, nil
}

func (h *handler) getSupport(ctx context.Context, by keywright.Principal, in *SupportPath) (*answer[api.SupportRequest], error) {
	r, err := h.svc.SupportRequest(ctx, by, keywright.SupportID(in.ID))
	return answeredSupport(r, err)
}

func (h *handler) answerSupport(ctx context.Context, by keywright.Principal, in *answerInput) (*answer[api.SupportRequest], error) {
	r, err := h.svc.AnswerSupport(ctx, by, keywright.SupportID(in.ID), keywright.NewAnswer{Text: in.Sent.Text, By: in.Sent.AnsweredBy, Publish: in.Sent.Publish})
	return answeredSupport(r, err)
}

func (h *handler) publishSupport(ctx context.Context, by keywright.Principal, in *SupportPath) (*answer[api.SupportRequest], error) {
	r, err := h.svc.PublishSupport(ctx, by, keywright.SupportID(in.ID))
	return answeredSupport(r, err)
}

func (h *handler) unpublishSupport(ctx context.Context, by keywright.Principal, in *SupportPath) (*answer[api.SupportRequest], error) {
	r, err := h.svc.UnpublishSupport(ctx, by, keywright.SupportID(in.ID))
	return answeredSupport(r, err)
}

// answeredSupport says what is absent: without an account none can be the wrong one.
func answeredSupport(r keywright.SupportRequest, err error) (*answer[api.SupportRequest], error) {
	if errors.Is(err, keywright.ErrNotFound) {
		return nil, api.NewProblem(http.StatusNotFound, api.CodeNotFound, "Not found", "Nobody has asked anything by that id.")
	}
	return &answer[api.SupportRequest]{wireSupport(r)}, err
}

func wireSupport(r keywright.SupportRequest) api.SupportRequest {
	return api.SupportRequest{
		ID: string(r.ID), AccountID: string(r.Account), Account: r.Slug, AskedBy: wireActor(r.By),
		Page: optional(r.Page), Subject: optional(r.Subject), Text: r.Text, Signed: optional(r.Signed), CreatedAt: r.Created,
		Answer: optional(r.Answer), AnsweredBy: optional(r.AnsweredBy), AnsweredAt: moment(r.Answered), PublishedAt: moment(r.Published), SeenAt: moment(r.Seen),
	}
}
