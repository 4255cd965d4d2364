package keywright

import "time"

// Event is one line of the audit log: who did what when. It is written in the transaction
// of the change that it tells of: no event, no change.
type Event struct {
	Sequence int64 // 1, 2, 3 … over all accounts, in commit order; set by the Store
	ID       EventID
	At       time.Time
	Account  AccountID // empty: the operator did it outside of all accounts
	Actor    Actor
	Action   Action
	Subject  Subject

	// Details are the few words that the sentence needs: "from" and "to" of a role, the
	// "why" of a revocation. Never a secret, never a MAC.
	Details map[string]string

	// Receipt says since when no node knows otherwise; zero when nobody has waited for that.
	Receipt Receipt
}

// Action is what was done.
type Action string

// The actions, and what Details hold.
const (
	AccountCreated  Action = "account.created"      // plan
	PlanChanged     Action = "account.plan_changed" // from, to
	MemberAdded     Action = "member.added"         // role
	MemberJoined    Action = "member.joined"        // chose a password through his link
	LinkRenewed     Action = "member.link_renewed"  // got a new link, the older ones end
	RoleChanged     Action = "member.role_changed"  // from, to
	MemberRemovedBy Action = "member.removed"       // service_keys and responsible, if he had any

	MemberDeactivatedBy Action = "member.deactivated"       // as member.removed
	MemberActivatedBy   Action = "member.activated"         // he was deactivated before
	OwnerTransferred    Action = "member.owner_transferred" // from, role: whose place, and what he is now

	KeyIssued    Action = "key.issued"  // version
	KeyRevokedBy Action = "key.revoked" // why

	// A request for a key; the event of its collection is that of the key, with "request" and
	// "approved_by".
	KeyRequested       Action = "request.made"     // scopes, days
	RequestApprovedBy  Action = "request.approved" // scopes, days
	RequestDeclinedBy  Action = "request.declined" // why
	RequestWithdrawnBy Action = "request.withdrawn"

	// What a member asks the operator; page where it is under a help page.
	SupportAsked       Action = "support.asked"
	SupportAnswered    Action = "support.answered" // published: yes, if it is
	SupportPublished   Action = "support.published"
	SupportUnpublished Action = "support.unpublished"

	TokenIssued  Action = "token.issued"  // use; this and the next without an account
	TokenRevoked Action = "token.revoked" // why

	PolicyReplaced Action = "policy.replaced" // differences, in how many; of no account

	KeyDisabledBy      Action = "key.disabled" // why; until, when it enables by itself
	KeyEnabledBy       Action = "key.enabled"
	KeyChanged         Action = "key.changed"     // what is different: version, scopes, networks, not_before, expires, member
	KeyExpiring        Action = "key.expiring"    // days, in how many at the most; expires
	KeyRotated         Action = "key.rotated"     // until when the old secret works
	KeyGraceEnded      Action = "key.grace_ended" // before its time
	AccountSuspendedBy Action = "account.suspended"

	// Restored says that history goes on with an older copy of the database, and is of no
	// account. Details of what was then done again have the revision at which it had been done,
	// as "replayed", and of a revocation, who had done it, as "by".
	Restored Action = "database.restored" // choice, after
)

// Actions lists every action, for the test that holds a sentence for each.
func Actions() []Action {
	return []Action{AccountCreated, PlanChanged, MemberAdded, MemberJoined, LinkRenewed, RoleChanged, MemberRemovedBy, MemberDeactivatedBy, MemberActivatedBy, OwnerTransferred, KeyIssued, KeyRevokedBy, KeyRequested, RequestApprovedBy, RequestDeclinedBy, RequestWithdrawnBy, SupportAsked, SupportAnswered, SupportPublished, SupportUnpublished, TokenIssued, TokenRevoked, PolicyReplaced, KeyDisabledBy, KeyEnabledBy, KeyChanged, KeyExpiring, KeyRotated, KeyGraceEnded, AccountSuspendedBy, Restored}
}

// Subject is what was acted on, with the name that it had then.
type Subject struct {
	Kind string // account, member, key, request, support, token, policy
	ID   string
	Name string
}
