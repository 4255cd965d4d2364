package store

import (
	"database/sql"
	"iter"
)

// perPart is after how many bytes packed rows are passed on.
const perPart = 32 << 10

// ahead reads packed rows while those before them are worked on: the database and the keyset are a
// processor's work each. Its parts are of any number of whole rows.
func ahead(rows iter.Seq2[sql.RawBytes, error]) iter.Seq2[string, error] {
	type part struct {
		packed string
		err    error
	}
	return func(yield func(string, error) bool) {
		read, stop := make(chan part, 4), make(chan struct{})
		go func() {
			defer close(read)
			send := func(p part) bool {
				select {
				case read <- p:
					return true
				case <-stop:
					return false
				}
			}
			var packed []byte
			for row, err := range rows {
				if packed = append(packed, row...); err == nil && len(packed) < perPart {
					continue
				}
				if !send(part{string(packed), err}) {
					return
				}
				packed = packed[:0]
			}
			if len(packed) > 0 {
				send(part{string(packed), nil})
			}
		}()
		defer func() {
			close(stop)
			for range read { // until the reader is at its end: it must not outlive the transaction
			}
		}()
		for p := range read {
			if !yield(p.packed, p.err) {
				return
			}
		}
	}
}
