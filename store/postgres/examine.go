package postgres

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/keywright/keywright/store"
)

// Examine looks at the database at a URL, with the rights of the role in it, and changes nothing.
func Examine(ctx context.Context, url string) store.Examination {
	var e store.Examination
	c, err := parse(url)
	if err != nil {
		e.Find("database", "its URL can't be used", store.Wrong, err.Error())
		return e
	}
	db := c.pool(use{1, map[string]string{"application_name": "keywright: doctor", "statement_timeout": "10s", "default_transaction_read_only": "on"}})
	defer db.Close() //nolint:errcheck // it was only read
	begin := time.Now()
	if err := db.PingContext(ctx); err != nil {
		e.Find("database", c.where(fmt.Errorf("does not answer: %w", unreachable(err))).Error(), store.Wrong, "start it, or correct the URL; a standby does not do")
		return e
	}
	e.Find("database", fmt.Sprintf("PostgreSQL, %s on %s as %s, answers after %s", c.Database, c.Host, c.User, time.Since(begin).Round(100*time.Microsecond)), store.Well, "")
	remedy := ""
	if c.readable() {
		remedy = "say sslmode=verify-full: whoever is in between could read along, or be the server"
	}
	e.Find("connection", map[bool]string{true: "TLS, or within this machine", false: "open"}[remedy == ""], store.Worry, remedy)
	for _, look := range []func(context.Context, *store.Examination, *sql.DB) error{settings, tables, rights, clock, connections} {
		if err := look(ctx, &e, db); err != nil {
			e.Find("database", "could not be looked at further", store.Wrong, c.where(err).Error())
			return e
		}
	}
	e.Checks, err = store.KeyringChecksOf(ctx, db)
	if err != nil {
		e.Find("keyring checks", "can't be read", store.Worry, c.where(err).Error())
	}
	return e
}

func settings(ctx context.Context, e *store.Examination, db *sql.DB) error {
	for _, r := range requirements() {
		value, err := setting(ctx, db, r.name)
		if err != nil {
			return err
		}
		remedy := ""
		if !r.sound(value) {
			remedy = r.why
		}
		e.Find(r.name, value, store.Wrong, remedy)
	}
	return nil
}

func tables(ctx context.Context, e *store.Examination, db *sql.DB) error {
	at, err := version(ctx, db)
	if err != nil {
		return err
	}
	known, err := newest()
	if err != nil {
		return err
	}
	health, remedy := store.Worry, ""
	switch {
	case at < known:
		health, remedy = store.Wrong, "run keywright migrate with the role that owns the tables"
	case at > known:
		remedy = "they are those of a newer keywright: update this one"
	}
	e.Find("tables", fmt.Sprintf("at version %d of %d", at, known), health, remedy)
	return nil
}

// mayNot is what the running service must not be able to do.
const mayNot = `SELECT
	has_schema_privilege(current_schema(), 'CREATE'),
	has_column_privilege('seals', 'mac', 'UPDATE'),
	has_column_privilege('keys', 'description', 'UPDATE'),
	has_table_privilege('events', 'UPDATE') OR has_table_privilege('events', 'DELETE'),
	(SELECT rolsuper FROM pg_roles WHERE rolname = current_user)`

// lacks are the tables that the running service can't read, or can't add to where it has to:
// those that a newer version made, when its keywright migrate was not told of the role.
const lacks = `SELECT coalesce(string_agg(relname, ', ' ORDER BY relname), '') FROM pg_class
	WHERE relkind = 'r' AND relnamespace = to_regnamespace(current_schema())
	AND NOT (has_table_privilege(oid, 'SELECT')
		AND (relname IN ('schema_versions', 'clock', 'identity') OR has_table_privilege(oid, 'INSERT')))`

func rights(ctx context.Context, e *store.Examination, db *sql.DB) error {
	if at, err := version(ctx, db); err != nil || at == 0 {
		return err
	}
	var lacking string
	if err := db.QueryRowContext(ctx, lacks).Scan(&lacking); err != nil {
		return err
	}
	if lacking != "" {
		e.Find("rights", "may not use "+lacking, store.Wrong, "run keywright migrate with the role that owns the tables, and --service-role with this one")
	}
	may := make([]bool, 5)
	if err := db.QueryRowContext(ctx, mayNot).Scan(&may[0], &may[1], &may[2], &may[3], &may[4]); err != nil {
		return err
	}
	found := ""
	for i, what := range []string{"change the schema", "change seals", "change descriptions", "change the audit log", "do everything"} {
		if may[i] {
			found += ", may " + what
		}
	}
	if found == "" && lacking == "" {
		e.Find("rights", "no more than the service needs", store.Well, "")
		return nil
	}
	if found == "" {
		return nil
	}
	e.Find("rights", found[2:], store.Worry, "give the service a role of its own: run keywright migrate with the role that owns the tables")
	return nil
}

// clock compares this machine's with the server's, at the middle of the question.
func clock(ctx context.Context, e *store.Examination, db *sql.DB) error {
	var millis int64
	before := time.Now()
	if err := db.QueryRowContext(ctx, "SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint").Scan(&millis); err != nil {
		return err
	}
	after := time.Now()
	apart := time.UnixMilli(millis).Sub(before.Add(after.Sub(before) / 2)).Abs()
	remedy := ""
	if apart > 2*time.Second {
		remedy = "let both machines follow NTP: keys begin and expire by this machine's clock"
	}
	e.Find("clock", fmt.Sprintf("%s from the server's", apart.Round(time.Millisecond)), store.Worry, remedy)
	return nil
}

// connections compares what there is with what one node takes at most: one to write, 8 to read, 4
// to follow, one to listen.
func connections(ctx context.Context, e *store.Examination, db *sql.DB) error {
	const perNode = 14
	var most, used int
	err := db.QueryRowContext(ctx, `SELECT current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int,
		(SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend')`).Scan(&most, &used)
	if err != nil {
		return err
	}
	remedy := ""
	if most-used < perNode {
		remedy = fmt.Sprintf("raise max_connections: a node takes up to %d", perNode)
	}
	e.Find("connections", fmt.Sprintf("%d of %d taken", used, most), store.Worry, remedy)
	return nil
}
