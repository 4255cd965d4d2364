package main

import (
	"context"
	"net/http"

	"github.com/urfave/cli/v3"

	"github.com/keywright/keywright/api"
)

func issueKey(ctx context.Context, cmd *cli.Command) error {
	if _, err := arguments(cmd, nil, "account", "description"); err != nil {
		return err
	}
	o, err := dial(cmd)
	if err != nil {
		return err
	}
	account := cmd.String("account")
	n := api.NewKey{
		Description: cmd.String("description"), APIVersion: cmd.String("api-version"), Environment: cmd.String("environment"),
		Kind: cmd.String("kind"), Service: cmd.String("service"), Scopes: cmd.StringSlice("scope"), Networks: cmd.StringSlice("network"),
		NotBefore: cmd.String("not-before"), Expires: cmd.String("expires"),
	}
	if email := cmd.String("member"); email != "" {
		m, err := o.findMember(ctx, email)
		if err != nil {
			return err
		}
		n.Member = m.ID
	}
	answer, err := o.call(ctx, http.MethodPost, "/v1/keys", n)
	if err != nil {
		return err
	}
	key, err := decode[api.IssuedKey](answer)
	if err != nil {
		return err
	}
	say(cmd.Root().ErrWriter, "issued %s %q (%s, %s) in account %s; its text is shown this once, keep it now",
		key.ID, key.Description, key.APIVersion, key.Environment, account)
	return printOnce(cmd, answer, key.Secret, "revoke it with: keywright key revoke "+key.ID+" --yes, and issue another")
}
