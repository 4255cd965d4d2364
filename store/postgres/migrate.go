package postgres

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
)

//go:embed migrations/*.sql
var migrations embed.FS

//go:embed grants.sql
var grants string

const versions = "schema_versions" // the table in which goose notes what it has done

// Migrate makes the tables or brings them up to date, by the URL of their owner, and then lets
// the role service do with them what the running service must, and no more. It answers at which
// version the tables are. It can be run at any time, also while the service runs.
func Migrate(ctx context.Context, url, service string) (int64, error) {
	c, err := parse(url)
	if err != nil {
		return 0, err
	}
	db := c.pool(migrating())
	defer db.Close() //nolint:errcheck // nothing is left to be said on it
	if service == c.User {
		return 0, errors.New("the service must use another role than the one that owns the tables")
	}
	for _, step := range []func() error{
		func() error { return prove(ctx, db) },
		func() error { return migrate(ctx, db) },
		func() error { return grant(ctx, db, service) },
	} {
		if err := step(); err != nil {
			return 0, c.where(err)
		}
	}
	at, err := version(ctx, db)
	return at, c.where(err)
}

// migrate applies the migrations that are missing, each in a transaction of its own: after a
// crash the next one goes on where this one ended. Of several processes one does the work while
// the others wait.
func migrate(ctx context.Context, db *sql.DB) error {
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return err
	}
	return up(ctx, db, files)
}

func up(ctx context.Context, db *sql.DB, files fs.FS) error {
	locker, err := lock.NewPostgresSessionLocker(lock.WithLockTimeout(1, 60)) // each second, for a minute
	if err != nil {
		return err
	}
	provider, err := goose.NewProvider(goose.DialectPostgres, db, files, goose.WithSessionLocker(locker),
		goose.WithTableName(versions), goose.WithDisableGlobalRegistry(true), goose.WithLogger(goose.NopLogger()))
	if err != nil {
		return err
	}
	if _, err = provider.Up(ctx); err != nil {
		return fmt.Errorf("bring the tables up to date: %w", err)
	}
	return nil
}

// grant runs grants.sql for a role, all of it or nothing.
func grant(ctx context.Context, db *sql.DB, service string) error {
	var schema string
	if err := db.QueryRowContext(ctx, "SELECT current_schema()").Scan(&schema); err != nil {
		return err
	}
	text := strings.NewReplacer(`"service"`, pgx.Identifier{service}.Sanitize(), "SCHEMA here", "SCHEMA "+pgx.Identifier{schema}.Sanitize()).Replace(grants)
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback() //nolint:errcheck // after a commit it does nothing; otherwise another error is on its way
	// Two at once would fail.
	if _, err := tx.ExecContext(ctx, "LOCK TABLE "+versions+" IN EXCLUSIVE MODE"); err != nil {
		return err
	}
	for statement := range strings.SplitSeq(text, ";\n") {
		if _, err := tx.ExecContext(ctx, statement); err != nil {
			return fmt.Errorf("grant the service its rights: %w", err)
		}
	}
	return tx.Commit()
}

// version is the last migration that a database has seen; 0 for none.
func version(ctx context.Context, db *sql.DB) (int64, error) {
	var found bool
	if err := db.QueryRowContext(ctx, "SELECT to_regclass($1) IS NOT NULL", versions).Scan(&found); err != nil || !found {
		return 0, err
	}
	var last sql.NullInt64
	err := db.QueryRowContext(ctx, "SELECT max(version_id) FROM "+versions+" WHERE is_applied").Scan(&last)
	return last.Int64, err
}

// newest is the last migration that this binary knows.
func newest() (int64, error) {
	files, err := migrations.ReadDir("migrations") // in the order of their numbers
	if err != nil {
		return 0, err
	}
	return goose.NumericComponent(files[len(files)-1].Name())
}
