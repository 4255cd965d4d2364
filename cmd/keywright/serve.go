package main

import (
	"context"
	"log/slog"
	"os"
	"strings"
	"time"

	"github.com/urfave/cli/v3"

	"github.com/keywright/keywright/internal/config"
)

func serveCommand() *cli.Command {
	return &cli.Command{
		Name:  "serve",
		Usage: "run the console, the REST API and the data plane",
		Description: `Each setting is a flag or an environment variable; the flag goes before.

The first start prints a link to make the first account, which works once and for an hour.
With --demo it makes the account acme instead, with one member per role, and prints how to
sign in.

Example:
  keywright serve --data /var/lib/keywright --public-url https://keys.example.com`,
		Flags: []cli.Flag{
			databaseFlag("database", "`URL` of a PostgreSQL database, postgres://… or file:PATH of a file with it; without it, SQLite in the data folder", "KEYWRIGHT_DATABASE"),
			databaseFlag("migrate-database", "`URL` of the same database with the role that owns its tables: they are brought up to date at the start", "KEYWRIGHT_MIGRATE_DATABASE"),
			&cli.StringFlag{Name: "listen", Value: "127.0.0.1:8080", Usage: "`ADDRESS` of the console and the REST API", Sources: cli.EnvVars("KEYWRIGHT_LISTEN")},
			&cli.StringFlag{Name: "verify-listen", Value: "127.0.0.1:8081", Usage: "`ADDRESS` of the data plane", Sources: cli.EnvVars("KEYWRIGHT_VERIFY_LISTEN")},
			&cli.StringFlag{Name: "public-url", Usage: "`URL` under which people reach the console; default: http and the address of --listen", Sources: cli.EnvVars("KEYWRIGHT_PUBLIC_URL")},
			&cli.StringFlag{Name: "policy", Usage: "`FILE` with roles, plans, API versions, scopes and routes; default: the built-in policy; SIGHUP reads it again", Sources: cli.EnvVars("KEYWRIGHT_POLICY")},
			&cli.StringFlag{Name: "node-name", Value: machine(), DefaultText: "the machine's", Usage: "`NAME` of this process among the nodes of one database", Sources: cli.EnvVars("KEYWRIGHT_NODE_NAME")},
			&cli.DurationFlag{Name: "staleness-bound", Value: 30 * time.Second, DefaultText: "30s", Usage: "`TIME` for which verification goes on when the database is out of reach, 1s to 300s: the longest that a revoked key can live; all nodes need the same", Sources: cli.EnvVars("KEYWRIGHT_STALENESS_BOUND")},
			&cli.StringFlag{Name: "on-stale", Value: "refuse", Usage: "`WHAT` verification does after that: refuse, with 503, or serve, with keys that may have been revoked since", Sources: cli.EnvVars("KEYWRIGHT_ON_STALE")},
			&cli.BoolFlag{Name: "verify-open", Usage: "let anyone who reaches --verify-listen ask for verdicts without a token, on any address", Sources: cli.EnvVars("KEYWRIGHT_VERIFY_OPEN")},
			&cli.IntFlag{Name: "trusted-hops", Usage: "`NUMBER` of proxies before the data plane that add the address that asked them to X-Forwarded-For; 0: the header is not believed", Sources: cli.EnvVars("KEYWRIGHT_TRUSTED_HOPS")},
			&cli.BoolFlag{Name: "demo", Usage: "make the demo account at the first start", Sources: cli.EnvVars("KEYWRIGHT_DEMO")},
			&cli.StringFlag{Name: "log-format", Value: "text", Usage: "text or json", Sources: cli.EnvVars("KEYWRIGHT_LOG_FORMAT")},
			&cli.StringFlag{Name: "log-level", Value: "info", Usage: "debug, info, warn or error", Sources: cli.EnvVars("KEYWRIGHT_LOG_LEVEL")},
		},
		Action: func(ctx context.Context, c *cli.Command) error {
			if c.Args().Present() {
				return usage(c, "serve takes no arguments, only flags")
			}
			if c.IsSet("server") || c.IsSet("token-file") {
				return usage(c, "serve runs a server here; --server is for the commands that speak to one")
			}
			settings := config.Config{
				Data: c.String("data"), Database: c.String("database"), MigrateDatabase: c.String("migrate-database"),
				Listen: c.String("listen"), VerifyListen: c.String("verify-listen"),
				PublicURL: c.String("public-url"), Policy: c.String("policy"), VerifyOpen: c.Bool("verify-open"), Demo: c.Bool("demo"), TrustedHops: c.Int("trusted-hops"),
				NodeName: c.String("node-name"), StalenessBound: c.Duration("staleness-bound"), OnStale: c.String("on-stale"),
				LogFormat: c.String("log-format"), LogLevel: c.String("log-level"),
			}
			if err := settings.Check(); err != nil {
				return &failure{code: exitUsage, lines: strings.Split(err.Error(), "\n")}
			}
			return serve(ctx, settings, logger(settings), c.Root().Writer)
		},
	}
}

// machine is the name of this one, or a word that is no name.
func machine() string {
	name, err := os.Hostname()
	if err != nil || name == "" {
		return "node"
	}
	return name
}

// logger writes to standard error; what people are to read goes to standard output.
func logger(settings config.Config) *slog.Logger {
	level, _ := settings.Level()
	options := &slog.HandlerOptions{Level: level}
	if settings.LogFormat == "json" {
		return slog.New(slog.NewJSONHandler(os.Stderr, options))
	}
	return slog.New(slog.NewTextHandler(os.Stderr, options))
}
