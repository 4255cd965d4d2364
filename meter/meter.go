// Package meter counts what happens on the hot path in memory and saves it in batches, so
// that a verification writes nothing. It knows when a key, or a token of the operator's, was
// last used; the rule that such times are lost rather than waited for is the fail policy of
// logs, metrics and the like.
package meter

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"
)

const (
	// perSave is how many keys one save takes: a larger one would hold the store's only
	// writer for longer than the change of a person who waits.
	perSave = 1000

	// lastFlush is how long the flush at the end may take: less than a supervisor's patience.
	lastFlush = 5 * time.Second
)

// Options are the settings of a Meter. The zero value is right for production.
type Options struct {
	// Flush is the time between two saves, and so how exact a last use is when a process
	// is killed; default 1 s.
	Flush time.Duration

	// Keys is how many different keys may wait for the next flush, and as many again for
	// another try after a failed one; default 100,000, about 8 MiB. Further ones are dropped.
	Keys int

	Log *slog.Logger // default: nowhere
}

// Meter keeps the last uses of keys until they are saved. Here whatever has an ID of its kind is
// a key.
type Meter[ID ~string] struct {
	save    func(ctx context.Context, used map[ID]time.Time) error
	options Options
	dropped atomic.Int64

	mu   sync.Mutex
	used map[ID]time.Time // since the last flush

	// Owned by Run.
	waiting map[ID]time.Time // taken from used, not saved yet
	failing bool             // the last save failed, and was logged
}

// New makes a Meter that saves by save, for which a time that is older than the stored one
// changes nothing, and a key that is gone is no error. It starts nothing: that is Run.
func New[ID ~string](save func(ctx context.Context, used map[ID]time.Time) error, o Options) *Meter[ID] {
	if o.Flush <= 0 {
		o.Flush = time.Second
	}
	if o.Keys <= 0 {
		o.Keys = 100_000
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return &Meter[ID]{save: save, options: o, used: map[ID]time.Time{}, waiting: map[ID]time.Time{}}
}

// Used notes that a key was used. It waits for nothing but another call of its own kind; of
// several uses of one key the latest counts.
func (m *Meter[ID]) Used(id ID, at time.Time) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if !note(m.used, id, at, m.options.Keys) {
		m.dropped.Add(1)
	}
}

// Dropped is how many uses were forgotten because too many keys waited to be saved.
func (m *Meter[ID]) Dropped() int64 { return m.dropped.Load() }

// Run saves every Flush until ctx ends, and once more then, within 5 s. What could not be
// saved is tried again with the next flush. It answers an error only when the last flush
// failed: those uses are lost.
func (m *Meter[ID]) Run(ctx context.Context) error {
	tick := time.NewTicker(m.options.Flush)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			m.tell(ctx, m.flush(ctx))
		case <-ctx.Done():
			last, cancel := context.WithTimeout(context.WithoutCancel(ctx), lastFlush)
			defer cancel()
			if err := m.flush(last); err != nil {
				return fmt.Errorf("save last uses of %d keys at the end: %w", len(m.waiting), err)
			}
			return nil
		}
	}
}

// flush takes what was used and saves it together with what could not be saved before.
func (m *Meter[ID]) flush(ctx context.Context) error {
	m.mu.Lock()
	used := m.used
	m.used = make(map[ID]time.Time, len(used))
	m.mu.Unlock()

	for id, at := range used {
		if !note(m.waiting, id, at, m.options.Keys) {
			m.dropped.Add(1)
		}
	}
	for len(m.waiting) > 0 {
		batch := first(m.waiting, perSave)
		if err := m.save(ctx, batch); err != nil {
			return err
		}
		for id := range batch {
			delete(m.waiting, id)
		}
	}
	return nil
}

// tell logs when saving begins to fail and when it works again, not each time in between. A
// save that failed because ctx ended is not told: the flush at the end tries it again.
func (m *Meter[ID]) tell(ctx context.Context, err error) {
	switch {
	case err != nil && !m.failing && ctx.Err() == nil:
		m.failing = true
		m.options.Log.ErrorContext(ctx, "last uses of keys are not saved; trying again with each flush", "error", err, "keys", len(m.waiting))
	case err == nil && m.failing:
		m.failing = false
		m.options.Log.InfoContext(ctx, "last uses of keys are saved again", "dropped", m.Dropped())
	}
}

// note keeps the latest use of a key. It answers false when there is no room for one more.
func note[ID ~string](used map[ID]time.Time, id ID, at time.Time, most int) bool {
	known, ok := used[id]
	if !ok && len(used) >= most {
		return false
	}
	if !ok || at.After(known) {
		used[id] = at
	}
	return true
}

// first picks n keys, or all when there are no more; which ones does not matter.
func first[ID ~string](used map[ID]time.Time, n int) map[ID]time.Time {
	batch := make(map[ID]time.Time, min(n, len(used)))
	for id, at := range used {
		if len(batch) == n {
			break
		}
		batch[id] = at
	}
	return batch
}
