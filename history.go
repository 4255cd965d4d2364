package keywright

import (
	"fmt"
	"time"
)

// Point is a place in the history of a database.
type Point struct {
	Revision uint64

	// Stamp is a random number that was drawn for this revision: in a history that went another
	// way, the revision of that number has another one. 0: not known.
	Stamp uint64
}

// Differs reports whether the points have one revision and cannot be of one history.
func (p Point) Differs(q Point) bool {
	return p.Revision == q.Revision && p.Stamp != 0 && q.Stamp != 0 && p.Stamp != q.Stamp
}

// BackwardsError says that a database lacks what it had: it is an older copy, or one that an
// older copy was written to. Nothing may be read from it or written to it before an operator
// has decided: what was revoked since may be alive in it.
type BackwardsError struct {
	Known Point // that it has had
	Found Point // that it is at, or has in the place of Known
}

func (e *BackwardsError) Error() string {
	if e.Known.Differs(e.Found) {
		return fmt.Sprintf("the database has another revision %d than it had", e.Known.Revision)
	}
	return fmt.Sprintf("the database went backwards from revision %d to %d", e.Known.Revision, e.Found.Revision)
}

// Is makes every BackwardsError one of the kind ErrBackwards.
func (*BackwardsError) Is(kind error) bool { return kind == ErrBackwards }

// History is what a database says of itself.
type History struct {
	Database string // db_…, made with the database, the same in each of its copies
	At       Point

	// Quarantined says why nothing may serve the database before an operator has decided;
	// empty: anything may.
	Quarantined Quarantine

	Decisions []Decision // oldest first
}

// Quarantine is why a database must not be served.
type Quarantine string

// The reasons.
const (
	JustRestored Quarantine = "restored" // from a backup
	BeingDecided Quarantine = "decision" // a decision was begun and did not come to its end
)

// Decision is what an operator decided about a database that lacked what it had.
type Decision struct {
	Revision uint64 // with which history goes on: beyond every one before
	After    uint64 // the last revision that was not lost; those up to Revision are in no history
	At       time.Time
	Choice   Choice
}

// Choice is what there is to decide.
type Choice string

// The choices.
const (
	Replayed Choice = "replay" // what had been restricted was restricted again
	Accepted Choice = "accept" // the database counts as it is
)
