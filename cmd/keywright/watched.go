package main

import (
	"net/http"
	"net/http/pprof"

	"github.com/keywright/keywright/server/metrics"
)

// reading is what /metrics tells of this process.
func (p *process) reading() metrics.Reading {
	following, held := p.follower.Stats(), p.follower.Set().Stats()
	return metrics.Reading{
		Revision: following.Revision, Behind: following.Behind, Lease: following.Lease,
		Poll: following.Poll, Bound: following.Bound, Void: following.Void,
		Keys: held.Keys, Accounts: held.Accounts, Members: held.Members,
		Verdicts: p.gate.Verdicts(), Dropped: uint64(p.meter.Dropped() + p.tokens.Dropped()),
	}
}

// withProfiles adds what Go tells of a running process, for the operator on this machine alone:
// a profile holds what was in memory.
func withProfiles(next http.Handler) http.Handler {
	mux := http.NewServeMux()
	mux.Handle("/", next)
	mux.HandleFunc("GET /debug/pprof/", pprof.Index)
	mux.HandleFunc("GET /debug/pprof/profile", pprof.Profile)
	mux.HandleFunc("GET /debug/pprof/trace", pprof.Trace)
	return mux
}
