package follow

import (
	"errors"
	"fmt"
	"runtime/debug"
	"time"

	"github.com/keywright/keywright"
	"github.com/keywright/keywright/keyset"
)

// errBehind says that changes are missing that the source does not tell one by one.
var errBehind = errors.New("the change log does not reach back far enough")

// apply brings a set to the changes' revision. Records are as they were then, so they are for a
// set that is before it: on another one, an older record would replace a newer one.
//
// Errors: errBehind, keyset.ErrBackwards, and those of a record that cannot be.
func (f *Follower) apply(set *keyset.Set, c keywright.Changes) error {
	at := set.Revision()
	switch {
	case c.Revision < c.Since:
		return fmt.Errorf("%w: from revision %d to %d", keyset.ErrBackwards, c.Since, c.Revision)
	case c.Revision <= at:
		return nil
	case c.Behind || c.Since > at:
		return errBehind
	}
	records := c.Records
	if c.Policy.Since > 0 {
		rules, err := f.govern(c.Policy)
		if err != nil {
			return err
		}
		records = append(records[:len(records):len(records)], rules)
	}
	return set.Apply(c.Revision, records...)
}

// take applies changes to the set in use, and notes what that means for it. Whoever calls it
// holds mu.
func (f *Follower) take(c keywright.Changes) (err error) {
	defer func() {
		if p := recover(); p != nil {
			f.whole = false // nobody knows what was left half done
			err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
		}
	}()
	err = f.apply(f.set, c)
	switch {
	case err == nil, errors.Is(err, errBehind):
	case backwards(err):
		err = f.refuse(err)
	default:
		f.whole = false
	}
	return err
}

// backwards reports whether err says that the source went backwards, by itself or as seen here.
func backwards(err error) bool {
	return errors.Is(err, keyset.ErrBackwards) || errors.Is(err, keywright.ErrBackwards)
}

// refuse is for a source that went backwards, as a restored backup does: keys that were revoked
// since are alive in it, and what is committed from now on can't be told from what was lost. An
// operator has to decide, and then to restart the process. Whoever calls it holds mu.
func (f *Follower) refuse(err error) error {
	f.refused = fmt.Errorf("nothing more is taken from the database: %w", err)
	f.end()
	return f.refused
}

// extend begins a lease, unless the set lacks a change that was committed here. Whoever calls it
// holds mu.
func (f *Follower) extend(polled time.Duration) {
	if f.set.Revision() >= f.owed {
		f.polled, f.leased = polled, true
		f.set.Extend(polled, f.options.Bound)
	}
}

// end ends the lease now. Whoever calls it holds mu.
func (f *Follower) end() {
	f.leased = false
	f.set.Extend(f.options.Clock(), 0)
}
