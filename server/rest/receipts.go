package rest

import (
	"context"
	"net/http"
	"time"

	"github.com/keywright/keywright"
	"github.com/keywright/keywright/api"
)

// receipts waits for the proof that a change counts on every node. follow.Receipts is one.
type receipts interface {
	Wait(ctx context.Context, c keywright.Commit, wait keywright.Wait) keywright.Receipt
}

// WaitQuery is part of the input of each operation that may take something away. It is exported
// because huma looks into no embedded field that is not.
type WaitQuery struct {
	Wait string `query:"wait" enum:"all,bound" doc:"Answer when it is proved that no node accepts any more what this takes away: all, when each has said so or may answer no more; bound, when the staleness bound has passed, whatever nodes say. Either ends a second after that bound at the latest. Left out, the answer comes after the commit."`
}

// answerTime is how long an answer may take to be written, after a wait.
const answerTime = 15 * time.Second

// restriction is where a change stands, with the receipt if the caller waits for one. When he goes
// away, nobody waits.
func (h *handler) restriction(ctx context.Context, c keywright.Commit, asked WaitQuery) api.Restriction {
	if asked.Wait == "" || h.options.Receipts == nil {
		return api.Restriction{Revision: c.Revision}
	}
	// The server's deadlines are for requests that wait for nothing.
	until := time.Now().Add(keywright.MaxBound + time.Second + answerTime)
	control := http.NewResponseController(visitOf(ctx).writer)
	_ = control.SetReadDeadline(until) // which else ends ctx; a writer without deadlines has none
	_ = control.SetWriteDeadline(until)
	receipt := wireReceipt(h.options.Receipts.Wait(ctx, c, keywright.Wait(asked.Wait)))
	return api.Restriction{Revision: c.Revision, Receipt: &receipt}
}

func wireReceipt(r keywright.Receipt) api.Receipt {
	return api.Receipt{
		Revision: r.Revision, CommittedAt: r.Committed, Wait: string(r.Wait), StalenessBoundMS: r.Bound.Milliseconds(),
		Nodes: each(r.Nodes, wireAcknowledgement), Safe: r.Safe, SafeAt: moment(r.SafeAt), PromiseVoid: r.Void,
		TookMS: wireMillis(r.Took), Summary: r.String(),
	}
}

func wireAcknowledgement(a keywright.Acknowledgement) api.Acknowledgement {
	wire := api.Acknowledgement{
		Node: string(a.Node), Name: a.Name, State: string(a.State), LeaseEndsAt: moment(a.LeaseEnds), SeenAt: moment(a.Seen),
	}
	if a.State != keywright.NodeSilent {
		after := wireMillis(a.After)
		wire.AfterMS = &after
	}
	return wire
}

// wireMillis is a time in milliseconds, to a hundredth.
func wireMillis(d time.Duration) float64 {
	return float64(d.Round(10*time.Microsecond)) / float64(time.Millisecond)
}
