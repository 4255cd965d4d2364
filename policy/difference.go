package policy

import "strings"

// Difference is one thing in which a new policy differs from an old one, by names, so that
// whoever has accounts, members and keys can count whom it concerns.
type Difference struct {
	Of   Subject
	Name string // of the subject: "v1", "admin", "basic", "incidents:read", "GET /incidents/**"
	What Change

	// Field and its values: From is empty when a list gains something, To when it loses
	// something. A subject that is added or removed as a whole has no Field; if it is a route,
	// From or To is its scope.
	Field, From, To string

	// Restricts says that something which is let through today may be refused.
	Restricts bool
}

// Subject is what a Difference is about, and so whom it concerns.
type Subject string

// The subjects.
const (
	OfProduct Subject = "product" // everyone
	OfVersion Subject = "version" // keys with that version, and requests that ask for it
	OfScope   Subject = "scope"   // keys that were narrowed to it
	OfRole    Subject = "role"    // members with that role; for its scopes, their personal keys
	OfPlan    Subject = "plan"    // accounts on that plan, and their keys
	OfKeys    Subject = "keys"    // keys to come, and rotations
	OfRoute   Subject = "route"   // requests to it, by keys that were narrowed; "* /**" is also what has no route
	OfErrors  Subject = "errors"  // end clients that are refused

	OfRequests Subject = "requests" // members who ask for a key and may decide about it
)

// Change is how it differs.
type Change string

// The changes.
const (
	Added   Change = "added"   // the subject is new
	Removed Change = "removed" // the subject is gone; whoever refers to it is an orphan
	Gained  Change = "gained"  // the list Field has To, too
	Lost    Change = "lost"    // the list Field no longer has From
	Changed Change = "changed" // Field was From and is To
)

// String is the difference in words: "role user loses members:read from its rights".
func (d Difference) String() string {
	subject := strings.TrimSpace(string(d.Of) + " " + d.Name)
	field := strings.ReplaceAll(d.Field, "_", " ")
	switch d.What {
	case Added:
		return subject + " is added"
	case Removed:
		return subject + " is removed"
	case Gained:
		return subject + " gains " + d.To + " among its " + field
	case Lost:
		return subject + " loses " + d.From + " from its " + field
	}
	if d.From == d.To {
		return subject + ": " + field + " changes"
	}
	return subject + ": " + field + " changes from " + orElse(d.From, "none") + " to " + orElse(d.To, "none")
}
