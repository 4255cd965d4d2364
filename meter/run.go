package meter

import (
	"bytes"
	"context"
	"fmt"
	"net/netip"
	"slices"
	"time"

	"github.com/keywright/keywright"
)

const (
	// perSave is how many keys one save takes: a larger one would hold the store's only
	// writer for longer than the change of a person who waits.
	perSave = 1000

	// share is which part of the time may go into saving. Where a million keys are used at
	// random, each of them is a page of the database to write: saved as fast as they are used,
	// that cost more than answering, and left a person's change no turn to write.
	share = 30

	// lastFlush is how long the flush at the end may take: less than a supervisor's patience.
	lastFlush = 5 * time.Second
)

// Run saves every Flush until ctx ends, and once more then, within 5 s. What could not be
// saved is tried again with the next flush. It answers an error only when the last flush
// failed: those uses are lost.
func (m *Meter[ID]) Run(ctx context.Context) error {
	next := time.NewTimer(m.options.Flush)
	defer next.Stop()
	for {
		select {
		case <-next.C:
			next.Reset(m.turn(ctx))
		case <-ctx.Done():
			last, cancel := context.WithTimeout(context.WithoutCancel(ctx), lastFlush)
			defer cancel()
			return m.finish(last)
		}
	}
}

// turn saves what one save takes, and answers how long to wait for the next.
func (m *Meter[ID]) turn(ctx context.Context) time.Duration {
	begun := time.Now()
	_, err := m.part(ctx)
	m.tell(ctx, err)
	pause := time.Since(begun) * (share - 1)
	if err != nil || len(m.waiting) == 0 {
		pause = max(pause, m.options.Flush)
	}
	return pause
}

// part saves up to perSave of those that wait, or if none do, of what was used since. It answers
// how many.
func (m *Meter[ID]) part(ctx context.Context) (int, error) {
	if len(m.waiting) == 0 {
		m.take()
	}
	n := min(len(m.waiting), perSave)
	if n == 0 {
		return 0, nil
	}
	batch := make(map[ID]keywright.Use, n)
	for _, u := range m.waiting[:n] {
		batch[ID(bytes.TrimRight(u.id[:], "\x00"))] = u.use()
	}
	if err := m.save(ctx, batch); err != nil {
		return 0, err
	}
	m.waiting = m.waiting[n:]
	return n, nil
}

func (l last) use() keywright.Use {
	u := keywright.Use{At: time.UnixMilli(l.at).UTC()}
	if l.from != [16]byte{} {
		u.From = netip.AddrFrom16(l.from).Unmap()
	}
	return u
}

// take has everything wait that was used. While it is put in order, more may be used.
func (m *Meter[ID]) take() {
	m.mu.Lock()
	used := m.used
	m.used = map[id]last{}
	m.mu.Unlock()

	m.waiting = make([]use, 0, len(used))
	for i, at := range used {
		m.waiting = append(m.waiting, use{i, at})
	}
	slices.SortFunc(m.waiting, func(a, b use) int { return bytes.Compare(a.id[:], b.id[:]) })
}

// finish saves all that was used. What there is not the time for is lost, and told.
func (m *Meter[ID]) finish(ctx context.Context) error {
	for ctx.Err() == nil {
		saved, err := m.part(ctx)
		if err != nil {
			return fmt.Errorf("save last uses of %d keys at the end: %w", len(m.waiting), err)
		}
		if saved == 0 {
			return nil
		}
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.options.Log.WarnContext(ctx, "the end came before all last uses of keys were saved", "lost", len(m.waiting)+len(m.used))
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
