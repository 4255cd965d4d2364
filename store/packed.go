package store

import (
	"database/sql"
	"fmt"
	"iter"
	"strconv"
	"strings"

	"github.com/keywright/keywright/store/queries"
)

// Separator stands between the parts of a packed row. No part can have it.
const Separator = "\x1f"

// packed is a row of the Dialect's query for keys. A driver takes its time over each column;
// with all of them in one text, reading a million keys takes a third less.
type packed struct {
	text string
	mac  []byte
}

// unpacked makes such rows as ChangedKeys answers.
func unpacked(rows iter.Seq2[packed, error]) iter.Seq2[queries.ChangedKeysRow, error] {
	return func(yield func(queries.ChangedKeysRow, error) bool) {
		for packed, err := range rows {
			var row queries.ChangedKeysRow
			if err == nil {
				row, err = packed.unpack()
			}
			if !yield(row, err) || err != nil {
				return
			}
		}
	}
}

func (p packed) unpack() (queries.ChangedKeysRow, error) {
	var names [4]string
	var numbers [5]sql.NullInt64
	rest := p.text
	for i := range names {
		names[i], rest, _ = strings.Cut(rest, Separator)
	}
	wrong := strings.Count(p.text, Separator) != len(names)+len(numbers)-1
	for i := range numbers {
		var digits string
		digits, rest, _ = strings.Cut(rest, Separator)
		if digits != "" {
			n, err := strconv.ParseInt(digits, 10, 64)
			numbers[i], wrong = sql.NullInt64{Int64: n, Valid: true}, wrong || err != nil
		}
	}
	if wrong {
		return queries.ChangedKeysRow{}, fmt.Errorf("read key %q: its row has other parts", names[0])
	}
	return queries.ChangedKeysRow{
		ID: names[0], AccountID: names[1], Kind: names[2], Version: names[3], Pepper: numbers[0].Int64, MAC: p.mac,
		NotBefore: numbers[1], ExpiresAt: numbers[2], DisabledAt: numbers[3], RevokedAt: numbers[4],
	}, nil
}
