package store

import (
	"context"
	"database/sql"
	"time"

	"github.com/keywright/keywright"
	"github.com/keywright/keywright/store/queries"
)

// The kinds of changes, as they are in their rows.
const (
	accountChange = "account"
	memberChange  = "member"
	keyChange     = "key"
	tokenChange   = "token"
	policyChange  = "policy"
	noChange      = ""
)

// thing is what a change is of.
type thing struct {
	kind    string
	account keywright.AccountID
	id      string
}

// touched is each thing that a transaction has changed, once, in the order of the first time.
type touched struct {
	things []thing
	seen   map[thing]bool
	made   map[thing]bool // those that were not there before: nothing was taken away from them
}

// touch notes that a thing was changed, unless err says that it was not. Every method of tx
// that changes what a verification looks at ends with it, or with inserted.
func (t *tx) touch(kind string, account keywright.AccountID, id string, err error) error {
	if changed := (thing{kind, account, id}); err == nil && !t.touched.seen[changed] {
		if t.touched.seen == nil {
			t.touched.seen = map[thing]bool{}
		}
		t.touched.seen[changed] = true
		t.touched.things = append(t.touched.things, changed)
	}
	return err
}

// inserted is touch for what was not there before.
func (t *tx) inserted(kind string, account keywright.AccountID, id string, err error) error {
	if t.touched.made == nil {
		t.touched.made = map[thing]bool{}
	}
	t.touched.made[thing{kind, account, id}] = true
	return t.touch(kind, account, id, err)
}

// log writes what was touched into the change log, last of all in a transaction, and reads the
// records of it when someone is to be told.
func (t *tx) log(ctx context.Context, now time.Time, told bool) (keywright.Changes, error) {
	things := t.touched.things
	if len(things) == 0 {
		things = []thing{{kind: noChange}} // a revision without a row is one that was not written down
	}
	kinds := map[string]bool{}
	for i, thing := range things {
		kinds[thing.kind] = true
		err := t.q.InsertChange(ctx, queries.InsertChangeParams{
			Revision: t.revision, Position: int64(i), Kind: thing.kind,
			Account: string(thing.account), Entity: thing.id, At: millis(now),
			Stamp: t.stamp, Restricts: t.touched.restricts(thing),
		})
		if err != nil {
			return keywright.Changes{}, failed("write", "change", err)
		}
	}
	changes := keywright.Changes{Since: uint64(t.revision - 1), Revision: uint64(t.revision)}
	if !told {
		return changes, nil
	}
	var err error
	if changes.Policy, err = t.replaced(ctx, kinds); err != nil {
		return changes, err
	}
	changes.Records, err = t.changed(ctx, t.revision-1, kinds)
	return changes, err
}

// Follow has hear told of each change from now on: after its commit and before its Write
// returns, one at a time, in the order of their revisions. hear holds up every writer while it
// runs. It must not write to the Store and must not panic.
func (s *Store) Follow(hear func(keywright.Changes)) {
	s.turn <- struct{}{}
	defer func() { <-s.turn }()
	s.followers = append(s.followers, hear)
}

// tell has everyone hear of a change that is committed: those who verify by it first.
func (s *Store) tell(changes keywright.Changes, restrictions keywright.Restrictions) {
	for _, hear := range s.followers {
		hear(changes)
	}
	for _, keep := range s.journals {
		keep(restrictions)
	}
}

// Revision is that of the last change.
//
// Errors: ErrBackwards.
func (s *Store) Revision(ctx context.Context) (uint64, error) {
	before, err := s.known.now()
	if err != nil {
		return 0, err
	}
	clock, err := s.clock(ctx, queries.New(s.following), before)
	return uint64(clock.Revision), err
}

// soon is Revision for a poll: what is not answered soon is to be asked anew.
func (s *Store) soon(ctx context.Context) (uint64, error) {
	ctx, cancel := context.WithTimeout(ctx, perWatch)
	defer cancel()
	return s.Revision(ctx)
}

// ChangesSince is all that changed after a revision, as it is now. When that is more than most
// things or revisions, or no longer kept, the answer is Behind. An answer whose Revision is
// before Since says that the database is not the one that it was.
//
// Errors: ErrBackwards, when the Store itself knows that.
func (s *Store) ChangesSince(ctx context.Context, since uint64, most int) (keywright.Changes, error) {
	if now, err := s.soon(ctx); err != nil || now == since { // as most of the time: nothing more to ask
		return keywright.Changes{Since: since, Revision: now}, err
	}
	var changes keywright.Changes
	err := s.look(ctx, func(ctx context.Context, in *sql.Tx, now queries.ClockRow) (err error) {
		changes, err = reader{queries.New(in)}.changesSince(ctx, now, since, most)
		return err
	})
	return changes, err
}

// changesSince is that of the Store, in a transaction that sees what was there at now.
func (r reader) changesSince(ctx context.Context, now queries.ClockRow, since uint64, most int) (keywright.Changes, error) {
	changes := keywright.Changes{Since: since, Revision: uint64(now.Revision)}
	if changes.Revision <= since {
		return changes, nil
	}
	rows, behind, err := r.logged(ctx, since, now, most)
	if changes.Behind = behind; behind || err != nil {
		return changes, err
	}
	kinds := map[string]bool{}
	for _, row := range rows {
		kinds[row.Kind] = true
	}
	if changes.Policy, err = r.replaced(ctx, kinds); err != nil {
		return changes, err
	}
	changes.Records, err = r.changed(ctx, int64(since), kinds)
	return changes, err
}

// logged reads the change log after a revision, to now. It is behind when that is more than most
// things or revisions, or no longer kept.
func (r reader) logged(ctx context.Context, since uint64, now queries.ClockRow, most int) (rows []queries.ChangesRow, behind bool, err error) {
	if int64(since) < now.Horizon || uint64(now.Revision)-since > uint64(most) {
		return nil, true, nil
	}
	rows, err = r.q.Changes(ctx, queries.ChangesParams{Since: int64(since), Most: int32(most) + 1})
	if err != nil {
		return nil, false, failed("list", "changes", err)
	}
	return rows, len(rows) > most || !unbroken(rows, int64(since), now.Revision), nil
}

// unbroken reports whether each revision after since, up to the last, has a row. One that has
// none was written by a version of this program that did not log yet, or by hand.
func unbroken(rows []queries.ChangesRow, since, last int64) bool {
	for _, row := range rows {
		if row.Revision > since+1 {
			return false
		}
		since = row.Revision
	}
	return since == last
}
