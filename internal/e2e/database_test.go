package e2e

import (
	"database/sql"
	"os"
	"path/filepath"
	"testing"

	"github.com/keywright/keywright/store/postgres/postgrestest"
)

// onPostgres has every server of these tests run on a PostgreSQL database of its own, in place of
// SQLite: scripts/test runs a part of them once more like that.
var onPostgres = os.Getenv("KEYWRIGHT_E2E_DATABASE") == "postgres"

// choose gives the server a database, before it starts for the first time.
func (k *keywright) choose(t testing.TB) {
	t.Helper()
	if !onPostgres {
		return
	}
	k.postgres = postgrestest.New(t)
	t.Cleanup(func() { // for the canary, after the server has stopped
		text := k.postgres.Dump(t)
		if err := os.WriteFile(filepath.Join(k.data, "dump.sql"), text, 0o600); err != nil {
			t.Error(err)
		}
	})
}

// environment is what the server is started with beside its flags.
func (k *keywright) environment() []string {
	all := append(os.Environ(), "KEYWRIGHT_LOG_LEVEL=debug") // a flag goes before
	if k.postgres != nil {
		all = append(all, "KEYWRIGHT_DATABASE="+k.postgres.URL(postgrestest.Service))
	}
	return all
}

// database is another way to the server's database, to be closed after the test.
func (k *keywright) database(t *testing.T) *sql.DB {
	t.Helper()
	driver, name := "sqlite", "file:"+filepath.Join(k.data, "keywright.db")+"?mode=ro"
	if k.postgres != nil {
		driver, name = "pgx", k.postgres.URL(postgrestest.Service)
	}
	db, err := sql.Open(driver, name)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db
}
