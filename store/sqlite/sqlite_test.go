package sqlite

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/keywright/keywright/store"
	"github.com/keywright/keywright/store/storetest"
)

// open opens a store in dir, to be closed after the test.
func open(t testing.TB, dir string, o Options) *store.Store {
	t.Helper()
	s, err := Open(t.Context(), dir, o)
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

func TestConformance(t *testing.T) {
	storetest.Run(t, func(t *testing.T, now func() time.Time) storetest.Subject {
		dir := filepath.Join(t.TempDir(), "a folder? 100% #1 ü")
		s := open(t, dir, Options{Now: now})
		beside, err := connect(t.Context(), (&folder{database: filepath.Join(dir, "keywright.db")}).dsn(writing()), 1, writing())
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = beside.Close() })
		return storetest.Subject{Store: s, Sessions: s.Sessions(), Beside: beside}
	})
}
