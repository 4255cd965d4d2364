package main

import (
	"context"
	"net/http"

	"github.com/urfave/cli/v3"

	"github.com/keywright/keywright/api"
)

func revokeKey(ctx context.Context, cmd *cli.Command) error {
	id, err := keyIDArgument(cmd)
	if err != nil {
		return err
	}
	o, err := dial(cmd)
	if err != nil {
		return err
	}
	if !cmd.Bool("yes") {
		return wouldRevoke(ctx, o, id)
	}
	answer, err := o.call(ctx, http.MethodPost, "/v1/keys/"+id+"/revoke", api.Revocation{Reason: cmd.String("reason"), ReasonKind: cmd.String("reason-kind")})
	if err != nil {
		return o.noKey(err, id)
	}
	key, err := decode[api.RevokedKey](answer)
	if err != nil {
		return err
	}
	return settled(cmd, answer, key.Restriction, "revoked %s %q (%s) for good: it has stopped working %s", key.ID, key.Description, key.Handle, where(key.Restriction))
}

// wouldRevoke says which key would end, and how much it is in use.
func wouldRevoke(ctx context.Context, o *operator, id string) error {
	_, key, err := o.findKey(ctx, id)
	if err != nil {
		return err
	}
	if key.RevokedAt != nil {
		return failed("%s %q is revoked already, since %s", key.ID, key.Description, revoked(key.Key))
	}
	return unconfirmed("end %s %q (%s, %s, last used: %s) at once and for good",
		key.ID, key.Description, key.Handle, key.APIVersion, instantOr(key.LastUsedAt, "never"))
}
