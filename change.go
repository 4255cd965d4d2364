package keywright

import (
	"github.com/keywright/keywright/keyset"
	"github.com/keywright/keywright/policy"
)

// Changes is what a keyset must apply that is at revision Since or later, to be at Revision.
type Changes struct {
	Since, Revision uint64

	// Records are the accounts, members, keys and tokens that changed: each once, and as it is at
	// Revision, so that nothing depends on how many changes led there. Accounts are first,
	// then the operator's tokens, members, keys.
	Records []keyset.Change

	// Policy is the one in force at Revision, where it was replaced since; else zero.
	Policy policy.InForce

	// Behind says that not all changes since are kept, or that there are more than were asked
	// for. Records is empty then, and a snapshot is the way.
	Behind bool
}
