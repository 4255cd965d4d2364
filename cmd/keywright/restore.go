package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"

	"github.com/urfave/cli/v3"

	"github.com/keywright/keywright"
	"github.com/keywright/keywright/internal/config"
	"github.com/keywright/keywright/mark"
	"github.com/keywright/keywright/store"
)

// decideCommand is replay or accept.
func decideCommand(choice keywright.Choice, short, long string) *cli.Command {
	return &cli.Command{
		Name: string(choice), Usage: short,
		UsageText:   "keywright restore " + string(choice) + " [--yes]",
		Description: long,
		Flags: append(storeFlags(),
			&cli.StringFlag{Name: "policy", Usage: "`FILE` with roles and plans, as of keywright serve", Sources: cli.EnvVars("KEYWRIGHT_POLICY")},
			&cli.StringSliceFlag{Name: "journal", Usage: "`FILE`, the journal.jsonl of another node or of an older machine, to be looked at too; can be repeated", TakesFile: true},
			yesFlag(),
		),
		Action: func(ctx context.Context, cmd *cli.Command) error { return decide(ctx, cmd, choice) },
	}
}

// storeFlags are for commands that open the database themselves, while nothing serves it.
func storeFlags() []cli.Flag {
	return []cli.Flag{
		databaseFlag("database", "`URL` of a PostgreSQL database, as of keywright serve; without it, SQLite in the data folder", "KEYWRIGHT_DATABASE"),
		databaseFlag("migrate-database", "`URL` of the same database with the role that owns its tables", "KEYWRIGHT_MIGRATE_DATABASE"),
	}
}

// storeSettings are those of a command with storeFlags.
func storeSettings(cmd *cli.Command) config.Config {
	return config.Config{Data: cmd.String("data"), Database: cmd.String("database"), MigrateDatabase: cmd.String("migrate-database"), LogFormat: "text", LogLevel: "warn"}
}

func decide(ctx context.Context, cmd *cli.Command, choice keywright.Choice) (err error) {
	if _, err := arguments(cmd, nil); err != nil {
		return err
	}
	if err := here(cmd); err != nil {
		return err
	}
	rules, err := readPolicy(cmd.String("policy"))
	if err != nil {
		return err
	}
	settings := storeSettings(cmd)
	db, err := openStore(ctx, settings, slog.New(slog.DiscardHandler))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	kept, err := mark.Open(settings.Data, mark.Options{})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, kept.Close()) }()
	f, missing, err := compare(ctx, kept, db, rules, cmd.StringSlice("journal")...)
	if err != nil {
		return err
	}
	if asJSON(cmd) {
		if err := printFinding(cmd, f, missing); err != nil {
			return err
		}
	}
	if f.Why == "" && len(missing) == 0 {
		say(cmd.Root().ErrWriter, "there is nothing to decide: the database has all that this node has seen of it")
		return nil
	}
	d := &deciding{db, kept, keywright.New(db, nil, nil, keywright.Options{Policy: rules}), f, missing} // which neither seals nor checks anything
	if !cmd.Bool("yes") {
		for _, line := range difference(ctx, db, f, missing) {
			say(cmd.Root().ErrWriter, "%s", line)
		}
		return unconfirmed("%s", d.would(choice))
	}
	left, err := d.do(ctx, choice)
	if err != nil {
		return err
	}
	d.tell(cmd, choice, left)
	return nil
}

// deciding is all that it takes to carry out a decision.
type deciding struct {
	db      *store.Store
	kept    *mark.Keeper
	service *keywright.Service
	mark.Finding
	missing []keywright.Missing
}

// would says what a decision comes to.
func (d *deciding) would(choice keywright.Choice) string {
	what := fmt.Sprintf("take away again what is missing, %d in all", len(d.missing))
	if choice == keywright.Accepted {
		what = "go on with the database as it is"
		if n := len(d.missing); n > 0 {
			what += fmt.Sprintf(", and give up %d changes that took something away", n)
		}
	}
	if d.Why != "" {
		what += fmt.Sprintf("; history would go on at revision %d, and all sessions and invitations would end", d.Next())
	}
	return what
}

// do carries a decision out. Until it is done nothing can serve the database, and when it fails on
// the way it can be done again.
func (d *deciding) do(ctx context.Context, choice keywright.Choice) (left []keywright.Missing, err error) {
	if d.Why != "" {
		if err := d.db.Quarantine(ctx, keywright.BeingDecided); err != nil {
			return nil, err
		}
	}
	if choice == keywright.Replayed {
		if left, err = d.service.RestrictAgain(ctx, d.missing); err != nil {
			return left, err
		}
	}
	if d.Why != "" {
		if err := d.service.Decide(ctx, keywright.Decision{Revision: d.Next(), After: d.After, Choice: choice}); err != nil {
			return left, err
		}
	}
	if choice == keywright.Accepted {
		subjects := map[string]bool{}
		for _, m := range d.missing {
			subjects[m.Subject()] = true
		}
		if err := d.kept.Forget(d.Next(), func(r keywright.Restriction) bool { return d.GivesUp(r, subjects) }); err != nil {
			return left, err
		}
	}
	now, err := d.db.History(ctx)
	if err != nil {
		return left, err
	}
	return left, d.kept.Take(now.Database, now.At)
}

func (d *deciding) tell(cmd *cli.Command, choice keywright.Choice, left []keywright.Missing) {
	out := cmd.Root().ErrWriter
	if choice == keywright.Replayed {
		say(out, "%d changes were made again", len(d.missing)-len(left))
	}
	for _, m := range left {
		say(out, "left out, because the account would have no owner: %s", m)
	}
	if d.Why != "" {
		say(out, "history goes on at revision %d; keywright serve can be started", d.Next())
	}
}

// printFinding prints what was found as JSON.
func printFinding(cmd *cli.Command, f mark.Finding, missing []keywright.Missing) error {
	type change struct {
		What    keywright.Lack `json:"what"`
		Subject string         `json:"subject"`
		Text    string         `json:"text"`
	}
	found := struct {
		Why      mark.Why `json:"why"`
		Database string   `json:"database"`
		Revision uint64   `json:"revision"`
		Seen     uint64   `json:"seen_revision"`
		After    uint64   `json:"agree_until"`
		Complete uint64   `json:"journal_complete_after"`
		Missing  []change `json:"missing"`
	}{f.Why, f.History.Database, f.History.At.Revision, f.Mark.At.Revision, f.After, f.Complete, []change{}}
	for _, m := range missing {
		found.Missing = append(found.Missing, change{m.What, m.Subject(), m.String()})
	}
	text, err := json.Marshal(found)
	if err != nil {
		return err
	}
	return printJSON(cmd.Root().Writer, text)
}
