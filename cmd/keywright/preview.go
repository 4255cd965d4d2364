package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/urfave/cli/v3"

	"github.com/keywright/keywright/api"
)

func previewFlag() cli.Flag {
	return &cli.BoolFlag{Name: "preview", Usage: "only say what it would mean"}
}

// wouldLeave says what it would mean for keys that a member leaves.
func (o *operator) wouldLeave(ctx context.Context, m api.Member, d api.Departure, would string) error {
	answer, err := o.call(ctx, http.MethodGet, memberPath(m)+"/leave?"+url.Values{"responsible": {d.Responsible}}.Encode(), nil)
	if err != nil {
		return err
	}
	p, err := decode[api.LeavePreview](answer)
	if err != nil {
		return err
	}
	if p.Unseen {
		return foreseen([]string{"which keys stop is not shown: you may not see the account's keys"}, "%s", would)
	}
	means := append(keysThat("stop, as they act as this member", p.Stop), keysThat("stay, although this member made them", p.Stay)...)
	if len(p.HandOver.Keys) > 0 {
		whose := "stay, as this member only answers for them; nobody else is there who could"
		if p.Responsible != nil {
			whose = "stay, as this member only answers for them; " + p.Responsible.Email + " will"
		}
		means = append(means, keysThat(whose, p.HandOver)...)
	}
	return foreseen(means, "%s", would)
}

// previewed prints a preview: as lines, or as the API's JSON.
func previewed(cmd *cli.Command, answer json.RawMessage, lines []string) error {
	if asJSON(cmd) {
		return printJSON(cmd.Root().Writer, answer)
	}
	for _, line := range lines {
		if _, err := fmt.Fprintln(cmd.Root().Writer, plain(line)); err != nil {
			return err
		}
	}
	return nil
}

func previewRole(ctx context.Context, cmd *cli.Command, o *operator, m api.Member, role string) error {
	answer, err := o.call(ctx, http.MethodGet, memberPath(m)+"/role?"+url.Values{"role": {role}}.Encode(), nil)
	if err != nil {
		return err
	}
	p, err := decode[api.RolePreview](answer)
	if err != nil {
		return err
	}
	lines := []string{
		fmt.Sprintf("%s, from %s to %s", m.Email, p.From, p.To),
		"gains the rights: " + orNone(p.GainsRights), "loses the rights: " + orNone(p.LosesRights),
		"personal keys may reach more: " + orNone(p.GainsScopes), "personal keys may reach less: " + orNone(p.LosesScopes),
	}
	for _, one := range p.Keys {
		lines = append(lines, fmt.Sprintf("%s gains %s, loses %s", keyLine(one.Key), orNone(one.Gains), orNone(one.Loses)))
	}
	return previewed(cmd, answer, append(lines, perhapsMore(p.More)...))
}

func previewPlan(ctx context.Context, cmd *cli.Command, o *operator, plan string) error {
	answer, err := o.call(ctx, http.MethodGet, "/v1/account/plan?"+url.Values{"plan": {plan}}.Encode(), nil)
	if err != nil {
		return err
	}
	p, err := decode[api.PlanPreview](answer)
	if err != nil {
		return err
	}
	lines := []string{fmt.Sprintf("account %s, from %s to %s", p.Account.Slug, p.From, p.To)}
	lines = append(lines, keysThat("stop; none is deleted, and on a plan that has them they work again", p.Stop)...)
	lines = append(lines, keysThat("work again", p.Wake)...)
	if p.Beyond > 0 {
		lines = append(lines, fmt.Sprintf("keys: %d, and the plan allows %d; none stops for that, but none can be issued until %d are revoked",
			p.Account.ActiveKeys, p.KeysMax, p.Beyond+1))
	}
	return previewed(cmd, answer, lines)
}

// keysThat names keys under what becomes of them.
func keysThat(become string, keys api.SomeKeys) []string {
	lines := []string{fmt.Sprintf("keys that %s: %d", become, len(keys.Keys))}
	for _, k := range keys.Keys {
		lines = append(lines, "  "+keyLine(k))
	}
	return append(lines, perhapsMore(keys.More)...)
}

func perhapsMore(more bool) []string {
	if !more {
		return nil
	}
	return []string{"  and there may be more; see: keywright key list"}
}

func keyLine(k api.Key) string {
	return fmt.Sprintf("%s %q (%s, %s, last used: %s)", k.ID, k.Description, k.Handle, k.State, instantOr(k.LastUsedAt, "never"))
}

func orNone(names []string) string {
	if len(names) == 0 {
		return "none"
	}
	return strings.Join(names, ", ")
}
