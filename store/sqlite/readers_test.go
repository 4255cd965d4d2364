package sqlite

import (
	"testing"

	"github.com/keywright/keywright"
	"github.com/keywright/keywright/keyset"
)

// A look takes one connection of those that read and nothing else of them: otherwise those who look
// at once would wait for each other for ever.
func TestOneReaderIsEnough(t *testing.T) {
	s := open(t, t.TempDir(), Options{Readers: 1})
	err := s.Write(t.Context(), func(tx keywright.Tx) error {
		return tx.InsertAccount(t.Context(), keywright.Account{ID: "acct_1", Slug: "acme", Plan: "standard", State: keywright.AccountActive})
	})
	if err != nil {
		t.Fatal(err)
	}
	changes, err := s.ChangesSince(t.Context(), 0, 10)
	if err != nil || len(changes.Records) != 1 {
		t.Errorf("changes: got %+v, %v", changes, err)
	}
	records := 0
	err = s.Snapshot(t.Context(), func(all keyset.Snapshot) error {
		for _, err := range all.Records {
			if err != nil {
				return err
			}
			records++
		}
		return nil
	})
	if err != nil || records != 1 {
		t.Errorf("snapshot: got %d records, %v", records, err)
	}
	if _, err := s.History(t.Context()); err != nil {
		t.Error(err)
	}
}
