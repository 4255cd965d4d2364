package main

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"
)

// table prints rows in columns. Free text goes into the last column: its width must not push
// the others away.
func table(w io.Writer, rows ...[]string) error {
	columns := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, row := range rows {
		cells := make([]string, len(row))
		for i, cell := range row {
			cells[i] = plain(cell)
		}
		if _, err := fmt.Fprintln(columns, strings.Join(cells, "\t")); err != nil {
			return err
		}
	}
	return columns.Flush()
}

// instant is a time for people and scripts alike: RFC 3339, in the local zone.
func instant(t time.Time) string { return t.Local().Format(time.RFC3339) }

// instantOr is instant, or a word for a time that has not come.
func instantOr(t *time.Time, never string) string {
	if t == nil {
		return never
	}
	return instant(*t)
}
