package api

import "time"

// Restriction is where a change stands that may take something away.
type Restriction struct {
	Revision uint64   `json:"revision" doc:"Of the change. As min_revision of a verification, it lets no older verdict pass." example:"4711"`
	Receipt  *Receipt `json:"receipt,omitempty" doc:"What was proved of it, when the request asked to wait."`
}

// Receipt says since when no node accepts what a change took away.
type Receipt struct {
	Revision         uint64            `json:"revision" doc:"Of the change." example:"4711"`
	CommittedAt      time.Time         `json:"committed_at"`
	Wait             string            `json:"wait" enum:"all,bound" doc:"What was waited for."`
	StalenessBoundMS int64             `json:"staleness_bound_ms" doc:"How long a node that is cut off answers at most." example:"30000"`
	Nodes            []Acknowledgement `json:"nodes" nullable:"false" doc:"All that there were after the commit. Empty: they could not be asked, and only time proves something."`
	Safe             bool              `json:"safe" doc:"No node accepts from safe_at on what was taken away. Never said unless it is proved."`
	SafeAt           *time.Time        `json:"safe_at" doc:"Since when it is safe; if it is not yet: by when it will be, at the latest; null: nobody can say."`
	PromiseVoid      bool              `json:"promise_void" doc:"Nodes answer with stale keys, because their operator chose so: nothing is ever safe then."`
	TookMS           float64           `json:"took_ms" doc:"How long was waited." example:"4.2"`
	Summary          string            `json:"summary" doc:"The same in words, as the end of a sentence." example:"on all 3 nodes after 5 ms"`
}

// Acknowledgement is what a Receipt says of one node.
type Acknowledgement struct {
	Node        string     `json:"node" doc:"Names the node for as long as it runs." example:"node_1x2v9k0a7b6c5d4e3f2g1h0i9"`
	Name        string     `json:"name" example:"eu-1"`
	State       string     `json:"state" enum:"applied,gone,silent" doc:"It has the change; it is no node any more; it has not said that it has it."`
	AfterMS     *float64   `json:"after_ms" doc:"From the commit until it was seen to be applied or gone; null for a silent node." example:"4.2"`
	LeaseEndsAt *time.Time `json:"lease_ends_at" doc:"Of a silent node: when it may answer no more, at the latest."`
	SeenAt      *time.Time `json:"seen_at" doc:"Of a silent node: when it last polled, by its own clock."`
}
