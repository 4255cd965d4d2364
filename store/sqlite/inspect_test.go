package sqlite

import (
	"bytes"
	"database/sql"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/keywright/keywright"
)

// made is a folder with a database that was closed properly, with some keys in it.
func made(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	s := open(t, dir, Options{})
	fill(t, s, "a", 300)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	return dir
}

func fill(t *testing.T, s keywright.Store, prefix string, keys int) {
	t.Helper()
	err := s.Write(t.Context(), func(tx keywright.Tx) error {
		if _, err := tx.Account(t.Context(), acme); err != nil {
			if err := insertAcme(t.Context(), tx); err != nil {
				return err
			}
		}
		for i := range keys {
			if err := issue(t.Context(), tx, fmt.Sprint(prefix, i)); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// crashed is a folder as a process leaves it that ends in the middle: with a log.
func crashed(t *testing.T) string {
	t.Helper()
	dir := made(t)
	fill(t, open(t, dir, Options{}), "b", 1)
	return copied(t, dir)
}

// copied is another folder with what is in the files of dir, in which a process is at work.
func copied(t *testing.T, dir string) string {
	t.Helper()
	copied := t.TempDir()
	for _, name := range []string{"keywright.db", "keywright.db-wal"} {
		content, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil || len(content) == 0 {
			t.Fatalf("%s: %d bytes, %v", name, len(content), err)
		}
		if err := os.WriteFile(filepath.Join(copied, name), content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return copied
}

// edit changes a database by SQL, without our settings.
func edit(t *testing.T, dir string, statements ...string) {
	t.Helper()
	db, err := sql.Open("sqlite", filepath.Join(dir, "keywright.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for _, statement := range statements {
		if _, err := db.ExecContext(t.Context(), statement); err != nil {
			t.Fatalf("%s: %v", statement, err)
		}
	}
}

func TestForeignAndNewerDatabasesAreRefusedUntouched(t *testing.T) {
	for name, c := range map[string]struct {
		prepare func(t *testing.T) string
		words   []string
	}{
		"one of a newer version": {func(t *testing.T) string {
			dir := made(t)
			edit(t, dir, "INSERT INTO schema_versions (version_id, is_applied) VALUES (9999, 1)")
			return dir
		}, []string{"newer version of keywright", "9999"}},
		"one of a newer version that was not closed properly": {func(t *testing.T) string {
			dir := made(t)
			db := beside(t, dir)
			must(t, db, "INSERT INTO schema_versions (version_id, is_applied) VALUES (9999, 1)")
			return copied(t, dir)
		}, []string{"newer version of keywright", "9999"}},
		"one of another program": {func(t *testing.T) string {
			dir := t.TempDir()
			edit(t, dir, "CREATE TABLE theirs (x)", "PRAGMA application_id = 7")
			return dir
		}, []string{"another program"}},
		"one of another program that has no mark": {func(t *testing.T) string {
			dir := t.TempDir()
			edit(t, dir, "CREATE TABLE theirs (x)")
			return dir
		}, []string{"another program"}},
		"a file that is no database": {func(t *testing.T) string {
			dir := t.TempDir()
			if err := os.WriteFile(filepath.Join(dir, "keywright.db"), []byte(strings.Repeat("Dear diary, ", 1000)), 0o600); err != nil {
				t.Fatal(err)
			}
			return dir
		}, []string{"is not a database"}},
		"one whose first page is damaged": {func(t *testing.T) string {
			dir := made(t)
			garble(t, dir, 100, 512)
			return dir
		}, []string{"is damaged"}},
	} {
		t.Run(name, func(t *testing.T) {
			dir := c.prepare(t)
			path := filepath.Join(dir, "keywright.db")
			before, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			wantRefusal(t, dir, append(c.words, path)...)
			after, err := os.ReadFile(path)
			if err != nil || !bytes.Equal(before, after) {
				t.Errorf("the file was changed, %v", err)
			}
		})
	}
}

func TestInterruptedFirstStartIsFinished(t *testing.T) {
	for name, prepare := range map[string]func(t *testing.T, dir string){
		"an empty file": func(t *testing.T, dir string) {
			if err := os.WriteFile(filepath.Join(dir, "keywright.db"), nil, 0o600); err != nil {
				t.Fatal(err)
			}
		},
		"a marked file": func(t *testing.T, dir string) { edit(t, dir, "PRAGMA application_id = 1264022132") },
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			prepare(t, dir)
			fill(t, open(t, dir, Options{}), "a", 1)
		})
	}
}

// garble overwrites bytes of a database file.
func garble(t *testing.T, dir string, from, count int) {
	t.Helper()
	file, err := os.OpenFile(filepath.Join(dir, "keywright.db"), os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if _, err := file.WriteAt(bytes.Repeat([]byte{0xa5}, count), int64(from)); err != nil {
		t.Fatal(err)
	}
}

func TestDatabaseIsCheckedAfterAnUncleanEnd(t *testing.T) {
	t.Run("a whole one is opened, with everything in it, and said so", func(t *testing.T) {
		var log bytes.Buffer
		s := open(t, crashed(t), Options{Log: slog.New(slog.NewTextHandler(&log, nil))})
		if _, err := s.Sealed(t.Context(), "key_b0"); err != nil {
			t.Errorf("the last key: %v", err)
		}
		if !strings.Contains(log.String(), "not closed properly") {
			t.Errorf("got log %q", &log)
		}
	})
	t.Run("a damaged one is refused", func(t *testing.T) {
		dir := crashed(t)
		info, err := os.Stat(filepath.Join(dir, "keywright.db"))
		if err != nil {
			t.Fatal(err)
		}
		garble(t, dir, int(info.Size())/2, int(info.Size())/2) // rows and indexes, not what the start itself reads
		wantRefusal(t, dir, "is damaged", "restore a backup")
	})
	t.Run("one whose rows break a rule is refused", func(t *testing.T) {
		dir := made(t)
		db := beside(t, dir)
		must(t, db, "PRAGMA ignore_check_constraints = 1")
		must(t, db, "UPDATE accounts SET active_keys = -1")
		wantRefusal(t, copied(t, dir), "is damaged", "accounts", "restore a backup")
	})
	t.Run("one that was closed is opened in silence", func(t *testing.T) {
		var log bytes.Buffer
		open(t, made(t), Options{Log: slog.New(slog.NewTextHandler(&log, nil))})
		if log.Len() > 0 {
			t.Errorf("got log %q", &log)
		}
	})
}
