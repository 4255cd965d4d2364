package postgres_test

import (
	"bytes"
	"reflect"
	"testing"

	"github.com/keywright/keywright/backup"
	"github.com/keywright/keywright/store"
	"github.com/keywright/keywright/store/postgres"
	"github.com/keywright/keywright/store/postgres/postgrestest"
	"github.com/keywright/keywright/store/sqlite"
	"github.com/keywright/keywright/store/storetest"
)

// A backup is the way from one database to the other, and back.
func TestABackupGoesFromSQLiteToPostgreSQLAndBack(t *testing.T) {
	from, back := openSQLite(t), openSQLite(t)
	if _, err := storetest.Fill(t.Context(), from); err != nil {
		t.Fatal(err)
	}
	to := open(t, postgrestest.New(t), postgres.Options{})
	first, h := backupOf(t, from)
	restore(t, to, first, h)
	second, h2 := backupOf(t, to)
	if !reflect.DeepEqual(storetest.Rows(second), storetest.Rows(first)) {
		t.Error("PostgreSQL holds something else than SQLite")
	}
	restore(t, back, second, h2)
	third, h3 := backupOf(t, back)
	if !reflect.DeepEqual(storetest.Rows(third), storetest.Rows(first)) || h3.Database != h.Database || h3.Stamp != h.Stamp || h3.Sequence != h.Sequence {
		t.Error("SQLite holds something else than before")
	}
}

func openSQLite(t *testing.T) *store.Store {
	t.Helper()
	s, err := sqlite.Open(t.Context(), t.TempDir(), sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func backupOf(t *testing.T, s *store.Store) ([]byte, backup.Header) {
	t.Helper()
	var file bytes.Buffer
	if err := s.Backup(t.Context(), &file); err != nil {
		t.Fatal(err)
	}
	h, err := backup.Check(bytes.NewReader(file.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	return file.Bytes(), h
}

func restore(t *testing.T, s *store.Store, file []byte, h backup.Header) {
	t.Helper()
	if err := s.Restore(t.Context(), h, bytes.NewReader(file)); err != nil {
		t.Fatal(err)
	}
}
