package postgrestest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/keywright/keywright/store/postgres"
)

// The roles of each database.
const (
	Owner   = "keywright_owner" // made the tables
	Service = "keywright"       // may do with them what the running service must
)

const template = "keywright_template"

// shared is the one server of this test binary, with the template on it.
var shared = sync.OnceValues(func() (*Server, error) {
	s, err := start(Options{})
	if err != nil {
		return nil, err
	}
	s.shared = true
	return s, s.prepare(context.Background())
})

// prepare makes the roles and the template.
func (s *Server) prepare(ctx context.Context) error {
	err := s.do(ctx, "postgres", "CREATE ROLE "+Owner+" LOGIN", "CREATE ROLE "+Service+" LOGIN", "CREATE DATABASE "+template+" OWNER "+Owner)
	if err != nil {
		return err
	}
	if _, err := postgres.Migrate(ctx, s.URL(Owner, template), Service); err != nil {
		return fmt.Errorf("migrate the template: %w", err)
	}
	return nil
}

// Start starts a server for one test, with roles and template as on the shared one. It costs a
// second or two; most tests need only New.
func Start(t testing.TB, o Options) *Server {
	t.Helper()
	s, err := start(o)
	if err == nil {
		err = s.prepare(t.Context())
	}
	if err != nil {
		t.Fatalf("a PostgreSQL for this test: %v", err)
	}
	t.Cleanup(func() {
		if err := s.leash.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// Stop stops the server as an operator does: whoever is connected is cut off.
func (s *Server) Stop(t testing.TB) {
	t.Helper()
	s.end(t, "INT")
}

// end sends a signal to the server's first process and waits for its end.
func (s *Server) end(t testing.TB, signal string) {
	t.Helper()
	if _, err := io.WriteString(s.leash, signal+"\n"); err != nil || !s.done.Scan() {
		t.Fatalf("end the server: %v", errors.Join(err, s.done.Err()))
	}
}

// Begin starts it again, and waits until it answers.
func (s *Server) Begin(t testing.TB) {
	t.Helper()
	if err := s.begin(); err != nil {
		t.Fatal(err)
	}
}

// Database is one database, for one test.
type Database struct {
	server *Server
	Name   string
}

var made atomic.Int64

// New makes a migrated database without a row, and drops it after the test.
func New(t testing.TB) *Database {
	t.Helper()
	return sharedServer(t).create(t, "TEMPLATE "+template)
}

// Empty makes a database without a table.
func Empty(t testing.TB) *Database {
	t.Helper()
	return sharedServer(t).create(t, "")
}

// Special makes one without a table, in its own way: what follows CREATE DATABASE.
func Special(t testing.TB, with string) *Database {
	t.Helper()
	return sharedServer(t).create(t, with)
}

func sharedServer(t testing.TB) *Server {
	t.Helper()
	s, err := shared()
	if err != nil {
		t.Fatalf("a PostgreSQL for tests: %v", err)
	}
	return s
}

// New is New on this server.
func (s *Server) New(t testing.TB) *Database {
	t.Helper()
	return s.create(t, "TEMPLATE "+template)
}

// Empty is Empty on this server.
func (s *Server) Empty(t testing.TB) *Database {
	t.Helper()
	return s.create(t, "")
}

func (s *Server) create(t testing.TB, with string) *Database {
	t.Helper()
	d := &Database{s, fmt.Sprint("test_", made.Add(1))}
	if err := s.do(t.Context(), "postgres", "CREATE DATABASE "+d.Name+" OWNER "+Owner+" "+with); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if !s.shared {
			return // all of it goes
		}
		if err := s.do(context.Background(), "postgres", "DROP DATABASE "+d.Name+" WITH (FORCE)"); err != nil {
			t.Error(err)
		}
	})
	return d
}

// Dump is all that is in the database, as text.
func (d *Database) Dump(t testing.TB) []byte {
	t.Helper()
	text, err := exec.Command(filepath.Join(d.server.bin, "pg_dump"), "--dbname="+d.URL("postgres")).Output()
	if err != nil || len(text) == 0 {
		t.Errorf("dump %s: %d bytes, %v", d.Name, len(text), err)
	}
	return text
}

// URL is how a role reaches the database.
func (d *Database) URL(role string) string { return d.server.URL(role, d.Name) }
