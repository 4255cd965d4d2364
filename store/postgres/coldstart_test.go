package postgres_test

import (
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/keywright/keywright/store/postgres"
	"github.com/keywright/keywright/store/postgres/postgrestest"
)

// BenchmarkColdStart starts a whole keywright on a PostgreSQL with a million keys and measures until it
// is ready, in turn with its floor: the bare scan, by the driver alone, of the query for keys, which
// every start must make. Quote the medians of some turns, "-benchtime 5x".
func BenchmarkColdStart(b *testing.B) {
	d := postgrestest.New(b)
	k := coldStart{url: d.URL(postgrestest.Service), dir: b.TempDir(), binary: filepath.Join(b.TempDir(), "keywright")}
	build := exec.CommandContext(b.Context(), "go", "build", "-o", k.binary, "github.com/keywright/keywright/cmd/keywright")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		b.Fatalf("build keywright: %v\n%s", err, out)
	}
	k.start(b) // makes the keyring
	crowd(b, d)
	var starts, work, scans []time.Duration
	for b.Loop() {
		ready, cpu := k.start(b)
		starts, work, scans = append(starts, ready), append(work, cpu), append(scans, k.scan(b))
	}
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(median(starts), "s/start")
	b.ReportMetric(median(work), "cpu-s/start")
	b.ReportMetric(median(scans), "s/scan")
	b.ReportMetric(median(starts)/median(scans), "x-scan")
}

func median(all []time.Duration) float64 {
	slices.Sort(all)
	return all[len(all)/2].Seconds()
}

type coldStart struct{ url, dir, binary string }

// start answers how long the process took to be ready, and what of the processors it took itself.
func (k coldStart) start(b *testing.B) (ready, cpu time.Duration) {
	b.Helper()
	verify, err := net.Listen("tcp", "127.0.0.1:0") // its port is known before /readyz can tell of it
	if err != nil {
		b.Fatal(err)
	}
	address := verify.Addr().String()
	_ = verify.Close()
	command := exec.CommandContext(b.Context(), k.binary, "serve", "--data", k.dir, "--database", k.url, "--listen", "127.0.0.1:0", "--verify-listen", address)
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

// scan reads the rows and makes nothing of them.
func (k coldStart) scan(b *testing.B) time.Duration {
	b.Helper()
	conn, err := pgx.Connect(b.Context(), k.url)
	if err != nil {
		b.Fatal(err)
	}
	defer conn.Close(b.Context())
	began := time.Now()
	rows, err := conn.Query(b.Context(), postgres.Keys)
	if err != nil {
		b.Fatal(err)
	}
	defer rows.Close()
	n := 0
	for rows.Next() {
		n += len(rows.RawValues()[0])
	}
	if rows.Err() != nil || n < 1_000_000*80 {
		b.Fatalf("scanned %d bytes, %v", n, rows.Err())
	}
	return time.Since(began)
}

// crowd puts a million keys into the database, 20 to an account, in the order of time, which is not
// that of their ids, and lets it count them, as it does by itself where it is in use.
func crowd(b *testing.B, d *postgrestest.Database) {
	b.Helper()
	db := beside(b, d, postgrestest.Owner)
	for _, text := range []string{
		`CREATE TABLE made AS SELECT n, 'acct_' || lpad((n / 20)::text, 20, '0') AS account, 'key_' || substr(md5(n::text), 1, 12) AS id FROM generate_series(0, 999999) n`,
		`INSERT INTO accounts (id, slug, name, plan, state, created_at, active_keys)
			SELECT account, 'customer-' || (n / 20), 'Customer', 'standard', 'active', n, 20 FROM made WHERE n % 20 = 0`,
		`INSERT INTO keys (id, account_id, kind, description, version, brand, env, last_four, once, created_at,
			created_by_kind, created_by_id, created_by_name, revoked_by_kind, revoked_by_id, revoked_by_name, why_revoked)
			SELECT id, account, 'account', 'Integration', 'v1', 'kw', 'live', '0000', '', n, 'operator', '', '', '', '', '', '' FROM made ORDER BY n`,
		`INSERT INTO seals (key_id, mac, pepper, created_at) SELECT id, sha256(id::bytea), 1, n FROM made ORDER BY n`,
		`DROP TABLE made`,
		`VACUUM ANALYZE`,
	} {
		if _, err := db.ExecContext(b.Context(), text); err != nil {
			b.Fatal(err)
		}
	}
}
