package policy

import "slices"

// Role is a named set of console rights, and of scopes for personal keys.
type Role struct {
	Name  string // "limited_user": in the database, in REST and on the command line
	Label string // "Limited user": for people
	About string // one sentence for whoever hands the role out

	Rights []Right

	// Scopes are the grants that bound its members' personal keys: scopes, "incidents:*" or "*".
	Scopes []string

	// Owner marks the role of which every account has at least one active member, always.
	Owner bool
}

// Right is one thing that a role may let its members do in the console and over REST.
type Right string

// The rights.
const (
	ManageKeys    Right = "keys:manage"    // see, issue and revoke the account's keys (F1)
	ReadMembers   Right = "members:read"   // see who belongs to the account
	ManageMembers Right = "members:manage" // add and remove members, change their roles
	ReadAccount   Right = "account:read"   // see the account's settings and plan
	ReadAudit     Right = "audit:read"     // see who did what
	OwnKeys       Right = "keys:personal"  // make, see and revoke keys that act as oneself (F18)
	RequestKeys   Right = "keys:request"   // ask those who manage keys for one (F19); keys:manage includes it
)

// Rights lists every right there is, in the order of the constants.
func Rights() []Right {
	return []Right{ManageKeys, ReadMembers, ManageMembers, ReadAccount, ReadAudit, OwnKeys, RequestKeys}
}

// May reports whether members with this role have the right. The zero Role has none.
func (r Role) May(right Right) bool { return slices.Contains(r.Rights, right) }

// Above reports whether r grants a right that other lacks, or owns where other does not:
// nobody hands out a role above his own.
func (r Role) Above(other Role) bool {
	if r.Owner && !other.Owner {
		return true
	}
	return slices.ContainsFunc(r.Rights, func(right Right) bool { return !other.May(right) })
}
