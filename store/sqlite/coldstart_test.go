package sqlite

import (
	"context"
	"database/sql"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
	"time"
)

// BenchmarkColdStart starts a whole keywright on a database of a million keys and measures until it
// is ready, in turn with its floor: the bare walk over the rows of the query for keys, which
// every start must make. Quote the medians of some turns, "-benchtime 5x".
func BenchmarkColdStart(b *testing.B) {
	k := coldStart{dir: b.TempDir(), binary: filepath.Join(b.TempDir(), "keywright")}
	k.build(b)
	k.start(b) // makes the tables and the keyring
	k.connect(b, func(db *sql.DB) { crowd(b, db) })
	var starts, work, walks []time.Duration
	for b.Loop() {
		ready, cpu := k.start(b)
		starts, work = append(starts, ready), append(work, cpu)
		k.connect(b, func(db *sql.DB) { walks = append(walks, walk(b, db)) })
	}
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(median(starts), "s/start")
	b.ReportMetric(median(work), "cpu-s/start")
	b.ReportMetric(median(walks), "s/walk")
	b.ReportMetric(median(starts)/median(walks), "x-walk")
}

func median(all []time.Duration) float64 {
	slices.Sort(all)
	return all[len(all)/2].Seconds()
}

type coldStart struct{ dir, binary string }

func (k coldStart) build(b *testing.B) {
	b.Helper()
	build := exec.CommandContext(b.Context(), "go", "build", "-o", k.binary, "github.com/keywright/keywright/cmd/keywright")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		b.Fatalf("build keywright: %v\n%s", err, out)
	}
}

// start answers how long the process took to be ready, and what of the processors it took.
func (k coldStart) start(b *testing.B) (ready, cpu time.Duration) {
	b.Helper()
	verify, err := net.Listen("tcp", "127.0.0.1:0") // its port is known before /readyz can tell of it
	if err != nil {
		b.Fatal(err)
	}
	address := verify.Addr().String()
	_ = verify.Close()
	command := exec.CommandContext(b.Context(), k.binary, "serve", "--data", k.dir, "--listen", "127.0.0.1:0", "--verify-listen", address)
	began := time.Now()
	if err := command.Start(); err != nil {
		b.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- command.Wait() }()
	for !isReady("http://" + address + "/readyz") {
		select {
		case err := <-ended:
			b.Fatalf("keywright ended: %v", err)
		case <-time.After(5 * time.Millisecond):
		}
	}
	ready = time.Since(began)
	_ = command.Process.Signal(os.Interrupt)
	if err := <-ended; err != nil {
		b.Fatalf("keywright did not end well: %v", err)
	}
	return ready, command.ProcessState.UserTime() + command.ProcessState.SystemTime()
}

func isReady(url string) bool {
	answer, err := http.Get(url)
	if err != nil {
		return false
	}
	_ = answer.Body.Close()
	return answer.StatusCode == http.StatusOK
}

// connect lends a connection of its own to the database, which no keywright has now.
func (k coldStart) connect(b *testing.B, use func(*sql.DB)) {
	b.Helper()
	f, err := enter(k.dir)
	if err != nil {
		b.Fatal(err)
	}
	db, err := connect(b.Context(), f.dsn(writing()), 1, writing())
	if err != nil {
		b.Fatal(err)
	}
	use(db)
	if err := db.Close(); err != nil {
		b.Fatal(err)
	}
	if err := f.leave(); err != nil {
		b.Fatal(err)
	}
}

// crowd puts a million keys into the database, 20 to an account, in the order of time, which is not
// that of their ids: so they lie as they would after years.
func crowd(b *testing.B, db *sql.DB) {
	b.Helper()
	for _, text := range []string{
		`PRAGMA synchronous = OFF`, `PRAGMA cache_size = -1000000`, // KiB
		`CREATE TEMP TABLE made (n INTEGER PRIMARY KEY, account TEXT NOT NULL, id TEXT NOT NULL)`,
		`INSERT INTO made WITH RECURSIVE up (n) AS (VALUES (0) UNION ALL SELECT n + 1 FROM up WHERE n < 999999)
			SELECT n, printf('acct_%020d', n / 20), 'key_' || hex(randomblob(6)) FROM up`,
		`INSERT INTO accounts (id, slug, name, plan, state, created_at, active_keys)
			SELECT account, 'customer-' || (n / 20), 'Customer', 'standard', 'active', n, 20 FROM made WHERE n % 20 = 0`,
		`INSERT INTO keys (id, account_id, kind, description, version, brand, env, last_four, once, created_at,
			created_by_kind, created_by_id, created_by_name, revoked_by_kind, revoked_by_id, revoked_by_name, why_revoked)
			SELECT id, account, 'account', 'Integration', 'v1', 'kw', 'live', '0000', '', n, 'operator', '', '', '', '', '', '' FROM made ORDER BY n`,
		`INSERT INTO seals (key_id, mac, pepper, created_at) SELECT id, randomblob(32), 1, n FROM made ORDER BY n`,
	} {
		if _, err := db.ExecContext(b.Context(), text); err != nil {
			b.Fatal(err)
		}
	}
}

func walk(b *testing.B, db *sql.DB) time.Duration {
	b.Helper()
	began := time.Now()
	rows, err := db.QueryContext(context.WithoutCancel(b.Context()), keys)
	if err != nil {
		b.Fatal(err)
	}
	defer rows.Close()
	var packed sql.RawBytes
	n := 0
	for rows.Next() {
		if err := rows.Scan(&packed); err != nil {
			b.Fatal(err)
		}
		n += len(packed)
	}
	if rows.Err() != nil || n < 1_000_000*80 {
		b.Fatalf("walked over %d bytes, %v", n, rows.Err())
	}
	return time.Since(began)
}
