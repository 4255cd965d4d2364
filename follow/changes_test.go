package follow_test

import (
	"errors"
	"fmt"
	"time"

	"github.com/keywright/keywright"
	"pgregory.net/rapid"
)

// change is a part of a transaction, and what becomes of the world by it.
type change struct {
	in     func(tx keywright.Tx) error
	became func(w *world)
}

// write makes changes in one transaction, and so in one revision.
func (h *history) write(t *rapid.T, changes ...change) {
	must(t, h.store.Write(t.Context(), func(tx keywright.Tx) error {
		for _, c := range changes {
			if err := c.in(tx); err != nil {
				return err
			}
		}
		return nil
	}))
	h.became(func(w *world) {
		for _, c := range changes {
			c.became(w)
		}
	})
}

// newAccount makes an account with an owner and a key, as the Service does in several revisions.
func (h *history) newAccount(t *rapid.T, name string) []change {
	name = fmt.Sprint(name, h.last().revision)
	a := keywright.Account{ID: keywright.AccountID("acct_" + name), Slug: name, Plan: "standard", State: keywright.AccountActive, Created: h.now}
	owner := keywright.Member{ID: keywright.MemberID("mem_" + name), Account: a.ID, Email: "zoe@" + name + ".example", Role: "owner", State: keywright.MemberActive, Created: h.now}
	h.accounts, h.members = append(h.accounts, a.ID), append(h.members, owner.ID)
	return []change{
		{
			func(tx keywright.Tx) error { return tx.InsertAccount(t.Context(), a) },
			func(w *world) { w.accounts[a.ID] = a },
		},
		{
			func(tx keywright.Tx) error { return tx.InsertMember(t.Context(), owner) },
			func(w *world) { w.members[owner.ID] = owner },
		},
		h.issueFor(t, a.ID, time.Time{}, time.Time{}),
	}
}

// issueFor issues a key as the Service does not yet: with a beginning and an end.
func (h *history) issueFor(t *rapid.T, account keywright.AccountID, begins, ends time.Time) change {
	text := made(t)
	key := keywright.Key{
		ID: keywright.KeyIDOf(text.ID()), Account: account, Kind: keywright.AccountKey, Version: "v1", Brand: "kw", Env: text.Env(),
		LastFour: text.LastFour(), Created: h.now, NotBefore: begins, Expires: ends,
	}
	seal := keywright.Seal{Key: key.ID, Pepper: h.keyring.Current(), Created: h.now}
	seal.MAC, _ = h.keyring.MAC(seal.Pepper, string(account), text.Reveal())
	h.texts = append(h.texts, text.Reveal())
	return change{
		func(tx keywright.Tx) error { return tx.InsertKey(t.Context(), key, seal, "") },
		func(w *world) { w.keys[text.Reveal()] = key },
	}
}

// change draws one that the Service does not make yet, or not together with others.
func (h *history) change(t *rapid.T) change {
	account := h.account(t)
	text, key := h.key(t)
	switch rapid.IntRange(0, 3).Draw(t, "kind of change") {
	case 0:
		return h.setState(t, account, keywright.AccountSuspended)
	case 1:
		return h.setState(t, account, keywright.AccountActive)
	case 2:
		plan := drawPlan(t)
		return change{
			func(tx keywright.Tx) error { return tx.SetPlan(t.Context(), account, plan) },
			func(w *world) { w.set(account, func(a *keywright.Account) { a.Plan = plan }) },
		}
	}
	key.Disabled = h.now
	return change{
		func(tx keywright.Tx) error {
			if err := tx.DisableKey(t.Context(), key); !errors.Is(err, keywright.ErrRevoked) {
				return err
			}
			return nil
		},
		func(w *world) {
			if k := w.keys[text]; k.Revoked.IsZero() {
				k.Disabled = h.now
				w.keys[text] = k
			}
		},
	}
}

func (h *history) setState(t *rapid.T, account keywright.AccountID, state keywright.AccountState) change {
	return change{
		func(tx keywright.Tx) error { return tx.SetAccountState(t.Context(), account, state) },
		func(w *world) { w.set(account, func(a *keywright.Account) { a.State = state }) },
	}
}

func (w *world) set(id keywright.AccountID, change func(*keywright.Account)) {
	a := w.accounts[id]
	change(&a)
	w.accounts[id] = a
}

// What changes of members has no effect on the verdicts about keys of an account, but each takes a
// revision, and whoever asks for that one is to know of it.

func (h *history) changeRole(t *rapid.T) {
	m := h.member(t)
	role := rapid.SampledFrom([]string{"owner", "admin", "user"}).Draw(t, "role")
	set := h.seams.setRole
	if set == nil {
		set = func(h *history, m keywright.Member, role string) error {
			_, _, err := h.SetRole(t.Context(), keywright.Operator(m.Account), m.ID, role)
			return err
		}
	}
	if must(t, set(h, m, role), keywright.ErrLastOwner) && m.Role != role {
		h.became(func(w *world) { m.Role = role; w.members[m.ID] = m })
	}
}

func (h *history) join(t *rapid.T) {
	n := keywright.NewMember{Name: "Ann", Role: "admin", Email: fmt.Sprintf("ann%d@acme.example", h.last().revision), Password: "a good password"}
	m, _, err := h.AddMember(t.Context(), keywright.Operator(h.account(t)), n)
	must(t, err)
	h.members = append(h.members, m.ID)
	h.became(func(w *world) { w.members[m.ID] = m })
}

func (h *history) leave(t *rapid.T) {
	m := h.member(t)
	_, _, err := h.RemoveMember(t.Context(), keywright.Operator(m.Account), m.ID, "")
	if must(t, err, keywright.ErrLastOwner) {
		h.became(func(w *world) { delete(w.members, m.ID) })
	}
}

// member draws one who is there.
func (h *history) member(t *rapid.T) keywright.Member {
	var here []keywright.MemberID
	for _, id := range h.members {
		if _, ok := h.last().members[id]; ok {
			here = append(here, id)
		}
	}
	return h.last().members[rapid.SampledFrom(here).Draw(t, "member")] // the last owner never leaves
}
