package postgres

import (
	"errors"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/keywright/keywright/store"
)

// The states of the server's errors that are told apart; see appendix A of its manual.
const (
	uniqueViolation = "23505"
	readOnly        = "25006"
	idleTooLong     = "25P03" // and the connection is closed
	serialization   = "40001"
	completionLost  = "40003" // of class 40, but it says that nobody knows
	deadlock        = "40P01"
)

func clash(err error) store.Clash {
	var failure *pgconn.PgError
	switch {
	case !errors.As(err, &failure) || failure.Code != uniqueViolation:
		return store.NoClash
	case strings.HasSuffix(failure.ConstraintName, "_pkey"): // which the server names so
		return store.SameID
	}
	return store.SameValue
}

// refused knows the errors with which the server answers a commit that it has undone: a broken
// constraint, another transaction in the way, a transaction that it had ended before. What
// else can go wrong may come after the commit.
func refused(err error) bool {
	var failure *pgconn.PgError
	if !errors.As(err, &failure) {
		return false
	}
	switch class := failure.Code[:min(2, len(failure.Code))]; {
	case failure.Code == completionLost:
		return false
	case failure.Code == idleTooLong:
		return true
	default:
		return class == "23" || class == "40"
	}
}

func again(err error) bool {
	var failure *pgconn.PgError
	return errors.As(err, &failure) && (failure.Code == serialization || failure.Code == deadlock)
}
