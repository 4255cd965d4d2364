package policy

import "github.com/keywright/keywright/limit"

// Plan is what an account pays for.
type Plan struct {
	Name  string // "standard": in the database, in REST and on the command line
	Label string // "Standard": for people

	// APIAccess is the entitlement to the API (F2): without it no key of the account
	// verifies, and none can be issued. It takes effect at once, both ways.
	APIAccess bool

	// Rate is how often each key of the account may be used. The zero Rate, whose Burst is
	// 0, stands for no limit.
	Rate limit.Rate
}
