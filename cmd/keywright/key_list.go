package main

import (
	"context"
	"io"
	"net/url"
	"strings"
	"time"

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
	query := filterQuery(cmd)
	path := "/v1/keys?" + query.Encode()
	if order := cmd.String("sort"); order != "" {
		path += "&" + url.Values{"sort": {order}}.Encode()
	}
	elements, err := o.list(ctx, path, "keys")
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
	if len(keys) == 0 && len(query) > 0 {
		say(cmd.Root().ErrWriter, "account %s has no such keys", account)
		return nil
	}
	if len(keys) == 0 {
		say(cmd.Root().ErrWriter, "account %s has no keys yet; make one with: keywright key issue --account %s --description TEXT", account, account)
		return nil
	}
	return printKeys(cmd.Root().Writer, keys)
}

func printKeys(w io.Writer, keys []api.Key) error {
	rows := [][]string{{"ID", "KEY", "KIND", "VERSION", "STATE", "LAST USED", "CREATED", "BY", "DESCRIPTION"}}
	for _, k := range keys {
		rows = append(rows, []string{k.ID, k.Handle, k.Kind, k.APIVersion, stateOf(k), instantOr(k.LastUsedAt, "never"), instant(k.CreatedAt), k.CreatedBy.Name, k.Description})
	}
	return table(w, rows...)
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

// printKey prints what is known of a key, one fact to a line. What it was not narrowed by is left out.
func printKey(w io.Writer, k api.KeyWithSecrets) error {
	facts := [][]string{
		{"id", k.ID},
		{"description", k.Description},
		{"key", k.Handle},
		{"kind", k.Kind},
	}
	add := func(name, value string) {
		if value != "" {
			facts = append(facts, []string{name, value})
		}
	}
	add("service", orEmpty(k.Service))
	add("member", orEmpty(k.Member))
	add("api version", k.APIVersion)
	add("environment", k.Environment)
	add("scopes", strings.Join(k.Scopes, " "))
	add("networks", strings.Join(k.Networks, " "))
	add("state", stateOf(k.Key))
	add("created", instant(k.CreatedAt)+" by "+k.CreatedBy.Name)
	add("begins", instantOr(k.NotBefore, ""))
	add("expires", instantOr(k.ExpiresAt, ""))
	add("rotated", instantOr(k.RotatedAt, ""))
	add("last used", instantOr(k.LastUsedAt, "never"))
	add("from", orEmpty(k.LastUsedFrom))
	add("disabled", byWhom(k.DisabledAt, k.DisabledBy))
	add("reason", orEmpty(k.DisableWhy))
	add("enables", instantOr(k.EnablesAt, ""))
	add("revoked", revoked(k.Key))
	add("reason", orEmpty(k.RevokeReason))
	for _, s := range k.Secrets {
		if len(k.Secrets) > 1 {
			add("text …"+s.LastFour, "made "+instant(s.CreatedAt)+", last used "+instantOr(s.LastUsedAt, "never")+", works until "+instantOr(s.EndsAt, "replaced"))
		}
	}
	return table(w, facts...)
}

// stateOf is a key's state, or why it is refused although it is active.
func stateOf(k api.Key) string {
	if k.MemberState != nil && k.State == "active" {
		return "member_" + *k.MemberState
	}
	return k.State
}

func orEmpty(text *string) string {
	if text == nil {
		return ""
	}
	return *text
}

// byWhom says when and by whom something was done, nothing when it was not.
func byWhom(at *time.Time, by *api.Actor) string {
	text := instantOr(at, "")
	if by != nil {
		text += " by " + by.Name
	}
	return text
}

// revoked says when and by whom a key was revoked.
func revoked(k api.Key) string { return byWhom(k.RevokedAt, k.RevokedBy) }
