package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"

	"modernc.org/sqlite"
	lib "modernc.org/sqlite/lib"
)

// applicationID marks a database as ours, in its file's header: "KWrt".
const applicationID = 0x4B577274

// inspect refuses a file that we must not write to, before anything is written.
func inspect(ctx context.Context, f *folder) error {
	db, err := sql.Open("sqlite", f.uri(url.Values{"mode": {"ro"}, "_defensive": {"1"}}))
	if err != nil {
		return fmt.Errorf("open %s: %w", f.database, err)
	}
	defer db.Close() //nolint:errcheck // it was only read
	db.SetMaxOpenConns(1)
	if err := inspected(ctx, db); err != nil {
		return fmt.Errorf("%s: %w", f.database, readable(err))
	}
	return nil
}

func inspected(ctx context.Context, db *sql.DB) error {
	var id, tables int
	err := db.QueryRowContext(ctx, "SELECT application_id, EXISTS (SELECT 1 FROM sqlite_schema) FROM pragma_application_id").Scan(&id, &tables)
	if err != nil {
		return err
	}
	if id == 0 && tables == 0 {
		return nil // new
	}
	if id != applicationID {
		return errors.New("is the database of another program; choose another folder")
	}
	at, err := version(ctx, db)
	if err != nil {
		return err
	}
	known, err := newest()
	if err != nil {
		return err
	}
	if at > known {
		return fmt.Errorf("was written by a newer version of keywright (its tables are at %d, this one knows %d); start that version, or restore a backup from before", at, known)
	}
	return nil
}

// check has SQLite look through the whole file. It needs a connection that can write:
// a reading one knows no CHECK constraints.
func check(ctx context.Context, db *sql.DB) error {
	var answer string
	if err := db.QueryRowContext(ctx, "PRAGMA quick_check(1)").Scan(&answer); err != nil {
		return err
	}
	if answer != "ok" {
		return fmt.Errorf("is damaged (%s); restore a backup", answer)
	}
	return nil
}

// readable says in words what the error codes of an unusable file mean.
func readable(err error) error {
	var failure *sqlite.Error
	if !errors.As(err, &failure) {
		return err
	}
	switch failure.Code() & 0xff {
	case lib.SQLITE_NOTADB:
		return fmt.Errorf("is not a database; move it away or restore a backup: %w", err)
	case lib.SQLITE_CORRUPT:
		return fmt.Errorf("is damaged; restore a backup: %w", err)
	}
	return err
}
