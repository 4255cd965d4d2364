package store

import (
	"bytes"
	"database/sql"
	"errors"
	"slices"
	"strings"
	"testing"

	"go.uber.org/goleak"
)

// rowsOf answers so many rows of as many bytes as make a part, and then perhaps an error.
func rowsOf(n int, end error, ended *bool) func(func(sql.RawBytes, error) bool) {
	row := bytes.Repeat([]byte{'k'}, perPart)
	return func(yield func(sql.RawBytes, error) bool) {
		defer func() { *ended = true }()
		for i := range n {
			row[0] = byte('a' + i%26) // the driver's buffer is used again
			if !yield(row, nil) {
				return
			}
		}
		if end != nil {
			yield(nil, end)
		}
	}
}

func TestRowsReadAheadAreAllThereInOrder(t *testing.T) {
	for _, n := range []int{0, 1, 100} {
		var ended bool
		var firsts []byte
		for part, err := range ahead(rowsOf(n, nil, &ended)) {
			if err != nil {
				t.Fatal(err)
			}
			for row := range slices.Chunk([]byte(part), perPart) {
				firsts = append(firsts, row[0])
			}
		}
		want := strings.Repeat("abcdefghijklmnopqrstuvwxyz", 4)[:n]
		if string(firsts) != want {
			t.Errorf("%d rows: got %q", n, firsts)
		}
	}
}

func TestWhatIsReadAheadEndsWithWhoTakesIt(t *testing.T) {
	defer goleak.VerifyNone(t)
	var ended bool
	for range ahead(rowsOf(100, nil, &ended)) {
		break
	}
	if !ended {
		t.Error("rows are read when nobody takes them any more")
	}
}

func TestAnErrorEndsWhatIsReadAhead(t *testing.T) {
	cut := errors.New("cut")
	var ended bool
	parts := 0
	for _, err := range ahead(rowsOf(2, cut, &ended)) {
		if parts++; (err != nil) != (parts == 3) || err != nil && !errors.Is(err, cut) {
			t.Errorf("part %d: %v", parts, err)
		}
	}
	if parts != 3 {
		t.Errorf("got %d parts, want 3: two of rows and the error", parts)
	}
}
