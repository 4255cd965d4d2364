package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/keywright/keywright"
	"github.com/keywright/keywright/store/queries"
)

// Join makes a process a node of this database, unless there is one with another promise: whoever
// waits for a receipt relies on all having made the same. Those who join wait for each other,
// and for writers.
//
// Errors: *ConflictError (promise).
func (s *Store) Join(ctx context.Context, n keywright.Node) error {
	return s.alone(ctx, func(ctx context.Context, q *queries.Queries) error {
		if err := q.HoldClock(ctx); err != nil {
			return failed("hold", "clock", err)
		}
		rows, err := q.Nodes(ctx)
		if err != nil {
			return failed("list", "nodes", err)
		}
		for _, other := range all(rows, node) {
			if other.Promise() != n.Promise() {
				return &keywright.ConflictError{Field: "promise", Why: fmt.Sprintf(
					"differs: node %s (%s) runs with %s, this one with %s; all nodes of a database need the same, so stop the others first or start this one likewise",
					other.Name, other.Address, other.Promise(), n.Promise(),
				)}
			}
		}
		return failed("insert", "node", q.InsertNode(ctx, queries.InsertNodeParams{
			ID: string(n.ID), Name: n.Name, Version: n.Version, Address: n.Address, Bound: n.Bound.Milliseconds(), ServesStale: bit(n.ServesStale),
			StartedAt: millis(n.Started), SeenAt: millis(s.options.Now()),
		}))
	})
}

// Poll is ChangesSince for a node, in a transaction of its own that begins with a mark in the
// node's row. Until that is committed, nobody removes the node.
//
// Errors: ErrNotFound (no node any more), and ErrBackwards.
func (s *Store) Poll(ctx context.Context, id keywright.NodeID, applied, since uint64, most int) (keywright.Changes, error) {
	ctx, leave := s.watch(ctx)
	defer leave()
	changes, err := s.poll(ctx, id, applied, since, most)
	if err != nil && errors.Is(context.Cause(ctx), errSilent) {
		return keywright.Changes{}, errSilent
	}
	return changes, err
}

func (s *Store) poll(ctx context.Context, id keywright.NodeID, applied, since uint64, most int) (keywright.Changes, error) {
	before, err := s.known.now()
	if err != nil {
		return keywright.Changes{}, err
	}
	tx, err := begin(ctx, s.pools.Nodes, &sql.TxOptions{Isolation: sql.LevelRepeatableRead})
	if err != nil {
		return keywright.Changes{}, failed("begin", "to poll", err)
	}
	defer tx.Rollback() //nolint:errcheck // after a commit it does nothing; otherwise another error is on its way
	q := queries.New(tx)
	rows, err := q.CountPoll(ctx, queries.CountPollParams{Applied: int64(applied), Now: millis(s.options.Now()), ID: string(id)})
	if err := changed("node", rows, err); err != nil {
		return keywright.Changes{}, err
	}
	now, err := s.clock(ctx, q, before)
	if err != nil {
		return keywright.Changes{}, err
	}
	changes, err := reader{q}.changesSince(ctx, now, since, most)
	if err != nil {
		return keywright.Changes{}, err
	}
	return changes, failed("end", "a poll", tx.Commit())
}

// Acknowledge notes what a node has applied, for those who wait for it. What is applied was seen
// here before, so a database that has what is known has that too, and one that has not is told
// nothing: the next poll refuses it.
func (s *Store) Acknowledge(ctx context.Context, id keywright.NodeID, applied uint64) error {
	at, err := s.known.now()
	if err != nil {
		return err
	}
	err = queries.New(s.pools.Nodes).Acknowledge(ctx, queries.AcknowledgeParams{
		Applied: int64(applied), ID: string(id), Revision: int64(at.Revision), Stamp: int64(at.Stamp),
	})
	return failed("change", "node", err)
}

// Nodes are all nodes of the database, those too of which nobody has noticed that they died.
func (s *Store) Nodes(ctx context.Context) ([]keywright.Node, error) {
	rows, err := s.q.Nodes(ctx)
	return all(rows, node), failed("list", "nodes", err)
}

// Leave removes a node that answers nothing any more.
func (s *Store) Leave(ctx context.Context, id keywright.NodeID) error {
	return failed("delete", "node", queries.New(s.pools.Nodes).DeleteNode(ctx, string(id)))
}

// Remove removes a node that has polled so often, and not since.
func (s *Store) Remove(ctx context.Context, id keywright.NodeID, polls uint64) error {
	err := queries.New(s.pools.Nodes).DeleteSilentNode(ctx, queries.DeleteSilentNodeParams{ID: string(id), Polls: int64(polls)})
	return failed("delete", "node", err)
}

func node(row queries.Node) keywright.Node {
	return keywright.Node{
		ID: keywright.NodeID(row.ID), Name: row.Name, Version: row.Version, Address: row.Address,
		Bound: time.Duration(row.Bound) * time.Millisecond, ServesStale: row.ServesStale != 0,
		Started: instant(row.StartedAt), Seen: instant(row.SeenAt), Polls: uint64(row.Polls), Applied: uint64(row.Applied),
	}
}

func bit(b bool) int64 {
	if b {
		return 1
	}
	return 0
}
