package follow_test

import (
	"cmp"
	"maps"
	"time"

	"github.com/keywright/keywright"
	"github.com/keywright/keywright/policy"
	"github.com/keywright/keywright/secret"
)

// world is what verdicts depend on, at one revision, kept in the plainest way.
type world struct {
	revision uint64
	policy   *policy.Policy
	accounts map[keywright.AccountID]keywright.Account
	members  map[keywright.MemberID]keywright.Member
	keys     map[string]keywright.Key // by text
}

// verdict is the model: why a key is refused, or empty.
func (w *world) verdict(r keywright.Request, now time.Time) keywright.Reason {
	key, known := w.keys[r.Text]
	account := w.accounts[key.Account]
	plan, _ := w.policy.Plan(account.Plan)
	version, offered := w.policy.Version(cmp.Or(r.Version, key.Version))
	offered = offered && (version.Name == key.Version || version.Override)
	_, formed := secret.Split(r.Text)
	for _, check := range []struct {
		fails  bool
		reason keywright.Reason
	}{
		{r.Text == "", keywright.NoCredential},
		{!formed, keywright.Malformed},
		{r.MinRevision > w.revision, keywright.Stale},
		{!known, keywright.Unknown},
		{offered && r.Way != "" && !version.Takes(r.Way), keywright.NoCredential},
		{!key.Revoked.IsZero(), keywright.Revoked},
		{!key.Disabled.IsZero(), keywright.Disabled},
		{now.Before(key.NotBefore), keywright.NotYetValid},
		{!key.Expires.IsZero() && !now.Before(key.Expires), keywright.Expired},
		{account.State == keywright.AccountSuspended, keywright.AccountIsSuspended},
		{!plan.APIAccess, keywright.PlanNotEntitled},
		{!offered, keywright.VersionNotAllowed},
		{!version.Verifies(), keywright.VersionOff},
	} {
		if check.fails {
			return check.reason
		}
	}
	return ""
}

// next is the same world at the next revision, to be changed.
func (w *world) next() *world {
	return &world{w.revision + 1, w.policy, maps.Clone(w.accounts), maps.Clone(w.members), maps.Clone(w.keys)}
}
