package backup

import (
	"errors"
	"fmt"
	"time"
)

// Format is the version of the form. A newer one can't be read by this.
const Format = 1

// Header is the first line.
type Header struct {
	Format int       `json:"keywright_backup"`
	Schema int64     `json:"schema"` // the last migration of the database
	At     time.Time `json:"at"`     // when it was begun

	Database string `json:"database"` // its name, in each of its copies
	Revision uint64 `json:"revision"` // at which all of it was read
	Stamp    uint64 `json:"stamp,string"`
	Sequence int64  `json:"sequence"` // of the last event

	// Peppers are the check values of the peppers without which no key verifies, by version.
	// The keyring is not in a backup.
	Peppers map[int][]byte `json:"peppers"`

	Rows map[string]int64 `json:"rows"` // how many each table has
}

// Table is a line that begins a table.
type Table struct {
	Name    string   `json:"table"`
	Columns []string `json:"columns"`
	Bytes   []string `json:"bytes,omitempty"` // those of the columns that hold bytes, which are base64
}

// end is the last line.
type end struct {
	SHA256 []byte `json:"sha256"`
}

// The kinds of errors of a file that is not a whole backup.
var (
	ErrForeign   = errors.New("is not a backup that keywright made")
	ErrNewer     = errors.New("was made by a newer version of keywright")
	ErrTruncated = errors.New("is cut off: its end is missing")
	ErrDamaged   = errors.New("is damaged: its checksum does not hold")
)

// readable reports why a file with this header can't be read.
func (h Header) readable() error {
	switch {
	case h.Format == 0:
		return ErrForeign
	case h.Format > Format:
		return fmt.Errorf("%w: its form is %d, and this one knows %d", ErrNewer, h.Format, Format)
	}
	return nil
}
