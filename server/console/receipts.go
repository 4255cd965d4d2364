package console

import (
	"strconv"
	"time"

	"github.com/keywright/keywright"
)

// receipts waits for the proof that a change counts on every node, and goes on waiting when the
// reader has been sent on. follow.Receipts is one.
type receipts interface {
	Begin(c keywright.Commit, patience time.Duration) keywright.Receipt
}

// patience is how long a page waits for a proof. Healthy nodes give it in a few milliseconds.
const patience = time.Second

// counting sends the reader of a deed on: to its page with words of what was done, when it is
// proved that it counts on every node; else to the receipt, which says what is known. lead is the
// sentence without its end: "The key … has stopped working".
func (c *Console) counting(commit keywright.Commit, lead, path string) answer {
	if c.options.Receipts == nil {
		return goTo(path).noting(lead + " on this node.")
	}
	receipt := c.options.Receipts.Begin(commit, patience)
	switch {
	case !receipt.Safe:
		return goTo(receiptPath(commit.Revision)).noting(lead + " on this node.")
	case !told(receipt):
		return goTo(path).noting(lead + ".")
	}
	return goTo(path).noting(lead + " " + receipt.String() + ".")
}

// told reports whether a receipt says more than the change itself does: that it counts on the one
// node there is, everyone expects.
func told(r keywright.Receipt) bool { return r.Revision > 0 && (!r.Safe || len(r.Nodes) > 1) }

func receiptPath(revision uint64) string {
	return "/receipts/" + strconv.FormatUint(revision, 10)
}

// receiptView is the page of one receipt.
type receiptView struct {
	keywright.Receipt
	now  time.Time
	path string
}

// pending reports whether the proof may still come.
func (view receiptView) pending() bool {
	return !view.Safe && !view.SafeAt.IsZero() && view.now.Before(view.SafeAt.Add(time.Second))
}

// receipt shows what was proved of a change. Whoever belongs to the account may see it: it names
// nothing but nodes.
func (c *Console) receipt(v *visit) (answer, error) {
	revision, err := strconv.ParseUint(v.PathValue("revision"), 10, 63)
	if err != nil {
		return answer{}, keywright.ErrNotFound
	}
	receipt, err := c.svc.Receipt(v.Context(), v.by(), revision)
	if err != nil {
		return answer{}, err
	}
	view := receiptView{receipt, v.now, receiptPath(revision)}
	return show("Receipt for change "+strconv.FormatUint(revision, 10), receiptPage(view)).inOneColumn(), nil
}

// title is what the page says first.
func (view receiptView) title() string {
	switch {
	case view.Safe:
		return "This change counts everywhere"
	case view.Void:
		return "Nothing is promised of this change"
	case view.pending():
		return "It is not yet proved that this change counts everywhere"
	}
	return "It was not proved that this change counts everywhere"
}

// advice is what there is to do.
func (view receiptView) advice() string {
	switch {
	case view.Safe:
		return "No node accepts any more what it took away."
	case view.Void:
		return "Whoever runs this service has chosen that a node which is cut off goes on with what it last knew. Ask them which nodes run."
	case view.pending():
		return "A node that has not answered may be cut off. Until then it may accept what this change took away; after that it accepts nothing before it knows of the change."
	}
	return "The wait was broken off before it ended. Ask whoever runs this service which nodes run."
}

func (view receiptView) number() string { return strconv.FormatUint(view.Revision, 10) }

func millis(d time.Duration) string {
	return strconv.FormatInt(int64((d+time.Millisecond-1)/time.Millisecond), 10) + " ms"
}

func nodeClass(s keywright.NodeState) string {
	switch s {
	case keywright.NodeApplied:
		return "state-active"
	case keywright.NodeGone:
		return "state-revoked"
	case keywright.NodeSilent:
	}
	return "state-paused"
}

// stateWord is how a node stands to the change, in words.
func stateWord(s keywright.NodeState) string {
	switch s {
	case keywright.NodeApplied:
		return "has it"
	case keywright.NodeGone:
		return "has left"
	case keywright.NodeSilent:
	}
	return "no answer"
}
