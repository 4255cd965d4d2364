package console

import (
	"errors"
	"time"

	"github.com/keywright/keywright"
	"github.com/keywright/keywright/policy"
)

// keyRow is a key as lists show it (F14).
type keyRow struct {
	keywright.Key
	path     string
	state    stateView
	needs    []stateView // what is to be looked at
	retiring string      // what is to be said of its version
	owner    string      // whom a personal key acts as, or who answers for a service's
	now      time.Time
}

func (c *Console) keyRow(v *visit, key keywright.Key) (keyRow, error) {
	version, _ := c.svc.Policy().Version(key.Version)
	row := keyRow{Key: key, path: v.place().key(key.ID), state: stateOf(key, v.self.Plan, v.now), now: v.now}
	if row.Revoked.IsZero() {
		row.retiring, row.needs = retiring(version), needsOf(key, v.now)
	}
	var err error
	if !v.place().own {
		row.owner, err = c.ownerName(v, key)
	}
	return row, err
}

// ownerName is the name of whom a key belongs to; "" where it is nobody's, or not for the reader.
func (c *Console) ownerName(v *visit, key keywright.Key) (string, error) {
	switch {
	case key.Member == "":
		return "", nil
	case key.Member == v.self.Member.ID:
		return v.self.Member.Name, nil
	case string(key.Member) == key.CreatedBy.ID:
		return key.CreatedBy.Name, nil
	case !v.self.Role.May(policy.ReadMembers):
		return "", nil
	}
	m, err := c.svc.Member(v.Context(), v.by(), key.Member)
	if errors.Is(err, keywright.ErrNotFound) {
		return "someone who has left", nil
	}
	return m.Name, err
}

// needsOf are the reasons to look at a key that works.
func needsOf(key keywright.Key, now time.Time) []stateView {
	var needs []stateView
	if key.State(now) != keywright.KeyActive {
		return nil
	}
	if left := key.Expires.Sub(now); !key.Expires.IsZero() && left < aMonth {
		needs = append(needs, stateView{"expires " + ahead(left), "state-expiring"})
	}
	if key.Created.Before(now.Add(-aSeason)) && key.LastUsed.Before(now.Add(-aSeason)) {
		needs = append(needs, stateView{"unused for 90 days", "state-unused"})
	}
	return needs
}

// ahead is a wait in one unit, rounded down: "in 12 days".
func ahead(d time.Duration) string {
	switch {
	case d < time.Minute:
		return "within a minute"
	case d < time.Hour:
		return "in " + numbered(int(d/time.Minute), "minute")
	case d < 48*time.Hour:
		return "in " + numbered(int(d/time.Hour), "hour")
	}
	return "in " + numbered(int(d/(24*time.Hour)), "day")
}

// stateView is a key's state as a word and a shape.
type stateView struct{ word, class string }

// stateOf is what the key is now. A personal key is refused while its member is out. A live key of an account whose plan has not what it needs is
// asleep: it verifies again when the plan has.
func stateOf(key keywright.Key, plan policy.Plan, now time.Time) stateView {
	state := key.State(now)
	switch {
	case state == keywright.KeyDisabled && !key.Enables.IsZero():
		return stateView{"disabled, enables " + ahead(key.Enables.Sub(now)), "state-disabled"}
	case state == keywright.KeyActive && key.MemberOut == keywright.MemberRemoved:
		return stateView{"member removed", "state-revoked"}
	case state == keywright.KeyActive && key.MemberOut != "":
		return stateView{"member deactivated", "state-disabled"}
	case state == keywright.KeyActive && asleep(key, plan):
		return stateView{"asleep", "state-paused"}
	}
	return stateWords(state)
}

// asleep reports whether a plan lacks what the key needs to verify.
func asleep(key keywright.Key, plan policy.Plan) bool {
	return !plan.APIAccess || key.Kind == keywright.PersonalKey && !plan.PersonalKeys
}

func stateWords(state keywright.KeyState) stateView {
	switch state {
	case keywright.KeyRevoked:
		return stateView{"deleted", "state-revoked"}
	case keywright.KeyDisabled:
		return stateView{"disabled", "state-disabled"}
	case keywright.KeyExpired:
		return stateView{"expired", "state-expired"}
	case keywright.KeyNotYetValid:
		return stateView{"not begun", "state-not-yet-valid"}
	case keywright.KeyActive:
	}
	return stateView{"active", "state-active"}
}
