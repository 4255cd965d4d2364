package postgres

import (
	"context"
	"database/sql"
	"fmt"
	"strconv"
)

// oldest is the first version of the server that we test on.
const oldest = 150000

// requirement is a setting of the server without which it could lose what it has confirmed, or
// keep it as something else.
type requirement struct {
	name  string
	sound func(string) bool
	why   string
}

func requirements() []requirement {
	return []requirement{
		{"server_version_num", func(v string) bool { n, err := strconv.Atoi(v); return err == nil && n >= oldest }, "the server must be PostgreSQL 15 or later"},
		{"server_encoding", func(v string) bool { return v == "UTF8" }, "make the database with encoding UTF8: others can't hold every name"},
		{"fsync", func(v string) bool { return v != "off" }, "the server loses commits when the machine stops; set fsync = on"},
		{"full_page_writes", func(v string) bool { return v != "off" }, "the server can damage its files when the machine stops; set full_page_writes = on"},
		{"synchronous_commit", func(v string) bool { return v != "off" }, "the server confirms commits before they are safe; set synchronous_commit = on, at least for this role"},
	}
}

func setting(ctx context.Context, db *sql.DB, name string) (value string, err error) {
	err = db.QueryRowContext(ctx, "SELECT current_setting($1)", name).Scan(&value)
	return value, err
}

// prove refuses a server that lacks one of them.
func prove(ctx context.Context, db *sql.DB) error {
	for _, r := range requirements() {
		value, err := setting(ctx, db, r.name)
		if err != nil {
			return err
		}
		if !r.sound(value) {
			return fmt.Errorf("%s is %s: %s", r.name, value, r.why)
		}
	}
	return nil
}
