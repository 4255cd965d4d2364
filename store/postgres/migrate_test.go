package postgres_test

import (
	"context"
	"database/sql"
	"fmt"
	"log/slog"
	"os"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"github.com/keywright/keywright"
	"github.com/keywright/keywright/store/postgres"
	"github.com/keywright/keywright/store/postgres/postgrestest"
)

// previous is the version whose last migration is 00001: its database, and its statements, which
// are those that it sent to SQLite.
type previous struct {
	*postgrestest.Database
	statements map[string]string
}

func founding(t *testing.T) previous {
	t.Helper()
	p := previous{postgrestest.Empty(t), map[string]string{}}
	text, err := os.ReadFile("../sqlite/testdata/00001.sql")
	if err != nil {
		t.Fatal(err)
	}
	for _, match := range regexp.MustCompile(`(?s)-- name: (\w+) :\w+\n(.*?);\n`).FindAllStringSubmatch(string(text), -1) {
		p.statements[match[1]] = match[2]
	}
	if len(p.statements) < 30 {
		t.Fatalf("found %d statements", len(p.statements))
	}
	first, err := os.ReadFile("migrations/00001_founding.sql")
	if err != nil {
		t.Fatal(err)
	}
	owner := beside(t, p.Database, postgrestest.Owner)
	if err := postgres.Up(t.Context(), owner, map[string]string{"00001_founding.sql": string(first)}); err != nil {
		t.Fatal(err)
	}
	p.write(t, owner, func(do func(name string, args ...any)) {
		do("InsertAccount", "acct_acme", "acme", "Acme", "standard", "active", 1)
		do("InsertMember", "mem_1", "acct_acme", "zoe@acme.example", "Zoe", "owner", "active", 1)
		do("SetPasswordHash", "zoe@acme.example", "hash", 1)
		do("InsertLink", make([]byte, 32), "invitation", "acct_acme", "mem_1", 2, nil)
	})
	p.issue(t, owner, 1)
	p.issue(t, owner, 2)
	p.revoke(t, owner, 2)
	run(t, owner, "INSERT INTO sessions VALUES ('token', '\\x01', 9)")
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
		do("CountActiveKey", "acct_acme")
		do("InsertKey", id, "acct_acme", "account", "CI", "v1", "kw", "live", "QZ1x", "", n, "member", "mem_1", "Zoe", nil, nil, nil)
		do("InsertSeal", id, make([]byte, 32), 1, n)
		do("NextSequence")
		do("InsertEvent", n, fmt.Sprint("aud_", n), n+1, n, "acct_acme", "member", "mem_1", "Zoe", "key.issued", "key", id, "CI", "{}")
	})
}

func (p previous) revoke(t *testing.T, db *sql.DB, n int) {
	t.Helper()
	p.write(t, db, func(do func(name string, args ...any)) {
		do("RevokeKey", 5, "member", "mem_1", "Zoe", "leaked", "acct_acme", fmt.Sprintf("key_%012d", n))
		do("UncountActiveKey", "acct_acme")
	})
}

// rows is everything in the tables of the first migration.
func rows(t *testing.T, d *postgrestest.Database) map[string]string {
	t.Helper()
	all := map[string]string{}
	db := beside(t, d, postgrestest.Owner)
	for table, columns := range map[string]string{
		"clock": "id, revision, sequence", "accounts": "id, slug, name, plan, state, created_at, active_keys", "members": "id, account_id, email, name, role, state, created_at", "passwords": "*", "links": "*", "keys": "id, account_id, kind, description, version, brand, env, last_four, once, created_at, created_by_kind, created_by_id, created_by_name, not_before, expires_at, disabled_at, revoked_at, revoked_by_kind, revoked_by_id, revoked_by_name, why_revoked, last_used_at",
		"seals": "key_id, mac, pepper, created_at", "events": "*", "sessions": "*", "keyring_checks": "*",
	} {
		var text string
		err := db.QueryRowContext(t.Context(), "SELECT coalesce(string_agg(r::text, ';' ORDER BY r::text), '') FROM (SELECT "+columns+" FROM "+table+") r").Scan(&text)
		if err != nil {
			t.Fatal(err)
		}
		all[table] = text
	}
	return all
}

func migrate(t *testing.T, d *postgrestest.Database) {
	t.Helper()
	if _, err := postgres.Migrate(t.Context(), d.URL(postgrestest.Owner), postgrestest.Service); err != nil {
		t.Fatal(err)
	}
}

func TestDatabaseOfThePreviousVersionIsBroughtUpToDate(t *testing.T) {
	p := founding(t)
	before := rows(t, p.Database)
	migrate(t, p.Database)
	if after := rows(t, p.Database); before["keys"] == "" || !reflect.DeepEqual(after, before) {
		t.Errorf("the rows:\n got %v\nwant %v", after, before)
	}
	s := open(t, p.Database, postgres.Options{})
	changes, err := s.ChangesSince(t.Context(), 3, 100)
	if want := (keywright.Changes{Since: 3, Revision: 4, Behind: true}); err != nil || !reflect.DeepEqual(changes, want) {
		t.Errorf("changes of before: got %+v, %v, want %+v", changes, err, want)
	}
	if err := s.Write(t.Context(), func(tx keywright.Tx) error {
		return tx.RevokeKey(t.Context(), "acct_acme", "key_000000000001", keywright.Actor{}, "leaked", account("").Created)
	}); err != nil {
		t.Fatal(err)
	}
	changes, err = s.ChangesSince(t.Context(), 4, 100)
	if err != nil || changes.Behind || changes.Revision != 5 || len(changes.Records) != 1 {
		t.Errorf("a change of after: got %+v, %v", changes, err)
	}
}

// While one node after the other is replaced, the previous version runs on the new tables, with
// the rights that it has then.
func TestPreviousVersionWorksOnTheDatabaseOfThisOne(t *testing.T) {
	p := founding(t)
	migrate(t, p.Database)
	s := open(t, p.Database, postgres.Options{})
	service := beside(t, p.Database, postgrestest.Service)
	for name, statement := range p.statements {
		if err := prepare(t.Context(), service, statement); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	p.issue(t, service, 3)
	p.revoke(t, service, 1)
	for id, revoked := range map[keywright.KeyID]bool{"key_000000000001": true, "key_000000000003": false} {
		k, err := s.Key(t.Context(), "acct_acme", id)
		if err != nil || k.Revoked.IsZero() == revoked {
			t.Errorf("%s: got revoked at %v, %v", id, k.Revoked, err)
		}
	}
	changes, err := s.ChangesSince(t.Context(), 4, 100)
	if err != nil || !changes.Behind || changes.Revision != 6 {
		t.Errorf("changes: got %+v, %v, want revision 6 and behind", changes, err)
	}
}

// prepare has the server plan a statement, for which it looks at columns, types and rights.
func prepare(ctx context.Context, db *sql.DB, statement string) error {
	different := map[string]bool{}
	for _, parameter := range regexp.MustCompile(`\$\d+`).FindAllString(statement, -1) {
		different[parameter] = true
	}
	_, err := db.ExecContext(ctx, "EXPLAIN "+statement, make([]any, len(different))...)
	return err
}

// The numbers are the same, so that a version says one number for both databases.
func TestMigrationsAreThoseOfSQLite(t *testing.T) {
	names := func(dir string) (all []string) {
		entries, err := os.ReadDir(dir)
		if err != nil || len(entries) < 2 {
			t.Fatalf("%s has %d files, %v", dir, len(entries), err)
		}
		for _, entry := range entries {
			all = append(all, entry.Name())
		}
		return all
	}
	if got, want := names("migrations"), names("../sqlite/migrations"); !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestTablesAreMadeOnceWhoeverTriesAtOnce(t *testing.T) {
	d := postgrestest.Empty(t)
	made := make(chan error)
	for range 4 {
		go func() {
			_, err := postgres.Migrate(context.Background(), d.URL(postgrestest.Owner), postgrestest.Service)
			made <- err
		}()
	}
	for range 4 {
		if err := <-made; err != nil {
			t.Error(err)
		}
	}
	insert(t, open(t, d, postgres.Options{}), "acme")
}

func TestTablesAreMadeByWhoeverMay(t *testing.T) {
	t.Run("the service alone may not", func(t *testing.T) {
		d := postgrestest.Empty(t)
		_, err := postgres.Open(t.Context(), d.URL(postgrestest.Service), postgres.Options{})
		if err == nil || !strings.Contains(err.Error(), "run keywright migrate") {
			t.Errorf("got error %v", err)
		}
	})
	t.Run("it may by the URL of the owner", func(t *testing.T) {
		d := postgrestest.Empty(t)
		insert(t, open(t, d, postgres.Options{Owner: d.URL(postgrestest.Owner)}), "acme")
	})
	t.Run("a single role may", func(t *testing.T) {
		d := postgrestest.Empty(t)
		insert(t, openBy(t, d.URL(postgrestest.Owner)), "acme")
	})
	t.Run("the owner is not the service", func(t *testing.T) {
		d := postgrestest.New(t)
		if _, err := postgres.Migrate(t.Context(), d.URL(postgrestest.Owner), postgrestest.Owner); err == nil {
			t.Error("it took its own rights away")
		}
	})
}

// So it is while one node after the other is replaced.
func TestTablesOfANewerVersionAreTakenAndTold(t *testing.T) {
	d := postgrestest.New(t)
	run(t, beside(t, d, postgrestest.Owner), "INSERT INTO schema_versions (version_id, is_applied) VALUES (99, true)")
	log := &strings.Builder{}
	insert(t, open(t, d, postgres.Options{Log: slog.New(slog.NewTextHandler(log, nil))}), "acme")
	if !strings.Contains(log.String(), "newer version") {
		t.Errorf("the log says %q", log)
	}
}

func TestServersThatCouldLoseSomethingAreRefused(t *testing.T) {
	t.Run("commits that are confirmed before they are safe", func(t *testing.T) {
		d := postgrestest.New(t)
		run(t, beside(t, d, "postgres"), "ALTER DATABASE "+d.Name+" SET synchronous_commit = off")
		wantRefusal(t, d, "synchronous_commit is off")
	})
	t.Run("an encoding that has not every letter", func(t *testing.T) {
		d := postgrestest.Special(t, "TEMPLATE template0 ENCODING 'LATIN1' LOCALE_PROVIDER libc LOCALE 'C'")
		wantRefusal(t, d, "server_encoding is LATIN1")
	})
	t.Run("files that are not synchronized", func(t *testing.T) {
		server := postgrestest.Start(t, postgrestest.Options{})
		d := server.New(t)
		for _, setting := range []string{"fsync", "full_page_writes"} {
			run(t, beside(t, d, "postgres"), "ALTER SYSTEM RESET ALL", "ALTER SYSTEM SET "+setting+" = off")
			server.Stop(t)
			server.Begin(t)
			wantRefusal(t, d, setting+" is off")
		}
	})
}

func wantRefusal(t *testing.T, d *postgrestest.Database, words string) {
	t.Helper()
	for _, o := range []postgres.Options{{}, {Owner: d.URL(postgrestest.Owner)}} {
		s, err := postgres.Open(t.Context(), d.URL(postgrestest.Service), o)
		if err == nil {
			_ = s.Close()
		}
		if err == nil || !strings.Contains(err.Error(), words) {
			t.Errorf("got error %v, want %q in it", err, words)
		}
	}
}
