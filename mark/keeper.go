package mark

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/keywright/keywright"
)

// Options are the settings of a Keeper. The zero value is right for production.
type Options struct {
	Keep time.Duration // how long a line stays in the journal; default 90 days
	Log  *slog.Logger  // default: nowhere
}

// Keeper keeps the mark and the journal of one node, in a folder that no other process uses.
// Its methods may be called from many goroutines.
type Keeper struct {
	dir     string
	options Options
	sync    func(*os.File) error // (*os.File).Sync, but in tests
	wake    chan struct{}        // makes Run look at once; holds one

	mu      sync.Mutex // for all that follows
	journal *journal
	mark    Mark // all up to it is in the journal
	last    keywright.Point
	marked  bool // there is a mark
	saved   Mark // as the file has it
	failing bool // the journal could not be written to, and it was said
}

// Open opens the mark and the journal in a folder, which must be there.
//
// Each error says what to do about it.
func Open(dir string, o Options) (*Keeper, error) {
	if o.Keep <= 0 {
		o.Keep = 90 * 24 * time.Hour
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	m, marked, err := read(dir)
	if err != nil {
		return nil, err
	}
	k := &Keeper{dir: dir, options: o, sync: (*os.File).Sync, wake: make(chan struct{}, 1), mark: m, saved: m, marked: marked}
	k.journal, k.last, err = openJournal(filepath.Join(dir, journalFile), func(f *os.File) error { return k.sync(f) })
	return k, err
}

// Mark is the last that was seen of the database: by the mark, or by the journal, which may be
// a little ahead of it. false: nothing was.
func (k *Keeper) Mark() (Mark, bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	m := k.mark
	if k.last.Revision > m.At.Revision {
		m.At = k.last
	}
	return m, k.marked || k.last != keywright.Point{}
}

// Take marks a database as what this node goes on with, from at on. It is for the first time
// that the node sees the database, and for what an operator decides.
func (k *Keeper) Take(database string, at keywright.Point) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	if !k.marked || k.mark.Database != database {
		k.mark.Complete = at.Revision
	}
	k.mark.Database, k.mark.At, k.marked = database, at, true
	k.last = keywright.Point{}
	if err := k.save(); err != nil {
		return err
	}
	return syncDir(k.dir)
}

// Keep writes down what a commit of this process took away. It is for Store.Journal, which calls
// it before the commit is answered.
//
// The change is committed when this is called. If it can't be written down, because the disk is
// full, it stands all the same: to end a key must work when little else does. That is logged, and
// tried again by Run.
func (k *Keeper) Keep(r keywright.Restrictions) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if len(r.List) > 0 {
		if err := k.add(r); err != nil {
			return
		}
	}
	if r.Since == k.mark.At.Revision {
		k.mark.At = r.At
		return
	}
	select { // another process has written before, or the journal could not be written to
	case k.wake <- struct{}{}:
	default:
	}
}

func (k *Keeper) add(r keywright.Restrictions) error {
	err := k.journal.add(r.List)
	switch {
	case err != nil && !k.failing:
		k.options.Log.Error("what is taken away can't be written to the journal; a backup that is restored from before may bring it back unnoticed", "revision", r.At.Revision, "error", err)
	case err == nil && k.failing:
		k.options.Log.Info("the journal is written to again", "revision", r.At.Revision)
	}
	k.failing = err != nil
	if err == nil && r.At.Revision > k.last.Revision {
		k.last = r.At
	}
	return err
}

// source is the database as Run needs it.
type source interface {
	Known() keywright.Point
	RestrictionsSince(ctx context.Context, since uint64, most int) (keywright.Restrictions, error)
}

const (
	perLook     = time.Second
	perTrim     = time.Hour
	mostChanges = 100_000 // in one look: what lies further back is no longer in the change log either
)

// Run writes down what other processes take away, and how far the database was seen, until ctx
// ends: each second, when something is new. Take must have been called before, once.
func (k *Keeper) Run(ctx context.Context, s source) error {
	look, trim := time.NewTicker(perLook), time.NewTicker(perTrim)
	defer look.Stop()
	defer trim.Stop()
	failing := false
	for {
		err := k.look(ctx, s)
		if errors.Is(err, keywright.ErrBackwards) || ctx.Err() != nil {
			err = nil // the first, whoever runs this process hears of it from others
		}
		if err != nil && !failing {
			k.options.Log.ErrorContext(ctx, "the node's mark can't be kept; trying again each second", "error", err)
		}
		failing = err != nil
		select {
		case <-ctx.Done():
			k.mu.Lock()
			defer k.mu.Unlock()
			return k.save()
		case <-look.C:
		case <-k.wake:
		case now := <-trim.C:
			if err := k.Trim(now); err != nil {
				k.options.Log.WarnContext(ctx, "old lines stay in the journal for now", "error", err)
			}
		}
	}
}

// look writes down what is new.
func (k *Keeper) look(ctx context.Context, s source) error {
	k.mu.Lock()
	from := k.mark.At
	k.mu.Unlock()
	if s.Known().Revision > from.Revision {
		r, err := s.RestrictionsSince(ctx, from.Revision, mostChanges)
		if err != nil {
			return fmt.Errorf("look for what was taken away: %w", err)
		}
		if err := k.took(ctx, from, r); err != nil {
			return err
		}
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.save()
}

// took writes down what a look has found.
func (k *Keeper) took(ctx context.Context, from keywright.Point, r keywright.Restrictions) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	if r.Behind {
		k.options.Log.WarnContext(ctx, "the change log does not reach back to what this node has seen; its journal has a gap", "after", from.Revision, "until", r.At.Revision)
		k.mark.Complete = r.At.Revision
	}
	if len(r.List) > 0 {
		if err := k.add(r); err != nil {
			return err
		}
	}
	if k.mark.At.Revision < r.At.Revision {
		k.mark.At = r.At
	}
	return nil
}

// save brings the mark to the disk, when it is not there yet. Whoever calls it holds mu.
func (k *Keeper) save() error {
	if k.mark == k.saved || !k.marked {
		return nil
	}
	if err := write(k.dir, k.mark, k.sync); err != nil {
		return err
	}
	k.saved = k.mark
	return nil
}

// Close gives the files back. The mark was saved by Run.
func (k *Keeper) Close() error {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.journal.file.Close()
}
