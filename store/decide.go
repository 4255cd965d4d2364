package store

import (
	"context"

	"github.com/keywright/keywright"
	"github.com/keywright/keywright/store/queries"
)

// History is what the database says of itself.
//
// Errors: ErrBackwards.
func (s *Store) History(ctx context.Context) (keywright.History, error) {
	var h keywright.History
	err := s.look(ctx, func(ctx context.Context, in looking, now queries.ClockRow) error {
		q := in.reader().q
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
