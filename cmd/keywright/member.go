package main

import (
	"context"
	"fmt"
	"net/http"
	"net/url"

	"github.com/urfave/cli/v3"

	"github.com/keywright/keywright/api"
)

func memberCommand() *cli.Command {
	account := func() cli.Flag { return accountFlag("`SLUG` of the account that they belong to") }
	return group("member", "say who belongs to an account, and in which role",
		"Members sign in to the console. Owners and admins make keys; users and limited users don't.",
		&cli.Command{
			Name: "add", Usage: "add a person to an account",
			UsageText: "keywright member add EMAIL --account SLUG --role ROLE [--name NAME] [--password-stdin]",
			Description: `Prints a one-time link (7 days) by which the member chooses a password. With --password-stdin
they can sign in at once, and nothing is printed.

Examples:
  keywright member add ben@acme.example --account acme --role admin --name Ben
  keywright member add uma@acme.example --account acme --role user --password-stdin < password`,
			Flags: []cli.Flag{
				account(),
				text("role", "`ROLE` of the member: owner, admin, user or limited_user, unless your policy has others"),
				text("name", "`NAME` of the member; default: what stands before the @"),
				passwordFlag(), asFlag(),
			},
			Action: addMember,
		},
		&cli.Command{
			Name: "list", Usage: "list an account's members, newest first",
			UsageText: "keywright member list --account SLUG",
			Description: `Example:
  keywright member list --account acme`,
			Flags:  []cli.Flag{account(), asFlag()},
			Action: listMembers,
		},
		&cli.Command{
			Name: "role", Usage: "give a member another role, at once",
			UsageText: "keywright member role EMAIL ROLE --account SLUG [--preview] [--wait all|bound]",
			Description: `Every account keeps at least one owner: make another one first. --preview says which rights and
scopes the member would gain and lose, and which personal keys would reach something else.

Examples:
  keywright member role ben@acme.example user --account acme --preview
  keywright member role ben@acme.example owner --account acme`,
			Flags:  []cli.Flag{account(), previewFlag(), waitFlag(), asFlag()},
			Action: setRole,
		},
		&cli.Command{
			Name: "invite", Usage: "print a new one-time link for a member who has yet to choose a password",
			UsageText: "keywright member invite EMAIL --account SLUG",
			Description: `The older link stops working. The new one works once, for 7 days; hand it to the member alone.

Example:
  keywright member invite ben@acme.example --account acme`,
			Flags:  []cli.Flag{account(), asFlag()},
			Action: inviteMember,
		},
		deactivateCommand(account()), activateCommand(account()), removeCommand(account()), transferCommand(account()),
	)
}

func addMember(ctx context.Context, cmd *cli.Command) error {
	given, err := arguments(cmd, []string{"EMAIL"}, "account", "role")
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
	answer, err := o.call(ctx, http.MethodPost, "/v1/members", api.NewMember{
		Email: given[0], Name: cmd.String("name"), Role: cmd.String("role"), Password: password,
	})
	if err != nil {
		return err
	}
	member, err := decode[api.AddedMember](answer)
	if err != nil {
		return err
	}
	account := cmd.String("account")
	return joined(cmd, answer, member, account,
		fmt.Sprintf("added %s (%s) to account %s as %s", member.Email, member.Name, account, member.Role))
}

func listMembers(ctx context.Context, cmd *cli.Command) error {
	if _, err := arguments(cmd, nil, "account"); err != nil {
		return err
	}
	o, err := dial(cmd)
	if err != nil {
		return err
	}
	elements, err := o.list(ctx, "/v1/members", "members")
	if err != nil {
		return err
	}
	if asJSON(cmd) {
		return printList(cmd.Root().Writer, "members", elements)
	}
	members, err := decodeAll[api.Member](elements)
	if err != nil {
		return err
	}
	rows := [][]string{{"EMAIL", "ROLE", "STATE", "ADDED", "NAME"}}
	for _, m := range members {
		rows = append(rows, []string{m.Email, m.Role, m.State, instant(m.CreatedAt), m.Name})
	}
	return table(cmd.Root().Writer, rows...)
}

// findMember finds a member of the account by e-mail address.
func (o *operator) findMember(ctx context.Context, email string) (api.Member, error) {
	answer, err := o.call(ctx, http.MethodGet, "/v1/members?"+url.Values{"email": {email}}.Encode(), nil)
	if err != nil {
		return api.Member{}, err
	}
	page, err := decode[api.MemberPage](answer)
	if err != nil {
		return api.Member{}, err
	}
	if len(page.Members) != 1 {
		return api.Member{}, o.noMember("member", email)
	}
	return page.Members[0], nil
}
