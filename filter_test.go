package keywright_test

import (
	"errors"
	"testing"

	"github.com/keywright/keywright"
)

// F1, F18: who may not see the account's keys is told so; he sees his own when he asks for those.
func TestWhoListsWhichKeys(t *testing.T) {
	h := open(t, "standard")
	owner, user := h.members["owner"].By(), h.members["user"].By()
	h.issue(t, owner)
	own, _, err := h.Issue(t.Context(), user, keywright.NewKey{Description: "my laptop", Kind: keywright.PersonalKey})
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		by     keywright.Principal
		filter keywright.KeyFilter
		want   int // keys; -1: it is forbidden; -2: it is invalid
	}{
		"all, an owner":                {owner, keywright.KeyFilter{}, 2},
		"a user's, an owner":           {owner, keywright.KeyFilter{Member: user.Member}, 1},
		"his own, an owner":            {owner, keywright.KeyFilter{Member: keywright.Me}, 0},
		"all, a user":                  {user, keywright.KeyFilter{}, -1},
		"his own, a user":              {user, keywright.KeyFilter{Member: keywright.Me}, 1},
		"his own by his id, a user":    {user, keywright.KeyFilter{Member: user.Member}, 1},
		"an owner's, a user":           {user, keywright.KeyFilter{Member: owner.Member}, -1},
		"those that he answers for":    {user, keywright.KeyFilter{Member: keywright.Me, Kind: keywright.ServiceKey}, -1},
		"his own, the operator":        {keywright.Operator(h.account.ID), keywright.KeyFilter{Member: keywright.Me}, -2},
		"his own, his key":             {own.By(), keywright.KeyFilter{Member: keywright.Me}, 1},
		"his own, who never has a key": {h.members["limited_user"].By(), keywright.KeyFilter{Member: keywright.Me}, 0},
	} {
		keys, _, err := h.Keys(t.Context(), c.by, c.filter, keywright.Page{})
		got := len(keys)
		switch {
		case errors.Is(err, keywright.ErrForbidden):
			got = -1
		case errors.Is(err, keywright.ErrInvalid):
			got = -2
		case err != nil:
			t.Errorf("%s: %v", name, err)
		}
		if got != c.want {
			t.Errorf("%s: got %d, want %d (%v)", name, got, c.want, err)
		}
	}
}

func TestAKeyQueryNamesWhatIsWrong(t *testing.T) {
	h := open(t, "standard")
	_, err := keywright.KeyQuery{
		State: "gone", Kind: "robot", Environment: "staging", Expiring: "30", Unused: "long", Network: "192.0.2.1/24", Search: string(make([]byte, 201)),
	}.Filter(h.now)
	var fields []string
	for _, one := range keywright.Invalids(err) {
		fields = append(fields, one.Field)
	}
	want := []string{"state", "kind", "environment", "expiring", "unused", "network", "search"}
	if len(fields) != len(want) {
		t.Errorf("got %v, want %v", fields, want)
	}
	f, err := keywright.KeyQuery{Unused: "90d", Expiring: "2026-06-01"}.Filter(h.now)
	if err != nil || !f.UnusedSince.Equal(h.now.AddDate(0, 0, -90)) || f.ExpiringBefore.Format("2006-01-02") != "2026-06-01" {
		t.Errorf("got %+v %v", f, err)
	}
}
