package keyset

import (
	"fmt"
	"math/rand/v2"
	"net/netip"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/keywright/keywright/policy"
)

// sizes of a Set to measure. Ten million keys take 3 GB and a minute, and KEYWRIGHT_SOAK.
func sizes() map[string]int {
	all := map[string]int{"1k": 1_000, "1M": 1_000_000}
	if os.Getenv("KEYWRIGHT_SOAK") != "" {
		all["10M"] = 10_000_000
	}
	return all
}

// crowd is a Set and the texts of all its keys, in the order in which they were issued, so that
// those of random keys come from all over the memory, for Verify and for its floor alike.
type crowd struct {
	population
	set      *Set
	texts    string // of textLen bytes each
	accounts []string
	order    []int32
}

const textLen = 56

func newCrowd(b *testing.B, keys int) *crowd {
	c := &crowd{population: population{keys, testKeyring(b)}}
	var texts strings.Builder
	texts.Grow(keys * textLen)
	for i := range keys {
		texts.WriteString(c.text(b, i))
		if i%keysPerAccount == 0 {
			c.accounts = append(c.accounts, c.accountID(i))
		}
	}
	c.texts = texts.String()
	random := rand.New(chance(9))
	for range 1 << 20 {
		c.order = append(c.order, random.Int32N(int32(keys)))
	}
	c.set = c.load(b)
	runtime.GC()
	return c
}

// key is that of the i-th question.
func (c *crowd) question(i int) int { return int(c.order[i&(len(c.order)-1)]) }

func (c *crowd) textOf(key int) string { return c.texts[key*textLen:][:textLen] }

func (c *crowd) mac(b *testing.B, key int) {
	if _, ok := c.keyring.MAC(1, c.accounts[key/keysPerAccount], c.textOf(key)); !ok {
		b.Fatal("no MAC")
	}
}

func benchmarkRequest() Request {
	return Request{Way: policy.PresentBearer, Method: "GET", ClientIP: netip.MustParseAddr("192.0.2.7"), Scopes: []string{"incidents:read"}}
}

// BenchmarkVerify asks for random keys of the whole Set; "mac" is its floor, the one MAC of such a
// key, and "ratio" has both in turns, as a machine that others use is not the same from one
// benchmark to the next. "hot" is the same for one key alone: what is left is what Verify computes.
func BenchmarkVerify(b *testing.B) {
	for name, keys := range sizes() {
		b.Run(name, func(b *testing.B) {
			c := newCrowd(b, keys)
			late := noon().Add(time.Hour)
			expires := make([]int, 0, len(c.order))
			for _, key := range c.order {
				expires = append(expires, int(key)/10*10+4)
			}
			r := benchmarkRequest()
			verify := func(text string, now time.Time, want Code) {
				if v := c.set.Verify(text, r, now, 0); v.Code != want {
					b.Fatalf("got %s, want %s", v.Code, want)
				}
			}
			each := func(name string, ask func(i int)) {
				b.Run(name, func(b *testing.B) {
					b.ReportAllocs()
					for i := 0; b.Loop(); i++ {
						ask(i)
					}
				})
			}
			unknown, typos := c.others(b), c.typos()
			each("mac", func(i int) { c.mac(b, c.question(i)) })
			each("good", func(i int) { verify(c.textOf(c.question(i)), noon(), Valid) })
			each("unknown", func(i int) { verify(unknown[i%len(unknown)], noon(), Unknown) })
			each("mistyped", func(i int) { verify(typos[i%len(typos)], noon(), Malformed) })
			each("expired", func(i int) { verify(c.textOf(expires[i%len(expires)]), late, Expired) })
			each("hot-mac", func(int) { c.mac(b, 0) })
			each("hot-good", func(int) { verify(c.textOf(0), noon(), Valid) })
			b.Run("ratio", func(b *testing.B) { c.ratio(b, verify) })
			b.Run("gc", func(b *testing.B) { c.collect(b) })
		})
	}
}

// ratio takes turns of 100, which is long enough for the clock and too short for other processes to
// come between often.
func (c *crowd) ratio(b *testing.B, verify func(string, time.Time, Code)) {
	var spent [2]time.Duration
	i := 0
	for b.Loop() {
		start := time.Now()
		for range 100 {
			c.mac(b, c.question(i))
			i++
		}
		middle := time.Now()
		for range 100 {
			verify(c.textOf(c.question(i)), noon(), Valid)
			i++
		}
		spent[0] += middle.Sub(start)
		spent[1] += time.Since(middle)
	}
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(float64(spent[0])/float64(i)*2, "ns/mac")
	b.ReportMetric(float64(spent[1])/float64(i)*2, "ns/verify")
	b.ReportMetric(float64(spent[1])/float64(spent[0]), "x-mac")
}

// collect measures a full garbage collection with the Set there, and what it holds.
func (c *crowd) collect(b *testing.B) {
	for b.Loop() {
		runtime.GC()
	}
	with := heap()
	c.set = nil
	b.ReportMetric(float64(with.HeapAlloc-heap().HeapAlloc)/float64(c.keys), "B/key")
}

func (c *crowd) others(b *testing.B) (texts []string) {
	for i := range 1 << 16 {
		texts = append(texts, c.text(b, c.keys+i))
	}
	return texts
}

func (c *crowd) typos() (texts []string) {
	for i, key := range c.order[:1<<16] {
		texts = append(texts, mistyped(c.textOf(int(key)), 8+i%48))
	}
	return texts
}

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
			if _, err := Load(p.keyring, rules(), Options{}, snapshot(expected)); err != nil {
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
