package keywright

import (
	"fmt"
	"strings"
	"time"
)

// String says where the change counts and since when, as the end of a sentence: "on all 3 nodes
// after 4 ms". It is the one place for these words, so that none of them claims more than
// another.
func (r Receipt) String() string {
	applied, gone, silent := r.named(NodeApplied), r.named(NodeGone), r.named(NodeSilent)
	switch {
	case r.Void:
		return fmt.Sprintf("on %d of %d nodes; of others nothing is promised, because they answer with stale keys (--on-stale serve)", len(applied), len(r.Nodes))
	case r.Safe && len(r.Nodes) == 0 && r.Took < r.Bound:
		return "on every node: none answers at present"
	case r.Safe && len(r.Nodes) == 0:
		return fmt.Sprintf("on every node after %s: they could not be asked, but each has had the change by then or answers no more", span(r.Took))
	case r.Safe && len(silent) > 0:
		return fmt.Sprintf("on every node after %s: %s did not answer, and may accept nothing since", span(r.Took), listed(silent))
	case r.Safe && len(applied) == 1 && len(gone) == 0:
		return "on the one node there is, after " + span(r.Took)
	case r.Safe && len(gone) > 0:
		return fmt.Sprintf("on every node after %s: %d of %d have it, and %s left meanwhile", span(r.Took), len(applied), len(r.Nodes), listed(gone))
	case r.Safe:
		return fmt.Sprintf("on all %d nodes after %s", len(applied), span(r.Took))
	case len(r.Nodes) == 0 && r.SafeAt.IsZero():
		return "on this node; the others could not be asked, and nobody can say when it is safe"
	case len(r.Nodes) == 0:
		return fmt.Sprintf("on this node; the others could not be asked so far; safe at %s at the latest", clock(r.SafeAt))
	case len(silent) == 0: // it is the time that was waited for
		return fmt.Sprintf("on all %d nodes; it is proved by time alone at %s", len(applied), clock(r.SafeAt))
	}
	return fmt.Sprintf("on %d of %d nodes so far; %s has not answered; safe at %s at the latest", len(applied), len(r.Nodes), listed(silent), clock(r.SafeAt))
}

func (r Receipt) named(state NodeState) []string {
	var all []string
	for _, node := range r.Nodes {
		if node.State == state {
			all = append(all, node.Name)
		}
	}
	return all
}

func listed(names []string) string {
	if len(names) == 1 {
		return names[0]
	}
	return strings.Join(names[:len(names)-1], ", ") + " and " + names[len(names)-1]
}

// span is a time that has passed, never shown as less than it was.
func span(d time.Duration) string {
	if d < time.Second {
		return fmt.Sprintf("%d ms", (d+time.Millisecond-1)/time.Millisecond)
	}
	const step = 100 * time.Millisecond
	return fmt.Sprintf("%.1f s", ((d + step - 1) / step * step).Seconds())
}

// clock is a time of the day, never shown as earlier than it is.
func clock(t time.Time) string { return t.Add(time.Second - 1).UTC().Format("15:04:05 MST") }
