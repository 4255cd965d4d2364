package main

import (
	"context"
	"encoding/json"
	"net/http"
	"regexp"

	"github.com/urfave/cli/v3"

	"github.com/keywright/keywright/api"
)

func keyCommand() *cli.Command {
	return group("key", "issue, list, show, rotate, disable and revoke keys",
		"Give each holder a key of their own, so that ending one leaves the others working.",
		&cli.Command{
			Name: "issue", Usage: "make a key and print its text, once",
			UsageText: "keywright key issue --account SLUG --description TEXT [--kind KIND] [--scope SCOPE]... [--network CIDR]... [--expires WHEN] [other options]",
			Description: `The key's text goes to standard output and can never be shown again: keep it. Name the key
after who or what will hold it; the description can't be changed later.

Examples:
  keywright key issue --account acme --description 'nightly export' --api-version v2
  KEY=$(keywright key issue --account acme --description 'pager of the on-call team')
  keywright key issue --account acme --description 'status page' --kind read_only --scope incidents:read --expires 90d --network 192.0.2.0/24
  keywright key issue --account acme --description 'my laptop' --kind personal --member ada@acme.example`,
			Flags: []cli.Flag{
				accountFlag("`SLUG` of the account that the key acts for"),
				text("description", "`TEXT` that says who or what will hold the key, at most 200 characters"),
				text("api-version", "API `VERSION` that the key is for, such as v1; default: the policy's preselected one"),
				text("environment", "`ENVIRONMENT` of the key, live or test; default: live"),
				text("kind", "`KIND` of the key: account, read_only, personal or service; default: account"),
				text("member", "`EMAIL` of the member as whom a personal key acts, or who answers for a service's"),
				text("service", "`NAME` of the service that a service's key acts as; default: the description"),
				texts("scope", "`SCOPE` that the key is narrowed to, such as incidents:read or 'incidents:*'; may be given several times; default: all that its kind may"),
				texts("network", "`CIDR` network or address from which alone the key may be used; may be given several times"),
				text("not-before", "`WHEN` the key begins: a duration from now such as 12h, a date, or an instant such as 2027-01-01T09:00:00Z"),
				text("expires", "`WHEN` the key ends: a duration from now such as 90d, a date, an instant, or never; default: what the plan says"),
				asFlag(),
			},
			Action: issueKey,
		},
		&cli.Command{
			Name: "list", Usage: "list an account's keys, newest first, revoked ones too",
			UsageText: "keywright key list --account SLUG [--state STATE] [--kind KIND] [--unused 90d] [other filters]",
			Description: `Examples:
  keywright key list --account acme
  keywright key list --account acme --state active --api-version v1 --unused 90d
  keywright key list --account acme --json | jq -r '.keys[] | select(.last_used_at == null) | .id'`,
			Flags: append([]cli.Flag{
				accountFlag("`SLUG` of the account"),
				text("sort", "`ORDER` of the list: newest, description, last_used or expires; default: newest"), asFlag(),
			}, filterFlags()...),
			Action: listKeys,
		},
		&cli.Command{
			Name: "history", Usage: "read what was done with one key, newest first",
			UsageText: "keywright key history ID [--account SLUG]",
			Description: `Example:
  keywright key history key_o6p4Zq81LmT3`,
			Flags:  []cli.Flag{accountFlag("`SLUG` of the account in which to look; default: all"), asFlag()},
			Action: keyHistory,
		},
		&cli.Command{
			Name: "show", Usage: "show one key",
			UsageText: "keywright key show ID [--account SLUG]",
			Description: `Example:
  keywright key show key_o6p4Zq81LmT3`,
			Flags:  []cli.Flag{accountFlag("`SLUG` of the account in which to look; default: all"), asFlag()},
			Action: showKey,
		},
		&cli.Command{
			Name: "revoke", Usage: "end a key for good, at once",
			UsageText: "keywright key revoke ID [--account SLUG] [--reason-kind KIND] [--reason TEXT] [--wait all|bound] [--yes]",
			Description: `Shows which key it would end; with --yes it does it. That can't be undone: issue a new key.
The other keys of the account go on working. With --wait it ends when it is proved that no
node accepts the key any more, and says so; with 1 when that could not be proved.

Examples:
  keywright key revoke key_o6p4Zq81LmT3
  keywright key revoke key_o6p4Zq81LmT3 --reason-kind leaked --reason 'in a log' --wait all --yes`,
			Flags: []cli.Flag{
				accountFlag("`SLUG` of the account in which to look; default: all"),
				text("reason", "`TEXT` for the history, at most 200 characters"), reasonKindFlag(),
				waitFlag(),
				asFlag(), yesFlag(),
			},
			Action: revokeKey,
		},
		revokeManyCommand(),
		disableCommand(), enableCommand(), rotateCommand(), endGraceCommand(), changeCommand(),
	)
}

var keyID = regexp.MustCompile(`^key_[0-9A-Za-z_]{1,40}$`)

// keyIDArgument is the id that was typed.
func keyIDArgument(cmd *cli.Command) (string, error) {
	given, err := arguments(cmd, []string{"ID"})
	if err != nil {
		return "", err
	}
	if err := pasted(cmd, given[0]); err != nil {
		return "", err
	}
	if !keyID.MatchString(given[0]) {
		return "", usage(cmd, "that is not a key's id, which is like key_o6p4Zq81LmT3; find it with: keywright key list --account SLUG")
	}
	return given[0], nil
}

// findKey reads a key: of the account, if one was named.
func (o *operator) findKey(ctx context.Context, id string) (json.RawMessage, api.KeyWithSecrets, error) {
	answer, err := o.call(ctx, http.MethodGet, "/v1/keys/"+id, nil)
	if err != nil {
		return nil, api.KeyWithSecrets{}, o.noKey(err, id)
	}
	key, err := decode[api.KeyWithSecrets](answer)
	return answer, key, err
}
