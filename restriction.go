package keywright

import (
	"cmp"
	"time"
)

// Restriction is an account, a member, a key or an operator's token as it was left by a change
// that may have taken something away from it. It is enough to make the change again in a
// database that has lost it.
type Restriction struct {
	At   Point     // when it was so; the change was made then or shortly before
	When time.Time // the time of At, by the clock of whoever wrote it down

	// Which it is: the first of these that is not empty. A member and a key have Account too.
	Token   OperatorTokenID
	Key     KeyID
	Member  MemberID
	Account AccountID

	Plan  string // of an account
	Role  string // of a member
	State string // of an account, or a member

	// Of a key. Zero: not disabled, or until it is enabled; it has no end; it never got a new secret.
	Disabled, Enables time.Time
	Expires           time.Time
	Rotated           time.Time
	Scopes            []string // that it was narrowed to; none: it was not

	// Of a key or a token. Zero: not revoked.
	Revoked    time.Time
	RevokedBy  Actor
	WhyRevoked string
}

// Subject is the id of what was restricted.
func (r Restriction) Subject() string {
	return cmp.Or(string(r.Token), string(r.Key), string(r.Member), string(r.Account))
}

// Restrictions are the last of each thing that was changed after revision Since and was there
// before.
type Restrictions struct {
	Since uint64
	At    Point
	List  []Restriction

	// Behind says that changes since are no longer kept, or that there are too many. List is
	// empty then.
	Behind bool
}
