package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strings"

	"github.com/urfave/cli/v3"

	"github.com/keywright/keywright/api"
)

func requestCommand() *cli.Command {
	account := func() cli.Flag { return accountFlag("`SLUG` of the account") }
	return group("request", "list and decide what members ask for who may not make a key",
		"Nobody but the member who asked is shown the key's text, and only he collects it: in the console.",
		&cli.Command{
			Name: "make", Usage: "ask for a key in a member's place",
			UsageText: "keywright request make --account SLUG --as EMAIL --description TEXT --scope SCOPE… [--days N] [--api-version VERSION]",
			Description: `Members ask in the console; this is for those who asked you elsewhere. They collect the key in
the console themselves.

Example:
  keywright request make --account acme --as ada@acme.example --description 'nightly export' --scope incidents:read --days 90`,
			Flags: []cli.Flag{
				account(), asFlag(),
				text("description", "`TEXT` that says who or what will hold the key, at most 200 characters"),
				scopeFlag("one `SCOPE` that the key needs, as often as need be; '*' for everything that the account may"),
				daysFlag("for how many days, `N`, from when it is collected; default: without end"),
				text("api-version", "API `VERSION` that the key is for, such as v1; default: the policy's preselected one"),
			},
			Action: makeRequest,
		},
		&cli.Command{
			Name: "list", Usage: "list an account's requests for keys, newest first",
			UsageText: "keywright request list --account SLUG [--open]",
			Description: `Examples:
  keywright request list --account acme --open
  keywright request list --account acme --json | jq -r '.requests[] | select(.state == "declined") | .decline_reason'`,
			Flags:  []cli.Flag{account(), openFlag("only those about which someone has to decide"), asFlag()},
			Action: listRequests,
		},
		&cli.Command{
			Name: "show", Usage: "show one request",
			UsageText: "keywright request show ID --account SLUG",
			Description: `Example:
  keywright request show req_0VLk2mQp8dR3sT5uV7wX --account acme`,
			Flags:  []cli.Flag{account(), asFlag()},
			Action: showRequest,
		},
		&cli.Command{
			Name: "approve", Usage: "let whoever asked collect the key, as asked or narrower",
			UsageText: "keywright request approve ID --account SLUG [--scope SCOPE]… [--days N]",
			Description: `Whoever asked has 7 days to collect the key in the console. Of what was asked for, scopes and
days can be left out; nothing can be added.

Examples:
  keywright request approve req_0VLk2mQp8dR3sT5uV7wX --account acme
  keywright request approve req_0VLk2mQp8dR3sT5uV7wX --account acme --scope incidents:read --days 30`,
			Flags: []cli.Flag{
				account(),
				scopeFlag("one `SCOPE` that the key may have, as often as need be; default: all that were asked for"),
				daysFlag("for how many days, `N`, from when it is collected; default: what was asked for"),
				asFlag(),
			},
			Action: approveRequest,
		},
		&cli.Command{
			Name: "decline", Usage: "say no to a request, and why",
			UsageText: "keywright request decline ID --account SLUG --reason TEXT",
			Description: `Example:
  keywright request decline req_0VLk2mQp8dR3sT5uV7wX --account acme --reason 'use the key of the export team'`,
			Flags:  []cli.Flag{account(), text("reason", "`TEXT` that whoever asked reads, at most 200 characters"), asFlag()},
			Action: declineRequest,
		},
	)
}

func openFlag(usage string) cli.Flag { return &cli.BoolFlag{Name: "open", Usage: usage} }

func scopeFlag(usage string) cli.Flag { return &cli.StringSliceFlag{Name: "scope", Usage: usage} }

func daysFlag(usage string) cli.Flag {
	return &cli.IntFlag{Name: "days", OnlyOnce: true, Usage: usage, Validator: func(n int) error {
		if n < 1 {
			return errors.New("is not 1 or more")
		}
		return nil
	}}
}

// openOnly is the path of a list, or of what is open in it.
func openOnly(cmd *cli.Command, path string) string {
	if cmd.Bool("open") {
		return path + "?state=open"
	}
	return path
}

func makeRequest(ctx context.Context, cmd *cli.Command) error {
	if _, err := arguments(cmd, nil, "account", "as", "description"); err != nil {
		return err
	}
	o, err := dial(cmd)
	if err != nil {
		return err
	}
	answer, err := o.call(ctx, http.MethodPost, "/v1/requests", api.NewKeyRequest{
		Description: cmd.String("description"), APIVersion: cmd.String("api-version"), Scopes: cmd.StringSlice("scope"), Days: cmd.Int("days"),
	})
	if err != nil {
		return err
	}
	r, err := decode[api.KeyRequest](answer)
	if err != nil {
		return err
	}
	return done(cmd, answer, "asked for a key in the place of %s: %s %q", cmd.String("as"), r.ID, r.Description)
}

func listRequests(ctx context.Context, cmd *cli.Command) error {
	if _, err := arguments(cmd, nil, "account"); err != nil {
		return err
	}
	o, err := dial(cmd)
	if err != nil {
		return err
	}
	elements, err := o.list(ctx, openOnly(cmd, "/v1/requests"), "requests")
	if err != nil {
		return err
	}
	if asJSON(cmd) {
		return printList(cmd.Root().Writer, "requests", elements)
	}
	requests, err := decodeAll[api.KeyRequest](elements)
	if err != nil {
		return err
	}
	if len(requests) == 0 {
		say(cmd.Root().ErrWriter, "account %s has no such requests", cmd.String("account"))
		return nil
	}
	rows := [][]string{{"ID", "STATE", "VERSION", "SCOPES", "FOR", "ASKED", "BY", "WHAT FOR"}}
	for _, r := range requests {
		rows = append(rows, []string{r.ID, r.State, r.APIVersion, strings.Join(r.Asked.Scopes, " "), days(r.Asked.Days), instant(r.CreatedAt), r.RequestedBy.Name, r.Description})
	}
	return table(cmd.Root().Writer, rows...)
}

func showRequest(ctx context.Context, cmd *cli.Command) error {
	id, err := requestIDArgument(cmd)
	if err != nil {
		return err
	}
	o, err := dial(cmd)
	if err != nil {
		return err
	}
	answer, err := o.call(ctx, http.MethodGet, "/v1/requests/"+id, nil)
	if err != nil {
		return err
	}
	if asJSON(cmd) {
		return printJSON(cmd.Root().Writer, answer)
	}
	r, err := decode[api.KeyRequest](answer)
	if err != nil {
		return err
	}
	return printRequest(cmd.Root().Writer, r)
}

// printRequest prints what is known of a request, one fact to a line.
func printRequest(w io.Writer, r api.KeyRequest) error {
	facts := [][]string{
		{"id", r.ID},
		{"what for", r.Description},
		{"state", r.State},
		{"asked", instant(r.CreatedAt) + " by " + r.RequestedBy.Name},
		{"api version", r.APIVersion},
		{"scopes", strings.Join(r.Asked.Scopes, " ")},
		{"for", days(r.Asked.Days)},
	}
	if r.DecidedBy != nil {
		facts = append(facts, []string{"decided", instantOr(r.DecidedAt, "") + " by " + r.DecidedBy.Name})
	}
	if r.Granted != nil {
		facts = append(facts, []string{"granted", strings.Join(r.Granted.Scopes, " ") + ", " + days(r.Granted.Days)})
	}
	if r.DeclineReason != nil {
		facts = append(facts, []string{"reason", *r.DeclineReason})
	}
	if r.Until != nil {
		facts = append(facts, []string{"until", instant(*r.Until)})
	}
	if r.EndedAt != nil {
		facts = append(facts, []string{"ended", instant(*r.EndedAt)})
	}
	if r.KeyID != nil {
		facts = append(facts, []string{"key", *r.KeyID})
	}
	return table(w, facts...)
}

func approveRequest(ctx context.Context, cmd *cli.Command) error {
	id, err := requestIDArgument(cmd)
	if err != nil {
		return err
	}
	o, err := dial(cmd)
	if err != nil {
		return err
	}
	answer, err := o.call(ctx, http.MethodPost, "/v1/requests/"+id+"/approve", api.Approval{Scopes: cmd.StringSlice("scope"), Days: cmd.Int("days")})
	if err != nil {
		return err
	}
	r, err := decode[api.KeyRequest](answer)
	if err != nil {
		return err
	}
	return done(cmd, answer, "approved %s %q (%s, %s); %s can collect the key until %s", r.ID, r.Description,
		strings.Join(r.Granted.Scopes, " "), days(r.Granted.Days), r.RequestedBy.Name, instantOr(r.Until, ""))
}

func declineRequest(ctx context.Context, cmd *cli.Command) error {
	id, err := requestIDArgument(cmd, "reason")
	if err != nil {
		return err
	}
	o, err := dial(cmd)
	if err != nil {
		return err
	}
	answer, err := o.call(ctx, http.MethodPost, "/v1/requests/"+id+"/decline", api.Refusal{Reason: cmd.String("reason")})
	if err != nil {
		return err
	}
	r, err := decode[api.KeyRequest](answer)
	if err != nil {
		return err
	}
	return done(cmd, answer, "declined %s %q", r.ID, r.Description)
}

var requestID = regexp.MustCompile(`^req_[0-9A-Za-z]{1,40}$`)

// requestIDArgument is the id that was typed. A request is found in its account.
func requestIDArgument(cmd *cli.Command, required ...string) (string, error) {
	given, err := arguments(cmd, []string{"ID"}, append([]string{"account"}, required...)...)
	if err != nil {
		return "", err
	}
	if err := pasted(cmd, given[0]); err != nil {
		return "", err
	}
	if !requestID.MatchString(given[0]) {
		return "", usage(cmd, "that is not a request's id, which is like req_0VLk2mQp8dR3sT5uV7wX; find it with: keywright request list --account SLUG")
	}
	return given[0], nil
}

func days(n *int) string {
	switch {
	case n == nil:
		return "no end"
	case *n == 1:
		return "1 day"
	}
	return fmt.Sprintf("%d days", *n)
}
