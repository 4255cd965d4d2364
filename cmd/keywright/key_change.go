package main

import (
	"context"
	"net/http"

	"github.com/urfave/cli/v3"

	"github.com/keywright/keywright/api"
)

func changeCommand() *cli.Command {
	return &cli.Command{
		Name: "change", Usage: "change a key without a new text",
		UsageText: "keywright key change ID [--api-version VERSION] [--scope SCOPE]... [--network CIDR]... [--expires WHEN] [other options]",
		Description: `Moves it to another API version, narrows its scopes, or changes where and until when it works.
Scopes can only become fewer: for more, issue another key.

Examples:
  keywright key change key_o6p4Zq81LmT3 --api-version v2
  keywright key change key_o6p4Zq81LmT3 --scope incidents:read --expires 90d --wait all
  keywright key change key_o6p4Zq81LmT3 --anywhere`,
		Flags: []cli.Flag{
			keyAccountFlag(),
			text("api-version", "`VERSION` that takes new keys"),
			texts("scope", "`SCOPE` that the key keeps; may be given several times"),
			texts("network", "`CIDR` network or address from which alone the key may be used; may be given several times"),
			&cli.BoolFlag{Name: "anywhere", Usage: "the key may be used from anywhere"},
			text("not-before", "`WHEN` the key begins: a duration from now, a date, or an instant"),
			text("expires", "`WHEN` the key ends: a duration from now such as 90d, a date, an instant, or never"),
			text("member", "`EMAIL` of the member who answers for a service's key from now on; needs --account"),
			waitFlag(), asFlag(),
		},
		Action: changeKey,
	}
}

func changeKey(ctx context.Context, cmd *cli.Command) error {
	change, err := keyChange(ctx, cmd)
	if err != nil {
		return err
	}
	answer, key, err := onKey[api.ChangedKey](ctx, cmd, http.MethodPatch, "", change)
	if err != nil {
		return err
	}
	return settled(cmd, answer, key.Restriction, "changed %s %q (%s); see: keywright key show %s%s", key.ID, key.Description, key.Handle, key.ID, alsoWhere(key.Restriction))
}

// keyChange is what was asked for on the command line.
func keyChange(ctx context.Context, cmd *cli.Command) (api.KeyChange, error) {
	given := func(name string) *string {
		if !cmd.IsSet(name) {
			return nil
		}
		value := cmd.String(name)
		return &value
	}
	several := func(name string) *[]string {
		if !cmd.IsSet(name) {
			return nil
		}
		values := cmd.StringSlice(name)
		return &values
	}
	c := api.KeyChange{
		APIVersion: given("api-version"), Scopes: several("scope"), Networks: several("network"),
		NotBefore: given("not-before"), Expires: given("expires"),
	}
	if cmd.Bool("anywhere") {
		if c.Networks != nil {
			return c, usage(cmd, "--anywhere and --network contradict each other; give one of them")
		}
		c.Networks = &[]string{}
	}
	if email := given("member"); email != nil {
		if cmd.String("account") == "" {
			return c, usage(cmd, "--member needs --account, in which to look for the member")
		}
		o, err := dial(cmd)
		if err != nil {
			return c, err
		}
		m, err := o.findMember(ctx, *email)
		if err != nil {
			return c, err
		}
		c.Member = &m.ID
	}
	if c == (api.KeyChange{}) {
		return c, usage(cmd, "nothing to change; say what, such as --api-version v2")
	}
	return c, nil
}
