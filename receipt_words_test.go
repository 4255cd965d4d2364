package keywright_test

import (
	"testing"
	"time"

	"github.com/keywright/keywright"
)

func TestAReceiptInWordsClaimsNoMoreThanItProves(t *testing.T) {
	at := func(s int) time.Time { return time.Date(2026, 5, 3, 12, 0, s, 1, time.UTC) }
	node := func(name string, state keywright.NodeState) keywright.Acknowledgement {
		return keywright.Acknowledgement{Name: name, State: state}
	}
	a, b, c := node("a", keywright.NodeApplied), node("b", keywright.NodeApplied), node("c", keywright.NodeApplied)
	silent, gone := node("x", keywright.NodeSilent), node("y", keywright.NodeGone)
	type nodes = []keywright.Acknowledgement
	const bound, ms = 30 * time.Second, time.Millisecond
	for _, test := range []struct {
		receipt keywright.Receipt
		want    string
	}{
		{keywright.Receipt{Safe: true, Nodes: nodes{a}, Took: 100 * time.Microsecond}, "on the one node there is, after 1 ms"},
		{keywright.Receipt{Safe: true, Nodes: nodes{a, b, c}, Took: 3001 * time.Microsecond}, "on all 3 nodes after 4 ms"},
		{keywright.Receipt{Safe: true, Nodes: nodes{a, gone}, Took: 4 * ms}, "on every node after 4 ms: 1 of 2 have it, and y left meanwhile"},
		{keywright.Receipt{Safe: true, Nodes: nodes{a, silent}, Took: bound + 30*ms}, "on every node after 30.1 s: x did not answer, and may accept nothing since"},
		{keywright.Receipt{Safe: true, Nodes: nodes{silent, silent, silent}, Took: bound}, "on every node after 30.0 s: x, x and x did not answer, and may accept nothing since"},
		{keywright.Receipt{Safe: true, Took: bound, Bound: bound}, "on every node after 30.0 s: they could not be asked, but each has had the change by then or answers no more"},
		{keywright.Receipt{Safe: true, Took: ms, Bound: bound}, "on every node: none answers at present"},
		{keywright.Receipt{Nodes: nodes{a, silent}, SafeAt: at(30)}, "on 1 of 2 nodes so far; x has not answered; safe at 12:00:31 UTC at the latest"},
		{keywright.Receipt{Nodes: nodes{a, b}, SafeAt: at(30), Wait: keywright.WaitBound}, "on all 2 nodes; it is proved by time alone at 12:00:31 UTC"},
		{keywright.Receipt{SafeAt: at(30)}, "on this node; the others could not be asked so far; safe at 12:00:31 UTC at the latest"},
		{keywright.Receipt{}, "on this node; the others could not be asked, and nobody can say when it is safe"},
		{keywright.Receipt{Void: true, Nodes: nodes{a, silent}}, "on 1 of 2 nodes; of others nothing is promised, because they answer with stale keys (--on-stale serve)"},
	} {
		if got := test.receipt.String(); got != test.want {
			t.Errorf("%+v:\n got %s\nwant %s", test.receipt, got, test.want)
		}
	}
}
