package keyset

import (
	"os"
	"runtime"
	"slices"
	"testing"
	"time"
)

// sized runs a benchmark with sets of several sizes. Ten million keys take 3 GB and a minute, and
// KEYWRIGHT_BENCH=10M, which "make bench" says.
func sized(b *testing.B, run func(b *testing.B, keys int)) {
	b.Run("1k", func(b *testing.B) { run(b, 1_000) })
	b.Run("1M", func(b *testing.B) { run(b, 1_000_000) })
	if os.Getenv("KEYWRIGHT_BENCH") == "10M" {
		b.Run("10M", func(b *testing.B) { run(b, 10_000_000) })
	}
}

func loop(b *testing.B, name string, do func(i int)) {
	b.Run(name, func(b *testing.B) {
		b.ReportAllocs()
		for i := 0; b.Loop(); i++ {
			do(i)
		}
	})
}

// BenchmarkVerify asks for random keys of the whole Set, and "same" for one key again and again: what
// Verify itself computes. "in-turn" compares with the floor, and "gc" says what the Set weighs.
func BenchmarkVerify(b *testing.B) {
	sized(b, func(b *testing.B, keys int) {
		c := newCrowd(b, keys)
		c.set = c.load(b)
		runtime.GC()
		now, late := noon(), noon().Add(time.Hour)
		unknown, typos := c.others(b), c.typos()
		loop(b, "good", func(i int) { c.verify(b, c.textOf(c.question(i)), now, Valid) })
		loop(b, "unknown", func(i int) { c.verify(b, unknown[i%len(unknown)], now, Unknown) })
		loop(b, "mistyped", func(i int) { c.verify(b, typos[i%len(typos)], now, Malformed) })
		loop(b, "expired", func(i int) { c.verify(b, c.textOf(c.question(i)/10*10+4), late, Expired) })
		loop(b, "same", func(int) { c.verify(b, c.textOf(0), now, Valid) })
		b.Run("in-turn", func(b *testing.B) { c.inTurn(b) })
		b.Run("gc", func(b *testing.B) { c.collect(b) })
	})
}

// BenchmarkMAC is the floor of BenchmarkVerify: the one MAC of each key, over the same questions.
func BenchmarkMAC(b *testing.B) {
	sized(b, func(b *testing.B, keys int) {
		c := newCrowd(b, keys)
		loop(b, "good", func(i int) { c.mac(b, c.question(i)) })
		loop(b, "same", func(int) { c.mac(b, 0) })
	})
}

// inTurn gives a hundred MACs and a hundred verdicts their turn, again and again, and compares the
// median turn of each: a machine that others use is not the same from one benchmark to the next,
// and now and then takes a turn away.
func (c *crowd) inTurn(b *testing.B) {
	const turn = 100
	var macs, verdicts []time.Duration
	now, i := noon(), 0
	for b.Loop() {
		start := time.Now()
		for range turn {
			c.mac(b, c.question(i))
			i++
		}
		middle := time.Now()
		for range turn {
			c.verify(b, c.textOf(c.question(i)), now, Valid)
			i++
		}
		macs, verdicts = append(macs, middle.Sub(start)), append(verdicts, time.Since(middle))
	}
	slices.Sort(macs)
	slices.Sort(verdicts)
	mac, verdict := float64(macs[len(macs)/2])/turn, float64(verdicts[len(verdicts)/2])/turn
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(mac, "ns/MAC")
	b.ReportMetric(verdict, "ns/verdict")
	b.ReportMetric(verdict/mac, "x-MAC")
}

// collect measures a full garbage collection with the Set there, and then what the Set holds.
func (c *crowd) collect(b *testing.B) {
	for b.Loop() {
		runtime.GC()
	}
	with := heap()
	c.set = nil
	b.ReportMetric(float64(with.HeapAlloc-heap().HeapAlloc)/float64(c.keys), "B/key")
}
