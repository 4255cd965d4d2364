package keyset

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"
)

const maxText = 255

func (w *writer) encodeAccount(a Account, over *overlay) error {
	if len(a.ID) < 1 || len(a.ID) > maxAccountID || len(a.Slug) > maxText {
		return fmt.Errorf("account %.40q: its id does not have 1 to %d bytes, or its slug has more than %d", a.ID, maxAccountID, maxText)
	}
	n := w.directory.accounts.number(a.ID)
	w.accounts.reach(n)
	state := presentFlag | accountState(pair(uint32(w.plans.number(a.Plan)), w.directory.slugs.number(a.Slug)))
	if a.Suspended {
		state |= suspendedFlag
	}
	over.accounts[n] = state
	return nil
}

func (w *writer) encodeMember(m Member, over *overlay) error {
	if len(m.ID) < 1 || len(m.ID) > maxText {
		return fmt.Errorf("member %.40q: its id does not have 1 to %d bytes", m.ID, maxText)
	}
	account := w.directory.accounts.find(m.Account)
	if !w.account(account, over).has(presentFlag) {
		return fmt.Errorf("member %s: no account %.40q", m.ID, m.Account)
	}
	n := w.directory.members.number(m.ID)
	w.members.reach(n)
	if other := w.member(n, over).account(); other != 0 && other != account {
		return fmt.Errorf("member %s: is in another account than %s", m.ID, m.Account)
	}
	state := memberState(pair(uint32(w.roles.number(m.Role)), account))
	if m.Active {
		state |= activeFlag
	}
	over.members[n] = state
	return nil
}

// encodeKey takes what the record needs once nothing can fail any more.
func (w *writer) encodeKey(k Key, over *overlay) error {
	if err := k.check(); err != nil {
		return fmt.Errorf("key %.12q: %w", k.ID, err)
	}
	account, member := w.directory.accounts.find(k.Account), uint32(0)
	if !w.account(account, over).has(presentFlag) {
		return fmt.Errorf("key %s: no account %.40q", k.ID, k.Account)
	}
	if k.Kind == PersonalKey {
		member = w.directory.members.find(k.Member)
		if w.member(member, over).account() != account {
			return fmt.Errorf("key %s: no member %.40q in its account", k.ID, k.Member)
		}
	}
	flags := kindNumber(k.Kind)
	if k.Disabled {
		flags |= disabledFlag
	}
	if k.Revoked {
		flags |= revokedFlag
	}
	id, seal := keyIDOf(k.ID), k.Seals[0]
	words := keyWords{
		0:  id.first,
		1:  uint64(id.last) | flags<<32 | uint64(seal.Pepper)<<48,
		10: timed(end(k.Expires), w.versions.number(k.Version)),
		11: pair(account, member),
		12: pair(w.takeNarrowing(k), w.takeRare(k)),
	}
	mac := wordsOf(seal.MAC)
	copy(words[macWord:], mac[:])
	words.setAccountID(k.Account)
	w.put(over, id, words)
	return nil
}

func (w *writer) takeRare(k Key) uint32 {
	words := rareWords{5: uint64(end(k.Seals[0].Ends)), 6: uint64(begin(k.NotBefore))}
	if k.Disabled {
		words[7] = uint64(end(k.Enables))
	}
	if len(k.Seals) == 2 {
		seal := k.Seals[1]
		mac := wordsOf(seal.MAC)
		copy(words[:], mac[:])
		words[4] = timed(end(seal.Ends), uint16(seal.Pepper))
	}
	if words == (rareWords{}) {
		return 0
	}
	n := w.rareNumbers.take()
	w.rare.reach(n)
	store(w.rare.at(n)[:], words[:])
	return n
}

func (k Key) check() error {
	switch {
	case !isKeyID(k.ID):
		return errors.New("its id is not 12 base62 characters")
	case kindNumber(k.Kind) > kindBits:
		return errors.New("there is no such kind of key")
	case len(k.Seals) < 1 || len(k.Seals) > 2:
		return errors.New("it does not have one or two seals")
	case slices.ContainsFunc(k.Seals, func(s Seal) bool { return s.Pepper < 1 || s.Pepper > 0xffff }):
		return errors.New("a seal's pepper is not 1 to 65535")
	case slices.ContainsFunc(k.Scopes, func(s string) bool { return s == "" || strings.ContainsAny(s, "\n\x00") }):
		return errors.New("a scope is empty, or is not one line")
	case slices.ContainsFunc(k.Networks, func(p netip.Prefix) bool { return !p.IsValid() }):
		return errors.New("a network is not an address prefix")
	}
	return nil
}

func isKeyID(id string) bool {
	return len(id) == idLen && !strings.ContainsFunc(id, func(r rune) bool {
		return (r < '0' || r > '9') && (r < 'A' || r > 'Z') && (r < 'a' || r > 'z')
	})
}
