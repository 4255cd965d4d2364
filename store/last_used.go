package store

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"slices"

	"github.com/keywright/keywright"
	"github.com/keywright/keywright/store/queries"
)

// perSave is how many times are saved in one transaction: some 10 ms, for which whoever revokes
// one of them waits.
const perSave = 1000

// SaveLastUsed keeps when keys last verified, and from where. A time that is older than the one kept changes
// nothing; so does an unknown key. Being used is no change of the domain, so it takes no revision
// and leaves no event.
func (s *Store) SaveLastUsed(ctx context.Context, last map[keywright.KeyID]keywright.Use) error {
	return saveLastUsed(ctx, s, last, (*queries.Queries).SetLastUsed)
}

// SaveTokensLastUsed does the same for the operator's tokens.
func (s *Store) SaveTokensLastUsed(ctx context.Context, last map[keywright.OperatorTokenID]keywright.Use) error {
	return saveLastUsed(ctx, s, last, (*queries.Queries).SetOperatorTokenLastUsed)
}

// SaveSecretsLastUsed does the same for one of two secrets of a key.
func (s *Store) SaveSecretsLastUsed(ctx context.Context, last map[keywright.SecretID]keywright.Use) error {
	older, newer := map[keywright.KeyID]keywright.Use{}, map[keywright.KeyID]keywright.Use{}
	for id, use := range last {
		if key, isNewer := id.Of(); isNewer {
			newer[key] = use
		} else {
			older[key] = use
		}
	}
	return errors.Join(
		saveLastUsed(ctx, s, older, (*queries.Queries).SetOlderSecretLastUsed),
		saveLastUsed(ctx, s, newer, (*queries.Queries).SetNewerSecretLastUsed))
}

func saveLastUsed[ID ~string](ctx context.Context, s *Store, last map[ID]keywright.Use, set func(*queries.Queries, context.Context, string) error) error {
	// Sorted, because neighbours share pages, and two nodes that lock rows in one order seldom
	// lock each other out.
	for ids := range slices.Chunk(slices.Sorted(maps.Keys(last)), perSave) {
		part := make(map[ID][2]any, len(ids))
		for _, id := range ids {
			part[id] = [2]any{millis(last[id].At), last[id].From} // an address that there is not is an empty text
		}
		used, err := json.Marshal(part)
		if err != nil {
			return failed("write", "last used", err)
		}
		err = s.inTurn(ctx, func() error {
			_, err := s.transact(ctx, func(ctx context.Context, db *steady) error {
				if s.dialect.Hasty != "" {
					if _, err := db.ExecContext(ctx, s.dialect.Hasty); err != nil {
						return failed("hurry", "last used", err)
					}
				}
				return failed("save", "last used", set(queries.New(db), ctx, string(used)))
			})
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}
