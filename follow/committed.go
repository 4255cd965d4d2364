package follow

import (
	"context"
	"errors"

	"github.com/keywright/keywright"
)

var errNotLoaded = errors.New("no snapshot is loaded")

// Committed applies what a transaction of this process has changed. It is for Store.Follow,
// which calls it after the commit and before the write is answered: whoever has the answer to a
// revocation finds the key revoked here.
//
// If that fails, the lease ends at once, so that verification answers stale rather than what is
// no longer so, and Run sees to it that the change is made up for.
func (f *Follower) Committed(c keywright.Changes) {
	f.mu.Lock()
	defer f.mu.Unlock()
	err := f.commit(c)
	if err == nil {
		return
	}
	f.owed = max(f.owed, c.Revision)
	if !f.leased {
		return // as while loading: nothing is answered, and whoever begins a lease looks at owed
	}
	f.end()
	f.options.Log.Error("a change is committed and not applied; verification is stale until it is", "revision", c.Revision, "error", err)
	f.look()
}

func (f *Follower) commit(c keywright.Changes) error {
	switch {
	case f.refused != nil:
		return f.refused
	case !f.whole:
		return errNotLoaded
	case c.Since <= f.set.Revision():
		return f.take(c)
	}
	// Another process has written before, and no poll has told yet.
	ctx, cancel := context.WithTimeout(context.Background(), f.options.Poll)
	defer cancel()
	changes, err := f.source.ChangesSince(ctx, f.set.Revision(), mostChanges)
	switch {
	case backwards(err):
		return f.refuse(err)
	case err != nil:
		return err
	}
	return f.take(changes)
}
