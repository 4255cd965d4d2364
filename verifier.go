package keywright

import (
	"context"
	"slices"
	"time"

	"github.com/keywright/keywright/keyset"
	"github.com/keywright/keywright/policy"
)

// Verifier answers the data plane from a keyset: in memory, with nothing asked of the Store.
// Its answers are those of [Service.Verify], as of the revision that the keyset has reached,
// and never older than its lease allows. Its methods may be called from many goroutines.
type Verifier struct {
	set    *keyset.Set
	policy func() *policy.Policy
	uptime func() time.Duration
	now    func() time.Time
	used   func(KeyID, Use)

	secretUsed func(SecretID, Use)
	tokenUsed  func(OperatorTokenID, Use)
}

// NewVerifier makes a Verifier on a keyset that somebody else keeps current. policy is the
// policy in force, uptime the clock by which the keyset's lease is counted. Of the Options
// it uses Now, Used, SecretUsed and TokenUsed.
func NewVerifier(set *keyset.Set, policy func() *policy.Policy, uptime func() time.Duration, o Options) *Verifier {
	o = o.withDefaults()
	return &Verifier{set: set, policy: policy, uptime: uptime, now: o.Now, used: o.Used, secretUsed: o.SecretUsed, tokenUsed: o.TokenUsed}
}

// Verify answers whether the key may be used for the request. It never fails: what cannot be
// said right now is the reason Stale.
func (v *Verifier) Verify(_ context.Context, r Request) (verdict Verdict, _ error) {
	now := v.now().UTC().Truncate(time.Millisecond)
	seen := v.set.Verify(r.Text, keyset.Request{
		Way: r.Way, Version: r.Version, Method: r.Method, Scopes: r.Scopes, ClientIP: r.ClientIP, Env: r.Env, Cost: r.Cost, MinRevision: r.MinRevision,
	}, now, v.uptime())
	verdict.At, verdict.Revision, verdict.Age, verdict.Overdue = now, seen.Revision, seen.Age, seen.Overdue && seen.Code != keyset.Stale
	if seen.Code == keyset.Valid {
		verdict.Valid = true
	} else {
		verdict.Reason = Reason(seen.Code.String())
	}
	if seen.Account() == "" { // possession was not proved
		return verdict, nil
	}
	// Field by field: a Key is large, and would be made elsewhere first.
	k, a := &verdict.Key, &verdict.Account
	a.ID, a.Slug, a.Plan = AccountID(seen.Account()), seen.Slug(), seen.Plan()
	k.ID, k.Account, k.Kind, k.Env = KeyIDOf(seen.Key.String()), a.ID, KeyKind(seen.Kind), seen.Env
	k.LastFour, k.Member, k.Expires = string(seen.LastFour[:]), MemberID(seen.Member()), seen.Expires()
	k.Enables, verdict.Ends = seen.Enables(), seen.Ends()
	rules := v.policy()
	verdict.Version, _ = rules.Version(seen.Version)
	verdict.Scopes = slices.AppendSeq(make([]string, 0, len(rules.Scopes)), seen.Scopes.All())
	verdict.Missing, verdict.Limited, verdict.Limit = seen.Missing, seen.Limited, seen.Limit
	if verdict.Valid {
		use := Use{At: now, From: r.ClientIP}
		v.used(verdict.Key.ID, use)
		switch { // few keys have two secrets
		case !seen.Ends().IsZero():
			v.secretUsed(OlderSecret(verdict.Key.ID), use)
		case seen.Rotating:
			v.secretUsed(NewerSecret(verdict.Key.ID), use)
		}
	}
	return verdict, nil
}

// Caller answers whether text is that of an operator's token by which one may ask for verdicts. The
// reason is empty when it is; Stale says that it can't be said right now. It never fails.
func (v *Verifier) Caller(_ context.Context, text string) (Reason, error) {
	now := v.now().UTC().Truncate(time.Millisecond)
	seen := v.set.Verify(text, keyset.Request{Token: keyset.VerifyToken}, now, v.uptime())
	if seen.Code != keyset.Valid {
		return Reason(seen.Code.String()), nil
	}
	v.tokenUsed(OperatorTokenIDOf(seen.Key.String()), Use{At: now})
	return "", nil
}

// Rules is what a keyset must know of a policy.
func Rules(p *policy.Policy) keyset.Rules {
	var rules keyset.Rules
	for _, v := range p.Versions {
		rules.Versions = append(rules.Versions, keyset.Version{Name: v.Name, Off: !v.Verifies(), Fixed: !v.Override, Ways: v.Presentations})
	}
	for _, pl := range p.Plans {
		rules.Plans = append(rules.Plans, keyset.Plan{Name: pl.Name, APIAccess: pl.APIAccess, PersonalKeys: pl.PersonalKeys, Rate: pl.Rate})
	}
	for _, r := range p.Roles {
		rules.Roles = append(rules.Roles, keyset.Role{Name: r.Name, Scopes: r.Scopes})
	}
	for _, s := range p.Scopes {
		rules.Scopes = append(rules.Scopes, s.Name)
	}
	return rules
}
