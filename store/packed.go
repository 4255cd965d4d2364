package store

import (
	"database/sql"
	"fmt"
	"iter"
	"strconv"
	"strings"

	"github.com/keywright/keywright/secret"
	"github.com/keywright/keywright/store/queries"
)

// Separator stands after each text of a packed record, and End is the last of them: where a text
// has a Separator in it, something else is in End's place.
const (
	Separator = "\x1f"
	End       = "\x1e"
)

// unpacked makes such rows as ChangedKeys answers from those of the Dialect's query for keys.
func unpacked(packed iter.Seq2[string, error]) iter.Seq2[queries.ChangedKeysRow, error] {
	return func(yield func(queries.ChangedKeysRow, error) bool) {
		for rest, err := range packed {
			if err != nil {
				yield(queries.ChangedKeysRow{}, err)
				return
			}
			for rest != "" {
				var row queries.ChangedKeysRow
				row, rest, err = unpack(rest)
				if !yield(row, err) || err != nil {
					return
				}
			}
		}
	}
}

// unpack takes one record, and gives the rest.
func unpack(packed string) (_ queries.ChangedKeysRow, rest string, _ error) {
	var texts [7]string
	var numbers [7]sql.NullInt64
	rest = packed
	for i := range texts {
		texts[i], rest, _ = strings.Cut(rest, Separator)
	}
	wrong := false
	for i := range numbers {
		var digits string
		digits, rest, _ = strings.Cut(rest, Separator)
		if digits != "" {
			n, err := strconv.ParseInt(digits, 10, 64)
			numbers[i], wrong = sql.NullInt64{Int64: n, Valid: true}, wrong || err != nil
		}
	}
	mac, ended := strings.CutPrefix(rest, End+Separator)
	if wrong || !ended || len(mac) < len(secret.MAC{}) {
		return queries.ChangedKeysRow{}, "", fmt.Errorf("read key %.40q: its record has other parts", texts[0])
	}
	mac, rest = mac[:len(secret.MAC{})], mac[len(secret.MAC{}):]
	return queries.ChangedKeysRow{
		ID: texts[0], AccountID: texts[1], Kind: texts[2], Version: texts[3], MemberID: texts[4], Scopes: texts[5], Networks: texts[6],
		Pepper: numbers[0].Int64, MAC: []byte(mac), NotBefore: numbers[1], ExpiresAt: numbers[2],
		DisabledAt: numbers[3], EnablesAt: numbers[4], RevokedAt: numbers[5], EndsAt: numbers[6],
	}, rest, nil
}
