package keywright

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/keywright/keywright/policy"
)

// The kinds of error. Details are in the types below; use errors.Is for the kind and
// errors.As for the details. Whoever adds one adds its answer to server/rest/problem.go and
// server/console/errors.go: a test in each walks this list.
var (
	ErrNotFound       = errors.New("not found")                    // absent, or another account's: nobody can tell which
	ErrInvalid        = errors.New("invalid")                      // *InvalidError, or several joined
	ErrConflict       = errors.New("conflict")                     // *ConflictError
	ErrForbidden      = errors.New("forbidden")                    // *ForbiddenError
	ErrNotEntitled    = errors.New("not in the plan")              // *NotEntitledError
	ErrRevoked        = errors.New("already revoked")              // revoking is final; the first time and reason stay
	ErrAlreadyIssued  = errors.New("already issued")               // *AlreadyIssuedError
	ErrLastOwner      = errors.New("the last owner")               // an account keeps at least one
	ErrWrongPassword  = errors.New("e-mail or password is wrong")  // the same for an unknown address
	ErrLinkSpent      = errors.New("link used or expired")         // or never made
	ErrSuspended      = errors.New("account suspended")            // nothing can be changed until the operator lifts it
	ErrOutcomeUnknown = errors.New("outcome unknown")              // the commit failed half-way: it may stand or not
	ErrUnavailable    = errors.New("the database does not answer") // for now; nothing was changed
	ErrReused         = errors.New("idempotency key reused")       // it was given to another request (Once)
	ErrBackwards      = errors.New("the database went backwards")  // *BackwardsError
	ErrTooManyKeys    = errors.New("too many keys")                // *TooManyKeysError
	ErrTooFast        = errors.New("too fast")                     // *TooFastError
	ErrOwnRequest     = errors.New("one's own request")            // by the policy someone else must approve it
	ErrRequesterOnly  = errors.New("only for whoever asked")       // nobody else is shown the secret, or withdraws what is his
	ErrMembersOnly    = errors.New("only for members")             // a key or the operator has nothing to ask
	ErrChanged        = errors.New("changed meanwhile")            // it is not any more what whoever changes it has seen
	ErrNotYours       = errors.New("not yours")                    // only who holds a key is shown a new secret of it
)

// Errors lists every kind, for the tests that hold their answers.
func Errors() []error {
	return []error{
		ErrNotFound, ErrInvalid, ErrConflict, ErrForbidden, ErrNotEntitled, ErrRevoked, ErrAlreadyIssued,
		ErrLastOwner, ErrWrongPassword, ErrLinkSpent, ErrSuspended, ErrOutcomeUnknown, ErrUnavailable, ErrReused, ErrBackwards,
		ErrTooManyKeys, ErrTooFast, ErrOwnRequest, ErrRequesterOnly, ErrMembersOnly, ErrChanged, ErrNotYours,
	}
}

// InvalidError says which field is wrong, and what to do about it. It never holds the value:
// someone may have pasted a key into the wrong field.
type InvalidError struct{ Field, Why string }

func (e *InvalidError) Error() string    { return e.Field + " " + e.Why }
func (*InvalidError) Is(kind error) bool { return kind == ErrInvalid }

// Invalids lists the fields that err says are wrong, in the order in which they were checked.
func Invalids(err error) []*InvalidError {
	var many interface{ Unwrap() []error }
	if errors.As(err, &many) {
		var all []*InvalidError
		for _, one := range many.Unwrap() {
			all = append(all, Invalids(one)...)
		}
		return all
	}
	var one *InvalidError
	if errors.As(err, &one) {
		return []*InvalidError{one}
	}
	return nil
}

// ConflictError says which field's value is already taken.
type ConflictError struct{ Field, Why string }

func (e *ConflictError) Error() string    { return e.Field + " " + e.Why }
func (*ConflictError) Is(kind error) bool { return kind == ErrConflict }

// ForbiddenError says which right is missing, and who has it (F1, F17).
type ForbiddenError struct {
	Right policy.Right  // empty: only the operator may
	Role  policy.Role   // of the one who asked; zero for a key
	Who   []policy.Role // the roles that have the right
}

func (e *ForbiddenError) Error() string {
	if e.Right == "" {
		return "only the operator of this installation may do that"
	}
	labels := make([]string, len(e.Who))
	for i, role := range e.Who {
		labels[i] = strings.ToLower(role.Label)
	}
	who := "nobody in this account"
	if len(labels) > 0 {
		who = "only an " + strings.Join(labels, " or ")
	}
	what := map[policy.Right]string{
		policy.ManageKeys:    "reach the account's API keys, because such a key acts for the whole account with full rights",
		policy.ReadMembers:   "see the account's members",
		policy.ManageMembers: "change who belongs to the account",
		policy.ReadAccount:   "see the account's settings",
		policy.ReadAudit:     "see who did what in the account",
		policy.OwnKeys:       "have keys that act as oneself",
		policy.RequestKeys:   "ask for a key",
	}[e.Right]
	return fmt.Sprintf("%s may %s", who, what)
}
func (*ForbiddenError) Is(kind error) bool { return kind == ErrForbidden }

// NotEntitledError says that the account's plan lacks API access (F2), and which have it.
type NotEntitledError struct {
	Plan     policy.Plan
	Need     []policy.Plan
	Personal bool // it has API access, and lacks personal keys
}

func (e *NotEntitledError) Error() string {
	what, begins := "API access", "it begins"
	if e.Personal {
		what, begins = "personal keys", "they begin"
	}
	if len(e.Need) == 0 {
		return fmt.Sprintf("the %s plan has no %s", e.Plan.Label, what)
	}
	return fmt.Sprintf("the %s plan has no %s; %s with the %s plan", e.Plan.Label, what, begins, e.Need[0].Label)
}
func (*NotEntitledError) Is(kind error) bool { return kind == ErrNotEntitled }

// TooManyKeysError says that the account has as many keys as its plan allows. Revoking one makes
// room.
type TooManyKeysError struct {
	Plan policy.Plan
	Have int // that are not revoked
}

func (e *TooManyKeysError) Error() string {
	return fmt.Sprintf("the account has %d keys and the %s plan allows %d; revoke one that is no longer needed", e.Have, e.Plan.Label, e.Plan.KeysMax)
}
func (*TooManyKeysError) Is(kind error) bool { return kind == ErrTooManyKeys }

// TooFastError says that something was done more often than it may be, and when it may be again.
type TooFastError struct {
	What  string // "new keys"
	Retry time.Duration
}

func (e *TooFastError) Error() string {
	return fmt.Sprintf("too many %s at once; try again in %v", e.What, e.Retry.Round(time.Second))
}
func (*TooFastError) Is(kind error) bool { return kind == ErrTooFast }

// AlreadyIssuedError says that the same form was sent before, and which key came of it. Its
// secret was shown then and cannot be shown again.
type AlreadyIssuedError struct{ Key KeyID }

func (e *AlreadyIssuedError) Error() string {
	return fmt.Sprintf("this form was sent before and made %s", e.Key)
}
func (*AlreadyIssuedError) Is(kind error) bool { return kind == ErrAlreadyIssued }

func tooLong(n, most int) string {
	return fmt.Sprintf("has %d characters; shorten it to %d at most", n, most)
}
