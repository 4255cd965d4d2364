package sqlite

import (
	"context"
	"database/sql"
	"embed"
	"fmt"
	"io/fs"

	"github.com/pressly/goose/v3"
)

//go:embed migrations/*.sql
var migrations embed.FS

const versions = "schema_versions" // the table in which goose notes what it has done

// migrate marks a new database as ours and applies the migrations that it lacks, each in a
// transaction of its own: after a crash the next start goes on where this one ended.
func migrate(ctx context.Context, db *sql.DB) error {
	if err := mark(ctx, db); err != nil {
		return fmt.Errorf("mark the database: %w", err)
	}
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return err
	}
	return up(ctx, db, files)
}

func up(ctx context.Context, db *sql.DB, files fs.FS) error {
	provider, err := goose.NewProvider(goose.DialectSQLite3, db, files,
		goose.WithTableName(versions), goose.WithDisableGlobalRegistry(true), goose.WithLogger(goose.NopLogger()))
	if err != nil {
		return err
	}
	_, err = provider.Up(ctx)
	return err
}

func mark(ctx context.Context, db *sql.DB) error {
	var have int
	if err := db.QueryRowContext(ctx, "PRAGMA application_id").Scan(&have); err != nil || have == applicationID {
		return err
	}
	_, err := db.ExecContext(ctx, fmt.Sprintf("PRAGMA application_id = %d", applicationID))
	return err
}

// version is the last migration that a database has seen; 0 for none.
func version(ctx context.Context, db *sql.DB) (int64, error) {
	var found int
	if err := db.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM sqlite_schema WHERE name = $1)", versions).Scan(&found); err != nil || found == 0 {
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
