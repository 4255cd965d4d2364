package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"io"
	"path/filepath"
	"testing"

	"github.com/keywright/keywright"
	"github.com/keywright/keywright/keyset"
	"github.com/keywright/keywright/store"
)

// raw is a database with our tables, by a connection of its own.
func raw(t *testing.T) *sql.DB {
	t.Helper()
	return beside(t, made(t))
}

func beside(t *testing.T, dir string) *sql.DB {
	t.Helper()
	db, err := connect(t.Context(), (&folder{database: filepath.Join(dir, "keywright.db")}).dsn(writing()), 1, writing())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db
}

type execer interface {
	ExecContext(context.Context, string, ...any) (sql.Result, error)
}

func must(t *testing.T, db execer, statement string) {
	t.Helper()
	if _, err := db.ExecContext(t.Context(), statement); err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
}

func TestRefusedCommitsLeaveNothing(t *testing.T) {
	t.Run("a broken reference, found at the commit", func(t *testing.T) {
		db := raw(t)
		tx, err := db.BeginTx(t.Context(), nil)
		if err != nil {
			t.Fatal(err)
		}
		must(t, tx, "PRAGMA defer_foreign_keys = 1")
		must(t, tx, "INSERT INTO members VALUES ('mem_1', 'acct_none', '', '', '', '', 0, NULL)")
		if err := tx.Commit(); err == nil || !refused(err) {
			t.Errorf("got error %v, want one known to be refused", err)
		}
		var rows int
		if err := db.QueryRowContext(t.Context(), "SELECT COUNT(*) FROM members").Scan(&rows); err != nil || rows != 0 {
			t.Errorf("got %d rows, %v", rows, err)
		}
	})
	t.Run("a full disk", func(t *testing.T) {
		db := raw(t)
		must(t, db, "PRAGMA max_page_count = 1") // becomes the count that there is
		_, err := db.ExecContext(t.Context(), "INSERT INTO sessions VALUES ('x', zeroblob(1000000), 0)")
		if err == nil || !refused(err) {
			t.Errorf("got error %v, want one known to be refused", err)
		}
	})
	t.Run("a lock that another holds", func(t *testing.T) {
		dir := made(t)
		one, two := beside(t, dir), beside(t, dir)
		must(t, two, "PRAGMA busy_timeout = 0")
		tx, err := one.BeginTx(t.Context(), nil)
		if err != nil {
			t.Fatal(err)
		}
		defer tx.Rollback()
		if _, err := two.ExecContext(t.Context(), "UPDATE clock SET revision = 9"); err == nil || !refused(err) {
			t.Errorf("got error %v, want one known to be refused", err)
		}
	})
	t.Run("what is not known is not claimed", func(t *testing.T) {
		for _, err := range []error{nil, io.ErrUnexpectedEOF, context.DeadlineExceeded, sql.ErrTxDone, errors.New("database is full (13)")} {
			if refused(err) {
				t.Errorf("%v counts as refused", err)
			}
		}
	})
}

// A query that failed inside a change ends the change, even when nobody looks at its error.
func TestFailedQueryIsNotPassedOver(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir, Options{})
	must(t, beside(t, dir), "DROP TABLE passwords")
	err := s.Write(t.Context(), func(tx keywright.Tx) error {
		if err := insertAcme(t.Context(), tx); err != nil {
			return err
		}
		if _, err := tx.PasswordHash(t.Context(), "zoe@acme.example"); err == nil {
			t.Error("a query of a table that is gone succeeded")
		}
		return nil
	})
	if err == nil {
		t.Error("the change was committed")
	}
	if _, err := s.Account(t.Context(), acme); !errors.Is(err, keywright.ErrNotFound) {
		t.Errorf("the account: got error %v, want not found", err)
	}
}

func snapshot(t *testing.T, s *store.Store) (records []keyset.Change, err error) {
	t.Helper()
	err = s.Snapshot(t.Context(), func(of keyset.Snapshot) error {
		for record, err := range of.Records {
			if err != nil {
				return err
			}
			records = append(records, record)
		}
		return nil
	})
	return records, err
}

func TestMACOfAnotherLengthIsNotCompared(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir, Options{})
	fill(t, s, "a", 1)
	db := beside(t, dir)
	must(t, db, "PRAGMA ignore_check_constraints = 1")
	for _, length := range []string{"31", "33", "1"} {
		must(t, db, "UPDATE seals SET ends_at = 0") // else they are kept
		must(t, db, "DELETE FROM seals")
		must(t, db, "INSERT INTO seals (key_id, mac, pepper, created_at) VALUES ('key_a0', zeroblob("+length+"), 1, 0)")
		if _, err := s.Sealed(t.Context(), "key_a0"); err == nil || errors.Is(err, keywright.ErrNotFound) {
			t.Errorf("%s bytes: got error %v", length, err)
		}
		if _, err := s.ChangesSince(t.Context(), 0, 100); err == nil {
			t.Errorf("%s bytes: it is among the changes", length)
		}
		if _, err := snapshot(t, s); err == nil {
			t.Errorf("%s bytes: it is in the snapshot", length)
		}
	}
}
