package e2e

import (
	"context"
	"database/sql"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"testing"

	"github.com/keywright/keywright/store/postgres/postgrestest"
)

// TestAnOlderCopyOnPostgresIsRefused puts a restored backup in the place of a database on which two
// nodes run, both of which have revoked keys since: both stop serving it at once, neither starts on
// it, and after one of them has replayed both journals, both refuse the keys, however one asks.
func TestAnOlderCopyOnPostgresIsRefused(t *testing.T) {
	t.Parallel()
	d, desk := postgrestest.New(t), postgrestest.New(t)
	nodes := cluster(t, d, 2)
	spare := &keywright{data: folder(t)} // the machine on which the backup is restored
	bring(t, nodes[0].keywright, spare)
	rounds := times(10, 100)
	running, refused, replayed := 0, 0, 0
	for round := range rounds {
		good, gone := nodes[0].made(t, 1), nodes[0].made(t, 4)
		agree(t, nodes, gone, "valid")
		file := path("%s-%d.copy", filepath.Base(spare.data), round)
		nodes[0].run(t, "", "backup", file)
		searched(file)
		each(nodes, func(i int, n *node) { n.revoke(t, gone[2*i:2*i+2]) })
		older := postgrestest.New(t)
		spare.run(t, "", "restore", file, "--database", older.URL(postgrestest.Service))
		swap(t, desk, d, older)
		if !acceptWhileRefused(t, nodes, append(good, gone...)) {
			running++
		}
		each(nodes, func(_ int, n *node) { n.kill() })
		journal := []string{"--journal", filepath.Join(nodes[1].data, "journal.jsonl"), "--database", d.URL(postgrestest.Service)}
		if nodes[0].wontServe(t, gone, journal...) && nodes[1].wontServe(t, nil, journal...) {
			refused++
		}
		nodes[0].run(t, "", append([]string{"restore", "replay", "--yes"}, journal...)...)
		each(nodes, func(_ int, n *node) { n.begin(t) })
		agree(t, nodes, good, "valid")
		if !nodes[0].acceptsAny(t, gone, "revoked") && !nodes[1].acceptsAny(t, gone, "revoked") {
			replayed++
		}
	}
	t.Logf("an older copy on PostgreSQL under two nodes: refused while running %d of %d times, at the start %d of %d times; after the replay, revoked keys were refused %d of %d times",
		running, rounds, refused, rounds, replayed, rounds)
	if running != rounds || refused != rounds || replayed != rounds {
		t.Error("not each time")
	}
	for _, n := range nodes {
		searched(filepath.Join(n.data, "journal.jsonl"), filepath.Join(n.data, "mark.json"))
	}

	// What one node accepts, the other goes along with.
	gone, file, older := nodes[0].made(t, 2), path("%s-last.copy", filepath.Base(spare.data)), postgrestest.New(t)
	nodes[0].run(t, "", "backup", file)
	nodes[1].revoke(t, gone)
	each(nodes, func(_ int, n *node) { n.stop(t) })
	spare.run(t, "", "restore", file, "--database", older.URL(postgrestest.Service))
	swap(t, desk, d, older)
	nodes[0].run(t, "", "restore", "accept", "--yes", "--database", d.URL(postgrestest.Service))
	each(nodes, func(_ int, n *node) { n.begin(t) })
	agree(t, nodes, gone, "valid")
}

// bring copies the keyring of one data folder to another.
func bring(t *testing.T, from, to *keywright) {
	t.Helper()
	ring, err := os.ReadFile(filepath.Join(from.data, keyringFile))
	if err == nil {
		err = os.WriteFile(filepath.Join(to.data, keyringFile), ring, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// swap gives two databases each other's name, from a third one. Whoever is connected is cut off, and
// finds the other one when he comes back.
func swap(t *testing.T, desk, one, other *postgrestest.Database) {
	t.Helper()
	db, err := sql.Open("pgx", desk.URL("postgres"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for _, statement := range []string{
		fmt.Sprintf("ALTER DATABASE %s ALLOW_CONNECTIONS false", one.Name),
		fmt.Sprintf("ALTER DATABASE %s ALLOW_CONNECTIONS false", other.Name),
		fmt.Sprintf("SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE datname IN ('%s', '%s')", one.Name, other.Name),
		fmt.Sprintf("ALTER DATABASE %s RENAME TO between", one.Name),
		fmt.Sprintf("ALTER DATABASE %s RENAME TO %s", other.Name, one.Name),
		fmt.Sprintf("ALTER DATABASE between RENAME TO %s", other.Name),
		fmt.Sprintf("ALTER DATABASE %s ALLOW_CONNECTIONS true", other.Name),
		fmt.Sprintf("ALTER DATABASE %s ALLOW_CONNECTIONS true", one.Name),
	} {
		if _, err := db.ExecContext(context.WithoutCancel(t.Context()), statement); err != nil {
			t.Fatalf("%s: %v", statement, err)
		}
	}
}

// acceptWhileRefused waits until each node refuses its database in every way, and reports whether
// one accepted a key after that.
func acceptWhileRefused(t *testing.T, nodes []*node, keys []key) (accepted bool) {
	t.Helper()
	for i, n := range nodes {
		eventuallyOr(t, func() string { return fmt.Sprintf("node %d refuses the database\n%s", i, n.log()) }, func() bool {
			status, _ := call(n.manager, "http://operator/v1/keys", `{"description":"in the past"}`)
			return status == http.StatusServiceUnavailable && n.look(keys[0].Secret).code == "stale"
		})
	}
	for _, n := range nodes {
		accepted = n.acceptsAny(t, keys, "stale") || accepted
		for _, at := range []string{n.verify + "/readyz", n.console + "/readyz", n.console + "/sign-in"} {
			if status := n.get(t, at); status != http.StatusServiceUnavailable {
				t.Errorf("%s answers %d", at, status)
				accepted = true
			}
		}
		if _, said, err := n.try(t, "", "key", "list", "--account", "acme"); err == nil {
			t.Errorf("keys are listed: %s", said)
			accepted = true
		}
	}
	return accepted
}

func (n *node) get(t *testing.T, url string) int {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	response, err := n.client.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	_ = response.Body.Close()
	return response.StatusCode
}
