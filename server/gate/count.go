package gate

import (
	"sync/atomic"

	"github.com/keywright/keywright"
	"github.com/keywright/keywright/api"
)

// counts counts verdicts by their reasons; the empty one is that of a good verdict. The map
// never changes.
type counts map[keywright.Reason]*atomic.Uint64

func newCounts() counts {
	c := counts{"": new(atomic.Uint64)}
	for _, reason := range keywright.Reasons() {
		c[reason] = new(atomic.Uint64)
	}
	return c
}

// Verdicts counts the verdicts since the start, by their codes. A credential that was not there,
// or of which there were two, counts too.
func (g *Gate) Verdicts() map[string]uint64 {
	told := make(map[string]uint64, len(g.counts))
	for reason, count := range g.counts {
		code := string(reason)
		if reason == "" {
			code = string(api.CodeValid)
		}
		told[code] = count.Load()
	}
	return told
}
