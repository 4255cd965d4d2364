// Package meter counts what happens on the hot path in memory and saves it in batches, so
// that a verification writes nothing. It knows when a key, or a token of the operator's, was
// last used; the rule that such times are lost rather than waited for is the fail policy of
// logs, metrics and the like.
package meter

import (
	"context"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/keywright/keywright"
)

// Options are the settings of a Meter. The zero value is right for production.
type Options struct {
	// Flush is the time between two saves, and so how exact a last use is, and what is lost when
	// a process is killed; default 1 s. It is longer where more keys are used than a thirtieth
	// of the time is enough to save.
	Flush time.Duration

	// Keys is how many different keys may wait for the next flush, and as many again for being
	// saved; default 1,000,000, about 120 MiB for both. Further ones are dropped.
	Keys int

	Log *slog.Logger // default: nowhere
}

// Meter keeps the last uses of keys until they are saved. Here whatever has an ID of its kind is
// a key.
type Meter[ID ~string] struct {
	save    func(ctx context.Context, used map[ID]keywright.Use) error
	options Options
	dropped atomic.Int64

	mu   sync.Mutex
	used map[id]last // what is not waiting yet

	// Owned by Run.
	waiting []use // sorted: neighbours share pages of the database
	failing bool  // the last save failed, and was logged
}

// id is an ID without a pointer: a million of them are nothing to the garbage collector.
type id [16]byte

// last is a keywright.Use without a pointer: milliseconds since 1970, and the address, zero for none.
type last struct {
	at   int64
	from [16]byte
}

type use struct {
	id id
	last
}

// New makes a Meter that saves by save, for which a time that is older than the stored one
// changes nothing, and a key that is gone is no error. It starts nothing: that is Run.
func New[ID ~string](save func(ctx context.Context, used map[ID]keywright.Use) error, o Options) *Meter[ID] {
	if o.Flush <= 0 {
		o.Flush = time.Second
	}
	if o.Keys <= 0 {
		o.Keys = 1_000_000
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return &Meter[ID]{save: save, options: o, used: map[id]last{}}
}

// Used notes that a key was used. It waits for nothing but another call of its own kind; of
// several uses of one key the latest counts.
func (m *Meter[ID]) Used(key ID, u keywright.Use) {
	var i id
	now := last{at: u.At.UnixMilli()}
	if u.From.IsValid() {
		now.from = u.From.As16()
	}
	if copy(i[:], key) < len(key) { // none of ours is so long
		m.dropped.Add(1)
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	known, ok := m.used[i]
	switch {
	case !ok && len(m.used) >= m.options.Keys:
		m.dropped.Add(1)
	case !ok || now.at > known.at:
		m.used[i] = now
	}
}

// Dropped is how many uses were forgotten because too many keys waited to be saved.
func (m *Meter[ID]) Dropped() int64 { return m.dropped.Load() }
