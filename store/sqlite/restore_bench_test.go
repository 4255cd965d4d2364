package sqlite

import (
	"database/sql"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

// BenchmarkRestore backs up a database of a million keys and restores it to a new one, by the
// commands as they are typed. The floor of both is what the database itself must do: of a backup, a
// walk over all columns of all rows; of a restore, to insert the rows from a file that lies beside,
// with its indexes and triggers, in one transaction. "-benchtime 3x", and the medians count.
func BenchmarkRestore(b *testing.B) {
	k := coldStart{dir: b.TempDir(), binary: filepath.Join(b.TempDir(), "keywright")}
	k.build(b)
	k.start(b) // makes the tables and the keyring
	k.connect(b, func(db *sql.DB) { crowd(b, db) })
	var backups, restores, walks, inserts []time.Duration
	var size int64
	for b.Loop() {
		file, to := filepath.Join(b.TempDir(), "backup"), coldStart{b.TempDir(), k.binary}
		backups = append(backups, k.run(b, "backup", file))
		k.connect(b, func(db *sql.DB) { walks = append(walks, walkAll(b, db)) })
		if err := os.Link(filepath.Join(k.dir, "keyring"), filepath.Join(to.dir, "keyring")); err != nil {
			b.Fatal(err)
		}
		restores = append(restores, to.run(b, "restore", file))
		inserts = append(inserts, k.insertAll(b))
		info, err := os.Stat(file)
		if err != nil {
			b.Fatal(err)
		}
		size = info.Size()
		for _, old := range []string{file, filepath.Join(to.dir, "keywright.db")} {
			if err := os.Remove(old); err != nil {
				b.Fatal(err)
			}
		}
	}
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(float64(size)/1e6, "MB")
	b.ReportMetric(median(backups), "s/backup")
	b.ReportMetric(median(walks), "s/walk")
	b.ReportMetric(median(restores), "s/restore")
	b.ReportMetric(median(inserts), "s/insert")
}

// run answers how long a command took.
func (k coldStart) run(b *testing.B, args ...string) time.Duration {
	b.Helper()
	began := time.Now()
	out, err := exec.CommandContext(b.Context(), k.binary, append(args, "--data", k.dir)...).CombinedOutput()
	if err != nil {
		b.Fatalf("keywright %s: %v\n%s", args[0], err, out)
	}
	return time.Since(began)
}

// crowded are the tables that crowd fills.
var crowded = []string{"accounts", "keys", "seals"}

func walkAll(b *testing.B, db *sql.DB) time.Duration {
	b.Helper()
	began := time.Now()
	for _, table := range crowded {
		if err := walkOver(b, db, table); err != nil {
			b.Fatal(err)
		}
	}
	return time.Since(began)
}

func walkOver(b *testing.B, db *sql.DB, table string) error {
	b.Helper()
	rows, err := db.QueryContext(b.Context(), "SELECT * FROM "+table)
	if err != nil {
		return err
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		return err
	}
	into := make([]any, len(columns))
	for i := range into {
		into[i] = new(sql.RawBytes)
	}
	for rows.Next() {
		if err := rows.Scan(into...); err != nil {
			return err
		}
	}
	return rows.Err()
}

// insertAll has a new database take all rows from this one.
func (k coldStart) insertAll(b *testing.B) (took time.Duration) {
	b.Helper()
	to := coldStart{b.TempDir(), k.binary}
	to.start(b)
	to.connect(b, func(db *sql.DB) {
		began := time.Now()
		for _, text := range []string{
			"ATTACH '" + filepath.Join(k.dir, "keywright.db") + "' AS old", dialect().Bulk, "BEGIN IMMEDIATE",
			"INSERT INTO accounts SELECT * FROM old.accounts", "INSERT INTO keys SELECT * FROM old.keys", "INSERT INTO seals SELECT * FROM old.seals",
			"COMMIT",
		} {
			if _, err := db.ExecContext(b.Context(), text); err != nil {
				b.Fatalf("%s: %v", text, err)
			}
		}
		took = time.Since(began)
	})
	if err := os.Remove(filepath.Join(to.dir, "keywright.db")); err != nil {
		b.Fatal(err)
	}
	return took
}
