package sqlite

import (
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/keywright/keywright"
)

// previous is the version whose last migration is 00001: its database, and its statements.
type previous struct {
	dir        string
	statements map[string]string
}

func founding(t *testing.T) previous {
	t.Helper()
	p := previous{t.TempDir(), map[string]string{}}
	text, err := os.ReadFile("testdata/00001.sql")
	if err != nil {
		t.Fatal(err)
	}
	for _, match := range regexp.MustCompile(`(?s)-- name: (\w+) :\w+\n(.*?);\n`).FindAllStringSubmatch(string(text), -1) {
		p.statements[match[1]] = match[2]
	}
	if len(p.statements) < 30 {
		t.Fatalf("found %d statements", len(p.statements))
	}
	first, err := migrations.ReadFile("migrations/00001_founding.sql")
	if err != nil {
		t.Fatal(err)
	}
	db := beside(t, p.dir)
	if err := mark(t.Context(), db); err != nil {
		t.Fatal(err)
	}
	if err := up(t.Context(), db, fstest.MapFS{"00001_founding.sql": {Data: first}}); err != nil {
		t.Fatal(err)
	}
	p.write(t, db, func(do func(name string, args ...any)) {
		do("InsertAccount", acme, "acme", "Acme", "standard", "active", 1)
		do("InsertMember", "mem_1", acme, "zoe@acme.example", "Zoe", "owner", "active", 1)
		do("SetPasswordHash", "zoe@acme.example", "hash", 1)
		do("InsertLink", make([]byte, 32), "invitation", acme, "mem_1", 2, nil)
	})
	p.issue(t, db, 1)
	p.issue(t, db, 2)
	p.revoke(t, db, 2)
	must(t, db, "INSERT INTO sessions VALUES ('token', x'01', 9)")
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	return p
}

// write makes a change as that version does: with the next revision, in one transaction.
func (p previous) write(t *testing.T, db *sql.DB, change func(do func(name string, args ...any))) {
	t.Helper()
	tx, err := db.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback()
	do := func(name string, args ...any) {
		t.Helper()
		if _, err := tx.ExecContext(t.Context(), p.statements[name], args...); err != nil || p.statements[name] == "" {
			t.Fatalf("%s: %v", name, err)
		}
	}
	do("NextRevision")
	change(do)
	if err := tx.Commit(); err != nil {
		t.Fatal(err)
	}
}

func (p previous) issue(t *testing.T, db *sql.DB, n int) {
	t.Helper()
	p.write(t, db, func(do func(name string, args ...any)) {
		id := fmt.Sprintf("key_%012d", n)
		do("CountActiveKey", acme)
		do("InsertKey", id, acme, "account", "CI", "v1", "kw", "live", "QZ1x", "", n, "member", "mem_1", "Zoe", nil, nil, nil)
		do("InsertSeal", id, make([]byte, 32), 1, n)
		do("NextSequence")
		do("InsertEvent", n, fmt.Sprint("aud_", n), n+1, n, acme, "member", "mem_1", "Zoe", "key.issued", "key", id, "CI", "{}")
	})
}

func (p previous) revoke(t *testing.T, db *sql.DB, n int) {
	t.Helper()
	p.write(t, db, func(do func(name string, args ...any)) {
		do("RevokeKey", 5, "member", "mem_1", "Zoe", "leaked", acme, fmt.Sprintf("key_%012d", n))
		do("UncountActiveKey", acme)
	})
}

// rows is everything in the tables of the first migration.
func rows(t *testing.T, dir string) map[string][]string {
	t.Helper()
	all := map[string][]string{}
	db := beside(t, dir)
	for table, columns := range map[string]string{
		"clock": "id, revision, sequence", "accounts": "id, slug, name, plan, state, created_at, active_keys", "members": "id, account_id, email, name, role, state, created_at", "passwords": "*", "links": "*", "keys": "id, account_id, kind, description, version, brand, env, last_four, once, created_at, created_by_kind, created_by_id, created_by_name, not_before, expires_at, disabled_at, revoked_at, revoked_by_kind, revoked_by_id, revoked_by_name, why_revoked, last_used_at",
		"seals": "key_id, mac, pepper, created_at", "events": "*", "sessions": "*", "keyring_checks": "*",
	} {
		found, err := db.QueryContext(t.Context(), "SELECT "+columns+" FROM "+table+" ORDER BY 1")
		if err != nil {
			t.Fatal(err)
		}
		defer found.Close()
		names, err := found.Columns()
		if err != nil {
			t.Fatal(err)
		}
		for found.Next() {
			row, into := make([]any, len(names)), make([]any, len(names))
			for i := range row {
				into[i] = &row[i]
			}
			if err := found.Scan(into...); err != nil {
				t.Fatal(err)
			}
			all[table] = append(all[table], fmt.Sprint(row...))
		}
		if err := found.Err(); err != nil {
			t.Fatal(err)
		}
	}
	return all
}

func TestDatabaseOfThePreviousVersionIsBroughtUpToDate(t *testing.T) {
	p := founding(t)
	before := rows(t, p.dir)
	s := open(t, p.dir, Options{})
	if after := rows(t, p.dir); len(before["keys"]) != 2 || !reflect.DeepEqual(after, before) {
		t.Errorf("the rows:\n got %v\nwant %v", after, before)
	}
	changes, err := s.ChangesSince(t.Context(), 3, 100)
	if want := (keywright.Changes{Since: 3, Revision: 4, Behind: true}); err != nil || !reflect.DeepEqual(changes, want) {
		t.Errorf("changes of before: got %+v, %v, want %+v", changes, err, want)
	}
	if records, err := snapshot(t, s); err != nil || len(records) != 4 {
		t.Errorf("snapshot: got %v, %v, want an account, a member and two keys", records, err)
	}
	if err := s.Write(t.Context(), func(tx keywright.Tx) error { return revoke(t.Context(), tx, "000000000001") }); err != nil {
		t.Fatal(err)
	}
	changes, err = s.ChangesSince(t.Context(), 4, 100)
	if err != nil || changes.Behind || changes.Revision != 5 || len(changes.Records) != 1 {
		t.Errorf("a change of after: got %+v, %v", changes, err)
	}
}

// A version that does not log may write to a database that has a log. Whoever follows the log
// notices.
func TestPreviousVersionWorksOnTheDatabaseOfThisOne(t *testing.T) {
	p := founding(t)
	s := open(t, p.dir, Options{})
	db := beside(t, p.dir)
	for name, statement := range p.statements {
		if steps := plan(t, db, statement); len(steps) == 0 && !strings.Contains(statement, "INSERT INTO") {
			t.Errorf("%s does nothing", name)
		}
	}
	p.issue(t, db, 3)
	p.revoke(t, db, 1)
	for id, revoked := range map[keywright.KeyID]bool{"key_000000000001": true, "key_000000000003": false} {
		k, err := s.Key(t.Context(), acme, id)
		if err != nil || k.Revoked.IsZero() == revoked {
			t.Errorf("%s: got revoked at %v, %v", id, k.Revoked, err)
		}
	}
	changes, err := s.ChangesSince(t.Context(), 4, 100)
	if err != nil || !changes.Behind || changes.Revision != 6 {
		t.Errorf("changes: got %+v, %v, want revision 6 and behind", changes, err)
	}
}

// The query for the snapshot is no generated one, so the test of those does not see it.
func TestSnapshotReadsSideBySide(t *testing.T) {
	want := []string{"CORRELATED SCALAR SUBQUERY", "SEARCH keys USING COVERING INDEX keys_whole (id>? AND id<?)", "SEARCH seals USING PRIMARY KEY (key_id=?)"}
	got := plan(t, raw(t), keys)
	got = got[max(0, len(got)-3):]
	got[0] = strings.TrimRight(got[0], " 0123456789")
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestMigrationsAreNumberedWithoutAGap(t *testing.T) {
	files, err := filepath.Glob("migrations/*.sql")
	if err != nil || len(files) < 2 {
		t.Fatalf("found %v, %v", files, err)
	}
	for i, file := range files {
		if !strings.HasPrefix(filepath.Base(file), fmt.Sprintf("%05d_", i+1)) {
			t.Errorf("%s is number %d", file, i+1)
		}
	}
}
