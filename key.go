package keywright

import (
	"net/netip"
	"slices"
	"time"

	"github.com/keywright/keywright/secret"
)

// Key is the record of an API key, never its text.
type Key struct {
	ID          KeyID
	Account     AccountID
	Kind        KeyKind
	Member      MemberID // whom a personal key acts as; who answers for a service's key
	Service     string   // the non-person that a service's key acts as
	Description string   // 1 to 200 characters, chosen when issued, never changed (F6)
	Version     string   // an API version's name in the policy: the key's default (F7)
	Brand       string   // begins the text
	Env         secret.Env
	LastFour    string // the end of the newest text, which is of its check digits (F12)

	// Scopes narrow what it may do, to scopes of the policy, "incidents:*" or "*"; none: to all that
	// its kind may. Networks narrow where from, none: anywhere. Their prefixes are masked, and those
	// of mapped addresses are IPv4's.
	Scopes   []string
	Networks []netip.Prefix

	Created   time.Time
	CreatedBy Actor
	NotBefore time.Time // zero: from the start
	Expires   time.Time // zero: never; the first instant at which it no longer verifies
	Rotated   time.Time // when it last got a new secret; zero: never
	Reminded  int       // how many days before Expires the last reminder was due: 30, 7 or 1; 0: none was given

	Disabled    time.Time // zero: not disabled
	DisabledBy  Actor
	WhyDisabled string
	Enables     time.Time // when a disabled key is good again by itself; zero: never

	Revoked    time.Time // zero: not revoked
	RevokedBy  Actor
	WhyRevoked string

	// LastUsed is the last successful verification, exact to the meter's flush interval
	// (1 s by default), or less where thousands of keys are in use at once. Zero: never used.
	LastUsed time.Time

	// LastUsedFrom is the end client's address at the last use; zero: it was not told.
	LastUsedFrom netip.Addr

	// MemberOut is what the member of a personal key is when he is not active: the key is refused.
	// Empty otherwise, and where nobody looked: only [Service.Key] and [Service.Keys] do.
	MemberOut MemberState `json:"-"`
}

// KeyKind says what a key acts as.
type KeyKind string

// The kinds of keys.
const (
	AccountKey  KeyKind = "account"   // acts for the whole account, with full rights unless it was narrowed (F16)
	ReadOnlyKey KeyKind = "read_only" // the same, but only reads
	PersonalKey KeyKind = "personal"  // acts as its member, with no more than the member's role gives at that moment (F18)
	ServiceKey  KeyKind = "service"   // acts as a named non-person; it survives whoever answers for it
)

// KeyKinds lists every kind, in the order in which forms show them.
func KeyKinds() []KeyKind { return []KeyKind{AccountKey, ReadOnlyKey, PersonalKey, ServiceKey} }

// Narrowed reports whether the key may do less than its kind.
func (k Key) Narrowed() bool { return len(k.Scopes) > 0 }

// KeyState is what a key is at one moment.
type KeyState string

// The states of a key. Revoked is final; the others can pass.
const (
	KeyActive      KeyState = "active"
	KeyNotYetValid KeyState = "not_yet_valid"
	KeyDisabled    KeyState = "disabled"
	KeyExpired     KeyState = "expired"
	KeyRevoked     KeyState = "revoked"
)

// KeyStates lists every state, in the order in which forms show them.
func KeyStates() []KeyState {
	return []KeyState{KeyActive, KeyNotYetValid, KeyDisabled, KeyExpired, KeyRevoked}
}

// State is what the key is at now, in the order in which a verification checks.
func (k Key) State(now time.Time) KeyState {
	switch {
	case !k.Revoked.IsZero():
		return KeyRevoked
	case k.disabled(now):
		return KeyDisabled
	case !k.NotBefore.IsZero() && now.Before(k.NotBefore):
		return KeyNotYetValid
	case !k.Expires.IsZero() && !now.Before(k.Expires):
		return KeyExpired
	}
	return KeyActive
}

// disabled reports whether it is, and has not come back by itself.
func (k Key) disabled(now time.Time) bool {
	return !k.Disabled.IsZero() && (k.Enables.IsZero() || now.Before(k.Enables))
}

// allows reports whether the key may be used from an address.
func (k Key) allows(client netip.Addr) bool { return holds(k.Networks, client) }

// ShutsOut reports whether the address that used the key last is in none of these networks: whoever
// narrows the key to them should know.
func (k Key) ShutsOut(networks []netip.Prefix) bool {
	return k.LastUsedFrom.IsValid() && !holds(networks, k.LastUsedFrom)
}

// holds reports whether an address is in one of the networks, of which none stands for all.
func holds(networks []netip.Prefix, a netip.Addr) bool {
	return len(networks) == 0 || slices.ContainsFunc(networks, func(p netip.Prefix) bool { return p.Contains(a.Unmap().WithZone("")) })
}

// Handle is how lists show the key: kw_live_o6p4…QZ1x.
func (k Key) Handle() string { return secret.Handle(k.Brand, k.Env, k.ID.Public(), k.LastFour) }

// Seal is what is stored of a key's text (F12): its MAC under one of the keyring's peppers.
type Seal struct {
	Key     KeyID // empty: the seal of an operator's token
	MAC     secret.MAC
	Pepper  int // the pepper's version
	Created time.Time

	Ends     time.Time // of the grace period, when another secret has replaced it; zero: it is the current one
	LastFour string    // of its text
	LastUsed time.Time // while there are two; zero: not used since
}

// Sealed is all that a verification looks up by a key's public id.
type Sealed struct {
	Key     Key
	Account Account
	Member  Member // of a personal key; the Store leaves it to whoever asks
	Seals   []Seal
}
