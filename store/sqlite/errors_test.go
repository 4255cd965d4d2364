package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/keywright/keywright"
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
		must(t, tx, "INSERT INTO members VALUES ('mem_1', 'acct_none', '', '', '', '', 0)")
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

func TestMACOfAnotherLengthIsNotCompared(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir, Options{})
	fill(t, s, "a", 1)
	db := beside(t, dir)
	must(t, db, "PRAGMA ignore_check_constraints = 1")
	for _, length := range []string{"31", "33", "1"} {
		must(t, db, "DELETE FROM seals")
		must(t, db, "INSERT INTO seals VALUES ('key_a0', zeroblob("+length+"), 1, 0)")
		if _, err := s.Sealed(t.Context(), "key_a0"); err == nil || errors.Is(err, keywright.ErrNotFound) {
			t.Errorf("%s bytes: got error %v", length, err)
		}
	}
}

// A disk on which nothing more can be written: the commit fails with an I/O error, and
// whether it stands is unknown.
func TestCommitOfUnknownOutcomeEndsAllWriting(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir, Options{})
	fill(t, s, "a", 1)
	revokeFirst := func() error {
		return s.Write(t.Context(), func(tx keywright.Tx) error { return revoke(t.Context(), tx, "a0") })
	}
	select {
	case <-s.Broken():
		t.Fatal("broken before anything happened")
	default:
	}
	withoutRoom(t, filepath.Join(dir, "keywright.db-wal"), func() {
		if err := revokeFirst(); !errors.Is(err, keywright.ErrOutcomeUnknown) {
			t.Errorf("the commit: got error %v, want unknown outcome", err)
		}
	})
	select {
	case <-s.Broken():
	default:
		t.Error("Broken is not closed")
	}
	for what, err := range map[string]error{
		"a write":   revokeFirst(),
		"a session": s.Sessions().Commit("token", []byte("x"), time.Now().Add(time.Hour)),
		"a ping":    s.Ping(t.Context()),
	} {
		if !errors.Is(err, keywright.ErrOutcomeUnknown) {
			t.Errorf("%s afterwards: got error %v, want unknown outcome", what, err)
		}
	}
	if _, err := s.Sealed(t.Context(), "key_a0"); err != nil {
		t.Errorf("a read afterwards: %v", err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	checkWhole(t, dir, map[string]string{"a0": "issued"})
}

// withoutRoom lets no file grow beyond the size that path has now.
func withoutRoom(t *testing.T, path string, do func()) {
	t.Helper()
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	signal.Ignore(syscall.SIGXFSZ)
	defer signal.Reset(syscall.SIGXFSZ)
	var before syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &before); err != nil {
		t.Fatal(err)
	}
	limit := before
	limit.Cur = uint64(info.Size())
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &limit); err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &before); err != nil {
			t.Fatal(err)
		}
	}()
	do()
}

// A full disk is no unknown outcome: what did not fit is not there, and once there is room
// the next write goes through.
func TestFullDiskIsSurvived(t *testing.T) {
	f, err := enter(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	write, err := writer(t.Context(), f, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	read, err := connect(t.Context(), f.dsn(reading()), 2, reading())
	if err != nil {
		t.Fatal(err)
	}
	s := store.New(write, read, store.Dialect{Clash: clash, Refused: refused}, store.Options{Release: f.leave})
	defer s.Close()
	fill(t, s, "a", 1)
	must(t, write, "PRAGMA max_page_count = 1")
	big := strings.Repeat("x", 1<<20)
	save := func() error { return s.Sessions().Commit("token", []byte(big), time.Now().Add(time.Hour)) }
	if err := save(); err == nil || errors.Is(err, keywright.ErrOutcomeUnknown) {
		t.Errorf("no room: got error %v, want a known failure", err)
	}
	if err := s.Write(t.Context(), func(tx keywright.Tx) error { return revoke(t.Context(), tx, "a0") }); err != nil {
		t.Errorf("a revocation, which needs no new page: %v", err)
	}
	must(t, write, "PRAGMA max_page_count = 1000000")
	if err := save(); err != nil {
		t.Errorf("with room: %v", err)
	}
}
