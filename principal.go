package keywright

import (
	"strings"
	"time"
)

// Principal is who asks: the operator, a member or a key. It says who, not what he may do;
// that is looked up anew in the transaction of each operation, so that a right taken away
// is gone at once.
type Principal struct {
	Kind    PrincipalKind
	Account AccountID // the account that is acted in; for the operator, empty where none is meant
	Member  MemberID  // Kind is PrincipalMember
	Key     KeyID     // Kind is PrincipalKey

	// Token is that by which the operator acts from another machine, also in a member's name;
	// empty over the socket.
	Token OperatorTokenID

	// ForOperator marks a member in whose name the operator acts: he may do what the member
	// may, no more, and history tells who it was.
	ForOperator bool

	// SignedIn is when the session of a member began: it is over when he was deactivated since, also
	// if he is active again. Zero: he proves anew with each request who he is.
	SignedIn time.Time

	// Once lets what he asks for, if it changes something, take effect once however often he
	// sends it. nil: each time.
	Once *Once
}

// PrincipalKind is a kind of Principal.
type PrincipalKind string

// The kinds of Principal.
const (
	PrincipalOperator PrincipalKind = "operator" // runs this installation; may do everything but see a secret again
	PrincipalMember   PrincipalKind = "member"
	PrincipalKey      PrincipalKind = "key"
)

// Operator is the operator, acting in account; empty where no one account is meant.
func Operator(account AccountID) Principal {
	return Principal{Kind: PrincipalOperator, Account: account}
}

// By is the member as a Principal.
func (m Member) By() Principal {
	return Principal{Kind: PrincipalMember, Account: m.Account, Member: m.ID}
}

// in reports whether a member's way in is open: he is active, and was not shut out since.
func (p Principal) in(m Member) bool {
	return m.State == MemberActive && (p.SignedIn.IsZero() || p.SignedIn.After(m.Deactivated))
}

// By is the key as a Principal.
func (k Key) By() Principal { return Principal{Kind: PrincipalKey, Account: k.Account, Key: k.ID} }

// by is the Principal who did something in an account.
func (a Actor) by(account AccountID) Principal {
	p := Principal{Kind: a.Kind, Account: account}
	switch a.Kind {
	case PrincipalMember:
		p.Member = MemberID(a.ID)
	case PrincipalKey:
		p.Key = KeyID(a.ID)
	case PrincipalOperator:
		p.Token = OperatorTokenID(a.ID)
	}
	return p
}

// caller is who asks, in a form that no two callers share: what Once is bound to. It must
// never change for those whom it can already tell apart: they would do again what they did.
func (p Principal) caller() string {
	who := strings.Join([]string{string(p.Kind), string(p.Account), string(p.Member), string(p.Key)}, " ")
	if p.ForOperator {
		who += " for the operator"
	}
	if p.Token != "" {
		who += " by " + string(p.Token)
	}
	return who
}

// Actor is who did something, as history names him: with the name that he had then.
type Actor struct {
	Kind PrincipalKind
	ID   string // mem_… or key_…; tok_… for an operator who acted by a token, else empty for him
	Name string
}
