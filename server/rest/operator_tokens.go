package rest

import (
	"context"
	"errors"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/keywright/keywright"
	"github.com/keywright/keywright/api"
)

// The inputs of the operations on the operator's tokens.
type (
	issueTokenInput  struct{ withBody[api.NewOperatorToken] }
	revokeTokenInput struct {
		TokenPath
		WaitQuery
		withBody[api.Revocation]
	}

	// TokenPath is exported because huma looks into no embedded field that is not.
	TokenPath struct {
		ID string `path:"id" doc:"The token's id." example:"tok_o6p4Zq81LmT3"`
	}
)

func (h *handler) operatorTokens() {
	route(h, huma.Operation{
		OperationID: "issueOperatorToken", Method: http.MethodPost, Path: "/v1/operator/tokens", DefaultStatus: http.StatusCreated,
		Tags: []string{tagOperator}, Summary: "Issue an operator token",
		Description: "Makes a token and answers its secret: once, here, and never again. Give each gateway and each machine one of its own, and no more than it needs: use verify for whatever only asks for verdicts. Only the operator may.",
	}, h.issueToken)
	route(h, huma.Operation{
		OperationID: "listOperatorTokens", Method: http.MethodGet, Path: "/v1/operator/tokens",
		Tags: []string{tagOperator}, Summary: "List the operator tokens",
		Description: "Newest first, revoked ones too. No answer but that of issuing holds a secret. Only the operator may.",
	}, h.listTokens)
	route(h, huma.Operation{
		OperationID: "getOperatorToken", Method: http.MethodGet, Path: "/v1/operator/tokens/{id}",
		Tags: []string{tagOperator}, Summary: "Get an operator token",
		Description: "Only the operator may.",
	}, h.getToken)
	route(h, huma.Operation{
		OperationID: "revokeOperatorToken", Method: http.MethodPost, Path: "/v1/operator/tokens/{id}/revoke", RequestBody: &huma.RequestBody{},
		Tags: []string{tagOperator}, Summary: "Revoke an operator token",
		Description: "Ends a token for good: once this is answered, nothing here accepts it. Its record stays as history. The body may be left out. Only the operator may.",
	}, h.revokeToken, http.StatusConflict)
}

func (h *handler) issueToken(ctx context.Context, by keywright.Principal, in *issueTokenInput) (*created[api.IssuedOperatorToken], error) {
	n := keywright.NewOperatorToken{Description: in.Sent.Description, Use: keywright.TokenUse(in.Sent.Use)}
	if in.Sent.ExpiresAt != nil {
		n.Expires = *in.Sent.ExpiresAt
	}
	token, text, err := h.svc.IssueOperatorToken(ctx, by, n)
	if err != nil {
		return nil, err
	}
	return &created[api.IssuedOperatorToken]{
		Location: "/v1/operator/tokens/" + string(token.ID),
		Body:     api.IssuedOperatorToken{OperatorToken: h.wireToken(token), Secret: text.Reveal()},
	}, nil
}

func (h *handler) listTokens(ctx context.Context, by keywright.Principal, in *PageQuery) (*answer[api.OperatorTokenPage], error) {
	page, err := in.page()
	if err != nil {
		return nil, err
	}
	tokens, next, err := h.svc.OperatorTokens(ctx, by, page)
	if err != nil {
		return nil, err
	}
	return &answer[api.OperatorTokenPage]{api.OperatorTokenPage{Tokens: each(tokens, h.wireToken), NextCursor: optional(next.String())}}, nil
}

func (h *handler) getToken(ctx context.Context, by keywright.Principal, in *TokenPath) (*answer[api.OperatorToken], error) {
	token, err := h.svc.OperatorToken(ctx, by, keywright.OperatorTokenID(in.ID))
	return &answer[api.OperatorToken]{h.wireToken(token)}, noToken(err)
}

func (h *handler) revokeToken(ctx context.Context, by keywright.Principal, in *revokeTokenInput) (*answer[api.RevokedOperatorToken], error) {
	token, commit, err := h.svc.RevokeOperatorToken(ctx, by, keywright.OperatorTokenID(in.ID), in.Sent.Reason)
	if err != nil {
		return nil, noToken(err)
	}
	return &answer[api.RevokedOperatorToken]{api.RevokedOperatorToken{OperatorToken: h.wireToken(token), Restriction: h.restriction(ctx, commit, in.WaitQuery)}}, nil
}

// noToken says what is absent: of a token no account can be the wrong one.
func noToken(err error) error {
	if errors.Is(err, keywright.ErrNotFound) {
		return api.NewProblem(http.StatusNotFound, api.CodeNotFound, "Not found", "There is no operator token by that id.")
	}
	return err
}

func (h *handler) wireToken(t keywright.OperatorToken) api.OperatorToken {
	wire := api.OperatorToken{
		ID: string(t.ID), Use: string(t.Use), Description: t.Description, Handle: t.Handle(), LastFour: t.LastFour,
		State: string(t.State(h.options.Now())), CreatedAt: t.Created, CreatedBy: wireActor(t.CreatedBy),
		ExpiresAt: moment(t.Expires), LastUsedAt: moment(t.LastUsed), RevokedAt: moment(t.Revoked), RevokeReason: optional(t.WhyRevoked),
	}
	if !t.Revoked.IsZero() {
		by := wireActor(t.RevokedBy)
		wire.RevokedBy = &by
	}
	return wire
}
