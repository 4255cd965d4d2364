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
	return saveLastUsed(ctx, s, last, func(ctx context.Context, q *queries.Queries, id string, at time.Time) error {
		return q.SetLastUsed(ctx, queries.SetLastUsedParams{ID: id, At: nullMillis(at)})
	})
}

// SaveTokensLastUsed does the same for the operator's tokens.
func (s *Store) SaveTokensLastUsed(ctx context.Context, last map[keywright.OperatorTokenID]time.Time) error {
	return saveLastUsed(ctx, s, last, func(ctx context.Context, q *queries.Queries, id string, at time.Time) error {
		return q.SetOperatorTokenLastUsed(ctx, queries.SetOperatorTokenLastUsedParams{ID: id, At: nullMillis(at)})
	})
}

func saveLastUsed[ID ~string](ctx context.Context, s *Store, last map[ID]time.Time, set func(context.Context, *queries.Queries, string, time.Time) error) error {
	if len(last) == 0 {
		return nil
	}
	return s.alone(ctx, func(ctx context.Context, q *queries.Queries) error {
		// Sorted, because neighbours share pages, and two nodes that lock rows in one order
		// cannot lock each other out.
		for _, id := range slices.Sorted(maps.Keys(last)) {
			if err := set(ctx, q, string(id), last[id]); err != nil {
				return failed("save", "last used", err)
			}
		}
		return nil
	})
}
