package keyset

import (
	"math"
	"slices"
	"sync/atomic"
	"time"

	"github.com/keywright/keywright/limit"
)

// check makes the checks that are left once the key is proved. The way in which it was presented is
// the first: it could not be judged before the key's version was known.
func (see *sight) check(v *Verdict, p proof, r *Request, now time.Time) Code {
	if see.key.has(tokenFlag) {
		return see.checkToken(p, r, now)
	}
	rules, number := see.view.rules, see.key.version()
	if r.Version != "" && r.Version != v.Version {
		v.Version, number = r.Version, rules.versionNumbers[r.Version]
		if rules.version(number).fixed {
			number = 0 // no version
		}
	}
	version := rules.version(number)
	if version.known && r.Way != "" && !slices.Contains(version.ways, r.Way) {
		return NoCredential
	}
	if code := see.state(p, now.UnixMilli()); code != 0 {
		return code
	}
	plan := rules.plan(see.account.plan())
	switch {
	case see.account.has(suspendedFlag):
		return AccountSuspended
	case !plan.APIAccess, v.Kind == PersonalKey && !plan.PersonalKeys:
		return PlanNotEntitled
	case v.Kind == PersonalKey && !see.member.active():
		return MemberInactive
	case see.networks != nil && !see.networks.hold(r.ClientIP):
		return NetworkNotAllowed
	case r.Env != "" && r.Env != v.Env:
		return EnvironmentNotAllowed
	case !version.known:
		return VersionNotAllowed
	case version.off:
		return VersionOff
	case v.Kind == ReadOnlyKey && r.Method != "GET" && r.Method != "HEAD" && r.Method != "OPTIONS":
		return ReadOnly
	}
	for _, scope := range r.Scopes {
		if !v.Scopes.Has(scope) {
			v.Missing = scope
			return OutOfScope
		}
	}
	if plan.Rate.Burst > 0 {
		v.Limited, v.Limit = true, see.spend(plan.Rate, r.Cost, now)
		if !v.Limit.OK {
			return OverLimit
		}
	}
	return Valid
}

// checkToken makes the checks that there are for an operator's token: it is no customer's.
func (see *sight) checkToken(p proof, r *Request, now time.Time) Code {
	if code := see.state(p, now.UnixMilli()); code != 0 {
		return code
	}
	if r.Token == OperateToken && see.key.kind() != OperateToken {
		return OutOfScope
	}
	return Valid
}

// state is what the key is at this moment, 0 for active. It is found anew each time, as a key
// begins and expires without a change.
func (see *sight) state(p proof, now int64) Code {
	switch key := &see.key; {
	case key.has(revokedFlag):
		return Revoked
	case key.has(disabledFlag) && (see.rare.enables() == 0 || now < see.rare.enables()):
		return Disabled
	case now < see.rare.notBefore():
		return NotYetValid
	case key.expires() != 0 && now >= key.expires(), p.ends != 0 && now >= p.ends:
		return Expired
	}
	return 0
}

// spend takes the cost from the key's bucket: the instant at which it is full again, in nanoseconds.
// It is the one word that readers write. Should the key be removed in this very moment and its
// place given to another, that one has a little less for a while.
func (see *sight) spend(rate limit.Rate, cost int, now time.Time) limit.Decision {
	if cost == 0 {
		cost = 1
	}
	for {
		full := atomic.LoadUint64(see.bucket)
		decision, next := limit.Spend(limit.Bucket{Full: time.Unix(0, int64(full))}, rate, now, cost)
		left := nanoseconds(next.Full)
		if left == full || atomic.CompareAndSwapUint64(see.bucket, full, left) {
			return decision
		}
	}
}

// nanoseconds are those since 1970, up to the year 2262.
func nanoseconds(t time.Time) uint64 {
	switch seconds := t.Unix(); {
	case seconds < 0: // the zero Time among others
		return 0
	case seconds >= math.MaxInt64/int64(time.Second):
		return math.MaxInt64
	}
	return uint64(t.UnixNano())
}
