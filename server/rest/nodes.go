package rest

import (
	"cmp"
	"context"
	"net/http"
	"slices"

	"github.com/danielgtaylor/huma/v2"

	"github.com/keywright/keywright"
	"github.com/keywright/keywright/api"
)

func (h *handler) nodes() {
	route(h, huma.Operation{
		OperationID: "listNodes", Method: http.MethodGet, Path: "/v1/operator/nodes",
		Tags: []string{tagOperator}, Summary: "List the nodes",
		Description: "The processes that answer for the keys of this database, as the one that is asked sees them, by name. A node that is silent for longer than its staleness bound is removed. Only the operator may.",
	}, h.listNodes)
}

func (h *handler) listNodes(ctx context.Context, by keywright.Principal, _ *nothing) (*answer[api.Nodes], error) {
	if by.Kind != keywright.PrincipalOperator {
		return nil, &keywright.ForbiddenError{}
	}
	nodes, err := h.options.Nodes(ctx)
	if err != nil {
		return nil, err
	}
	slices.SortFunc(nodes, func(a, b keywright.Neighbour) int {
		return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.ID, b.ID))
	})
	listed := api.Nodes{Nodes: each(nodes, wireNode)}
	for _, n := range nodes {
		listed.Revision = max(listed.Revision, n.Applied)
	}
	return &answer[api.Nodes]{listed}, nil
}

func wireNode(n keywright.Neighbour) api.Node {
	wire := api.Node{
		ID: string(n.ID), Name: n.Name, Version: n.Version, Address: n.Address, Self: n.Self, Live: n.Live(),
		StartedAt: n.Started, SeenAt: n.Seen, SilentMS: n.Silent.Milliseconds(), Applied: n.Applied, Behind: n.Behind,
		StalenessBoundMS: n.Bound.Milliseconds(), OnStale: "refuse",
	}
	if n.ServesStale {
		wire.OnStale = "serve"
	}
	return wire
}
