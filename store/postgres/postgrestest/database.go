package postgrestest

import (
	"context"
	"fmt"
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
	s, err := start(nil)
	if err != nil {
		return nil, err
	}
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

// Database is one database, for one test.
type Database struct {
	server *Server
	name   string
}

var made atomic.Int64

// New makes a migrated database without a row, and drops it after the test.
func New(t testing.TB) *Database {
	t.Helper()
	return create(t, "TEMPLATE "+template)
}

// Empty makes a database without a table.
func Empty(t testing.TB) *Database {
	t.Helper()
	return create(t, "")
}

func create(t testing.TB, with string) *Database {
	t.Helper()
	s, err := shared()
	if err != nil {
		t.Fatalf("a PostgreSQL for tests: %v", err)
	}
	d := &Database{s, fmt.Sprint("test_", made.Add(1))}
	if err := s.do(t.Context(), "postgres", "CREATE DATABASE "+d.name+" OWNER "+Owner+" "+with); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.do(context.Background(), "postgres", "DROP DATABASE "+d.name+" WITH (FORCE)"); err != nil {
			t.Error(err)
		}
	})
	return d
}

// URL is how a role reaches the database.
func (d *Database) URL(role string) string { return d.server.URL(role, d.name) }
