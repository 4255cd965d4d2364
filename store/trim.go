package store

import (
	"context"

	"github.com/keywright/keywright/store/queries"
)

// perTrim is of how many revisions the changes are deleted in one transaction: some 10 ms, for
// which everyone else waits to write.
const perTrim = 5000

// TrimChanges forgets all changes but those of the last keep revisions. Who follows from an
// earlier revision is then Behind. It is no change of the domain and takes no revision.
func (s *Store) TrimChanges(ctx context.Context, keep int) error {
	for more := true; more; {
		err := s.alone(ctx, func(ctx context.Context, q *queries.Queries) error {
			now, err := q.Clock(ctx)
			if err != nil {
				return failed("read", "clock", err)
			}
			horizon := min(now.Revision-int64(max(keep, 0)), now.Horizon+perTrim)
			if more = horizon > now.Horizon; !more {
				return nil
			}
			// The horizon first: what is above it can't be deleted.
			if err := q.RaiseHorizon(ctx, horizon); err != nil {
				return failed("raise", "horizon", err)
			}
			return failed("delete", "changes", q.DeleteChanges(ctx, horizon))
		})
		if err != nil {
			return err
		}
	}
	return nil
}
