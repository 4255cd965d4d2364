package follow

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"time"

	"github.com/keywright/keywright"
	"github.com/keywright/keywright/keyset"
)

// Load takes a snapshot of everything and puts it in the place of what the keyset holds, in one
// step. It may take seconds: Ready and the log tell how far it is. It must not run beside Run,
// which loads by itself when there is need.
//
// Errors: those of the source, and a snapshot that cannot be.
func (f *Follower) Load(ctx context.Context) error {
	began := f.options.Clock()
	fresh, err := f.snapshot(ctx)
	if err == nil {
		err = f.adopt(ctx, fresh)
	}
	if err != nil {
		return fmt.Errorf("load keys: %w", err)
	}
	f.options.Log.InfoContext(ctx, "keys are loaded", "keys", f.set.Stats().Keys, "revision", f.set.Revision(),
		"took", (f.options.Clock() - began).Round(time.Millisecond))
	return nil
}

// snapshot makes a set beside the one in use.
func (f *Follower) snapshot(ctx context.Context) (fresh *keyset.Set, err error) {
	defer f.loading.Store(nil)
	err = f.source.Snapshot(ctx, func(s keyset.Snapshot) (err error) {
		p := &progress{about: s.Keys}
		f.loading.Store(p)
		f.options.Log.InfoContext(ctx, p.String(), "revision", s.Revision)
		s.Records = f.counted(ctx, p, s.Records)
		rules, err := f.govern(s.Policy)
		if err == nil {
			fresh, err = keyset.Load(f.keyring, rules, f.options.Keyset, s)
		}
		return err
	})
	return fresh, err
}

// adopt brings a fresh set up to date and puts it in the place of the old one. Most of that
// makes nobody wait; in the end, what is committed waits, so that no change falls between the
// two sets.
func (f *Follower) adopt(ctx context.Context, fresh *keyset.Set) error {
	if err := f.catchUp(ctx, fresh); err != nil {
		return err
	}
	for {
		if err := f.join(ctx); err != nil {
			return err
		}
		err := f.replace(ctx, fresh)
		if errors.Is(err, errDismissed) { // it took longer to load than the others wait
			continue
		}
		if err == nil {
			f.acknowledge(ctx)
		}
		return err
	}
}

// catchUp applies to a set that is not in use yet what has changed since it was made.
func (f *Follower) catchUp(ctx context.Context, fresh *keyset.Set) error {
	ctx, cancel := context.WithTimeout(ctx, f.options.Bound)
	defer cancel()
	changes, err := f.source.ChangesSince(ctx, fresh.Revision(), mostChanges)
	if err != nil {
		return err
	}
	return f.apply(fresh, changes)
}

// replace polls for the fresh set, and puts it into use. Until then it is the old one that this
// node answers from, and that it says it has applied.
func (f *Follower) replace(ctx context.Context, fresh *keyset.Set) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	ctx, cancel := context.WithTimeout(ctx, f.options.Poll)
	defer cancel()
	polled := f.options.Clock()
	changes, err := f.registry.Poll(ctx, f.member, f.set.Revision(), fresh.Revision(), mostChanges)
	if errors.Is(err, keywright.ErrNotFound) {
		return f.dismissed()
	}
	if err != nil {
		return err
	}
	if err := f.apply(fresh, changes); err != nil {
		return err
	}
	if err := f.set.Replace(fresh); err != nil {
		return f.refuse(err)
	}
	f.whole = true
	f.extend(polled)
	return nil
}

// counted counts the keys that go by, and tells how many there are each second.
func (f *Follower) counted(ctx context.Context, p *progress, records iter.Seq2[keyset.Change, error]) iter.Seq2[keyset.Change, error] {
	return func(yield func(keyset.Change, error) bool) {
		told := f.options.Clock()
		for record, err := range records {
			if _, ok := record.(keyset.Key); ok && p.loaded.Add(1)%perLook == 0 {
				if now := f.options.Clock(); now-told >= time.Second {
					told = now
					f.options.Log.InfoContext(ctx, p.String())
				}
			}
			if !yield(record, err) {
				return
			}
		}
	}
}

// perLook is after how many keys the clock is looked at.
const perLook = 1000
