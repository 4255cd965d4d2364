package sqlite

import (
	"fmt"
	"testing"
	"time"

	"github.com/keywright/keywright"
	"github.com/keywright/keywright/store"
)

func stocked(b *testing.B) *store.Store {
	b.Helper()
	s := open(b, b.TempDir(), Options{})
	err := s.Write(b.Context(), func(tx keywright.Tx) error {
		if err := insertAcme(b.Context(), tx); err != nil {
			return err
		}
		for i := range 10_000 {
			if err := issue(b.Context(), tx, fmt.Sprint("a", i)); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
	return s
}

func BenchmarkSealed(b *testing.B) {
	s := stocked(b)
	for name, id := range map[string]keywright.KeyID{"hit": "key_a5000", "miss": "key_none"} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				_, _ = s.Sealed(b.Context(), id)
			}
		})
	}
}

func BenchmarkKeys(b *testing.B) {
	s := stocked(b)
	for b.Loop() {
		if _, err := s.Keys(b.Context(), acme, keywright.KeyFilter{}, time.Time{}, keywright.Page{Limit: 51}); err != nil {
			b.Fatal(err)
		}
	}
}
