package postgres_test

import (
	"database/sql"
	"testing"
	"time"

	"github.com/keywright/keywright/store"
	"github.com/keywright/keywright/store/postgres"
	"github.com/keywright/keywright/store/postgres/postgrestest"
	"github.com/keywright/keywright/store/storetest"
)

// open opens a store as the service does, to be closed after the test.
func open(t testing.TB, d *postgrestest.Database, o postgres.Options) *store.Store {
	t.Helper()
	s, err := postgres.Open(t.Context(), d.URL(postgrestest.Service), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// beside is another way to a database, with the rights of a role.
func beside(t testing.TB, d *postgrestest.Database, role string) *sql.DB {
	t.Helper()
	db, err := sql.Open("pgx", d.URL(role))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db
}

func TestConformance(t *testing.T) {
	storetest.Run(t, func(t *testing.T, now func() time.Time) storetest.Subject {
		d := postgrestest.New(t)
		s := open(t, d, postgres.Options{Now: now})
		return storetest.Subject{Store: s, Sessions: s.Sessions(), Beside: beside(t, d, postgrestest.Service)}
	})
}
