package sqlite

import (
	"errors"

	"modernc.org/sqlite"
	lib "modernc.org/sqlite/lib"

	"github.com/keywright/keywright/store"
)

func clash(err error) store.Clash {
	var failure *sqlite.Error
	if errors.As(err, &failure) {
		switch failure.Code() {
		case lib.SQLITE_CONSTRAINT_PRIMARYKEY:
			return store.SameID
		case lib.SQLITE_CONSTRAINT_UNIQUE:
			return store.SameValue
		}
	}
	return store.NoClash
}

// refused knows the errors on which SQLite has rolled a commit back: a full disk, a lock
// held by someone else, a broken constraint, a read-only file. An I/O error is not among
// them: after a failed fsync, the commit was found to be there.
func refused(err error) bool {
	var failure *sqlite.Error
	if !errors.As(err, &failure) {
		return false
	}
	switch failure.Code() & 0xff {
	case lib.SQLITE_FULL, lib.SQLITE_BUSY, lib.SQLITE_LOCKED, lib.SQLITE_CONSTRAINT, lib.SQLITE_READONLY:
		return true
	}
	return false
}
