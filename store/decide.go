package store

import (
	"context"
	"database/sql"

	"github.com/keywright/keywright"
	"github.com/keywright/keywright/store/queries"
)

// History, Has and TouchedSince answer for a database as it is, also for one that lacks what it
// had: an operator has to be told what.

// History is what the database says of itself.
func (s *Store) History(ctx context.Context) (keywright.History, error) {
	var h keywright.History
	err := s.glance(ctx, func(in *sql.Tx, now queries.ClockRow) error {
		q := queries.New(in)
		identity, err := q.Identity(ctx)
		if err != nil {
			return failed("read", "identity", err)
		}
		rows, err := q.Decisions(ctx)
		if err != nil {
			return failed("list", "decisions", err)
		}
		h = keywright.History{
			Database: identity.Database, At: point(now), Quarantined: keywright.Quarantine(identity.Quarantined), Decisions: all(rows, decision),
		}
		return nil
	})
	return h, err
}

// Has reports whether the history of the database has a point; not known when its change log
// does not go back so far.
func (s *Store) Has(ctx context.Context, p keywright.Point) (has, known bool, err error) {
	err = s.glance(ctx, func(in *sql.Tx, now queries.ClockRow) error {
		if p.Revision > uint64(now.Revision) {
			known = true
			return nil
		}
		found, err := at(ctx, queries.New(in), p.Revision, now)
		known = p.Stamp != 0 && found.Stamp != 0
		has = known && found == p
		return err
	})
	return has, known, err
}

// TouchedSince is the ids of all that was there before and changed after a revision, as far as
// the change log has it.
func (s *Store) TouchedSince(ctx context.Context, since uint64) (map[string]bool, error) {
	touched := map[string]bool{}
	err := s.glance(ctx, func(in *sql.Tx, _ queries.ClockRow) error {
		ids, err := queries.New(in).TouchedSince(ctx, int64(since))
		for _, id := range ids {
			touched[id] = true
		}
		return failed("list", "changes", err)
	})
	return touched, err
}

func decision(row queries.Decision) keywright.Decision {
	return keywright.Decision{
		Revision: uint64(row.Revision), After: uint64(row.After), At: instant(row.At), Choice: keywright.Choice(row.Choice),
	}
}

// Quarantine keeps everyone from serving the database until a decision. It takes no revision:
// a database that is about to get another history must not get another revision before.
func (s *Store) Quarantine(ctx context.Context, why keywright.Quarantine) error {
	return s.alone(ctx, func(ctx context.Context, q *queries.Queries) error {
		return failed("set", "quarantine", q.SetQuarantined(ctx, string(why)))
	})
}

func (t *tx) Decide(ctx context.Context, d keywright.Decision) error {
	t.revision = int64(d.Revision)
	t.was = 0
	if err := t.q.SkipTo(ctx, t.revision); err != nil {
		return failed("skip to", "revision", err)
	}
	err := t.q.InsertDecision(ctx, queries.InsertDecisionParams{
		Revision: t.revision, After: int64(d.After), At: millis(d.At), Choice: string(d.Choice),
	})
	if err != nil {
		return failed("insert", "decision", err)
	}
	if err := t.q.SetQuarantined(ctx, ""); err != nil {
		return failed("end", "quarantine", err)
	}
	if err := t.q.DeleteSessions(ctx); err != nil {
		return failed("delete", "sessions", err)
	}
	return failed("end", "links", t.q.EndAllLinks(ctx, millis(d.At)))
}
