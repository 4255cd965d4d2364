package keyset

import (
	"errors"
	"fmt"
	"iter"
	"sync"
	"sync/atomic"

	"github.com/keywright/keywright/policy"
	"github.com/keywright/keywright/secret"
)

// ErrBackwards is for a Set that would replace one of a later revision.
var ErrBackwards = errors.New("keyset goes backwards")

// Set is every live key at one revision. Any number of goroutines may verify while others change
// it: those take turns, and nobody who verifies waits for them.
type Set struct {
	keyring *secret.Keyring
	options Options

	view  atomic.Pointer[view]
	lease atomic.Pointer[lease]

	mu     sync.Mutex
	writer *writer // under mu
}

// Options are what an operator may choose.
type Options struct {
	// ServeStale goes on answering after the lease has ended, and says so in each verdict.
	// What is revoked may then verify for as long as the Set is cut off.
	ServeStale bool

	// Advise hears of the memory that records will be in before anything is written there, and may
	// ask the system for large pages: with a million keys a verdict then takes a tenth less.
	// Default: nobody does.
	Advise func(words []uint64)
}

// New is a Set at revision 0, with nothing in it but rules.
func New(k *secret.Keyring, rules Rules, o Options) *Set {
	s := &Set{keyring: k, options: o, writer: newWriter(rules, o.Advise)}
	s.view.Store(s.writer.view(nil))
	return s
}

// Snapshot is all that there was at a revision.
type Snapshot struct {
	Revision uint64
	Policy   policy.InForce // what the Rules that go with it are made of; Load itself does not look at it
	Keys     int            // about how many: tables that are as large as needed need not grow; 0: not known

	// Records are each there once: an account before its members, a member before his keys.
	// They are taken one by one, so that the snapshot need be nowhere as a whole.
	Records iter.Seq2[Change, error]
}

// Load makes a Set from a snapshot. It may take seconds and is done beside the Set in use, which
// Replace then brings up to date in one step.
//
// Errors: those of the records, and those of Apply.
func Load(k *secret.Keyring, rules Rules, o Options, snapshot Snapshot) (*Set, error) {
	s := New(k, rules, o)
	s.writer.keys = newKeys(snapshot.Keys, s.options.Advise)
	over := newOverlay()
	for record, err := range snapshot.Records {
		if err == nil {
			err = s.writer.load(record, over)
		}
		if err != nil {
			return nil, fmt.Errorf("load keyset: %w", err)
		}
	}
	s.writer.revision = snapshot.Revision
	s.view.Store(s.writer.view(nil))
	return s, nil
}

// Apply makes all the changes of one revision, in their order, visible at once. A revision that
// the Set has reached already changes nothing: the same changes may come more than once. No
// changes at all say that there are none up to this revision.
//
// Errors tell of a record that cannot be, such as a key of an account that is not there; nothing
// has changed then, and only another snapshot helps.
func (s *Set) Apply(revision uint64, changes ...Change) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	w := s.writer
	if revision <= w.revision {
		return nil
	}
	over, err := w.prepare(changes)
	if err != nil {
		return fmt.Errorf("apply revision %d: %w", revision, err)
	}
	w.revision = revision
	s.view.Store(w.view(over))
	w.fold(over)
	s.view.Store(w.view(nil))
	return nil
}

// Replace puts what other holds in the place of all that s holds, in one step, and leaves what
// was left behind in s to the garbage collector. The lease stays. other must not be used any more.
//
// Errors: ErrBackwards, and then nothing has changed.
func (s *Set) Replace(other *Set) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	other.mu.Lock()
	defer other.mu.Unlock()
	if other.writer.revision < s.writer.revision {
		return fmt.Errorf("replace revision %d by %d: %w", s.writer.revision, other.writer.revision, ErrBackwards)
	}
	s.writer, other.writer = other.writer, nil
	s.view.Store(s.writer.view(nil))
	return nil
}

// Revision is the last one applied.
func (s *Set) Revision() uint64 { return s.view.Load().revision }

// Stats counts what is in the Set. Accounts and members that were removed count until it is made
// anew.
type Stats struct{ Keys, Accounts, Members, Narrowings int }

// Stats is for metrics and progress.
func (s *Set) Stats() Stats {
	s.mu.Lock()
	defer s.mu.Unlock()
	w := s.writer
	return Stats{w.keys.count(), int(w.directory.accounts.last), int(w.directory.members.last), w.narrowings.numbers.used()}
}
