package keywright

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"
)

const day = 24 * time.Hour

// reminders are how many days before a key's end that is told.
func reminders() []int { return []int{1, 7, 30} }

// due is the reminder that a key is to be given, in days; 0: none. One that would come with the key
// itself, as it lives no longer than that, is none.
func (k Key) due(now time.Time) int {
	if k.Expires.IsZero() || !now.Before(k.Expires) || !k.Revoked.IsZero() {
		return 0
	}
	for _, days := range reminders() {
		span := time.Duration(days) * day
		if k.Expires.Sub(now) <= span && k.Expires.Sub(k.Created) > span {
			if k.Reminded != 0 && k.Reminded <= days {
				return 0
			}
			return days
		}
	}
	return 0
}

// Remind writes an event of each key that ends in 30, in 7 or in 1 day: once each, also where several
// nodes do so, because the key has which was the last. A change of the end begins anew. It answers how
// many keys there were.
func (s *Service) Remind(ctx context.Context) (int, error) {
	all := 0
	for ctx.Err() == nil {
		now := s.now()
		keys, err := s.store.ExpiringKeys(ctx, now, perTransaction)
		if err != nil {
			return all, fmt.Errorf("remind of keys that expire: %w", err)
		}
		if len(keys) == 0 {
			return all, nil
		}
		given := 0
		err = s.store.Write(ctx, func(tx Tx) error {
			given = 0
			for _, k := range keys {
				reminded, err := s.remind(ctx, tx, k, now)
				if err != nil {
					return err
				}
				given += reminded
			}
			return nil
		})
		if err != nil {
			return all, fmt.Errorf("remind of keys that expire: %w", err)
		}
		if all += given; given == 0 { // another node was faster
			return all, nil
		}
	}
	return all, ctx.Err()
}

// remind looks at the key again, as it is in the transaction.
func (s *Service) remind(ctx context.Context, tx Tx, seen Key, now time.Time) (int, error) {
	k, err := tx.Key(ctx, seen.Account, seen.ID)
	if errors.Is(err, ErrNotFound) {
		return 0, nil
	}
	days := k.due(now)
	if err != nil || days == 0 {
		return 0, err
	}
	if err := tx.SetReminded(ctx, k.Account, k.ID, days); err != nil {
		return 0, err
	}
	return 1, s.record(ctx, tx, now, k.Account, operatorActor(), KeyExpiring, k.subject(),
		map[string]string{"days": strconv.Itoa(days), "expires": dated(k.Expires)})
}
