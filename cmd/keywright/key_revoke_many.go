package main

import (
	"context"
	"fmt"
	"net/http"

	"github.com/urfave/cli/v3"

	"github.com/keywright/keywright/api"
)

func revokeManyCommand() *cli.Command {
	return &cli.Command{
		Name: "revoke-many", Usage: "end all keys that fit, for good and at once",
		UsageText: "keywright key revoke-many --account SLUG [--unused TIME] [--created-by ID] [other filters] [--reason-kind KIND] [--reason TEXT] [--wait all|bound] [--yes --confirm WHAT]",
		Description: `Lists which keys it would end; with --yes and --confirm it does it, all of them together or none.
To confirm, say how many they are or, where they are all keys of the account, its slug: what is
listed says which. That can't be undone. 2,000 at once is the most.

Examples:
  keywright key revoke-many --account acme --unused 180d
  keywright key revoke-many --account acme --unused 180d --reason-kind other --reason 'not used' --yes --confirm 12
  keywright key revoke-many --account acme --created-by mem_0VLk2mQp8dR3sT5uV7wX --reason-kind leaver`,
		Flags: append(filterFlags(),
			accountFlag("`SLUG` of the account"),
			text("reason", "`TEXT` for the history, at most 200 characters"), reasonKindFlag(),
			text("confirm", "`WHAT` is listed as what to confirm with"),
			waitFlag(), asFlag(), yesFlag(),
		),
		Action: revokeMany,
	}
}

func reasonKindFlag() cli.Flag {
	return text("reason-kind", "`KIND` of reason: lost, leaked, replaced, leaver or other")
}

func revokeMany(ctx context.Context, cmd *cli.Command) error {
	if _, err := arguments(cmd, nil, "account"); err != nil {
		return err
	}
	o, err := dial(cmd)
	if err != nil {
		return err
	}
	q := filterQuery(cmd)
	filter := api.KeyFilter{
		State: q.Get("state"), Kind: q.Get("kind"), APIVersion: q.Get("api_version"), Environment: q.Get("environment"), Member: q.Get("member"),
		CreatedBy: q.Get("created_by"), Expiring: q.Get("expiring"), Unused: q.Get("unused"), Scope: q.Get("scope"), Network: q.Get("network"), Search: q.Get("search"),
	}
	does := cmd.Bool("yes")
	answer, err := o.call(ctx, http.MethodPost, "/v1/keys/revoke", api.BatchRevocation{
		Filter: filter, Reason: cmd.String("reason"), ReasonKind: cmd.String("reason-kind"), DryRun: !does, Confirm: cmd.String("confirm"),
	})
	if err != nil {
		return err
	}
	batch, err := decode[api.RevokedBatch](answer)
	if err != nil {
		return err
	}
	if does {
		return settled(cmd, answer, batch.Restriction, "revoked %s of account %s for good: stopped working %s", keysWords(batch.Count), cmd.String("account"), where(batch.Restriction))
	}
	if asJSON(cmd) {
		err = printJSON(cmd.Root().Writer, answer)
	} else {
		err = printKeys(cmd.Root().Writer, batch.Keys)
	}
	if err != nil {
		return err
	}
	return unconfirmed("end %s of account %s at once and for good; confirm with --confirm %s", keysWords(batch.Count), cmd.String("account"), batch.Confirm)
}

func keysWords(n int) string {
	if n == 1 {
		return "1 key"
	}
	return fmt.Sprintf("%d keys", n)
}
