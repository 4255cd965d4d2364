package postgres_test

import (
	"database/sql"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/keywright/keywright/store/postgres/postgrestest"
)

// Every statement finds its rows by an index, and a page in order, as the planner decides with
// thousands of rows in each table and the values of a statement that has little to find.
func TestStatementsUseAnIndex(t *testing.T) {
	d := postgrestest.New(t)
	db := beside(t, d, postgrestest.Owner)
	fill(t, db)
	// When the table is not much larger than what was used, to read it through is less work; it is
	// to have the choice.
	choices := map[string]string{}
	for _, name := range []string{"SetLastUsed", "SetOperatorTokenLastUsed", "SetOlderSecretLastUsed", "SetNewerSecretLastUsed"} {
		choices[name] = "SET enable_seqscan = off"
	}
	files, err := filepath.Glob("../queries/*.sql")
	if err != nil || len(files) == 0 {
		t.Fatalf("found %d files, %v", len(files), err)
	}
	looked := 0
	for _, file := range files {
		source, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, match := range regexp.MustCompile(`(?s)-- name: (\w+) :\w+\n(.*?);\n`).FindAllStringSubmatch(string(source), -1) {
			name, statement := match[1], literal(t, match[2])
			if strings.Contains(statement, "INSERT INTO") && !strings.Contains(statement, "SELECT") {
				continue
			}
			looked++
			steps := explain(t, db, choices[name], statement)
			for _, table := range regexp.MustCompile(`Seq Scan on (\w+)`).FindAllStringSubmatch(steps, -1) {
				// These have a row, or a handful; and what is done when one was restored.
				small := slices.Contains([]string{"clock", "identity", "nodes", "decisions", "keyring_checks"}, table[1])
				if !small && !slices.Contains([]string{"DeleteSessions", "EndAllLinks", "HadPolicy", "NamesInUse"}, name) {
					t.Errorf("%s reads through %s:\n%s", name, table[1], steps)
				}
			}
			// KeysInOrder says why.
			if strings.Contains(statement, "LIMIT") && strings.Contains(steps, "Sort") && name != "KeysInOrder" {
				t.Errorf("%s sorts what it found:\n%s", name, steps)
			}
		}
	}
	if looked < 40 {
		t.Errorf("looked at %d statements", looked)
	}
}

// fill makes some thousand rows in each table that grows.
func fill(t *testing.T, db *sql.DB) {
	t.Helper()
	for _, statement := range []string{
		`INSERT INTO accounts SELECT 'acct_' || n, 'slug-' || n, '', 'lite', 'active', n, 100 FROM generate_series(1, 2000) n`,
		`INSERT INTO members SELECT 'mem_' || n, 'acct_' || n % 10 + 1, n || '@acme.example', '', 'owner', 'active', n FROM generate_series(1, 10000) n`,
		`INSERT INTO passwords SELECT n || '@acme.example', '', n FROM generate_series(1, 5000) n`,
		`INSERT INTO links SELECT sha256(n::text::bytea), 'invitation', 'acct_1', 'mem_' || n, n, NULL FROM generate_series(1, 10000) n`,
		`INSERT INTO keys (id, account_id, kind, description, version, brand, env, last_four, once, created_at, created_by_kind, created_by_id, created_by_name, revoked_by_kind, revoked_by_id, revoked_by_name, why_revoked)
			SELECT 'key_' || n, 'acct_' || n % 10 + 1, 'account', '', 'v1', 'kw', 'live', 'abcd', 'once-' || n, n, '', '', '', '', '', '', '' FROM generate_series(1, 20000) n`,
		`INSERT INTO seals SELECT 'key_' || n, decode(repeat('00', 32), 'hex'), 1, n FROM generate_series(1, 20000) n`,
		`INSERT INTO operator_tokens (id, use, description, brand, last_four, mac, pepper, created_at, created_by_kind, created_by_id, created_by_name, revoked_by_kind, revoked_by_id, revoked_by_name, why_revoked)
			SELECT 'tok_' || n, 'verify', '', 'kw', 'abcd', decode(repeat('00', 32), 'hex'), 1, n, '', '', '', '', '', '', '' FROM generate_series(1, 2000) n`,
		`INSERT INTO key_requests SELECT 'req_' || n, 'acct_' || n % 10 + 1, 'mem_1', '', '', 'v1', '*', 0, n,
			CASE WHEN n % 50 = 0 THEN 'open' ELSE 'approved' END, '', 0, n, '', '', '', '', NULL, '' FROM generate_series(1, 20000) n`,
		`INSERT INTO support_requests SELECT 'sup_' || n, 'acct_' || n % 10 + 1, 'mem_1', '', 'page-1', '', '', '', n, '', '',
			CASE WHEN n % 50 = 0 THEN NULL ELSE n END, CASE WHEN n % 2 = 0 THEN n END, CASE WHEN n % 50 > 0 THEN n END FROM generate_series(1, 20000) n`,
		`INSERT INTO events SELECT n, 'aud_' || n, n, n, 'acct_' || n % 10 + 1, 'operator', '', '', 'key.issued', 'key', 'key_' || n, '', '{}' FROM generate_series(1, 20000) n`,
		`INSERT INTO changes SELECT n, 0, 'key', 'acct_' || n % 10 + 1, 'key_' || n, n, 1, n % 2 FROM generate_series(1, 20000) n`,
		`INSERT INTO receipts SELECT n, 'acct_' || n % 10 + 1, 'key_' || n, 1, '{}' FROM generate_series(1, 20000) n`,
		`INSERT INTO answers SELECT sha256(n::text::bytea), '', NULL, n FROM generate_series(1, 10000) n`,
		`INSERT INTO policies SELECT n, 'product: ' || n FROM generate_series(1, 2000) n`,
		`INSERT INTO sessions SELECT 'token-' || n, '', n FROM generate_series(1, 10000) n`,
		`UPDATE clock SET revision = 20000, sequence = 20000`,
		`ANALYZE`,
	} {
		if _, err := db.ExecContext(t.Context(), statement); err != nil {
			t.Fatalf("%s: %v", statement, err)
		}
	}
}

// literal is a statement of sqlc with values in the places of its parameters.
func literal(t *testing.T, statement string) string {
	t.Helper()
	values := map[string]string{
		"account": "'acct_1'", "id": "'key_1'", "email": "'1@acme.example'", "slug": "'slug-1'", "member": "'mem_1'", "subject": "'key_1'",
		"before_at": "9000", "before_id": "'key_9000'", "before": "9000", "most": "200", "since": "19990", "horizon": "10", "until": "10", "now": "10",
		"revision": "19995", "stamp": "1", "once": "'once-1'", "full_at": "1", "enables_at": "NULL", "not_before": "NULL", "expires_at": "NULL", "ends_at": "1", "reminded": "0", "last_four": "'QZ1x'",
		"version": "'v2'", "scopes": "''", "networks": "''", "key_id": "'key_1'", "token": "'token-1'", "hash": `'\x00'`, "purpose": "'invitation'",
		"new_member": "'mem_2'", "role": "'owner'", "state": "'active'", "plan": "'lite'", "spent_at": "10", "why": "''", "by_id": "''", "by_kind": "''", "by_name": "''",
		"used": `'{"key_1": 1}'::jsonb`, "of_state": "''", "of_kind": "''", "of_version": "''", "of_creator": "''", "expires_before": "0", "unused_since": "0", "of_order": "'expires'", "latest": "1", "after_rank": "0", "after_description": "''", "after_id": "''", "applied": "1", "polls": "1", "database": "''", "quarantined": "''", "sequence": "1", "text": "''",
		"reached": "'open'", "granted_scopes": "''", "granted_days": "0", "decided_at": "10", "ended_at": "10", "key": "''",
		"page": "'page-1'", "answer": "''", "answered_by": "''", "answered_at": "10", "published_at": "10", "seen_at": "10",
	}
	statement = regexp.MustCompile(`sqlc\.embed\((\w+)\)`).ReplaceAllString(statement, "$1.*")
	statement = regexp.MustCompile(`(?m)^\s*--.*$`).ReplaceAllString(statement, "")
	return regexp.MustCompile(`@\w+`).ReplaceAllStringFunc(statement, func(parameter string) string {
		value, ok := values[parameter[1:]]
		if !ok && !strings.Contains(statement, "INSERT INTO") {
			t.Errorf("no value for %s in %s", parameter, statement)
		}
		return value
	})
}

// explain is the plan of a statement, in a session with a setting.
func explain(t *testing.T, db *sql.DB, setting, statement string) string {
	t.Helper()
	session, err := db.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer session.Close()
	if _, err := session.ExecContext(t.Context(), "RESET ALL; "+setting); err != nil {
		t.Fatal(err)
	}
	rows, err := session.QueryContext(t.Context(), "EXPLAIN "+statement)
	if err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
	defer rows.Close()
	var steps []string
	for rows.Next() {
		var step string
		if err := rows.Scan(&step); err != nil {
			t.Fatal(err)
		}
		steps = append(steps, step)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return strings.Join(steps, "\n")
}
