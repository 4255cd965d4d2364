package main

import (
	"context"
	"net/http"

	"github.com/urfave/cli/v3"

	"github.com/keywright/keywright/api"
)

func transferCommand(account cli.Flag) *cli.Command {
	return &cli.Command{
		Name: "transfer", Usage: "make a member owner, and the owner an admin, at once and together",
		UsageText: "keywright member transfer EMAIL --account SLUG [--from EMAIL] [--wait all|bound] [--yes]",
		Description: `Shows whose place it would be; with --yes it does it. The owner before gets the next role below,
which is admin unless your policy has others.

Example:
  keywright member transfer ben@acme.example --account acme --yes`,
		Flags: []cli.Flag{
			account, text("from", "`EMAIL` of the owner who gives it up; default: you with --as, else the only owner"),
			waitFlag(), asFlag(), yesFlag(),
		},
		Action: transferOwnership,
	}
}

func transferOwnership(ctx context.Context, cmd *cli.Command) error {
	return changeMember(ctx, cmd, []string{"EMAIL"}, func(o *operator, m api.Member, _ []string) error {
		var place api.NewOwner
		before := "the owner"
		if email := cmd.String("from"); email != "" {
			owner, err := o.findMember(ctx, email)
			if err != nil {
				return err
			}
			place.From, before = owner.ID, owner.Email
		}
		account := cmd.String("account")
		if !cmd.Bool("yes") {
			return unconfirmed("make %s owner of account %s in the place of %s, who gets the next role below", whoIs(m), account, before)
		}
		answer, err := o.call(ctx, http.MethodPost, memberPath(m)+"/owner", place)
		if err != nil {
			return err
		}
		t, err := decode[api.Transfer](answer)
		if err != nil {
			return err
		}
		return settled(cmd, answer, t.Restriction, "%s is owner of account %s now, and %s is %s%s", t.Owner.Email, account, t.Before.Email, t.Before.Role, alsoWhere(t.Restriction))
	})
}
