package keywright

import (
	"regexp"
	"time"
)

// Account is the tenant: everything else belongs to exactly one.
type Account struct {
	ID      AccountID
	Slug    string // unique, [a-z][a-z0-9-]{1,38}: in addresses and on the command line
	Name    string // for people, 1 to 100 characters
	Plan    string // a plan's name in the policy
	State   AccountState
	Created time.Time

	// ActiveKeys counts the keys that are not revoked. It is kept in the account's row by
	// the same transaction that issues or revokes, because counting 10,000 rows for a page
	// would cost more than the page.
	ActiveKeys int
}

// AccountState says whether an account's keys and members may do anything at all.
type AccountState string

// The states of an account.
const (
	AccountActive    AccountState = "active"
	AccountSuspended AccountState = "suspended"
)

// NewAccount is what it takes to create an account.
type NewAccount struct {
	Slug, Name, Plan string
	Owner            NewMember // Role is ignored: it is the policy's owner role
}

var slugForm = regexp.MustCompile(`^[a-z][a-z0-9-]{1,38}$`)
