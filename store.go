package keywright

import (
	"context"
	"time"

	"github.com/keywright/keywright/limit"
	"github.com/keywright/keywright/policy"
)

// Store keeps everything. Its methods answer ErrNotFound for what is absent, and for what
// is another account's: each one that takes an account is bounded by it.
//
// Errors other than the kinds in errors.go mean that the Store could not answer.
type Store interface {
	Reader

	// Write runs change in one transaction, alone among all writers, and commits what it did.
	// change may run twice and touches only its tx. When it returns an error nothing was
	// changed. A commit of which nobody can say whether it stands is ErrOutcomeUnknown.
	Write(ctx context.Context, change func(tx Tx) error) error

	// SeeAnswers notes when a member has seen the answers to what he asked the operator. It is no
	// change of the domain.
	SeeAnswers(ctx context.Context, account AccountID, member MemberID, now time.Time) error
}

// Reader is what can be read, in a transaction or outside.
type Reader interface {
	Account(ctx context.Context, id AccountID) (Account, error)
	AccountBySlug(ctx context.Context, slug string) (Account, error)
	Accounts(ctx context.Context, page Page) ([]Account, error) // newest first

	Member(ctx context.Context, account AccountID, id MemberID) (Member, error)
	MemberByEmail(ctx context.Context, account AccountID, email string) (Member, error)    // not the removed
	Members(ctx context.Context, account AccountID, page Page) ([]Member, error)           // newest first, without the removed
	ActiveMembersIn(ctx context.Context, account AccountID, role string) ([]Member, error) // in no order
	Memberships(ctx context.Context, email string) ([]Member, error)                       // active, in all accounts, oldest first

	Key(ctx context.Context, account AccountID, id KeyID) (Key, error)
	KeyByOnce(ctx context.Context, account AccountID, once string) (KeyID, error)
	Keys(ctx context.Context, account AccountID, f KeyFilter, now time.Time, page Page) ([]Key, error) // those that fit, newest first
	ExpiringKeys(ctx context.Context, now time.Time, most int) ([]Key, error)                          // of all accounts, of which a reminder is due
	Sealed(ctx context.Context, id KeyID) (Sealed, error)                                              // of whichever account
	Seals(ctx context.Context, k Key) ([]Seal, error)                                                  // the older one first

	KeyRequest(ctx context.Context, account AccountID, id KeyRequestID) (KeyRequest, error)
	KeyRequests(ctx context.Context, account AccountID, page Page) ([]KeyRequest, error)                                       // newest first
	KeyRequestsOf(ctx context.Context, account AccountID, member MemberID, page Page) ([]KeyRequest, error)                    // newest first
	OpenKeyRequests(ctx context.Context, account AccountID, member MemberID, since time.Time, page Page) ([]KeyRequest, error) // of everyone where no member is meant; made since then or later

	SupportRequest(ctx context.Context, id SupportID) (SupportRequest, error)                                       // of whichever account
	SupportRequests(ctx context.Context, account AccountID, open bool, page Page) ([]SupportRequest, error)         // newest first; of all accounts where none is meant; open: without an answer
	SupportRequestsOf(ctx context.Context, account AccountID, member MemberID, page Page) ([]SupportRequest, error) // newest first
	PublishedSupport(ctx context.Context, helpPage string, page Page) ([]SupportRequest, error)                     // of all accounts, newest first

	Waiting(ctx context.Context, account AccountID, member MemberID, now time.Time) (Waiting, error) // each up to MaxWaiting

	PasswordHash(ctx context.Context, email string) (string, error)
	Link(ctx context.Context, hash []byte) (Link, error) // whatever its state

	OperatorToken(ctx context.Context, id OperatorTokenID) (OperatorToken, error)
	OperatorTokens(ctx context.Context, page Page) ([]OperatorToken, error) // newest first, revoked ones too
	SealedOperatorToken(ctx context.Context, id OperatorTokenID) (OperatorToken, Seal, error)

	Events(ctx context.Context, account AccountID, page Page) ([]Event, error) // newest first
	AllEvents(ctx context.Context, page Page) ([]Event, error)                 // of all accounts and of none, newest first

	EventsOf(ctx context.Context, account AccountID, subject string, page Page) ([]Event, error) // by the subject's id, newest first

	PolicyInForce(ctx context.Context) (policy.InForce, error) // zero: none was written down yet
	HadPolicy(ctx context.Context, text string) (bool, error)  // at any time
	NamesInUse(ctx context.Context) ([]Named, error)           // once each; reads all rows

	Answer(ctx context.Context, id []byte) (Answer, error) // however old
	Receipt(ctx context.Context, account AccountID, revision uint64) (Receipt, error)
	ReceiptOf(ctx context.Context, account AccountID, subject string) (Receipt, error) // the last one, by the subject's id
}

// Tx is one transaction of a Store. Whatever it changes of what a verification looks at, the
// Store itself notes in the change log, which keysets follow.
type Tx interface {
	Reader

	// Revision is the number of this transaction among all that change something, in the order of
	// their commits. When it changes nothing, the next one that does takes it.
	Revision() uint64

	InsertAccount(ctx context.Context, a Account) error // *ConflictError (slug)
	SetPlan(ctx context.Context, id AccountID, plan string) error
	SetAccountState(ctx context.Context, id AccountID, state AccountState) error

	InsertMember(ctx context.Context, m Member) error // *ConflictError (email)
	SetRole(ctx context.Context, account AccountID, id MemberID, role string) error
	SetMemberState(ctx context.Context, account AccountID, id MemberID, state MemberState) error
	DeactivateMember(ctx context.Context, account AccountID, id MemberID, now time.Time) error

	SetPasswordHash(ctx context.Context, email, hash string, now time.Time) error
	DeleteUnusedPassword(ctx context.Context, email string) error // when no member has the address any more

	InsertLink(ctx context.Context, l Link) error
	SpendLink(ctx context.Context, hash []byte, now time.Time) error // ErrLinkSpent if it was or is past its end
	EndLinks(ctx context.Context, purpose LinkPurpose, member MemberID, now time.Time) error

	InsertKey(ctx context.Context, k Key, s Seal, once string) error                                       // *ConflictError (id); counts it as active
	ChangeKey(ctx context.Context, k Key) error                                                            // its version, member, limits, beginning and end; ErrRevoked
	DisableKey(ctx context.Context, k Key) error                                                           // as k says; ErrRevoked
	EnableKey(ctx context.Context, account AccountID, id KeyID) error                                      // ErrRevoked
	RotateKey(ctx context.Context, k Key, s Seal, ends time.Time) error                                    // the newest seal gets an end, an older one goes; ErrRevoked
	EndGrace(ctx context.Context, account AccountID, id KeyID, now time.Time) error                        // of the older seal, if it has one left
	HandOver(ctx context.Context, account AccountID, from, to MemberID) (int, error)                       // how many service keys to answers for instead of from
	SetReminded(ctx context.Context, account AccountID, id KeyID, days int) error                          // ErrRevoked; no change that a keyset hears of
	RevokeKey(ctx context.Context, account AccountID, id KeyID, by Actor, why string, now time.Time) error // ErrRevoked; no longer active

	NewKeys(ctx context.Context, account AccountID) (limit.Bucket, error) // what is left of the plan's rate of new keys
	SetNewKeys(ctx context.Context, account AccountID, b limit.Bucket) error

	InsertKeyRequest(ctx context.Context, r KeyRequest) error // *ConflictError (id)
	DecideKeyRequest(ctx context.Context, r KeyRequest) error // once; writes Reached, Granted, Decided, DecidedBy, Why
	EndKeyRequest(ctx context.Context, r KeyRequest) error    // once; writes Reached, Ended, Key

	InsertSupportRequest(ctx context.Context, r SupportRequest) error // *ConflictError (id)
	ChangeSupportRequest(ctx context.Context, r SupportRequest) error // writes Answer, AnsweredBy, Answered, Published, Seen

	InsertOperatorToken(ctx context.Context, t OperatorToken, s Seal) error                                 // *ConflictError (id)
	RevokeOperatorToken(ctx context.Context, id OperatorTokenID, by Actor, why string, now time.Time) error // ErrRevoked

	KeepAnswer(ctx context.Context, a Answer) error // in place of an older one of that id

	// ReplacePolicy writes down the policy that is in force from this revision on.
	ReplacePolicy(ctx context.Context, text string) error

	// Decide writes down the decision, ends its quarantine, all sessions and all links, and lets
	// history go on at its revision. It must be the first thing that is done.
	Decide(ctx context.Context, d Decision) error

	// Append writes the event and gives it the next sequence number.
	Append(ctx context.Context, e Event) error
}

// Page asks for a part of a list.
type Page struct {
	After Cursor // zero: from the start
	Limit int    // at most this many; 1 to MaxPage
}

// MaxPage is the most that a list answers at once.
const MaxPage = 200

// Cursor is the place in a list after which the next page begins: lists are ordered by time
// and, within a millisecond, by id. Events are ordered by their sequence alone.
type Cursor struct {
	At time.Time
	ID string
}
