package keyset

import (
	"time"

	"github.com/keywright/keywright/limit"
	"github.com/keywright/keywright/secret"
)

// Verdict is the answer. What it says of the key, from Key on, is there once the caller proved
// that he holds it, whether it is good or refused; else it is zero.
type Verdict struct {
	Code     Code
	Overdue  bool          // the lease has ended; the operator chose to be answered all the same
	Revision uint64        // of the Set: the verdict is what was true then
	Age      time.Duration // how long ago the Set was last known to be complete

	Key      KeyID
	Kind     Kind
	Env      secret.Env
	LastFour [4]byte
	Pepper   int    // that the key was proved with: an older one than the newest wants a new seal
	Version  string // that the request is for, also when it is not allowed
	Rotating bool   // the key has another secret too, whose grace period may be over

	Scopes  Reach
	Missing string // the scope that is out of reach, when OutOfScope

	Limited bool // the plan has a rate; then Limit is what the request left of it
	Limit   limit.Decision

	// The texts are found when they are asked for: the checks need none of them, and each is
	// elsewhere in the memory.
	view            *view
	account, member uint32
	state           accountState
	expires, ends   int64
	enables         int64
}

// KeyID is the 12 public characters of a key's id.
type KeyID [idLen]byte

func (id KeyID) String() string { return string(id[:]) }

// Expires is when the key will no longer verify, zero for never.
func (v Verdict) Expires() time.Time { return timeOf(v.expires) }

// Ends is when the text that was presented will no longer verify because it was replaced, zero
// for the current one.
func (v Verdict) Ends() time.Time { return timeOf(v.ends) }

// Enables is when a key that is refused as Disabled will be good again by itself, zero for never.
func (v Verdict) Enables() time.Time { return timeOf(v.enables) }

// Account is the id of the key's account.
func (v Verdict) Account() string {
	if v.view == nil {
		return ""
	}
	return v.view.text(&v.view.accountIDs, v.account)
}

// Slug is the slug of the key's account.
func (v Verdict) Slug() string {
	if v.view == nil {
		return ""
	}
	return v.view.text(&v.view.slugs, v.state.slug())
}

// Member is the id of the member as whom a personal key acts.
func (v Verdict) Member() string {
	if v.member == 0 {
		return ""
	}
	return v.view.text(&v.view.memberIDs, v.member)
}

// Plan is the name of the account's plan.
func (v Verdict) Plan() string {
	if v.view == nil {
		return ""
	}
	return v.view.planNames[v.state.plan()]
}

// tell puts into the verdict what one who holds the key may know.
func (v *Verdict) tell(see *sight, p proof, text string) {
	key := &see.key
	copy(v.Key[:], text[len(text)-bodyLen:])
	copy(v.LastFour[:], text[len(text)-4:])
	v.Env = secret.Live // not a part of the text, which would be kept with the verdict
	if text[len(text)-bodyLen-5] == 't' {
		v.Env = secret.Test
	}
	v.Kind, v.Pepper, v.Rotating = key.kind(), p.pepper, see.rare.pepper() != 0
	v.Version = see.view.versionNames[key.version()]
	v.expires, v.ends = key.expires(), p.ends
	if key.has(disabledFlag) {
		v.enables = see.rare.enables()
	}
	v.view, v.account, v.member, v.state = see.view, key.account(), key.member(), see.account
	v.Scopes = Reach{see.view.rules, see.scopes, see.view.rules.all}
	if v.member != 0 {
		v.Scopes.role = at(see.view.rules.roles, see.member.role())
	}
}
