package main

import (
	"context"
	"fmt"
	"net/http"
	"strconv"

	"github.com/urfave/cli/v3"

	"github.com/keywright/keywright/api"
)

func accountCommand() *cli.Command {
	return group("account", "make accounts, list them, change their plan",
		"An account is a customer of your product. Its members sign in to the console and make its keys.",
		&cli.Command{
			Name: "create", Usage: "make an account with its first owner",
			UsageText: "keywright account create SLUG --name NAME --plan PLAN --owner EMAIL [--owner-name NAME] [--password-stdin]",
			Description: `Prints a one-time link (7 days) by which the owner chooses a password. With --password-stdin
the owner can sign in at once, and nothing is printed.

SLUG is how you name the account in other commands: 2 to 39 lower-case letters, digits and
hyphens. It can't be changed later.

Examples:
  keywright account create acme --name 'Acme Incidents' --plan standard --owner ada@acme.example
  keywright account create acme --name Acme --plan lite --owner ada@acme.example --password-stdin < password`,
			Flags: []cli.Flag{
				text("name", "`NAME` of the account, for people"),
				text("plan", "`PLAN` of the account, such as lite or standard"),
				text("owner", "`EMAIL` of the first owner"),
				text("owner-name", "`NAME` of the owner; default: what stands before the @"),
				passwordFlag(),
			},
			Action: createAccount,
		},
		&cli.Command{
			Name: "plan", Usage: "move an account to another plan, at once",
			UsageText: "keywright account plan SLUG PLAN [--preview] [--wait all|bound]",
			Description: `On a plan without API access the account's keys stop verifying. Nothing is lost: on a plan
with API access the same keys work again. --preview says which keys would stop or work again, and
whether there are more than the plan allows.

Examples:
  keywright account plan acme lite --preview
  keywright account plan acme enterprise`,
			Flags:  []cli.Flag{previewFlag(), waitFlag()},
			Action: setPlan,
		},
		&cli.Command{
			Name: "list", Usage: "list all accounts, newest first",
			UsageText: "keywright account list",
			Description: `Examples:
  keywright account list
  keywright account list --json | jq -r '.accounts[].slug'`,
			Action: listAccounts,
		},
	)
}

func createAccount(ctx context.Context, cmd *cli.Command) error {
	given, err := arguments(cmd, []string{"SLUG"}, "name", "plan", "owner")
	if err != nil {
		return err
	}
	o, err := dial(cmd)
	if err != nil {
		return err
	}
	password, err := readPassword(cmd)
	if err != nil {
		return err
	}
	answer, err := o.call(ctx, http.MethodPost, "/v1/accounts", api.NewAccount{
		Slug: given[0], Name: cmd.String("name"), Plan: cmd.String("plan"),
		Owner: api.NewMember{Email: cmd.String("owner"), Name: cmd.String("owner-name"), Password: password},
	})
	if err != nil {
		return err
	}
	created, err := decode[api.CreatedAccount](answer)
	if err != nil {
		return err
	}
	return joined(cmd, answer, created.Owner, created.Slug,
		fmt.Sprintf("made account %s (%s) on the %s plan, with owner %s", created.Slug, created.Name, created.Plan, created.Owner.Email))
}

func setPlan(ctx context.Context, cmd *cli.Command) error {
	given, err := arguments(cmd, []string{"SLUG", "PLAN"})
	if err != nil {
		return err
	}
	o, err := dial(cmd)
	if err != nil {
		return err
	}
	if err := o.name(cmd, accountHeader, "SLUG", given[0]); err != nil {
		return err
	}
	if cmd.Bool("preview") {
		return previewPlan(ctx, cmd, o, given[1])
	}
	answer, err := o.call(ctx, http.MethodPatch, "/v1/account", api.AccountChange{Plan: given[1]})
	if err != nil {
		return err
	}
	account, err := decode[api.ChangedAccount](answer)
	if err != nil {
		return err
	}
	return settled(cmd, answer, account.Restriction, "account %s is on the %s plan now; active keys: %d%s", account.Slug, account.Plan, account.ActiveKeys, alsoWhere(account.Restriction))
}

func listAccounts(ctx context.Context, cmd *cli.Command) error {
	if _, err := arguments(cmd, nil); err != nil {
		return err
	}
	o, err := dial(cmd)
	if err != nil {
		return err
	}
	elements, err := o.list(ctx, "/v1/accounts", "accounts")
	if err != nil {
		return err
	}
	if asJSON(cmd) {
		return printList(cmd.Root().Writer, "accounts", elements)
	}
	accounts, err := decodeAll[api.Account](elements)
	if err != nil {
		return err
	}
	if len(accounts) == 0 {
		say(cmd.Root().ErrWriter, "no accounts yet; make one with: keywright account create --help")
		return nil
	}
	rows := [][]string{{"SLUG", "PLAN", "STATE", "KEYS", "CREATED", "NAME"}}
	for _, a := range accounts {
		rows = append(rows, []string{a.Slug, a.Plan, a.State, strconv.Itoa(a.ActiveKeys), instant(a.CreatedAt), a.Name})
	}
	return table(cmd.Root().Writer, rows...)
}
