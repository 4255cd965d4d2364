package store

import (
	"database/sql"
	"math"
	"time"

	"github.com/keywright/keywright"
)

// Times are kept as milliseconds since 1970 in UTC, the zero time as NULL.

func millis(t time.Time) int64 { return t.UnixMilli() }

func instant(ms int64) time.Time { return time.UnixMilli(ms).UTC() }

func nullMillis(t time.Time) sql.NullInt64 {
	return sql.NullInt64{Int64: t.UnixMilli(), Valid: !t.IsZero()}
}

func nullInstant(ms sql.NullInt64) time.Time {
	if !ms.Valid {
		return time.Time{}
	}
	return instant(ms.Int64)
}

// nullText keeps the empty text as NULL.
func nullText(text string) sql.NullString { return sql.NullString{String: text, Valid: text != ""} }

// before is where a page begins: everything that sorts before it, newest first.
func before(page keywright.Page) (at int64, id string) {
	if page.After == (keywright.Cursor{}) {
		return math.MaxInt64, ""
	}
	return millis(page.After.At), page.After.ID
}

// most is how many rows a page asks for. Service asks for one more than it shows.
func most(page keywright.Page) int32 {
	return int32(min(max(page.Limit, 0), keywright.MaxPage+1))
}

// all converts each row.
func all[Row, Thing any](rows []Row, thing func(Row) Thing) []Thing {
	things := make([]Thing, len(rows))
	for i, row := range rows {
		things[i] = thing(row)
	}
	return things
}
