package keywright

import (
	"time"

	"github.com/keywright/keywright/secret"
)

// Key is the record of an API key, never its text.
type Key struct {
	ID          KeyID
	Account     AccountID
	Kind        KeyKind
	Member      MemberID // whom a personal key acts as
	Description string   // 1 to 200 characters, chosen when issued, never changed (F6)
	Version     string   // an API version's name in the policy: the key's default (F7)
	Brand       string   // begins the text
	Env         secret.Env
	LastFour    string // the end of the text, which is of its check digits (F12)

	Created    time.Time
	CreatedBy  Actor
	NotBefore  time.Time // zero: from the start
	Expires    time.Time // zero: never; the first instant at which it no longer verifies
	Disabled   time.Time // zero: not disabled
	Revoked    time.Time // zero: not revoked
	RevokedBy  Actor
	WhyRevoked string

	// LastUsed is the last successful verification, exact to the meter's flush interval
	// (1 s by default), or less where thousands of keys are in use at once. Zero: never used.
	LastUsed time.Time
}

// KeyKind says what a key acts as.
type KeyKind string

// AccountKey acts for the whole account with full rights (F16).
const AccountKey KeyKind = "account"

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

// State is what the key is at now, in the order in which a verification checks.
func (k Key) State(now time.Time) KeyState {
	switch {
	case !k.Revoked.IsZero():
		return KeyRevoked
	case !k.Disabled.IsZero():
		return KeyDisabled
	case !k.NotBefore.IsZero() && now.Before(k.NotBefore):
		return KeyNotYetValid
	case !k.Expires.IsZero() && !now.Before(k.Expires):
		return KeyExpired
	}
	return KeyActive
}

// Handle is how lists show the key: kw_live_o6p4…QZ1x.
func (k Key) Handle() string { return secret.Handle(k.Brand, k.Env, k.ID.Public(), k.LastFour) }

// Seal is what is stored of a key's text (F12): its MAC under one of the keyring's peppers.
type Seal struct {
	Key     KeyID // empty: the seal of an operator's token
	MAC     secret.MAC
	Pepper  int // the pepper's version
	Created time.Time
}

// Sealed is all that a verification looks up by a key's public id.
type Sealed struct {
	Key     Key
	Account Account
	Seals   []Seal
}
