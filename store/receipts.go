package store

import (
	"context"
	"encoding/json"
	"time"

	"github.com/keywright/keywright"
	"github.com/keywright/keywright/store/queries"
)

// KeepReceipt keeps a receipt with the audit event of the change that it is for, once it says
// more than the one that is there. It is no change of the domain and takes no revision.
func (s *Store) KeepReceipt(ctx context.Context, c keywright.Commit, r keywright.Receipt) error {
	text, err := json.Marshal(keptReceipt(r))
	if err != nil {
		return failed("write", "a receipt", err)
	}
	return s.alone(ctx, func(ctx context.Context, q *queries.Queries) error {
		return failed("keep", "receipt", q.KeepReceipt(ctx, queries.KeepReceiptParams{
			Revision: int64(c.Revision), Account: string(c.Account), Subject: c.Subject.ID, Safe: bit(r.Safe), Receipt: string(text),
		}))
	})
}

func (r reader) Receipt(ctx context.Context, account keywright.AccountID, revision uint64) (keywright.Receipt, error) {
	text, err := r.q.Receipt(ctx, queries.ReceiptParams{Revision: int64(revision), Account: string(account)})
	if err != nil {
		return keywright.Receipt{}, found("receipt", err)
	}
	return receipt(text)
}

func (r reader) ReceiptOf(ctx context.Context, account keywright.AccountID, subject string) (keywright.Receipt, error) {
	text, err := r.q.ReceiptOf(ctx, queries.ReceiptOfParams{Account: string(account), Subject: subject})
	if err != nil {
		return keywright.Receipt{}, found("receipt", err)
	}
	return receipt(text)
}

// The forms in which receipts are kept. Durations are in nanoseconds; a zero time is left out.
type (
	receiptText struct {
		Revision  uint64         `json:"revision"`
		Committed time.Time      `json:"committed"`
		Wait      keywright.Wait `json:"wait"`
		Bound     time.Duration  `json:"bound"`
		Nodes     []nodeText     `json:"nodes"`
		Safe      bool           `json:"safe"`
		SafeAt    time.Time      `json:"safe_at,omitzero"`
		Void      bool           `json:"void"`
		Took      time.Duration  `json:"took"`
	}
	nodeText struct {
		Node      keywright.NodeID    `json:"node"`
		Name      string              `json:"name"`
		State     keywright.NodeState `json:"state"`
		After     time.Duration       `json:"after"`
		LeaseEnds time.Time           `json:"lease_ends,omitzero"`
		Seen      time.Time           `json:"seen,omitzero"`
	}
)

func keptReceipt(r keywright.Receipt) receiptText {
	return receiptText{
		r.Revision, r.Committed, r.Wait, r.Bound,
		all(r.Nodes, func(a keywright.Acknowledgement) nodeText { return nodeText(a) }), r.Safe, r.SafeAt, r.Void, r.Took,
	}
}

func receipt(text string) (keywright.Receipt, error) {
	var r receiptText
	if err := json.Unmarshal([]byte(text), &r); err != nil {
		return keywright.Receipt{}, failed("read", "a receipt", err)
	}
	return keywright.Receipt{
		Revision: r.Revision, Committed: r.Committed, Wait: r.Wait, Bound: r.Bound,
		Nodes: all(r.Nodes, func(n nodeText) keywright.Acknowledgement { return keywright.Acknowledgement(n) }),
		Safe:  r.Safe, SafeAt: r.SafeAt, Void: r.Void, Took: r.Took,
	}, nil
}
