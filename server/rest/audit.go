package rest

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/keywright/keywright"
	"github.com/keywright/keywright/api"
)

func (h *handler) audit() {
	route(h, huma.Operation{
		OperationID: "listEvents", Method: http.MethodGet, Path: "/v1/audit",
		Tags: []string{tagAccount}, Summary: "Read the audit log",
		Description: "Who did what in the account, newest first. The operator who names no account reads the log of the whole installation: of all accounts, and of what was done outside of them.",
	}, h.listEvents)
	route(h, huma.Operation{
		OperationID: "getKeyHistory", Method: http.MethodGet, Path: "/v1/keys/{id}/history",
		Tags: []string{tagKeys}, Summary: "Read a key's history",
		Description: "What was done with the key, newest first: those lines of the audit log that are about it.",
	}, h.keyHistory)
}

type historyInput struct {
	KeyPath
	PageQuery
}

func (h *handler) listEvents(ctx context.Context, by keywright.Principal, in *PageQuery) (*answer[api.EventPage], error) {
	page, err := in.page()
	if err != nil {
		return nil, err
	}
	events, next, err := h.svc.Events(ctx, by, page)
	if err != nil {
		return nil, err
	}
	return &answer[api.EventPage]{api.EventPage{Events: each(events, wireEvent), NextCursor: optional(next.String())}}, nil
}

func (h *handler) keyHistory(ctx context.Context, by keywright.Principal, in *historyInput) (*answer[api.EventPage], error) {
	page, err := in.page()
	if err != nil {
		return nil, err
	}
	events, next, err := h.svc.History(ctx, by, keywright.KeyID(in.ID), page)
	if err != nil {
		return nil, err
	}
	return &answer[api.EventPage]{api.EventPage{Events: each(events, wireEvent), NextCursor: optional(next.String())}}, nil
}

func wireEvent(e keywright.Event) api.Event {
	wire := api.Event{
		Sequence: e.Sequence, ID: string(e.ID), At: e.At, AccountID: optional(string(e.Account)), Actor: wireActor(e.Actor), Action: string(e.Action),
		Subject: api.EventSubject{Kind: e.Subject.Kind, ID: e.Subject.ID, Name: e.Subject.Name}, Details: e.Details,
	}
	if wire.Details == nil {
		wire.Details = map[string]string{}
	}
	if e.Receipt.Revision > 0 {
		receipt := wireReceipt(e.Receipt)
		wire.Receipt = &receipt
	}
	return wire
}
