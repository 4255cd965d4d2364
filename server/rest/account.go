package rest

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/keywright/keywright"
	"github.com/keywright/keywright/api"
)

const opCreateAccount = "createAccount"

// The inputs of the operations on accounts.
type (
	nothing   struct{}
	planInput struct {
		WaitQuery
		withBody[api.AccountChange]
	}
	accountInput struct{ withBody[api.NewAccount] }
)

func (h *handler) account() {
	route(h, huma.Operation{
		OperationID: "getAccount", Method: http.MethodGet, Path: "/v1/account",
		Tags: []string{tagAccount}, Summary: "Get the account",
		Description: "The account that the key belongs to.",
	}, h.getAccount)
}

// operators are the operations that only the operator may use: over the operator socket.
func (h *handler) operators() {
	route(h, huma.Operation{
		OperationID: "changeAccount", Method: http.MethodPatch, Path: "/v1/account",
		Tags: []string{tagOperator}, Summary: "Change the account's plan",
		Description: "Takes effect at once. On a plan without API access the account's keys stop verifying; on one that has it they work again. Only the operator may.",
	}, h.setPlan)
	route(h, huma.Operation{
		OperationID: opCreateAccount, Method: http.MethodPost, Path: "/v1/accounts", DefaultStatus: http.StatusCreated,
		Tags: []string{tagOperator}, Summary: "Create an account",
		Description: "With its first owner. Without a password he is invited, and the answer holds the link by which he joins. Only the operator may.",
	}, h.createAccount, http.StatusConflict)
	route(h, huma.Operation{
		OperationID: "listAccounts", Method: http.MethodGet, Path: "/v1/accounts",
		Tags: []string{tagOperator}, Summary: "List the accounts",
		Description: "Newest first. Only the operator may.",
	}, h.listAccounts)
}

func (h *handler) getAccount(ctx context.Context, by keywright.Principal, _ *nothing) (*answer[api.Account], error) {
	account, err := h.svc.Account(ctx, by)
	return &answer[api.Account]{wireAccount(account)}, err
}

func (h *handler) setPlan(ctx context.Context, by keywright.Principal, in *planInput) (*answer[api.ChangedAccount], error) {
	account, commit, err := h.svc.SetPlan(ctx, by, in.Sent.Plan)
	if err != nil {
		return nil, err
	}
	return &answer[api.ChangedAccount]{api.ChangedAccount{Account: wireAccount(account), Restriction: h.restriction(ctx, commit, in.WaitQuery)}}, nil
}

func (h *handler) createAccount(ctx context.Context, by keywright.Principal, in *accountInput) (*answer[api.CreatedAccount], error) {
	account, owner, link, err := h.svc.CreateAccount(ctx, by, keywright.NewAccount{
		Slug: in.Sent.Slug, Name: in.Sent.Name, Plan: in.Sent.Plan, Owner: newMember(in.Sent.Owner),
	})
	if err != nil {
		return nil, err
	}
	return &answer[api.CreatedAccount]{api.CreatedAccount{Account: wireAccount(account), Owner: h.addedMember(owner, link)}}, nil
}

func (h *handler) listAccounts(ctx context.Context, by keywright.Principal, in *PageQuery) (*answer[api.AccountPage], error) {
	page, err := in.page()
	if err != nil {
		return nil, err
	}
	accounts, next, err := h.svc.Accounts(ctx, by, page)
	if err != nil {
		return nil, err
	}
	return &answer[api.AccountPage]{api.AccountPage{Accounts: each(accounts, wireAccount), NextCursor: optional(next.String())}}, nil
}
