package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"

	"github.com/keywright/keywright/store"
)

// Examine looks at the database of a data folder and changes nothing in it. It may be in use.
func Examine(ctx context.Context, dir string) store.Examination {
	var e store.Examination
	f := &folder{database: filepath.Join(dir, "keywright.db")}
	info, err := os.Stat(f.database)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		e.Find("database", "there is none yet in "+dir, store.Worry, "start keywright serve, which makes it; or name the right folder with --data")
		return e
	case err != nil:
		e.Find("database", err.Error(), store.Wrong, "be the user who runs keywright")
		return e
	}
	remedy := ""
	if info.Mode().Perm()&0o077 != 0 {
		remedy = "run chmod 600 on it"
	}
	e.Find("database", fmt.Sprintf("SQLite, %d MiB, mode %04o", info.Size()>>20, info.Mode().Perm()), store.Wrong, remedy)
	network(&e, dir)
	db, err := sql.Open("sqlite", f.uri(url.Values{"mode": {"ro"}, "_defensive": {"1"}, "_pragma": {"busy_timeout(5000)"}}))
	if err != nil {
		e.Find("database", err.Error(), store.Wrong, "see whether it is a file that this user can read")
		return e
	}
	defer db.Close() //nolint:errcheck // it was only read
	examine(ctx, &e, db)
	return e
}

func examine(ctx context.Context, e *store.Examination, db *sql.DB) {
	var library, mode string
	err := db.QueryRowContext(ctx, "SELECT sqlite_version()").Scan(&library)
	remedy := ""
	if err == nil {
		err = sound(library)
	}
	if err != nil {
		remedy = err.Error() + "; use a binary that was built with the version in go.mod"
	}
	e.Find("library", "SQLite "+library, store.Wrong, remedy)

	if err := inspected(ctx, db); err != nil {
		e.Find("tables", "can't be used", store.Wrong, readable(err).Error())
		return
	}
	at, err := version(ctx, db)
	known, err2 := newest()
	remedy = ""
	if err := errors.Join(err, err2); err != nil {
		remedy = err.Error()
	} else if at < known {
		remedy = fmt.Sprintf("they are brought to %d by the next start of keywright serve", known)
	}
	e.Find("tables", fmt.Sprintf("at version %d of %d", at, known), store.Worry, remedy)

	remedy = ""
	if err := db.QueryRowContext(ctx, "PRAGMA journal_mode").Scan(&mode); err != nil {
		remedy = err.Error()
	} else if mode != "wal" {
		remedy = "another program has changed it; the next start of keywright serve sets it right"
	}
	e.Find("journal", mode, store.Worry, remedy)

	found, remedy := "whole", ""
	if err := check(ctx, db); err != nil {
		found, remedy = "damaged", readable(err).Error()
	}
	e.Find("contents", found, store.Wrong, remedy)
	if e.Checks, err = store.KeyringChecksOf(ctx, db); err != nil {
		e.Find("keyring checks", "can't be read", store.Worry, err.Error())
	}
}
