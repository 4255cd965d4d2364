package postgres_test

import (
	"database/sql"
	"errors"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/keywright/keywright/store/postgres"
	"github.com/keywright/keywright/store/postgres/postgrestest"
)

// stocked is a database with a row in each table that is guarded.
func stocked(t *testing.T) *postgrestest.Database {
	t.Helper()
	d := postgrestest.New(t)
	run(t, beside(t, d, postgrestest.Service),
		"INSERT INTO accounts VALUES ('acct_a', 'a', 'A', 'standard', 'active', 1, 1)",
		"INSERT INTO members VALUES ('mem_1', 'acct_a', 'zoe@acme.example', 'Zoe', 'owner', 'active', 1)",
		`INSERT INTO keys (id, account_id, kind, description, version, brand, env, last_four, once, created_at, created_by_kind, created_by_id, created_by_name,
			revoked_by_kind, revoked_by_id, revoked_by_name, why_revoked)
		 VALUES ('key_1', 'acct_a', 'account', 'CI', 'v1', 'kw', 'live', 'QZ1x', '', 1, 'member', 'mem_1', 'Zoe', '', '', '', '')`,
		"INSERT INTO seals VALUES ('key_1', decode(repeat('01', 32), 'hex'), 1, 1)",
		"INSERT INTO events VALUES (1, 'aud_1', 1, 1, 'acct_a', '', '', '', 'key.issued', '', '', '', '{}')",
		"INSERT INTO keyring_checks VALUES (1, '\\x01')",
		"UPDATE clock SET revision = 1, sequence = 1",
		"INSERT INTO changes VALUES (1, 0, 'key', 'acct_a', 'key_1', 1)",
	)
	return d
}

func run(t *testing.T, db *sql.DB, statements ...string) {
	t.Helper()
	for _, statement := range statements {
		if _, err := db.ExecContext(t.Context(), statement); err != nil {
			t.Fatalf("%s: %v", statement, err)
		}
	}
}

// stateOf is the server's code for why it refused.
func stateOf(err error) string {
	var failure *pgconn.PgError
	if errors.As(err, &failure) {
		return failure.Code
	}
	return ""
}

// The running service has no right to do this, whatever its code says.
func TestServiceHasNoRightTo(t *testing.T) {
	d := stocked(t)
	db := beside(t, d, postgrestest.Service)
	for what, statements := range map[string][]string{
		"change the tables": {
			"CREATE TABLE mine (id BIGINT)", "DROP TABLE sessions", "ALTER TABLE keys ADD COLUMN text TEXT", "ALTER TABLE sessions OWNER TO keywright",
			"CREATE INDEX ON keys (kind)", "DROP INDEX keys_whole", "ALTER TABLE seals DISABLE TRIGGER ALL", "DROP TRIGGER seals_are_fixed ON seals",
			"CREATE OR REPLACE FUNCTION forbid() RETURNS trigger LANGUAGE sql AS ''", "DROP FUNCTION forbid()", "CREATE SCHEMA mine",
			"SET session_replication_role = replica", "INSERT INTO schema_versions (version_id, is_applied) VALUES (99, true)",
		},
		"change a seal": {
			"UPDATE seals SET mac = decode(repeat('02', 32), 'hex')", "UPDATE seals SET key_id = 'key_2'", "UPDATE seals SET pepper = 2",
			"UPDATE seals SET created_at = 2", "TRUNCATE seals",
		},
		"change what a key was issued with": {
			"UPDATE keys SET id = 'key_2'", "UPDATE keys SET account_id = 'acct_b'", "UPDATE keys SET kind = 'personal'", "UPDATE keys SET description = 'x'",
			"UPDATE keys SET brand = 'x'", "UPDATE keys SET env = 'test'", "UPDATE keys SET service = 'x'", "UPDATE keys SET once = 'x'",
			"UPDATE keys SET created_at = 2", "UPDATE keys SET created_by_kind = 'x'", "UPDATE keys SET created_by_id = 'x'", "UPDATE keys SET created_by_name = 'x'",
			"DELETE FROM keys", "TRUNCATE keys CASCADE",
		},
		"change what has happened": {
			"UPDATE events SET details = '{\"why\":\"x\"}'", "UPDATE events SET at = 2", "DELETE FROM events", "TRUNCATE events",
			"UPDATE changes SET kind = ''", "TRUNCATE changes",
		},
		"change which keyring it is": {"UPDATE keyring_checks SET value = '\\x02'", "DELETE FROM keyring_checks", "TRUNCATE keyring_checks"},
		"delete what stays":          {"DELETE FROM accounts", "DELETE FROM members", "DELETE FROM clock", "TRUNCATE accounts CASCADE"},
		"be someone else":            {"SET ROLE " + postgrestest.Owner, "GRANT " + postgrestest.Owner + " TO " + postgrestest.Service, "ALTER ROLE " + postgrestest.Service + " SUPERUSER"},
	} {
		for _, statement := range statements {
			if _, err := db.ExecContext(t.Context(), statement); stateOf(err) != "42501" {
				t.Errorf("%s: %s: got %v, want a refusal for want of a right", what, statement, err)
			}
		}
	}
}

// What the service has a right to in general, and not in these cases.
func TestTriggersRefuseTheServiceAndTheOwner(t *testing.T) {
	d := stocked(t)
	service, owner := beside(t, d, postgrestest.Service), beside(t, d, postgrestest.Owner)
	run(t, service, "UPDATE keys SET revoked_at = 5, why_revoked = 'leaked'")
	for _, statement := range []string{
		"UPDATE keys SET revoked_at = NULL", "UPDATE keys SET revoked_at = 6", "UPDATE keys SET why_revoked = ''",
		"UPDATE clock SET revision = 0", "UPDATE clock SET sequence = 0", "UPDATE clock SET horizon = 2", "DELETE FROM changes",
		"DELETE FROM seals", "UPDATE keys SET last_four = 'x'", "UPDATE keys SET member_id = 'mem_2'",
	} {
		if _, err := service.ExecContext(t.Context(), statement); stateOf(err) != "23000" {
			t.Errorf("the service, %s: got %v, want a refusal by a trigger", statement, err)
		}
	}
	for _, statement := range []string{
		"UPDATE seals SET mac = mac", "UPDATE keys SET description = description", "UPDATE events SET at = at", "DELETE FROM events", "DELETE FROM keys",
		"DELETE FROM accounts", "DELETE FROM members", "DELETE FROM clock", "UPDATE changes SET kind = ''", "UPDATE keyring_checks SET value = value",
		"TRUNCATE keys CASCADE", "TRUNCATE seals", "TRUNCATE events", "TRUNCATE accounts CASCADE", "TRUNCATE members", "TRUNCATE clock", "TRUNCATE changes",
	} {
		if _, err := owner.ExecContext(t.Context(), statement); stateOf(err) != "23000" {
			t.Errorf("the owner, %s: got %v, want a refusal by a trigger", statement, err)
		}
	}
}

// A temporary table comes before one of the same name: a trigger must not look at that one.
func TestTemporaryTableDeceivesNoTrigger(t *testing.T) {
	db := beside(t, stocked(t), postgrestest.Service)
	db.SetMaxOpenConns(1)
	run(t, db, "CREATE TEMPORARY TABLE clock (id BIGINT, revision BIGINT, sequence BIGINT, horizon BIGINT)", "INSERT INTO clock VALUES (1, 9, 9, 9)")
	if _, err := db.ExecContext(t.Context(), "DELETE FROM changes"); stateOf(err) != "23000" {
		t.Errorf("got %v, want a refusal by a trigger", err)
	}
}

// Whoever adds a table says in grants.sql what the service may do with it.
func TestServiceMayReadEveryTable(t *testing.T) {
	db := beside(t, postgrestest.New(t), postgrestest.Service)
	rows, err := db.QueryContext(t.Context(), "SELECT tablename, has_table_privilege(format('%I', tablename), 'SELECT') FROM pg_tables WHERE schemaname = current_schema()")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	tables := 0
	for rows.Next() {
		var table string
		var may bool
		if err := rows.Scan(&table, &may); err != nil {
			t.Fatal(err)
		}
		if tables++; !may {
			t.Errorf("%s can't be read", table)
		}
	}
	if err := rows.Err(); err != nil || tables < 12 {
		t.Errorf("found %d tables, %v", tables, err)
	}
}

func TestGrantsAreRenewedAndTakenBack(t *testing.T) {
	d := postgrestest.New(t)
	owner, service := beside(t, d, postgrestest.Owner), beside(t, d, postgrestest.Service)
	run(t, owner, "GRANT DELETE ON events TO "+postgrestest.Service, "REVOKE INSERT ON keys FROM "+postgrestest.Service)
	run(t, service, "DELETE FROM events")
	if _, err := postgres.Migrate(t.Context(), d.URL(postgrestest.Owner), postgrestest.Service); err != nil {
		t.Fatal(err)
	}
	if _, err := service.ExecContext(t.Context(), "DELETE FROM events"); stateOf(err) != "42501" {
		t.Errorf("what was granted by hand: got %v", err)
	}
	var may bool
	if err := service.QueryRowContext(t.Context(), "SELECT has_table_privilege('keys', 'INSERT')").Scan(&may); err != nil || !may {
		t.Errorf("what was revoked by hand: got %v, %v", may, err)
	}
}
