package sqlite

import (
	"context"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/keywright/keywright"
)

const acme = keywright.AccountID("acct_acme")

func issue(ctx context.Context, tx keywright.Tx, id string) error {
	at := time.UnixMilli(1).UTC()
	k := keywright.Key{ID: keywright.KeyID("key_" + id), Account: acme, Created: at}
	if err := tx.InsertKey(ctx, k, keywright.Seal{Key: k.ID, Pepper: 1, Created: at}, id); err != nil {
		return err
	}
	return tx.Append(ctx, keywright.Event{ID: keywright.EventID("aud_i" + id), At: at, Account: acme, Action: keywright.KeyIssued})
}

func revoke(ctx context.Context, tx keywright.Tx, id string) error {
	at := time.UnixMilli(2).UTC()
	if err := tx.RevokeKey(ctx, acme, keywright.KeyID("key_"+id), keywright.Actor{}, "", at); err != nil {
		return err
	}
	return tx.Append(ctx, keywright.Event{ID: keywright.EventID("aud_r" + id), At: at, Account: acme, Action: keywright.KeyRevokedBy})
}

func insertAcme(ctx context.Context, tx keywright.Tx) error {
	return tx.InsertAccount(ctx, keywright.Account{ID: acme, Slug: "acme", Created: time.UnixMilli(0).UTC()})
}

// What was answered stands, and what was not is there whole or not at all.
func TestKilledProcessLosesNothingThatItAnswered(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir, Options{})
	if err := s.Write(t.Context(), func(tx keywright.Tx) error { return insertAcme(t.Context(), tx) }); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	answered := map[string]string{} // by key id: issued or revoked
	for round := range 10 {
		p := play(t, "write", dir)
		var lines []string
		for range 1 + round*7 {
			lines = append(lines, p.line(t))
		}
		for _, line := range append(lines, p.kill(t)...) {
			what, id, ok := strings.Cut(line, " ")
			if !ok || what != "issued" && what != "revoked" {
				t.Fatalf("the other process said %q", line)
			}
			answered[id] = what
		}
		checkWhole(t, dir, answered)
	}
}

func checkWhole(t *testing.T, dir string, answered map[string]string) {
	t.Helper()
	ctx := t.Context()
	s, err := Open(ctx, dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	for id, what := range answered {
		k, err := s.Key(ctx, acme, keywright.KeyID("key_"+id))
		if err != nil || what == "revoked" && k.Revoked.IsZero() {
			t.Errorf("%s was answered as %s: got revoked at %v, %v", id, what, k.Revoked, err)
		}
	}
	keys, active := map[string]bool{}, 0
	for page := (keywright.Page{Limit: keywright.MaxPage}); ; {
		part, err := s.Keys(ctx, acme, keywright.KeyFilter{}, time.Time{}, page)
		if err != nil {
			t.Fatal(err)
		}
		if len(part) == 0 {
			break
		}
		for _, k := range part {
			if _, err := s.Sealed(ctx, k.ID); err != nil {
				t.Errorf("%s has no seal: %v", k.ID, err)
			}
			id := strings.TrimPrefix(string(k.ID), "key_")
			keys["aud_i"+id] = true
			if k.Revoked.IsZero() {
				active++
			} else {
				keys["aud_r"+id] = true
			}
			page.After = keywright.Cursor{At: k.Created, ID: string(k.ID)}
		}
	}
	events := allEvents(t, s)
	if len(events) != len(keys) {
		t.Errorf("got %d events for %d changes", len(events), len(keys))
	}
	for i, e := range events {
		if !keys[string(e.ID)] || e.Sequence != int64(len(events)-i) {
			t.Errorf("event %d is %s with number %d", i, e.ID, e.Sequence)
		}
	}
	if account, err := s.Account(ctx, acme); err != nil || account.ActiveKeys != active {
		t.Errorf("the account counts %d active keys and has %d, %v", account.ActiveKeys, active, err)
	}
}

func allEvents(t *testing.T, s keywright.Store) []keywright.Event {
	t.Helper()
	var all []keywright.Event
	for page := (keywright.Page{Limit: keywright.MaxPage}); ; {
		part, err := s.Events(t.Context(), acme, page)
		if err != nil {
			t.Fatal(err)
		}
		if len(part) == 0 {
			return all
		}
		all = append(all, part...)
		page.After = keywright.Cursor{ID: strconv.FormatInt(part[len(part)-1].Sequence, 10)}
	}
}
