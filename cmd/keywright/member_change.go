package main

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"

	"github.com/urfave/cli/v3"

	"github.com/keywright/keywright/api"
)

// changeMember finds the member that was named, and calls change with what was typed.
func changeMember(ctx context.Context, cmd *cli.Command, names []string, change func(*operator, api.Member, []string) error) error {
	given, err := arguments(cmd, names, "account")
	if err != nil {
		return err
	}
	o, err := dial(cmd)
	if err != nil {
		return err
	}
	member, err := o.findMember(ctx, given[0])
	if err != nil {
		return err
	}
	return change(o, member, given)
}

func memberPath(m api.Member) string { return "/v1/members/" + url.PathEscape(m.ID) }

func setRole(ctx context.Context, cmd *cli.Command) error {
	return changeMember(ctx, cmd, []string{"EMAIL", "ROLE"}, func(o *operator, m api.Member, given []string) error {
		if cmd.Bool("preview") {
			return previewRole(ctx, cmd, o, m, given[1])
		}
		answer, err := o.call(ctx, http.MethodPatch, memberPath(m), api.MemberChange{Role: given[1]})
		if err != nil {
			return err
		}
		changed, err := decode[api.ChangedMember](answer)
		if err != nil {
			return err
		}
		return settled(cmd, answer, changed.Restriction, "%s is %s of account %s now%s", changed.Email, changed.Role, cmd.String("account"), alsoWhere(changed.Restriction))
	})
}

func inviteMember(ctx context.Context, cmd *cli.Command) error {
	return changeMember(ctx, cmd, []string{"EMAIL"}, func(o *operator, m api.Member, _ []string) error {
		answer, err := o.call(ctx, http.MethodPost, memberPath(m)+"/invitation", nil)
		if err != nil {
			return err
		}
		invited, err := decode[api.AddedMember](answer)
		if err != nil {
			return err
		}
		return joined(cmd, answer, invited, cmd.String("account"), "made a new link for "+invited.Email+"; the older one has ended")
	})
}

// joined says what was done for a new member and, when they have yet to choose a password,
// prints the link for that.
func joined(cmd *cli.Command, answer json.RawMessage, m api.AddedMember, account, did string) error {
	if m.InvitationURL == "" {
		return done(cmd, answer, "%s", did)
	}
	say(cmd.Root().ErrWriter, "%s", did)
	say(cmd.Root().ErrWriter, "the link is for %s alone; it works once, for 7 days, and is not shown again", m.Email)
	return printOnce(cmd, answer, m.InvitationURL, "make a new link with: keywright member invite "+m.Email+" --account "+account)
}
