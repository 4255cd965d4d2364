package main

import (
	"context"
	"encoding/json"
	"net/http"
	"regexp"

	"github.com/urfave/cli/v3"

	"github.com/keywright/keywright/api"
)

func tokenCommand() *cli.Command {
	return group("token", "issue, list and revoke the operator's own tokens",
		"A token is for a gateway that asks for verdicts from another machine, or for you to work\nfrom one. It belongs to no account, and is no API key.",
		&cli.Command{
			Name: "issue", Usage: "make a token and print its text, once",
			UsageText: "keywright token issue --description TEXT --use verify|operate [--expires-in DURATION]",
			Description: `The token's text goes to standard output and can never be shown again: keep it. Give each
gateway and each machine one of its own, and no more than it needs:

  verify    asks the data plane which keys are good, and nothing else: for gateways and services
  operate   does everything that you may, and asks for verdicts: for --server

Examples:
  keywright token issue --description 'edge gateway' --use verify > gateway-token
  keywright token issue --description 'my laptop' --use operate --expires-in 90d`,
			Flags: []cli.Flag{
				text("description", "`TEXT` that says who or what will hold the token, at most 200 characters"),
				text("use", "what the token opens, `USE`: verify or operate"),
				text("expires-in", "`DURATION` after which the token ends, such as 90d, 12h or 30m; default: no end"),
			},
			Action: issueToken,
		},
		&cli.Command{
			Name: "list", Usage: "list the tokens, newest first, revoked ones too",
			UsageText: "keywright token list",
			Description: `Examples:
  keywright token list
  keywright token list --json | jq -r '.tokens[] | select(.last_used_at == null) | .id'`,
			Action: listTokens,
		},
		&cli.Command{
			Name: "revoke", Usage: "end a token for good, at once",
			UsageText: "keywright token revoke ID [--reason TEXT] [--wait all|bound] [--yes]",
			Description: `Shows which token it would end; with --yes it does it. That can't be undone: issue a new one,
and give it to the gateway before you end the old one.

Example:
  keywright token revoke tok_o6p4Zq81LmT3 --reason 'the gateway was replaced' --yes`,
			Flags:  []cli.Flag{text("reason", "`TEXT` for the history, at most 200 characters"), waitFlag(), yesFlag()},
			Action: revokeToken,
		},
	)
}

func issueToken(ctx context.Context, cmd *cli.Command) error {
	if _, err := arguments(cmd, nil, "description", "use"); err != nil {
		return err
	}
	wanted := api.NewOperatorToken{Description: cmd.String("description"), Use: cmd.String("use")}
	if given := cmd.String("expires-in"); given != "" {
		expires, ok := after(given)
		if !ok {
			return usage(cmd, "--expires-in is no duration: write a number and d, h or m, such as 90d, up to 100 years")
		}
		wanted.ExpiresAt = &expires
	}
	o, err := dial(cmd)
	if err != nil {
		return err
	}
	answer, err := o.call(ctx, http.MethodPost, "/v1/operator/tokens", wanted)
	if err != nil {
		return err
	}
	token, err := decode[api.IssuedOperatorToken](answer)
	if err != nil {
		return err
	}
	say(cmd.Root().ErrWriter, "issued %s %q (%s, expires: %s); its text is shown this once, keep it now",
		token.ID, token.Description, token.Use, instantOr(token.ExpiresAt, "never"))
	return printOnce(cmd, answer, token.Secret, "revoke it with: keywright token revoke "+token.ID+" --yes, and issue another")
}

func listTokens(ctx context.Context, cmd *cli.Command) error {
	if _, err := arguments(cmd, nil); err != nil {
		return err
	}
	o, err := dial(cmd)
	if err != nil {
		return err
	}
	elements, err := o.list(ctx, "/v1/operator/tokens", "tokens")
	if err != nil {
		return err
	}
	if asJSON(cmd) {
		return printList(cmd.Root().Writer, "tokens", elements)
	}
	tokens, err := decodeAll[api.OperatorToken](elements)
	if err != nil {
		return err
	}
	if len(tokens) == 0 {
		say(cmd.Root().ErrWriter, "no tokens yet; make one with: keywright token issue --help")
		return nil
	}
	rows := [][]string{{"ID", "TOKEN", "USE", "STATE", "LAST USED", "EXPIRES", "CREATED", "DESCRIPTION"}}
	for _, t := range tokens {
		rows = append(rows, []string{t.ID, t.Handle, t.Use, t.State, instantOr(t.LastUsedAt, "never"), instantOr(t.ExpiresAt, "never"), instant(t.CreatedAt), t.Description})
	}
	return table(cmd.Root().Writer, rows...)
}

var tokenID = regexp.MustCompile(`^tok_[0-9A-Za-z_]{1,40}$`)

func revokeToken(ctx context.Context, cmd *cli.Command) error {
	given, err := arguments(cmd, []string{"ID"})
	if err != nil {
		return err
	}
	id := given[0]
	if err := pasted(cmd, id); err != nil {
		return err
	}
	if !tokenID.MatchString(id) {
		return usage(cmd, "that is not a token's id, which is like tok_o6p4Zq81LmT3; find it with: keywright token list")
	}
	o, err := dial(cmd)
	if err != nil {
		return err
	}
	if !cmd.Bool("yes") {
		return wouldRevokeToken(ctx, o, id)
	}
	answer, err := o.call(ctx, http.MethodPost, "/v1/operator/tokens/"+id+"/revoke", api.Revocation{Reason: cmd.String("reason")})
	if err != nil {
		return noToken(err, id)
	}
	token, err := decode[api.RevokedOperatorToken](answer)
	if err != nil {
		return err
	}
	return settled(cmd, answer, token.Restriction, "revoked %s %q (%s) for good: it has stopped working %s", token.ID, token.Description, token.Handle, where(token.Restriction))
}

// wouldRevokeToken says which token would end, and how much it is in use.
func wouldRevokeToken(ctx context.Context, o *operator, id string) error {
	answer, err := o.call(ctx, http.MethodGet, "/v1/operator/tokens/"+id, nil)
	if err != nil {
		return noToken(err, id)
	}
	token, err := decode[api.OperatorToken](json.RawMessage(answer))
	if err != nil {
		return err
	}
	if token.RevokedAt != nil {
		return failed("%s %q is revoked already, since %s", token.ID, token.Description, instant(*token.RevokedAt))
	}
	return unconfirmed("end %s %q (%s, %s, last used: %s) at once and for good",
		token.ID, token.Description, token.Handle, token.Use, instantOr(token.LastUsedAt, "never"))
}

func noToken(err error, id string) error {
	if isProblem(err, api.CodeNotFound) {
		return failed("no token %s; see: keywright token list", id)
	}
	return err
}
