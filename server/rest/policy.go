package rest

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/keywright/keywright"
	"github.com/keywright/keywright/api"
	"github.com/keywright/keywright/policy"
)

const opCheckPolicy = "checkPolicy"

type policyInput struct{ withBody[api.Policy] }

func (h *handler) policies() {
	route(h, huma.Operation{
		OperationID: "getPolicy", Method: http.MethodGet, Path: "/v1/policy",
		Tags: []string{tagOperator}, Summary: "Get the policy in force",
		Description: "As the file that it was read from, and since which revision. All nodes go by one policy. Only the operator may.",
	}, h.getPolicy)
	route(h, huma.Operation{
		OperationID: opCheckPolicy, Method: http.MethodPost, Path: "/v1/policy/check",
		Tags: []string{tagOperator}, Summary: "Foresee a policy",
		Description: "Answers every mistake in a policy file, or what it would change for which accounts, members and keys. Changes nothing. Only the operator may.",
	}, h.checkPolicy)
}

func (h *handler) getPolicy(_ context.Context, by keywright.Principal, _ *nothing) (*answer[api.PolicyInForce], error) {
	if by.Kind != keywright.PrincipalOperator {
		return nil, &keywright.ForbiddenError{}
	}
	in := h.svc.InForce()
	return &answer[api.PolicyInForce]{api.PolicyInForce{Text: in.Text, SinceRevision: in.Since}}, nil
}

func (h *handler) checkPolicy(ctx context.Context, by keywright.Principal, in *policyInput) (*answer[api.PolicyEffects], error) {
	if by.Kind != keywright.PrincipalOperator {
		return nil, &keywright.ForbiddenError{}
	}
	next, err := policy.Parse([]byte(in.Sent.Text))
	var mistakes policy.Mistakes
	if errors.As(err, &mistakes) {
		return nil, invalid(each(mistakes, wireMistake)...)
	}
	if err != nil {
		return nil, err
	}
	effects, err := h.svc.Foresee(ctx, by, next)
	return &answer[api.PolicyEffects]{api.PolicyEffects{Effects: each(effects, wireEffect)}}, err
}

func wireMistake(m policy.Mistake) api.FieldError {
	return api.FieldError{Pointer: "/text", Detail: fmt.Sprintf("line %d, column %d: %s", m.Line, m.Column, m.String())}
}

func wireEffect(e keywright.Effect) api.PolicyEffect {
	return api.PolicyEffect{
		Difference: e.String(), Restricts: e.Restricts, Orphans: e.Orphans(),
		Accounts: e.Accounts, Members: e.Members, Keys: e.Keys, Names: append([]string{}, e.Names...),
	}
}
