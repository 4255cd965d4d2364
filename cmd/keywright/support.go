package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strings"

	"github.com/urfave/cli/v3"

	"github.com/keywright/keywright/api"
)

func supportCommand() *cli.Command {
	return group("support", "list and answer what members ask you, and publish it under the help",
		"Members ask in the console: for themselves, or under a page of the help. They read the answer\nthere; what you publish, every account reads under that page.",
		&cli.Command{
			Name: "ask", Usage: "keep what a member asked you elsewhere",
			UsageText: "keywright support ask --account SLUG --as EMAIL --text TEXT (--subject TEXT | --page PAGE)",
			Description: `Members ask in the console; this is for those who asked you elsewhere. They read the answer in
the console.

Example:
  keywright support ask --account acme --as ada@acme.example --subject 'An invoice' --text 'Where do I find it?'`,
			Flags: []cli.Flag{
				accountFlag("`SLUG` of the account"), asFlag(),
				text("text", "`TEXT` of the question, at most 2,000 characters"),
				text("subject", "`TEXT` that says what it is about, at most 120 characters"),
				text("page", "the help `PAGE` under which it is asked, such as using-a-key, in place of a subject"),
			},
			Action: askSupport,
		},
		&cli.Command{
			Name: "list", Usage: "list what members have asked, newest first",
			UsageText: "keywright support list [--account SLUG] [--open]",
			Description: `Examples:
  keywright support list --open
  keywright support list --json | jq -r '.requests[] | select(.page == "using-a-key") | .text'`,
			Flags:  []cli.Flag{accountFlag("`SLUG` of the account; default: all"), openFlag("only what has no answer yet")},
			Action: listSupport,
		},
		&cli.Command{
			Name: "show", Usage: "show what a member asked, and the answer",
			UsageText: "keywright support show ID",
			Description: `Example:
  keywright support show sup_0VLk2mQp8dR3sT5uV7wX`,
			Action: showSupport,
		},
		&cli.Command{
			Name: "answer", Usage: "answer a member, or answer him anew",
			UsageText: "keywright support answer ID --text TEXT [--name NAME] [--publish]",
			Description: `The text can have several lines, and is shown as it is: no markup.

Examples:
  keywright support answer sup_0VLk2mQp8dR3sT5uV7wX --text 'In the header Authorization.' --name Kim
  keywright support answer sup_0VLk2mQp8dR3sT5uV7wX --text "$(cat answer.txt)" --publish`,
			Flags: []cli.Flag{
				text("text", "`TEXT` of the answer, at most 4,000 characters"),
				text("name", "`NAME` that its readers see; default: the product's"),
				&cli.BoolFlag{Name: "publish", Usage: "also show it to every account, where it was asked under a page of the help"},
			},
			Action: answerSupport,
		},
		publication("publish", "show an answered question to every account, under its help page", "published %s: every account can read it under %s"),
		publication("unpublish", "take a question from under its help page; whoever asked keeps the answer", "took %s back: it is no longer under %s"),
	)
}

// publication is the command of a change that takes nothing but the id.
func publication(verb, short, said string) *cli.Command {
	return &cli.Command{
		Name: verb, Usage: short,
		UsageText:   "keywright support " + verb + " ID",
		Description: "Example:\n  keywright support " + verb + " sup_0VLk2mQp8dR3sT5uV7wX",
		Action: func(ctx context.Context, cmd *cli.Command) error {
			id, err := supportIDArgument(cmd)
			if err != nil {
				return err
			}
			o, err := dial(cmd)
			if err != nil {
				return err
			}
			answer, err := o.call(ctx, http.MethodPost, "/v1/support/"+id+"/"+verb, nil)
			if err != nil {
				return err
			}
			r, err := decode[api.SupportRequest](answer)
			if err != nil {
				return err
			}
			return done(cmd, answer, said, r.ID, helpPage(r.Page))
		},
	}
}

func askSupport(ctx context.Context, cmd *cli.Command) error {
	if _, err := arguments(cmd, nil, "account", "as", "text"); err != nil {
		return err
	}
	o, err := dial(cmd)
	if err != nil {
		return err
	}
	answer, err := o.call(ctx, http.MethodPost, "/v1/support", api.NewSupportRequest{Page: cmd.String("page"), Subject: cmd.String("subject"), Text: cmd.String("text")})
	if err != nil {
		return err
	}
	r, err := decode[api.SupportRequest](answer)
	if err != nil {
		return err
	}
	return done(cmd, answer, "kept %s of %s", r.ID, cmd.String("as"))
}

func listSupport(ctx context.Context, cmd *cli.Command) error {
	if _, err := arguments(cmd, nil); err != nil {
		return err
	}
	o, err := dial(cmd)
	if err != nil {
		return err
	}
	elements, err := o.list(ctx, openOnly(cmd, "/v1/support"), "requests")
	if err != nil {
		return err
	}
	if asJSON(cmd) {
		return printList(cmd.Root().Writer, "requests", elements)
	}
	requests, err := decodeAll[api.SupportRequest](elements)
	if err != nil {
		return err
	}
	if len(requests) == 0 {
		say(cmd.Root().ErrWriter, "nobody has asked such a thing")
		return nil
	}
	rows := [][]string{{"ID", "STATE", "ASKED", "ACCOUNT", "BY", "ABOUT"}}
	for _, r := range requests {
		rows = append(rows, []string{r.ID, supportState(r), instant(r.CreatedAt), r.Account, r.AskedBy.Name, about(r)})
	}
	return table(cmd.Root().Writer, rows...)
}

func supportState(r api.SupportRequest) string {
	switch {
	case r.PublishedAt != nil:
		return "published"
	case r.AnsweredAt != nil:
		return "answered"
	}
	return "open"
}

// about is the subject, or the page and the first line of a question under it.
func about(r api.SupportRequest) string {
	if r.Subject != nil {
		return *r.Subject
	}
	first, _, _ := strings.Cut(r.Text, "\n")
	return helpPage(r.Page) + ": " + first
}

func showSupport(ctx context.Context, cmd *cli.Command) error {
	id, err := supportIDArgument(cmd)
	if err != nil {
		return err
	}
	o, err := dial(cmd)
	if err != nil {
		return err
	}
	answer, err := o.call(ctx, http.MethodGet, "/v1/support/"+id, nil)
	if err != nil {
		return err
	}
	if asJSON(cmd) {
		return printJSON(cmd.Root().Writer, answer)
	}
	r, err := decode[api.SupportRequest](answer)
	if err != nil {
		return err
	}
	return printSupport(cmd.Root().Writer, r)
}

// printSupport prints the facts one to a line, then what was asked and answered.
func printSupport(w io.Writer, r api.SupportRequest) error {
	facts := [][]string{
		{"id", r.ID},
		{"state", supportState(r)},
		{"asked", instant(r.CreatedAt) + " by " + r.AskedBy.Name + " of " + r.Account},
	}
	if r.Subject != nil {
		facts = append(facts, []string{"subject", *r.Subject})
	} else {
		signed := "a member of an account"
		if r.Signed != nil {
			signed = *r.Signed
		}
		facts = append(facts, []string{"under", helpPage(r.Page)}, []string{"signed", signed})
	}
	if r.AnsweredBy != nil {
		facts = append(facts, []string{"answered", instantOr(r.AnsweredAt, "") + " by " + *r.AnsweredBy}, []string{"seen", instantOr(r.SeenAt, "not yet")})
	}
	if r.PublishedAt != nil {
		facts = append(facts, []string{"published", instant(*r.PublishedAt)})
	}
	if err := table(w, facts...); err != nil {
		return err
	}
	for _, text := range []*string{&r.Text, r.Answer} {
		if text == nil {
			continue
		}
		if _, err := fmt.Fprintln(w); err != nil {
			return err
		}
		for line := range strings.SplitSeq(*text, "\n") {
			if _, err := fmt.Fprintln(w, "  "+plain(line)); err != nil {
				return err
			}
		}
	}
	return nil
}

func answerSupport(ctx context.Context, cmd *cli.Command) error {
	id, err := supportIDArgument(cmd, "text")
	if err != nil {
		return err
	}
	o, err := dial(cmd)
	if err != nil {
		return err
	}
	answer, err := o.call(ctx, http.MethodPost, "/v1/support/"+id+"/answer", api.SupportAnswer{
		Text: cmd.String("text"), AnsweredBy: cmd.String("name"), Publish: cmd.Bool("publish"),
	})
	if err != nil {
		return err
	}
	r, err := decode[api.SupportRequest](answer)
	if err != nil {
		return err
	}
	if r.PublishedAt != nil {
		return done(cmd, answer, "answered %s of %s; every account can read it under %s", r.ID, r.AskedBy.Name, helpPage(r.Page))
	}
	return done(cmd, answer, "answered %s of %s", r.ID, r.AskedBy.Name)
}

var supportID = regexp.MustCompile(`^sup_[0-9A-Za-z]{1,40}$`)

// supportIDArgument is the id that was typed.
func supportIDArgument(cmd *cli.Command, required ...string) (string, error) {
	given, err := arguments(cmd, []string{"ID"}, required...)
	if err != nil {
		return "", err
	}
	if err := pasted(cmd, given[0]); err != nil {
		return "", err
	}
	if !supportID.MatchString(given[0]) {
		return "", usage(cmd, "that is not the id of something asked, which is like sup_0VLk2mQp8dR3sT5uV7wX; find it with: keywright support list")
	}
	return given[0], nil
}

// helpPage is the address of a help page in the console.
func helpPage(page *string) string {
	if page == nil {
		return "no page"
	}
	return "/help/" + *page
}
