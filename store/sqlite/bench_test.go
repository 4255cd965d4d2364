package sqlite

import (
	"fmt"
	"sync/atomic"
	"testing"

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

func BenchmarkIssue(b *testing.B) {
	s := stocked(b)
	var n atomic.Int64
	one := func(b *testing.B) {
		id := fmt.Sprint("b", n.Add(1))
		if err := s.Write(b.Context(), func(tx keywright.Tx) error { return issue(b.Context(), tx, id) }); err != nil {
			b.Error(err)
		}
	}
	b.Run("one caller", func(b *testing.B) {
		for b.Loop() {
			one(b)
		}
	})
	b.Run("64 callers", func(b *testing.B) {
		b.SetParallelism(32) // for each of at least two processors
		b.RunParallel(func(pb *testing.PB) {
			for pb.Next() {
				one(b)
			}
		})
	})
}

func BenchmarkKeys(b *testing.B) {
	s := stocked(b)
	for b.Loop() {
		if _, err := s.Keys(b.Context(), acme, keywright.Page{Limit: 51}); err != nil {
			b.Fatal(err)
		}
	}
}
