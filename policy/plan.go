package policy

import (
	"time"

	"github.com/keywright/keywright/limit"
)

// Plan is what an account pays for.
type Plan struct {
	Name  string // "standard": in the database, in REST and on the command line
	Label string // "Standard": for people

	// APIAccess is the entitlement to the API (F2): without it no key of the account
	// verifies, and none can be issued. It takes effect at once, both ways.
	APIAccess bool

	// PersonalKeys is the entitlement to keys that act as a member (F18), on top of APIAccess.
	PersonalKeys bool

	// Rate is how often each key of the account may be used. The zero Rate, whose Burst is
	// 0, stands for no limit; likewise NewKeys, which is how often the account may make a key.
	Rate, NewKeys limit.Rate

	// KeysMax is how many keys the account may have that are not revoked; 0: no limit.
	KeysMax int

	// Lives bound how long a key may live, kind by kind. Without one there is no bound.
	Lives []Life
}

// Life is how long keys live that are issued on a plan.
type Life struct {
	Kind    string        // of keys: account, read_only, personal or service; empty: all that have no Life of their own
	Default time.Duration // what a key gets that asks for nothing; 0: no end, or Longest where there is one
	Longest time.Duration // from its beginning; 0: no bound
}

// Life is what the plan says of keys of a kind. The zero Life has no bound.
func (p Plan) Life(kind string) Life {
	for _, wanted := range []string{kind, ""} {
		if life, ok := find(p.Lives, func(l *Life) bool { return l.Kind == wanted }); ok {
			return life
		}
	}
	return Life{}
}
