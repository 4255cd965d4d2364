package rest

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/keywright/keywright"
	"github.com/keywright/keywright/api"
)

// batchPath is also a path of the pattern for one key, which has its other methods.
const batchPath = "/v1/keys/revoke"

type batchInput struct {
	WaitQuery
	withBody[api.BatchRevocation]
}

func (h *handler) keyBatches() {
	route(h, huma.Operation{
		OperationID: opRevokeKeys, Method: http.MethodPost, Path: batchPath,
		Tags: []string{tagKeys}, Summary: "Revoke many keys",
		Description: "Ends all keys that fit the filter and have not ended, for good and together: all of them or none, 2,000 at most. Ask with dry_run first, and send what it answers as confirm.",
	}, h.revokeKeys, http.StatusConflict)
}

func (h *handler) revokeKeys(ctx context.Context, by keywright.Principal, in *batchInput) (*answer[api.RevokedBatch], error) {
	filter, err := queryOf(in.Sent.Filter).Filter(h.options.Now())
	if err != nil {
		return nil, err
	}
	if in.Sent.DryRun {
		batch, err := h.svc.WouldRevoke(ctx, by, filter)
		return &answer[api.RevokedBatch]{h.wireBatch(batch, true)}, err
	}
	why, err := keywright.Why(in.Sent.ReasonKind, in.Sent.Reason)
	if err != nil {
		return nil, err
	}
	batch, commit, err := h.svc.RevokeMany(ctx, by, filter, why, in.Sent.Confirm)
	if err != nil {
		return nil, err
	}
	wire := h.wireBatch(batch, false)
	wire.Restriction = h.restriction(ctx, commit, in.WaitQuery)
	return &answer[api.RevokedBatch]{wire}, nil
}

func (h *handler) wireBatch(b keywright.Batch, dry bool) api.RevokedBatch {
	return api.RevokedBatch{Count: b.Count, Keys: each(b.Keys, h.wireKey), DryRun: dry, Confirm: b.Type}
}

func queryOf(f api.KeyFilter) keywright.KeyQuery {
	return keywright.KeyQuery{
		State: f.State, Kind: f.Kind, Version: f.APIVersion, Environment: f.Environment, Member: f.Member, Creator: f.CreatedBy,
		Expiring: f.Expiring, Unused: f.Unused, Scope: f.Scope, Network: f.Network, Search: f.Search,
	}
}
