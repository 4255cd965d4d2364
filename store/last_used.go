package store

import (
	"context"
	"maps"
	"slices"
	"time"

	"github.com/keywright/keywright"
	"github.com/keywright/keywright/store/queries"
)

// SaveLastUsed keeps when keys last verified, in one transaction. A time that is older than
// the one kept changes nothing; so does an unknown key. Being used is no change of the
// domain, so it takes no revision and leaves no event.
func (s *Store) SaveLastUsed(ctx context.Context, last map[keywright.KeyID]time.Time) error {
	if len(last) == 0 {
		return nil
	}
	return s.alone(ctx, func(ctx context.Context, q *queries.Queries) error {
		// Sorted, because neighbours share pages, and two nodes that lock rows in one order
		// cannot lock each other out.
		for _, id := range slices.Sorted(maps.Keys(last)) {
			if err := q.SetLastUsed(ctx, queries.SetLastUsedParams{ID: string(id), At: nullMillis(last[id])}); err != nil {
				return failed("save", "last used", err)
			}
		}
		return nil
	})
}
