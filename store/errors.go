package store

import (
	"database/sql"
	"errors"
	"fmt"

	"github.com/keywright/keywright"
)

// errBroken is the answer to every write after a commit of which nobody can say whether it
// stands. It is of that kind too, so that a client waits for the restart and tries again.
var errBroken = fmt.Errorf("an earlier commit failed half-way and nothing is written until a restart: %w", keywright.ErrOutcomeUnknown)

// found translates the error of a query for one thing: what is not there is ErrNotFound.
func found(what string, err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, sql.ErrNoRows), state(err) == notInEncoding:
		return keywright.ErrNotFound
	}
	return failed("read", what, err)
}

// changed translates the answer of a statement that must change one row.
func changed(what string, rows int64, err error) error {
	if err != nil {
		return failed("change", what, err)
	}
	if rows == 0 {
		return keywright.ErrNotFound
	}
	return nil
}

// failed is the one way out of the Store for an error of the database. A database that does
// not answer is ErrUnavailable.
func failed(verb, what string, err error) error {
	switch {
	case err == nil:
		return nil
	case unavailable(err):
		return fmt.Errorf("%s %s: %w: %w", verb, what, keywright.ErrUnavailable, err)
	}
	return fmt.Errorf("%s %s: %w", verb, what, err)
}

// inserted translates the error of an insert: which clash there was tells which field is
// taken. field is the unique one beside the id, why what to say of it.
func (d Dialect) inserted(what, field, why string, err error) error {
	if err == nil {
		return nil
	}
	switch d.Clash(err) {
	case SameID:
		return &keywright.ConflictError{Field: "id", Why: "is already there"}
	case SameValue:
		return &keywright.ConflictError{Field: field, Why: why}
	case NoClash:
	}
	return failed("insert", what, err)
}
