package api

import "time"

// Nodes are the processes that answer for the keys of one database.
type Nodes struct {
	Revision uint64 `json:"revision" doc:"The highest that any of them has applied." example:"4711"`
	Nodes    []Node `json:"nodes" nullable:"false"`
}

// Node is a process that answers for keys from its own memory, as the one that was asked sees it.
type Node struct {
	ID               string    `json:"id" doc:"Names the node for as long as it runs." example:"node_1x2v9k0a7b6c5d4e3f2g1h0i9"`
	Name             string    `json:"name" example:"eu-1"`
	Version          string    `json:"version" doc:"Of the program." example:"1.2.0"`
	Address          string    `json:"address" doc:"Of its data plane." example:"10.0.0.7:8081"`
	Self             bool      `json:"self" doc:"It is the one that was asked."`
	Live             bool      `json:"live" doc:"It may still answer."`
	StartedAt        time.Time `json:"started_at"`
	SeenAt           time.Time `json:"seen_at" doc:"When it last polled, by its own clock."`
	SilentMS         int64     `json:"silent_ms" doc:"For how long it has not been seen to poll; a second or so is usual."`
	Applied          uint64    `json:"applied" doc:"The revision up to which it has everything." example:"4711"`
	Behind           uint64    `json:"behind" doc:"By how many revisions that is less than what others have."`
	StalenessBoundMS int64     `json:"staleness_bound_ms" example:"30000"`
	OnStale          string    `json:"on_stale" enum:"refuse,serve" doc:"What its verification does after the staleness bound."`
}
