package meter

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"github.com/keywright/keywright"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// ledger is a saver that remembers, and fails when it is told to.
type ledger struct {
	mu    sync.Mutex
	saves []map[keywright.KeyID]time.Time
	fail  error
	hang  bool // until ctx ends
	takes time.Duration
}

func (l *ledger) SaveLastUsed(ctx context.Context, uses map[keywright.KeyID]keywright.Use) error {
	used := map[keywright.KeyID]time.Time{}
	for id, u := range uses {
		used[id] = u.At
	}
	if l.hang {
		<-ctx.Done()
		return ctx.Err()
	}
	<-time.After(l.takes)
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.fail != nil {
		return l.fail
	}
	l.saves = append(l.saves, maps.Clone(used))
	return nil
}

func (l *ledger) all() []map[keywright.KeyID]time.Time {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.saves)
}

// latest is what a store has in the end.
func (l *ledger) latest() map[keywright.KeyID]time.Time {
	latest := map[keywright.KeyID]time.Time{}
	for _, save := range l.all() {
		for id, at := range save {
			if at.After(latest[id]) {
				latest[id] = at
			}
		}
	}
	return latest
}

func (l *ledger) fails(err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.fail = err
}

// run starts m and answers what stops it and waits for its end.
func run(t *testing.T, m *Meter[keywright.KeyID]) (stop func() error) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- m.Run(ctx) }()
	return func() error { cancel(); return <-ended }
}

func after(d time.Duration) {
	<-time.After(d) // by the bubble's clock
	synctest.Wait()
}

func noon(seconds int) time.Time {
	return time.Date(2026, 3, 1, 12, 0, seconds, 0, time.UTC)
}

func TestTheLatestUseOfEachKeyIsSavedWithTheNextFlush(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var kept ledger
		m := New(kept.SaveLastUsed, Options{})
		stop := run(t, m)
		m.Used("key_a", keywright.Use{At: noon(1)})
		m.Used("key_b", keywright.Use{At: noon(5)})
		m.Used("key_a", keywright.Use{At: noon(3)})
		m.Used("key_a", keywright.Use{At: noon(2)})
		after(time.Second - 1)
		if len(kept.all()) != 0 {
			t.Errorf("before the flush: got %d saves, want 0", len(kept.all()))
		}
		after(1)
		want := map[keywright.KeyID]time.Time{"key_a": noon(3), "key_b": noon(5)}
		if len(kept.all()) != 1 || !maps.Equal(kept.all()[0], want) {
			t.Errorf("got %v, want one save of %v", kept.all(), want)
		}
		after(time.Hour)
		if err := stop(); err != nil || len(kept.all()) != 1 {
			t.Errorf("without use: got %d saves and %v, want still 1 and no error", len(kept.all()), err)
		}
	})
}

func TestWhatCouldNotBeSavedIsSavedLaterWithWhatCameSince(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var kept ledger
		var log bytes.Buffer
		kept.fails(errors.New("disk full"))
		m := New(kept.SaveLastUsed, Options{Flush: time.Second, Log: slog.New(slog.NewTextHandler(&log, nil))})
		stop := run(t, m)
		m.Used("key_a", keywright.Use{At: noon(1)})
		m.Used("key_b", keywright.Use{At: noon(9)})
		after(5 * time.Second)
		m.Used("key_a", keywright.Use{At: noon(7)})
		m.Used("key_b", keywright.Use{At: noon(2)})
		after(5 * time.Second)
		if got := strings.Count(log.String(), "disk full"); got != 1 {
			t.Errorf("the failure was logged %d times in 10 flushes, want once:\n%s", got, &log)
		}
		kept.fails(nil)
		after(5 * time.Second)
		want := map[keywright.KeyID]time.Time{"key_a": noon(7), "key_b": noon(9)}
		if got := kept.latest(); !maps.Equal(got, want) {
			t.Errorf("got %v, want %v", got, want)
		}
		if got := strings.Count(log.String(), "saved again"); got != 1 {
			t.Errorf("the recovery was logged %d times, want once:\n%s", got, &log)
		}
		if err := stop(); err != nil || m.Dropped() != 0 {
			t.Errorf("got %v and %d dropped, want no error and none", err, m.Dropped())
		}
	})
}

func TestTheEndSavesOnceMore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var kept ledger
		m := New(kept.SaveLastUsed, Options{Flush: time.Hour})
		stop := run(t, m)
		m.Used("key_a", keywright.Use{At: noon(1)})
		if err := stop(); err != nil {
			t.Fatal(err)
		}
		if len(kept.all()) != 1 {
			t.Errorf("got %d saves, want 1", len(kept.all()))
		}
	})
}

func TestTheEndWaitsFiveSecondsAtMost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := New((&ledger{hang: true}).SaveLastUsed, Options{Flush: time.Hour})
		stop := run(t, m)
		m.Used("key_a", keywright.Use{At: noon(1)})
		start := time.Now()
		err := stop()
		if !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %v, want the deadline's error", err)
		}
		if took := time.Since(start); took != lastFlush {
			t.Errorf("took %v, want %v", took, lastFlush)
		}
	})
}

// A stop in the middle of a save is no failure to tell: the last flush saves it.
func TestAStopDuringASaveLosesNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		kept := ledger{hang: true}
		m := New(kept.SaveLastUsed, Options{Log: slog.New(slog.NewTextHandler(&log, nil))})
		ctx, cancel := context.WithCancel(t.Context())
		m.Used("key_a", keywright.Use{At: noon(1)})
		ended := make(chan error, 1)
		go func() { ended <- m.Run(ctx) }()
		after(time.Second) // Run hangs in its first save
		kept.hang = false
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
		if len(kept.all()) != 1 || log.Len() != 0 {
			t.Errorf("got %d saves and log %q, want 1 and nothing", len(kept.all()), &log)
		}
	})
}

func TestAFloodOfKeysIsBoundedAndCounted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var kept ledger
		kept.fails(errors.New("database is locked"))
		m := New(kept.SaveLastUsed, Options{Keys: 10})
		stop := run(t, m)
		use := func(prefix string) {
			for i := range 25 {
				m.Used(keywright.KeyID(fmt.Sprintf("%s%d", prefix, i)), keywright.Use{At: noon(1)})
			}
		}
		use("key_a")
		after(time.Second) // 10 are waiting, 15 dropped
		use("key_b")       // 10 more find room, and 15 do not
		after(time.Second)
		m.Used("key_b0", keywright.Use{At: noon(2)}) // known: needs no room
		m.Used("key_a0", keywright.Use{At: noon(2)})
		m.Used("key_that_is_longer_than_any", keywright.Use{At: noon(2)})
		if got := m.Dropped(); got != 32 {
			t.Errorf("dropped: got %d, want 32", got)
		}
		kept.fails(nil)
		if err := stop(); err != nil {
			t.Fatal(err)
		}
		if got := kept.latest(); len(got) != 20 || !got["key_b0"].Equal(noon(2)) {
			t.Errorf("got %v, want 20 keys with the latest use of key_b0", got)
		}
	})
}

// Whatever is used, the store has nearly all of the time for others.
func TestSavingTakesAThirtiethOfTheTimeAtMost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		kept := ledger{takes: 100 * time.Millisecond}
		m := New(kept.SaveLastUsed, Options{})
		stop := run(t, m)
		useMany(m, 20*perSave)
		after(time.Second + 9*30*kept.takes - 1)
		if got := len(kept.all()); got != 9 {
			t.Errorf("got %d saves, want 9", got)
		}
		after(15 * 30 * kept.takes)
		if got := len(kept.latest()); got != 20*perSave {
			t.Errorf("got %d keys, want all %d", got, 20*perSave)
		}
		m.Used("key_0", keywright.Use{At: noon(2)})
		after(2*time.Second + kept.takes)
		if got := kept.latest()["key_0"]; !got.Equal(noon(2)) {
			t.Errorf("used again: got %v, want %v", got, noon(2))
		}
		if err := stop(); err != nil {
			t.Fatal(err)
		}
	})
}

// Last uses are lost rather than waited for, and no reason for a stop to count as a failure.
func TestTheEndComesBeforeAllIsSaved(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		kept := ledger{takes: time.Second}
		var log bytes.Buffer
		m := New(kept.SaveLastUsed, Options{Flush: time.Hour, Log: slog.New(slog.NewTextHandler(&log, nil))})
		stop := run(t, m)
		useMany(m, 7*perSave)
		start := time.Now()
		if err := stop(); err != nil || time.Since(start) > lastFlush+kept.takes {
			t.Errorf("got %v after %v, want no error within %v", err, time.Since(start), lastFlush+kept.takes)
		}
		if got := len(kept.latest()); got < 4*perSave || got == 7*perSave || !strings.Contains(log.String(), fmt.Sprintf("lost=%d", 7*perSave-got)) {
			t.Errorf("got %d keys and log %q, want some, and how many were lost", got, &log)
		}
	})
}

func useMany(m *Meter[keywright.KeyID], n int) {
	for i := range n {
		m.Used(keywright.KeyID(fmt.Sprintf("key_%d", i)), keywright.Use{At: noon(1)})
	}
}

func TestManyKeysAreSavedInParts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var kept ledger
		m := New(kept.SaveLastUsed, Options{})
		stop := run(t, m)
		useMany(m, 2*perSave+1)
		after(time.Second)
		all := map[keywright.KeyID]time.Time{}
		for _, save := range kept.all() {
			if len(save) > perSave {
				t.Errorf("one save of %d keys, want at most %d", len(save), perSave)
			}
			maps.Copy(all, save)
		}
		if len(kept.all()) != 3 || len(all) != 2*perSave+1 {
			t.Errorf("got %d keys in %d saves, want %d in 3", len(all), len(kept.all()), 2*perSave+1)
		}
		if err := stop(); err != nil {
			t.Fatal(err)
		}
	})
}

func TestManyGoroutinesMayUseAtOnce(t *testing.T) {
	var kept ledger
	m := New(kept.SaveLastUsed, Options{Flush: time.Millisecond})
	stop := run(t, m)
	var users sync.WaitGroup
	for g := range 8 {
		users.Go(func() {
			for i := range 1000 {
				m.Used(keywright.KeyID(fmt.Sprintf("key_%d", i%50)), keywright.Use{At: noon(g*1000 + i)})
			}
		})
	}
	users.Wait()
	if err := stop(); err != nil {
		t.Fatal(err)
	}
	latest := kept.latest()
	for i := range 50 {
		id := keywright.KeyID(fmt.Sprintf("key_%d", i))
		if want := noon(7*1000 + 950 + i); !latest[id].Equal(want) {
			t.Errorf("%s: got %v, want %v", id, latest[id], want)
		}
	}
}

func BenchmarkUsed(b *testing.B) {
	m := New((&ledger{}).SaveLastUsed, Options{})
	at := noon(1)
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			m.Used("key_0123456789AB", keywright.Use{At: at})
		}
	})
}
