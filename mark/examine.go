package mark

import (
	"cmp"
	"context"
	"fmt"
	"path/filepath"
	"slices"

	"github.com/keywright/keywright"
)

// Why says why a database must not be served.
type Why string

// The reasons, of which the first that applies is told.
const (
	AnotherDatabase Why = "another"   // than the mark says
	Backwards       Why = "backwards" // it is at an earlier revision
	AnotherWay      Why = "way"       // it has other revisions than those that were seen
	Quarantined     Why = "quarantined"
)

// Finding is what a comparison of a database with the mark and the journals has shown.
type Finding struct {
	Why     Why // empty: nothing stands in the way of serving it
	Mark    Mark
	Marked  bool // something was seen before
	History keywright.History

	// After is the last revision up to which what was seen and the database agree.
	After uint64

	// Restrictions are those that the database may lack: keywright.FindMissing tells which.
	Restrictions []keywright.Restriction

	Complete   uint64 // the journal has everything after this revision
	Unreadable int    // lines of the journal
}

// GivesUp reports whether the line of a restriction goes when the database counts as it is. missing
// are the subjects of those that it lacks.
func (f Finding) GivesUp(r keywright.Restriction, missing map[string]bool) bool {
	return f.Why == AnotherDatabase || f.lost(r.At.Revision) || missing[r.Subject()]
}

// Next is a revision that is beyond all that any node can have seen, if it has not gone on for
// more than a thousand million revisions without this one. The round number is for people.
func (f Finding) Next() uint64 {
	const step = 1_000_000_000
	return (max(f.Mark.At.Revision, f.History.At.Revision)/step + 1) * step
}

// database is what is compared.
type database interface {
	History(ctx context.Context) (keywright.History, error)
	Has(ctx context.Context, p keywright.Point) (has, known bool, err error)
	TouchedSince(ctx context.Context, since uint64) (map[string]bool, error)
}

// Examine compares a database with what this node has seen, and with the journals of other nodes
// at the paths that are given.
func (k *Keeper) Examine(ctx context.Context, db database, others ...string) (Finding, error) {
	var f Finding
	var err error
	if f.History, err = db.History(ctx); err != nil {
		return f, fmt.Errorf("examine the database: %w", err)
	}
	f.Mark, f.Marked = k.Mark()
	f.Complete = f.Mark.Complete
	var j Journal
	for _, path := range append([]string{filepath.Join(k.dir, journalFile)}, others...) {
		one, err := ReadJournal(path)
		if err != nil {
			return f, err
		}
		j.Last, j.Points, j.Unreadable = append(j.Last, one.Last...), append(j.Points, one.Points...), j.Unreadable+one.Unreadable
	}
	f.Unreadable = j.Unreadable
	for _, p := range j.Points {
		if p.Revision > f.Mark.At.Revision {
			f.Mark.At, f.Marked = p, true
		}
	}
	known, err := f.judge(ctx, db)
	if err != nil {
		return f, fmt.Errorf("examine the database: %w", err)
	}
	if f.Why == "" && known {
		return f, nil // all that was written down is in it
	}
	if f.After, err = agree(ctx, db, f, j.Points); err == nil {
		f.Restrictions, err = candidates(ctx, db, f, j.Last)
	}
	if err != nil {
		return f, fmt.Errorf("examine the database: %w", err)
	}
	return f, nil
}

// judge says why the database must not be served, and whether that could be told for sure.
func (f *Finding) judge(ctx context.Context, db database) (known bool, err error) {
	if f.History.Quarantined != "" {
		f.Why = Quarantined
	}
	if !f.Marked {
		return true, nil
	}
	has, known, err := db.Has(ctx, f.Mark.At)
	switch {
	case err != nil:
		return false, err
	case f.Mark.Database != "" && f.Mark.Database != f.History.Database:
		f.Why, known = AnotherDatabase, true
	case f.Mark.At.Revision > f.History.At.Revision:
		f.Why = Backwards
	case known && !has:
		f.Why = AnotherWay
	}
	return known, nil
}

// agree is the last revision up to which a database and what was seen are known to agree, or not
// known to differ.
func agree(ctx context.Context, db database, f Finding, points []keywright.Point) (uint64, error) {
	switch {
	case f.Why == AnotherDatabase:
		return 0, nil
	case !f.Marked:
		return f.History.At.Revision, nil
	}
	last := min(f.Mark.At.Revision, f.History.At.Revision)
	points = slices.DeleteFunc(append([]keywright.Point{f.Mark.At}, points...), func(p keywright.Point) bool { return p.Revision > last })
	slices.SortFunc(points, func(a, b keywright.Point) int { return cmp.Compare(b.Revision, a.Revision) })
	for i, p := range points {
		has, known, err := db.Has(ctx, p)
		switch {
		case err != nil:
			return 0, err
		case known && !has:
			continue
		case i == 0:
			return last, nil
		}
		return p.Revision, nil
	}
	if len(points) > 0 { // all of them differ
		last = 0
	}
	return last, nil
}

// candidates are the restrictions that may be missing. That a key was revoked is final, so any
// one may be, wherever its revision is. What can be undone may be missing when its revision is
// not in the database's history, and nothing was decided there since.
func candidates(ctx context.Context, db database, f Finding, last []keywright.Restriction) ([]keywright.Restriction, error) {
	since := f.After
	if decided := f.History.Decisions; f.Why == "" && len(decided) > 0 {
		since = decided[len(decided)-1].Revision
	}
	touched, err := db.TouchedSince(ctx, since)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(last, func(r keywright.Restriction) bool {
		return r.Revoked.IsZero() && (!f.lost(r.At.Revision) || touched[r.Subject()])
	}), nil
}

// lost reports whether a revision that was seen is not in the database's history.
func (f Finding) lost(revision uint64) bool {
	if f.Why != "" && f.Why != AnotherDatabase && revision > f.After {
		return true
	}
	return slices.ContainsFunc(f.History.Decisions, func(d keywright.Decision) bool { return revision > d.After && revision < d.Revision })
}
