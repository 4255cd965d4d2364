package main

import (
	"bufio"
	"context"
	"fmt"
	"log/slog"
	"os"
	"strings"

	"github.com/urfave/cli/v3"

	"github.com/keywright/keywright/internal/config"
	"github.com/keywright/keywright/internal/folder"
	"github.com/keywright/keywright/store"
	"github.com/keywright/keywright/store/postgres"
	"github.com/keywright/keywright/store/sqlite"
)

// databaseFlag takes the URL of a database, or file: and the path of a file with it. Its default
// is never shown: it may come from the environment, with a password.
func databaseFlag(name, usage, variable string) cli.Flag {
	return &cli.StringFlag{Name: name, Usage: usage, DefaultText: "none", OnlyOnce: true, Sources: cli.EnvVars(variable)}
}

// databaseURL is what a flag of databaseFlag means.
func databaseURL(value string) (string, error) {
	path, named := strings.CutPrefix(value, "file:")
	if !named {
		return value, nil
	}
	file, err := os.Open(path)
	if err != nil {
		return "", fmt.Errorf("read the database URL: %w", err)
	}
	defer file.Close() //nolint:errcheck // it was only read
	lines := bufio.NewScanner(file)
	if !lines.Scan() || strings.TrimSpace(lines.Text()) == "" {
		return "", fmt.Errorf("read the database URL: the first line of %s is empty", path)
	}
	return strings.TrimSpace(lines.Text()), nil
}

// openStore opens the database that was asked for. In any case the data folder is taken, for the
// keyring and the operator socket are in it.
func openStore(ctx context.Context, settings config.Config, log *slog.Logger) (_ *store.Store, err error) {
	if settings.Database == "" {
		return sqlite.Open(ctx, settings.Data, sqlite.Options{Log: log})
	}
	url, err := databaseURL(settings.Database)
	if err != nil {
		return nil, err
	}
	owner, err := databaseURL(settings.MigrateDatabase)
	if err != nil {
		return nil, err
	}
	taken, err := folder.Enter(settings.Data)
	if err != nil {
		return nil, err
	}
	db, err := postgres.Open(ctx, url, postgres.Options{Owner: owner, Release: taken.Leave, Log: log})
	if err != nil {
		_ = taken.Leave() // the error on its way says more
		return nil, err
	}
	return db, nil
}

func migrateCommand() *cli.Command {
	return &cli.Command{
		Name:  "migrate",
		Usage: "bring the tables of a PostgreSQL database up to date",
		Description: `Makes the tables in an empty database, or brings those of an earlier version up to date, and
grants the service's role what the running service needs, and no more. Run it with the role
that owns the tables, before a new version of keywright serve starts. It can be run at any
time and as often as you like.

SQLite needs none of this: keywright serve does it by itself.

Example:
  keywright migrate --database file:owner.url --service-role keywright`,
		Flags: []cli.Flag{
			databaseFlag("database", "`URL` of the database with the role that owns the tables, postgres://… or file:PATH of a file with it", "KEYWRIGHT_MIGRATE_DATABASE"),
			text("service-role", "`ROLE` by which keywright serve connects"),
		},
		Action: func(ctx context.Context, c *cli.Command) error {
			if _, err := arguments(c, nil, "database", "service-role"); err != nil {
				return err
			}
			url, err := databaseURL(c.String("database"))
			if err != nil {
				return err
			}
			at, err := postgres.Migrate(ctx, url, c.String("service-role"))
			if err != nil {
				return err
			}
			say(c.Root().ErrWriter, "the tables are at version %d, and %s has its rights", at, c.String("service-role"))
			return nil
		},
	}
}
