package follow

import "context"

// state is what was last told of how following goes.
type state struct{ failing, overdue bool }

// tell logs when following begins to fail, when that has lasted for longer than the bound, and
// when it works again, not each time in between.
func (f *Follower) tell(ctx context.Context, err error, told state) state {
	now := state{err != nil, told.overdue && err != nil}
	left := f.Stats().Lease
	switch {
	case now.failing && !told.failing:
		f.options.Log.ErrorContext(ctx, "changes of keys can't be followed; trying again with each poll", "revision", f.Applied(), "error", err)
	case now.failing && !told.overdue && left <= 0:
		now.overdue = true
		if f.options.Keyset.ServeStale {
			f.options.Log.ErrorContext(ctx, "keys are older than the staleness bound, and verification goes on with them (--on-stale serve): it may accept what was revoked", "revision", f.Applied(), "bound", f.options.Bound)
		} else {
			f.options.Log.ErrorContext(ctx, "keys are older than the staleness bound: verification is stale", "revision", f.Applied(), "bound", f.options.Bound)
		}
	case !now.failing && told.failing:
		f.options.Log.InfoContext(ctx, "changes of keys are followed again", "revision", f.Applied())
	}
	return now
}
