package main

import (
	"context"
	"io"

	"github.com/urfave/cli/v3"

	"github.com/keywright/keywright/api"
)

func listKeys(ctx context.Context, cmd *cli.Command) error {
	if _, err := arguments(cmd, nil, "account"); err != nil {
		return err
	}
	o, err := dial(cmd)
	if err != nil {
		return err
	}
	account := cmd.String("account")
	elements, err := o.list(ctx, "/v1/keys", "keys")
	if err != nil {
		return err
	}
	if asJSON(cmd) {
		return printList(cmd.Root().Writer, "keys", elements)
	}
	keys, err := decodeAll[api.Key](elements)
	if err != nil {
		return err
	}
	if len(keys) == 0 {
		say(cmd.Root().ErrWriter, "account %s has no keys yet; make one with: keywright key issue --account %s --description TEXT", account, account)
		return nil
	}
	rows := [][]string{{"ID", "KEY", "VERSION", "STATE", "LAST USED", "CREATED", "BY", "DESCRIPTION"}}
	for _, k := range keys {
		rows = append(rows, []string{k.ID, k.Handle, k.APIVersion, k.State, instantOr(k.LastUsedAt, "never"), instant(k.CreatedAt), k.CreatedBy.Name, k.Description})
	}
	return table(cmd.Root().Writer, rows...)
}

func showKey(ctx context.Context, cmd *cli.Command) error {
	id, err := keyIDArgument(cmd)
	if err != nil {
		return err
	}
	o, err := dial(cmd)
	if err != nil {
		return err
	}
	answer, key, err := o.findKey(ctx, id)
	if err != nil {
		return err
	}
	if asJSON(cmd) {
		return printJSON(cmd.Root().Writer, answer)
	}
	return printKey(cmd.Root().Writer, key)
}

// printKey prints what is known of a key, one fact to a line.
func printKey(w io.Writer, k api.Key) error {
	facts := [][]string{
		{"id", k.ID},
		{"description", k.Description},
		{"key", k.Handle},
		{"api version", k.APIVersion},
		{"environment", k.Environment},
		{"state", k.State},
		{"created", instant(k.CreatedAt) + " by " + k.CreatedBy.Name},
		{"last used", instantOr(k.LastUsedAt, "never")},
	}
	if k.RevokedAt != nil {
		facts = append(facts, []string{"revoked", revoked(k)})
	}
	if k.RevokeReason != nil {
		facts = append(facts, []string{"reason", *k.RevokeReason})
	}
	return table(w, facts...)
}

// revoked says when and by whom a revoked key was revoked.
func revoked(k api.Key) string {
	text := instantOr(k.RevokedAt, "")
	if k.RevokedBy != nil {
		text += " by " + k.RevokedBy.Name
	}
	return text
}
