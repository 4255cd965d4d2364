package sqlite

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestSettingsAreThoseThatWereMeasured(t *testing.T) {
	for name, want := range map[string]string{
		"journal_mode": "wal", "synchronous": "2", "foreign_keys": "1", "busy_timeout": "5000",
		"trusted_schema": "0", "secure_delete": "1", "recursive_triggers": "1",
	} {
		if !slices.Contains(pragmas(), pragma{name, want}) {
			t.Errorf("%s is not set to %s", name, want)
		}
	}
}

// Each setting is taken away or turned round in turn: the proof must miss it.
func TestSettingsAreProved(t *testing.T) {
	dir := t.TempDir()
	f := &folder{database: filepath.Join(dir, "keywright.db")}
	for _, want := range [][]pragma{writing(), reading()} {
		for i, p := range want {
			wrong := map[string]string{"0": "1", "1": "0", "2": "1", "5000": "1", "wal": "delete"}[p.value]
			mutated := slices.Clone(want)
			mutated[i].value = wrong
			db, err := connect(t.Context(), f.dsn(mutated), 1, want)
			if err == nil {
				_ = db.Close()
				t.Errorf("%s = %s was accepted", p.name, wrong)
			} else if !strings.Contains(err.Error(), p.name) {
				t.Errorf("%s = %s: got error %q", p.name, wrong, err)
			}
		}
		db, err := connect(t.Context(), f.dsn(want), 1, want)
		if err != nil {
			t.Fatal(err)
		}
		_ = db.Close()
	}
}

func TestUnsoundLibrariesAreRefused(t *testing.T) {
	for version, want := range map[string]bool{
		"3.51.3": true, "3.51.10": true, "3.53.0": true, "3.54.1": true, "4.0": true, "3.51.3.1": true,
		"3.51.2": false, "3.40.1": false, "3.6.99": false, "3": false, "": false, "3.x": false,
	} {
		if err := sound(version); (err == nil) != want {
			t.Errorf("%q: got error %v, want sound %v", version, err, want)
		}
	}
}

func TestReadersCanNotWrite(t *testing.T) {
	dir := made(t)
	db, err := connect(t.Context(), (&folder{database: filepath.Join(dir, "keywright.db")}).dsn(reading()), 1, reading())
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.ExecContext(t.Context(), "UPDATE accounts SET plan = 'x'"); err == nil {
		t.Error("a reader wrote")
	}
}

// REPLACE deletes the row in its way. The triggers that forbid a deletion see it only while
// recursive_triggers is on.
func TestReplaceDeletesNothing(t *testing.T) {
	dir := made(t)
	db, err := connect(t.Context(), (&folder{database: filepath.Join(dir, "keywright.db")}).dsn(writing()), 1, writing())
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for _, table := range []string{"keys", "accounts", "events"} {
		if _, err := db.ExecContext(t.Context(), "REPLACE INTO "+table+" SELECT * FROM "+table); err == nil || !strings.Contains(err.Error(), "can not be deleted") {
			t.Errorf("%s: got error %v", table, err)
		}
	}
}
