package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"io"
	"net"
	"slices"
)

// notInEncoding is the state of a statement with a text that no row can have, such as one with
// a zero byte.
const notInEncoding = "22021"

// state is the SQLSTATE of an error, as every server of SQL has them; "" when there is none.
func state(err error) string {
	var coded interface{ SQLState() string }
	if errors.As(err, &coded) {
		return coded.SQLState()
	}
	return ""
}

// unavailable reports whether an error is about reaching the database, not about what was asked
// of it: to ask again later is all that there is to do.
func unavailable(err error) bool {
	if code := state(err); len(code) == 5 {
		return slices.Contains([]string{
			"08", // the connection
			"28", // who we are: a password that was changed there and not here
			"53", // room for one more connection, memory, disk
			"57", // it shuts down, starts, or has cut off a statement that took too long
			"58", // its own disk
		}, code[:2]) || slices.Contains([]string{
			"3D000", // the whole database
			"25006", // it only reads: a standby
			"25P03", // a transaction was idle for too long
			"55P03", // a lock was not to be had in time
			"40001", // others were in the way, each time
			"40P01", // the same
		}, code)
	}
	var network net.Error
	for _, kind := range []error{driver.ErrBadConn, sql.ErrConnDone, io.EOF, io.ErrUnexpectedEOF, context.DeadlineExceeded} {
		if errors.Is(err, kind) {
			return true
		}
	}
	return errors.As(err, &network)
}
