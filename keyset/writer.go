package keyset

import (
	"fmt"
	"sync/atomic"
)

// writer is a Set's tables and what it takes to change them. One goroutine at a time owns it.
type writer struct {
	revision uint64
	rules    *compiled

	keys        *keys
	rare        table[rareWords]
	rareNumbers numbers
	narrowings  *interned[narrowing]

	texts     texts
	directory struct{ accounts, slugs, members *directory }
	accounts  table[uint64] // accountState
	members   table[uint64] // memberState

	versions, plans, roles *names
}

func newWriter(rules Rules, advise func([]uint64)) *writer {
	w := &writer{
		keys: newKeys(0, advise), narrowings: newInterned[narrowing](),
		versions: newNames(), plans: newNames(), roles: newNames(),
	}
	w.directory.accounts, w.directory.slugs, w.directory.members = newDirectory(&w.texts), newDirectory(&w.texts), newDirectory(&w.texts)
	w.accounts.reach(0)
	w.members.reach(0)
	w.setRules(rules)
	return w
}

func (w *writer) view(over *overlay) *view {
	return &view{
		revision: w.revision, overlay: over,
		keys: w.keys.table, rare: w.rare, narrowings: w.narrowings.values,
		accounts: w.accounts, members: w.members, rules: w.rules,
		texts: w.texts.all(), versionNames: w.versions.list, planNames: w.plans.list,
		accountIDs: w.directory.accounts.refs, slugs: w.directory.slugs.refs, memberIDs: w.directory.members.refs,
	}
}

// prepare turns changes into records that are not in the tables yet. What it took for them when
// it fails is lost until the Set is made anew: it is little, and nothing refers to it.
func (w *writer) prepare(changes []Change) (*overlay, error) {
	over := newOverlay()
	for _, c := range changes {
		if err := w.encode(c, over); err != nil {
			return nil, err
		}
	}
	for _, c := range changes { // last, as nothing can fail any more: else the old ones must stay
		if rules, ok := c.(Rules); ok {
			w.setRules(rules)
		}
	}
	return over, nil
}

// load is prepare and fold for one record of a Set that nobody reads yet.
func (w *writer) load(c Change, over *overlay) error {
	defer over.clear()
	err := w.encode(c, over)
	if err == nil {
		w.fold(over)
	}
	return err
}

func (w *writer) encode(c Change, over *overlay) error {
	switch c := c.(type) {
	case Rules:
		return nil
	case Account:
		return w.encodeAccount(c, over)
	case Member:
		return w.encodeMember(c, over)
	case Key:
		return w.encodeKey(c, over)
	case RemovedKey:
		w.put(over, keyIDOf(string(c)), keyWords{})
		return nil
	case RemovedAccount:
		w.removeAccount(string(c), over)
		return nil
	}
	return fmt.Errorf("a change of type %T", c)
}

// put lets go of what an earlier change of the same batch said of the key.
func (w *writer) put(over *overlay, id keyID, words keyWords) {
	w.release(over.keys[id])
	over.keys[id] = words
}

// release lets go of what only this record used.
func (w *writer) release(words keyWords) {
	w.narrowings.give(words.narrowing())
	if n := words.rare(); n != 0 {
		w.rareNumbers.give(n)
	}
}

func (w *writer) removeAccount(id string, over *overlay) {
	account := w.directory.accounts.find(id)
	if account == 0 {
		return
	}
	over.accounts[account] = 0
	for id, words := range over.keys {
		if words.account() == account {
			w.put(over, id, keyWords{})
		}
	}
	for _, part := range w.keys.table {
		for at := range part.tags {
			if record := part.record(at); record.account() == account {
				if _, changed := over.keys[record.id()]; !changed {
					over.keys[record.id()] = keyWords{}
				}
			}
		}
	}
	for n := range w.directory.members.last + 1 {
		if w.member(n, over).account() == account {
			over.members[n] = 0
		}
	}
}

// fold writes the overlay's records into the tables.
func (w *writer) fold(over *overlay) {
	for n, state := range over.accounts {
		atomic.StoreUint64(w.accounts.at(n), uint64(state))
	}
	for n, state := range over.members {
		atomic.StoreUint64(w.members.at(n), uint64(state))
	}
	for id, words := range over.keys {
		if words == (keyWords{}) {
			w.release(w.keys.remove(id))
		} else {
			w.release(w.keys.put(&words))
		}
	}
}

func (w *writer) account(n uint32, over *overlay) accountState {
	if state, ok := over.accounts[n]; ok {
		return state
	}
	return accountState(*w.accounts.at(n))
}

func (w *writer) member(n uint32, over *overlay) memberState {
	if state, ok := over.members[n]; ok {
		return state
	}
	return memberState(*w.members.at(n))
}
