package main

import (
	"context"
	"fmt"
	"net/http"

	"github.com/urfave/cli/v3"

	"github.com/keywright/keywright/api"
)

func responsibleFlag() cli.Flag {
	return text("responsible", "`EMAIL` of the member who becomes responsible for the service keys that this one answers for; default: you with --as, else the longest-serving owner")
}

func deactivateCommand(account cli.Flag) *cli.Command {
	return &cli.Command{
		Name: "deactivate", Usage: "shut a member out, at once, until you activate them again",
		UsageText: "keywright member deactivate EMAIL --account SLUG [--responsible EMAIL] [--wait all|bound] [--yes]",
		Description: `Shows which keys would stop and which stay; with --yes it does it. The member is signed out and
their personal keys are refused, until: keywright member activate. The account's keys stay, also
those that the member made.

Example:
  keywright member deactivate ben@acme.example --account acme --yes`,
		Flags: []cli.Flag{account, responsibleFlag(), waitFlag(), asFlag(), yesFlag()},
		Action: func(ctx context.Context, cmd *cli.Command) error {
			return leave(ctx, cmd, "/deactivate", "shut %s out of account %s", "deactivated %s: they are shut out of account %s")
		},
	}
}

func removeCommand(account cli.Flag) *cli.Command {
	return &cli.Command{
		Name: "remove", Usage: "take a member out of an account, at once and for good",
		UsageText: "keywright member remove EMAIL --account SLUG [--responsible EMAIL] [--wait all|bound] [--yes]",
		Description: `Shows which keys would stop and which stay; with --yes it does it. The member is signed out and
their personal keys are refused for ever. The account's keys stay, also those that the member
made. For someone who may come back: keywright member deactivate.

Example:
  keywright member remove ben@acme.example --account acme --yes`,
		Flags: []cli.Flag{account, responsibleFlag(), waitFlag(), asFlag(), yesFlag()},
		Action: func(ctx context.Context, cmd *cli.Command) error {
			return leave(ctx, cmd, "/remove", "remove %s from account %s and end their sessions", "removed %s from account %s")
		},
	}
}

func activateCommand(account cli.Flag) *cli.Command {
	return &cli.Command{
		Name: "activate", Usage: "let a deactivated member in again, at once",
		UsageText: "keywright member activate EMAIL --account SLUG [--wait all|bound]",
		Description: `Their password is the same, and their personal keys work again.

Example:
  keywright member activate ben@acme.example --account acme`,
		Flags:  []cli.Flag{account, waitFlag(), asFlag()},
		Action: activateMember,
	}
}

// leave deactivates or removes a member; unless that was confirmed, it only says what it would do.
func leave(ctx context.Context, cmd *cli.Command, deed, would, did string) error {
	return changeMember(ctx, cmd, []string{"EMAIL"}, func(o *operator, m api.Member, _ []string) error {
		var departure api.Departure
		if email := cmd.String("responsible"); email != "" {
			responsible, err := o.findMember(ctx, email)
			if err != nil {
				return err
			}
			departure.Responsible = responsible.ID
		}
		account := cmd.String("account")
		if !cmd.Bool("yes") {
			return o.wouldLeave(ctx, m, departure, fmt.Sprintf(would, whoIs(m), account))
		}
		answer, err := o.call(ctx, http.MethodPost, memberPath(m)+deed, departure)
		if err != nil {
			return err
		}
		left, err := decode[api.ChangedMember](answer)
		if err != nil {
			return err
		}
		return settled(cmd, answer, left.Restriction, did+"%s", left.Email+" ("+left.Name+")", account, alsoWhere(left.Restriction))
	})
}

func whoIs(m api.Member) string {
	return m.Email + " (" + m.Name + ", " + m.Role + ", " + m.State + ")"
}

func activateMember(ctx context.Context, cmd *cli.Command) error {
	return changeMember(ctx, cmd, []string{"EMAIL"}, func(o *operator, m api.Member, _ []string) error {
		answer, err := o.call(ctx, http.MethodPost, memberPath(m)+"/activate", nil)
		if err != nil {
			return err
		}
		back, err := decode[api.ChangedMember](answer)
		if err != nil {
			return err
		}
		if back.State == "invited" {
			return settled(cmd, answer, back.Restriction, "%s has no password here; make a link for them with: keywright member invite %s --account %s", back.Email, back.Email, cmd.String("account"))
		}
		return settled(cmd, answer, back.Restriction, "%s (%s) is a member of account %s again%s", back.Email, back.Name, cmd.String("account"), alsoWhere(back.Restriction))
	})
}
