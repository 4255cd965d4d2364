package keyset

import (
	"fmt"
	"strings"
	"testing"

	"github.com/keywright/keywright/internal/hugepages"
)

// BenchmarkLoad streams a snapshot into a new Set. "scan" is its floor: the same records, looked at.
func BenchmarkLoad(b *testing.B) {
	const keys = 1_000_000
	p := population{keys, testKeyring(b)}
	var ids strings.Builder
	for i := range keys {
		fmt.Fprintf(&ids, "%012d", i)
	}
	snapshot := func(expected int) Snapshot {
		return Snapshot{Revision: 1, Keys: expected, Records: func(yield func(Change, error) bool) {
			account := ""
			for i := range keys {
				if i%keysPerAccount == 0 {
					account = p.accountID(i)
					if !yield(Account{ID: account, Slug: "acme", Plan: "standard"}, nil) {
						return
					}
				}
				id := ids.String()[idLen*i:][:idLen]
				if !yield(Key{ID: id, Account: account, Kind: AccountKey, Version: "v1", Seals: []Seal{{Pepper: 1}}}, nil) {
					return
				}
			}
		}}
	}
	each := func(name string, load func()) {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				load()
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/keys, "ns/key")
		})
	}
	each("scan", func() {
		for range snapshot(0).Records {
		}
	})
	for name, expected := range map[string]int{"1M": keys, "1M-unannounced": 0} {
		each(name, func() {
			if _, err := Load(p.keyring, rules(), Options{Advise: hugepages.Ask}, snapshot(expected)); err != nil {
				b.Fatal(err)
			}
		})
	}
}

// BenchmarkApply changes a key's record while nobody reads.
func BenchmarkApply(b *testing.B) {
	p := population{100_000, testKeyring(b)}
	s := p.load(b)
	k := p.key(b, 0)
	b.ReportAllocs()
	for revision := uint64(2); b.Loop(); revision++ {
		k.Disabled = !k.Disabled
		if err := s.Apply(revision, k); err != nil {
			b.Fatal(err)
		}
	}
}
