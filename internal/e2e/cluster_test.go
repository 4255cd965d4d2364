package e2e

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/keywright/keywright/store/postgres/postgrestest"
)

// node is one of several keywrights on one database.
type node struct {
	*keywright
	client  *http.Client // reaches its data plane
	manager *http.Client // is its operator
}

// place is a network other than that of the tests; nil is this one.
type place interface {
	inside(do func() error) error
	dial(ctx context.Context, network, address string) (net.Conn, error)
}

// join starts a node on a database of a server. All nodes have the keyring of the first.
func join(t *testing.T, first *node, url string, in place, args ...string) *node {
	t.Helper()
	return joinAs(t, binary, first, url, in, args...)
}

// joinAs is join with another binary than the one under test.
func joinAs(t *testing.T, program string, first *node, url string, in place, args ...string) *node {
	t.Helper()
	n := &node{keywright: &keywright{data: folder(t), program: program, args: append([]string{"--database", url}, args...)}}
	dialer := &net.Dialer{}
	dial := dialer.DialContext
	if in != nil {
		n.within, dial = in.inside, in.dial
	}
	n.client = &http.Client{Timeout: 20 * time.Second, Transport: &http.Transport{DialContext: dial, MaxIdleConnsPerHost: 8}}
	n.manager = n.operator()
	if first != nil {
		ring, err := os.ReadFile(filepath.Join(first.data, "keyring"))
		if err == nil {
			err = os.WriteFile(filepath.Join(n.data, "keyring"), ring, 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	n.begin(t)
	t.Cleanup(func() {
		n.client.CloseIdleConnections()
		n.manager.CloseIdleConnections()
		n.stop(t)
	})
	return n
}

// cluster starts nodes on a new database and makes the account acme.
func cluster(t *testing.T, d *postgrestest.Database, nodes int, args ...string) (all []*node) {
	t.Helper()
	for i := range nodes {
		var first *node
		if i > 0 {
			first = all[0]
		}
		all = append(all, join(t, first, d.URL(postgrestest.Service), nil, args...))
	}
	all[0].acme(t)
	return all
}

// acme makes an account with room for every key of a test.
func (n *node) acme(t *testing.T) {
	t.Helper()
	n.run(t, password+"\n", "account", "create", "acme", "--name", "Acme", "--plan", "standard", "--owner", "owner@acme.example", "--password-stdin")
}

// made are keys that were issued, and shown, on one node.
func (n *node) made(t *testing.T, count int) []key {
	t.Helper()
	var all []key
	for range count {
		status, answer := call(n.manager, "http://operator/v1/keys", `{"description":"for a test of faults"}`)
		var k key
		if status != http.StatusCreated || json.Unmarshal(answer, &k) != nil {
			t.Fatalf("issue a key: %d", status)
		}
		remember(t, k.Secret)
		all = append(all, k)
	}
	return all
}

// revoke revokes keys, at once.
func (n *node) revoke(t *testing.T, keys []key) {
	t.Helper()
	var all sync.WaitGroup
	for _, k := range keys {
		all.Go(func() {
			if status, answer := call(n.manager, "http://operator/v1/keys/"+k.ID+"/revoke", `{"reason":"for a test of faults"}`); status != http.StatusOK {
				t.Errorf("revoke %s: %d %s", k.ID, status, answer)
			}
		})
	}
	all.Wait()
}

// each does something to all nodes at once.
func each(nodes []*node, do func(i int, n *node)) {
	var all sync.WaitGroup
	for i, n := range nodes {
		all.Go(func() { do(i, n) })
	}
	all.Wait()
}

// agree waits until each node answers each key as it should.
func agree(t *testing.T, nodes []*node, keys []key, want string) {
	t.Helper()
	for i, n := range nodes {
		for _, k := range keys {
			var last sighting
			eventuallyOr(t, func() string { return fmt.Sprintf("node %d says %q of %s; it says %+v", i, want, k.ID, last) }, func() bool {
				last = n.look(k.Secret)
				return last.code == want
			})
		}
	}
}

// count asks the database itself for a number.
func count(t *testing.T, d *postgrestest.Database, query string) (n int) {
	t.Helper()
	db, err := sql.Open("pgx", d.URL(postgrestest.Owner))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if err := db.QueryRowContext(t.Context(), query).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// wantWhole looks into the database for what is half done.
func wantWhole(t *testing.T, d *postgrestest.Database) {
	t.Helper()
	for what, query := range amiss() {
		if n := count(t, d, query); n != 0 {
			t.Errorf("%d %s", n, what)
		}
	}
}
