package keyset

import (
	"net/netip"
	"time"

	"github.com/keywright/keywright/secret"
)

// Change is what one revision changes: the whole new record of an Account, a Member or a Key,
// whether it was there before or not, or new Rules, or a removal.
type Change interface{ change() }

func (Account) change()        {}
func (Member) change()         {}
func (Key) change()            {}
func (Rules) change()          {}
func (RemovedKey) change()     {}
func (RemovedAccount) change() {}

// Account is what a verdict must know of an account.
type Account struct {
	ID        string // 1 to 32 bytes
	Slug      string // at most 255 bytes
	Plan      string // a plan's name in the Rules
	Suspended bool
}

// Member is what a verdict must know of a member who has personal keys. A member who was removed
// stays as one who is not Active.
type Member struct {
	ID, Account string // at most 255 bytes; of one account for good
	Role        string // a role's name in the Rules
	Active      bool   // neither invited nor deactivated nor removed
}

// Key is what a verdict must know of a key. What its text says, the environment and the last
// four, is not in it: the MAC covers the text.
type Key struct {
	ID      string // the 12 public characters
	Account string
	Member  string // whom a personal key acts as; else not looked at
	Kind    Kind
	Version string // a version's name in the Rules: the default of a request that names none

	Scopes   []string       // scopes, "incidents:*" or "*"; none: everything that its kind may
	Networks []netip.Prefix // where it may be used from; none: anywhere

	NotBefore time.Time // zero: from the start
	Expires   time.Time // zero: never; the first instant at which it no longer verifies

	Disabled, Revoked bool

	// Enables is when a Disabled key is good again by itself; zero: not before a change says so.
	Enables time.Time

	Seals []Seal // one, or two during a rotation's grace period
}

// Kind says what a key acts as.
type Kind string

// The kinds of keys.
const (
	AccountKey  Kind = "account"   // acts for the whole account
	ReadOnlyKey Kind = "read_only" // the same, but only with GET, HEAD and OPTIONS
	PersonalKey Kind = "personal"  // acts as its member, with the member's role of this moment
	ServiceKey  Kind = "service"   // acts as a named non-person
)

// The kinds of the operator's tokens. They are Keys of an account of their own and no customer's:
// nothing that a plan, a version or a network says counts for them.
const (
	VerifyToken  Kind = "verify"  // may ask for verdicts
	OperateToken Kind = "operate" // may do everything that the operator may
)

// Seal is what is kept of one of a key's texts.
type Seal struct {
	MAC    secret.MAC
	Pepper int       // its version in the keyring
	Ends   time.Time // when its grace period ends; zero: it has no end of its own
}

// RemovedKey takes the key with this id out of the Set: from then on it is unknown. A key that was
// revoked stays, as the answer must say so, until it is old enough to be forgotten like this.
type RemovedKey string

// RemovedAccount takes the account with this id out of the Set, with its members and its keys. It
// looks at each key of the Set once.
type RemovedAccount string
