package keywright

import (
	"context"
	"time"

	"github.com/keywright/keywright/policy"
)

// How long a key can be disabled for, before it works again by itself.
const (
	MinBrownout = time.Second
	MaxBrownout = 7 * 24 * time.Hour
)

// Disable stops a key: until it is enabled, or for a while, after which it works again by itself.
// That is a brownout, to find out who still uses the key; who does is told when it will be over. A
// key that is disabled already is so anew, for that reason and that long. while is 0, or from
// MinBrownout to MaxBrownout. by needs what Revoke needs; his own personal key that somebody else
// has disabled is not for him to decide on.
//
// Errors: ErrNotFound, ErrRevoked, ErrSuspended, *ForbiddenError, *InvalidError (reason, for;
// several joined).
func (s *Service) Disable(ctx context.Context, by Principal, id KeyID, why string, while time.Duration) (Key, Commit, error) {
	return s.changeKey(ctx, by, id, func(tx Tx, who admitted, key *Key, now time.Time) (bool, error) {
		if err := s.mayEnable(who, *key); err != nil {
			return false, err
		}
		why, err := reason(why)
		if err != nil {
			return false, err
		}
		if while != 0 && (while < MinBrownout || while > MaxBrownout) {
			return false, &InvalidError{Field: "for", Why: "must be from 1 second to 7 days; leave it out to disable the key until somebody enables it"}
		}
		key.Disabled, key.DisabledBy, key.WhyDisabled, key.Enables = now, who.actor, why, time.Time{}
		details := because(why)
		if while != 0 {
			key.Enables = now.Add(while).Truncate(time.Millisecond)
			details = with(details, "until", dated(key.Enables))
		}
		if err := tx.DisableKey(ctx, *key); err != nil {
			return false, err
		}
		return true, s.record(ctx, tx, now, key.Account, who.actor, KeyDisabledBy, key.subject(), details)
	})
}

// Enable lets a disabled key work again, at once. One that is not disabled stays as it is. by needs
// what Disable needs.
//
// Errors: ErrNotFound, ErrRevoked, ErrSuspended, *ForbiddenError.
func (s *Service) Enable(ctx context.Context, by Principal, id KeyID) (Key, Commit, error) {
	return s.changeKey(ctx, by, id, func(tx Tx, who admitted, key *Key, now time.Time) (bool, error) {
		if key.Disabled.IsZero() {
			return false, nil
		}
		if err := s.mayEnable(who, *key); err != nil {
			return false, err
		}
		if err := tx.EnableKey(ctx, key.Account, key.ID); err != nil {
			return false, err
		}
		key.Disabled, key.DisabledBy, key.WhyDisabled, key.Enables = time.Time{}, Actor{}, "", time.Time{}
		return true, s.record(ctx, tx, now, key.Account, who.actor, KeyEnabledBy, key.subject(), nil)
	})
}

// mayEnable keeps who may touch none but his own keys from undoing what somebody else has decided.
func (s *Service) mayEnable(who admitted, key Key) error {
	his := key.DisabledBy.Kind == who.actor.Kind && key.DisabledBy.ID == who.actor.ID
	if !key.Disabled.IsZero() && !his && !who.may(policy.ManageKeys) {
		return s.notAll(who)
	}
	return nil
}

// with adds to what the audit log tells.
func with(details map[string]string, name, text string) map[string]string {
	if details == nil {
		details = map[string]string{}
	}
	details[name] = text
	return details
}

// dated is an instant as the audit log tells it.
func dated(at time.Time) string { return at.UTC().Format("2006-01-02T15:04:05.999Z") }
