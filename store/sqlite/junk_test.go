package sqlite

import (
	"context"
	"crypto/rand"
	"database/sql"
	"database/sql/driver"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"modernc.org/sqlite"

	"github.com/keywright/keywright"
	"github.com/keywright/keywright/follow"
	"github.com/keywright/keywright/meter"
	"github.com/keywright/keywright/password"
	"github.com/keywright/keywright/secret"
	"github.com/keywright/keywright/server/gate"
	"github.com/keywright/keywright/store"
)

// counted counts every statement and every transaction of the connections that it makes.
type counted struct {
	driver.Connector
	n *atomic.Int64
}

func (c counted) Connect(ctx context.Context) (driver.Conn, error) {
	conn, err := c.Connector.Connect(ctx)
	return countedConn{conn, c.n}, err
}

type countedConn struct {
	driver.Conn
	n *atomic.Int64
}

func (c countedConn) Prepare(query string) (driver.Stmt, error) {
	c.n.Add(1)
	stmt, err := c.Conn.Prepare(query)
	return countedStmt{stmt, c.n}, err
}

func (c countedConn) BeginTx(ctx context.Context, o driver.TxOptions) (driver.Tx, error) {
	c.n.Add(1)
	return c.Conn.(driver.ConnBeginTx).BeginTx(ctx, o)
}

type countedStmt struct {
	driver.Stmt
	n *atomic.Int64
}

func (s countedStmt) ExecContext(ctx context.Context, args []driver.NamedValue) (driver.Result, error) {
	s.n.Add(1)
	return s.Stmt.(driver.StmtExecContext).ExecContext(ctx, args)
}

func (s countedStmt) QueryContext(ctx context.Context, args []driver.NamedValue) (driver.Rows, error) {
	s.n.Add(1)
	return s.Stmt.(driver.StmtQueryContext).QueryContext(ctx, args)
}

// openCounted is Open with every statement counted.
func openCounted(t *testing.T, n *atomic.Int64) *store.Store {
	t.Helper()
	dir := t.TempDir()
	if err := open(t, dir, Options{}).Close(); err != nil {
		t.Fatal(err)
	}
	f, err := enter(dir)
	if err != nil {
		t.Fatal(err)
	}
	pool := func(settings []pragma, most int) *sql.DB {
		connector, err := sqlite.NewConnector(f.dsn(settings))
		if err != nil {
			t.Fatal(err)
		}
		db := sql.OpenDB(counted{connector, n})
		db.SetMaxOpenConns(most)
		return db
	}
	read, write := pool(reading(), 4), pool(writing(), 1)
	s := store.New(store.Pools{Write: write, Read: read, Follow: read, Nodes: write}, dialect(), store.Options{Release: f.leave})
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// Whatever is asked about keys that nobody has, the database does not hear of it: a flood of it
// takes nothing from those who have one, or who manage them.
func TestJunkCausesNoQuery(t *testing.T) {
	var queries atomic.Int64
	s := openCounted(t, &queries)
	ring, err := secret.MakeKeyring(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	uses := meter.New(s.SaveLastUsed, meter.Options{})
	service := keywright.New(s, ring, password.New(password.Options{}), keywright.Options{})
	follower := follow.New(s, ring, service.Adopt, follow.Options{})
	s.Follow(follower.Committed)
	if err := follower.Load(t.Context()); err != nil {
		t.Fatal(err)
	}
	account, _, _, err := service.CreateAccount(t.Context(), keywright.Operator(""), keywright.NewAccount{Slug: "acme", Name: "Acme", Plan: "standard", Owner: keywright.NewMember{Email: "ada@example.com", Name: "Ada"}})
	if err != nil {
		t.Fatal(err)
	}
	_, good, err := service.Issue(t.Context(), keywright.Operator(account.ID), keywright.NewKey{Description: "nightly export", Version: "v1"})
	if err != nil {
		t.Fatal(err)
	}
	g := gate.New(keywright.NewVerifier(follower.Set(), service.Policy, follower.Uptime, keywright.Options{Used: uses.Used}), gate.Options{})
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- uses.Run(ctx) }()

	if queries.Load() == 0 {
		t.Fatal("nothing was counted so far: the counter counts nothing")
	}
	queries.Store(0)
	for range 200 {
		unknown, err := secret.Make("kw", secret.Live, rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		text := good.Reveal()
		for _, junk := range []string{unknown.Reveal(), text[:len(text)-1] + "!", text[:20] + unknown.Reveal()[20:], "x", "", strings.Repeat("k", 5000)} {
			askAll(t, g, junk, false)
		}
	}
	stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
	if n := queries.Load(); n != 0 {
		t.Errorf("junk caused %d queries, want none", n)
	}

	askAll(t, g, good.Reveal(), true)
	if err := uses.Run(ctx); err != nil { // its time is over: it saves what was used
		t.Error(err)
	}
	if queries.Load() == 0 {
		t.Error("a good key's use caused no query: it was not saved, or not counted")
	}
}

// askAll asks about a text in each way that there is.
func askAll(t *testing.T, g *gate.Gate, text string, good bool) {
	t.Helper()
	for path, body := range map[string]string{
		"/v1/verify": fmt.Sprintf(`{"credential":%q}`, text), "/v1/verify/batch": fmt.Sprintf(`{"requests":[{"credential":%q}]}`, text),
		"/v1/introspect": "token=" + text, "/forward-auth": "", "/refusal": "",
	} {
		r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(body))
		r.Header.Set("Content-Type", "application/json")
		if path == "/v1/introspect" {
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		}
		r.Header.Set("Authorization", "Bearer "+text)
		w := httptest.NewRecorder()
		g.ServeHTTP(w, r)
		said := strings.Contains(w.Body.String(), `true`) || path == "/forward-auth" && w.Code == http.StatusOK
		if w.Code >= 500 && path != "/refusal" || said != (good && path != "/refusal") {
			t.Fatalf("%s of %.20q: got %d %s", path, text, w.Code, w.Body)
		}
	}
}
