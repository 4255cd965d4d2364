package main

import (
	"context"
	"encoding/json"
	"net/http"

	"github.com/urfave/cli/v3"

	"github.com/keywright/keywright/api"
)

func keyAccountFlag() cli.Flag {
	return accountFlag("`SLUG` of the account in which to look; default: all")
}

func disableCommand() *cli.Command {
	return &cli.Command{
		Name: "disable", Usage: "stop a key until it is enabled, or for a while",
		UsageText: "keywright key disable ID [--for TIME] [--reason TEXT] [--account SLUG] [--wait all|bound]",
		Description: `It can be undone at any time with: keywright key enable ID. With --for the key works again by
itself: so you find out who still uses it before you end it. Its refusals say until when.

Examples:
  keywright key disable key_o6p4Zq81LmT3 --reason 'who still uses it?' --for 10min
  keywright key disable key_o6p4Zq81LmT3 --wait all`,
		Flags: []cli.Flag{
			keyAccountFlag(), text("for", "`TIME` after which it works again by itself, such as 10min: 1s to 7d"),
			text("reason", "`TEXT` for the history, at most 200 characters"), waitFlag(), asFlag(),
			&cli.BoolFlag{Name: "yes", Hidden: true}, // it can be undone, so it is done without; who types it everywhere is not refused
		},
		Action: disableKey,
	}
}

func enableCommand() *cli.Command {
	return &cli.Command{
		Name: "enable", Usage: "let a disabled key work again",
		UsageText: "keywright key enable ID [--account SLUG]",
		Description: `Example:
  keywright key enable key_o6p4Zq81LmT3`,
		Flags: []cli.Flag{keyAccountFlag(), asFlag()}, Action: enableKey,
	}
}

func rotateCommand() *cli.Command {
	return &cli.Command{
		Name: "rotate", Usage: "give a key a new text and print it, once",
		UsageText: "keywright key rotate ID [--grace TIME] [--account SLUG] [--wait all|bound]",
		Description: `It stays the same key. The old text goes on working for the grace period, which the policy
says unless you do; 0 ends it at once, and so does the next rotation. The new text goes to
standard output and can never be shown again. A personal key is rotated by its member: --as.

Examples:
  KEY=$(keywright key rotate key_o6p4Zq81LmT3 --grace 24h)
  keywright key rotate key_o6p4Zq81LmT3 --grace 0 --wait all`,
		Flags: []cli.Flag{
			keyAccountFlag(), text("grace", "`TIME` for which the old text goes on working, such as 24h; 0 ends it at once; default: what the policy says"),
			waitFlag(), asFlag(),
		},
		Action: rotateKey,
	}
}

func endGraceCommand() *cli.Command {
	return &cli.Command{
		Name: "end-grace", Usage: "end the old text of a rotated key before its time",
		UsageText: "keywright key end-grace ID [--account SLUG] [--wait all|bound]",
		Description: `Look first whether the old text is still in use: keywright key show ID

Example:
  keywright key end-grace key_o6p4Zq81LmT3 --wait all`,
		Flags: []cli.Flag{keyAccountFlag(), waitFlag(), asFlag()}, Action: endGrace,
	}
}

// onKey sends one of the changes of a key that was named, and reads what comes of it.
func onKey[T any](ctx context.Context, cmd *cli.Command, method, verb string, body any) (answer json.RawMessage, result T, err error) {
	id, err := keyIDArgument(cmd)
	if err != nil {
		return nil, result, err
	}
	o, err := dial(cmd)
	if err != nil {
		return nil, result, err
	}
	if answer, err = o.call(ctx, method, "/v1/keys/"+id+verb, body); err != nil {
		return nil, result, o.noKey(err, id)
	}
	result, err = decode[T](answer)
	return answer, result, err
}

func disableKey(ctx context.Context, cmd *cli.Command) error {
	answer, key, err := onKey[api.ChangedKey](ctx, cmd, http.MethodPost, "/disable", api.Disabling{Reason: cmd.String("reason"), For: cmd.String("for")})
	if err != nil {
		return err
	}
	until := "; enable it with: keywright key enable " + key.ID
	if key.EnablesAt != nil {
		until = "; it works again by itself at " + instant(*key.EnablesAt)
	}
	return settled(cmd, answer, key.Restriction, "disabled %s %q (%s): it has stopped working %s%s", key.ID, key.Description, key.Handle, where(key.Restriction), until)
}

func enableKey(ctx context.Context, cmd *cli.Command) error {
	answer, key, err := onKey[api.ChangedKey](ctx, cmd, http.MethodPost, "/enable", nil)
	if err != nil {
		return err
	}
	return done(cmd, answer, "%s %q (%s) is %s", key.ID, key.Description, key.Handle, key.State)
}

func rotateKey(ctx context.Context, cmd *cli.Command) error {
	answer, key, err := onKey[api.RotatedKey](ctx, cmd, http.MethodPost, "/rotate", api.Rotation{Grace: cmd.String("grace")})
	if err != nil {
		return err
	}
	say(cmd.Root().ErrWriter, "rotated %s %q; its new text is shown this once, keep it now", key.ID, key.Description)
	say(cmd.Root().ErrWriter, "the old text works until %s%s", instant(key.OldEndsAt), alsoWhere(key.Restriction))
	if err := printOnce(cmd, answer, key.Secret, "rotate it again with: keywright key rotate "+key.ID); err != nil {
		return err
	}
	return proved(key.Restriction)
}

func endGrace(ctx context.Context, cmd *cli.Command) error {
	answer, key, err := onKey[api.ChangedKey](ctx, cmd, http.MethodPost, "/end-grace", nil)
	if err != nil {
		return err
	}
	return settled(cmd, answer, key.Restriction, "only the newest text of %s %q (%s) works%s", key.ID, key.Description, key.Handle, alsoWhere(key.Restriction))
}
