package main

import (
	"context"
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"github.com/urfave/cli/v3"

	"github.com/keywright/keywright/api"
)

func auditCommand() *cli.Command {
	return &cli.Command{
		Name: "audit", Usage: "read who did what when, newest first", HideHelpCommand: true,
		UsageText: "keywright audit [--account SLUG] [--limit NUMBER]",
		Description: `With --account it is what happened in that account. Without, it is the log of the whole
installation: of all accounts, and of what you did outside of them, such as issuing tokens.

Examples:
  keywright audit --account acme
  keywright audit --limit 1000 --json | jq '.events[] | select(.action == "key.revoked")'`,
		Flags: []cli.Flag{
			accountFlag("`SLUG` of the account; default: all, and what belongs to none"),
			&cli.IntFlag{Name: "limit", Value: 50, Usage: "at most this `NUMBER` of events", OnlyOnce: true},
			asFlag(),
		},
		Action: audit,
	}
}

func audit(ctx context.Context, cmd *cli.Command) error {
	if _, err := arguments(cmd, nil); err != nil {
		return err
	}
	if cmd.Int("limit") < 1 {
		return usage(cmd, "--limit must be 1 or more")
	}
	o, err := dial(cmd)
	if err != nil {
		return err
	}
	elements, err := o.listSome(ctx, "/v1/audit", "events", cmd.Int("limit"))
	if err != nil {
		return err
	}
	return printEvents(cmd, elements)
}

// keyHistory prints what was done with one key.
func keyHistory(ctx context.Context, cmd *cli.Command) error {
	id, err := keyIDArgument(cmd)
	if err != nil {
		return err
	}
	o, err := dial(cmd)
	if err != nil {
		return err
	}
	elements, err := o.list(ctx, "/v1/keys/"+id+"/history", "events")
	if err != nil {
		return o.noKey(err, id)
	}
	return printEvents(cmd, elements)
}

func printEvents(cmd *cli.Command, elements []json.RawMessage) error {
	if asJSON(cmd) {
		return printList(cmd.Root().Writer, "events", elements)
	}
	events, err := decodeAll[api.Event](elements)
	if err != nil {
		return err
	}
	if len(events) == 0 {
		say(cmd.Root().ErrWriter, "nothing has happened yet")
		return nil
	}
	rows := [][]string{{"AT", "ACCOUNT", "BY", "ACTION", "ID", "WHAT"}}
	for _, e := range events {
		account := "-"
		if e.AccountID != nil {
			account = *e.AccountID
		}
		rows = append(rows, []string{instant(e.At), account, e.Actor.Name, e.Action, e.Subject.ID, what(e)})
	}
	return table(cmd.Root().Writer, rows...)
}

// what is the name of what was acted on, and what else there is to say.
func what(e api.Event) string {
	said := []string{e.Subject.Name}
	for _, name := range slices.Sorted(maps.Keys(e.Details)) {
		said = append(said, name+": "+e.Details[name])
	}
	return strings.Join(said, "; ")
}
