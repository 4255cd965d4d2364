package keywright

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"time"

	"github.com/keywright/keywright/limit"
	"github.com/keywright/keywright/policy"
	"github.com/keywright/keywright/secret"
)

// Request is what a verification asks: is this credential good for this?
type Request struct {
	Text string // the key's text as it was presented

	// Way is how it was presented; empty when the caller took it from elsewhere and the
	// version's presentations do not matter.
	Way policy.Presentation

	// Version is the API version that the request names; empty: the key's own.
	Version string

	Method   string     // "GET"; read-only keys are refused when this is empty
	Scopes   []string   // all of them must be in the key's reach
	ClientIP netip.Addr // of the end client; the zero Addr is in no allowed network

	Env secret.Env // that the key must be for; empty: either

	Cost int // what it takes from the plan's rate; 0: 1, less than 0: nothing

	// MinRevision makes the verdict Stale unless everything up to that revision is known to
	// whoever answers. It comes from the answer to a write, or from an earlier verdict.
	MinRevision uint64
}

// Verdict answers a Request. A refused key is an answer, not an error.
type Verdict struct {
	Valid   bool
	Reason  Reason    // why not; empty when Valid
	Key     Key       // these five are set once the caller has proved that he holds the key
	Ends    time.Time // when the text that was presented will no longer do, as another one has replaced it; zero: it is the newest
	Account Account
	Version policy.Version // that the request is for; zero when it is not known or not allowed
	At      time.Time

	Scopes  []string       // the key's reach: all of the policy's scopes for a key that was not narrowed
	Missing string         // the scope that is out of reach, when OutOfScope
	Limit   limit.Decision // when Limited: what the request left of the plan's rate
	Limited bool

	Revision uint64        // of what is known to whoever answers: the verdict is what was true then
	Age      time.Duration // how long ago that was last known to be all
	Overdue  bool          // that is longer than the staleness bound, and the operator chose to be answered all the same
}

// Reason is why a key was refused. The values are stable API (design, section 6); reasons
// after Unknown are told only to whoever proved that he holds the key.
type Reason string

// The reasons, in the order of the checks: the first one that applies is the answer.
const (
	NoCredential          Reason = "no_credential"
	AmbiguousCredential   Reason = "ambiguous_credential"
	Malformed             Reason = "malformed"
	Stale                 Reason = "stale"
	Unknown               Reason = "unknown"
	Revoked               Reason = "revoked"
	Disabled              Reason = "disabled"
	NotYetValid           Reason = "not_yet_valid"
	Expired               Reason = "expired"
	AccountIsSuspended    Reason = "account_suspended"
	PlanNotEntitled       Reason = "plan_not_entitled"
	MemberInactive        Reason = "member_inactive"
	NetworkNotAllowed     Reason = "network_not_allowed"
	EnvironmentNotAllowed Reason = "environment_not_allowed"
	VersionNotAllowed     Reason = "version_not_allowed"
	VersionOff            Reason = "version_off"
	ReadOnly              Reason = "read_only"
	OutOfScope            Reason = "out_of_scope"
	OverLimit             Reason = "over_limit"
	OverQuota             Reason = "over_quota"
)

// Reasons lists every reason in the order of the checks.
func Reasons() []Reason {
	return []Reason{
		NoCredential, AmbiguousCredential, Malformed, Stale, Unknown, Revoked, Disabled, NotYetValid, Expired,
		AccountIsSuspended, PlanNotEntitled, MemberInactive, NetworkNotAllowed, EnvironmentNotAllowed, VersionNotAllowed, VersionOff,
		ReadOnly, OutOfScope, OverLimit, OverQuota,
	}
}

// Verify answers whether the key may be used for the request, as of this moment: it asks the
// Store itself, for whoever manages keys by a key. The data plane asks a [Verifier]. What a key may
// do with the account is not for scopes to say, so Method, Scopes, Cost and MinRevision refuse
// none. err is not nil only when it could not decide.
func (s *Service) Verify(ctx context.Context, r Request) (Verdict, error) {
	now := s.now()
	if r.Text == "" {
		return Verdict{Reason: NoCredential, At: now}, nil
	}
	text, err := secret.Parse(r.Text)
	if err != nil {
		return Verdict{Reason: Malformed, At: now}, nil
	}
	held, err := s.store.Sealed(ctx, KeyIDOf(text.ID()))
	if err != nil && !errors.Is(err, ErrNotFound) {
		return Verdict{}, fmt.Errorf("verify key %s: %w", KeyIDOf(text.ID()), err)
	}
	if held.Key.Kind == PersonalKey {
		if held.Member, err = s.store.Member(ctx, held.Account.ID, held.Key.Member); err != nil && !errors.Is(err, ErrNotFound) {
			return Verdict{}, fmt.Errorf("verify key %s: %w", KeyIDOf(text.ID()), err)
		}
	}
	verdict := s.decide(held, text, r, now)
	if verdict.Valid {
		s.used(held, text, Use{At: now, From: r.ClientIP})
	}
	return verdict, nil
}

func (s *Service) used(held Sealed, text secret.Secret, use Use) {
	s.options.Used(held.Key.ID, use)
	if len(held.Seals) < 2 {
		return
	}
	if seal, _ := s.holds(held.Account.ID, held.Seals, text); seal.Ends.IsZero() {
		s.options.SecretUsed(NewerSecret(held.Key.ID), use)
	} else {
		s.options.SecretUsed(OlderSecret(held.Key.ID), use)
	}
}

// decide makes the checks from 4 on. held is zero for an unknown id: the MAC is computed
// all the same, so that the time taken does not tell which ids exist.
func (s *Service) decide(held Sealed, text secret.Secret, r Request, now time.Time) Verdict {
	seal, ok := s.holds(held.Account.ID, held.Seals, text)
	if !ok {
		return Verdict{Reason: Unknown, At: now}
	}
	verdict := Verdict{Key: held.Key, Ends: seal.Ends, Account: held.Account, At: now}
	version, reason := s.version(held.Key, r)
	verdict.Version = version
	switch state := held.Key.State(now); {
	case reason == NoCredential: // the first of all checks, which had to wait for the version
		verdict.Reason = reason
	case state != KeyActive:
		verdict.Reason = Reason(state)
	case !seal.Ends.IsZero() && !now.Before(seal.Ends):
		verdict.Reason = Expired
	case held.Account.State != AccountActive:
		verdict.Reason = AccountIsSuspended
	case s.entitled(held.Account, held.Key.Kind) != nil:
		verdict.Reason = PlanNotEntitled
	case held.Key.Kind == PersonalKey && held.Member.State != MemberActive:
		verdict.Reason = MemberInactive
	case !held.Key.allows(r.ClientIP):
		verdict.Reason = NetworkNotAllowed
	case r.Env != "" && r.Env != held.Key.Env:
		verdict.Reason = EnvironmentNotAllowed
	case reason != "":
		verdict.Reason = reason
	default:
		verdict.Valid = true
	}
	return verdict
}

// holds finds the seal of which text is the secret. Without a seal it does the same work.
func (s *Service) holds(account AccountID, seals []Seal, text secret.Secret) (of Seal, found bool) {
	if len(seals) == 0 {
		seals, account = []Seal{{Pepper: s.keyring.Current()}}, nobody
	}
	for _, seal := range seals {
		mac, known := s.keyring.MAC(seal.Pepper, string(account), text.Reveal())
		if secret.Equal(mac, seal.MAC) && known {
			of, found = seal, true
		}
	}
	return of, found
}

// nobody is as long as an account's id, so that the MAC of an unknown key takes as many
// blocks as that of a known one.
const nobody = "acct_00000000000000000000"

// version resolves which API version the request is for: its own, else the key's.
func (s *Service) version(k Key, r Request) (policy.Version, Reason) {
	version, ok := s.Policy().VersionFor(k.Version, r.Version)
	switch {
	case !ok:
		return policy.Version{}, VersionNotAllowed
	case r.Way != "" && !version.Takes(r.Way):
		return version, NoCredential
	case !version.Verifies():
		return version, VersionOff
	}
	return version, ""
}
