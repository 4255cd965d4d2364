package keyset

import (
	"hash/crc32"
	"maps"
	"net/netip"
	"slices"
	"time"

	"pgregory.net/rapid"
)

// changes are what can happen to the world. Each gives what the change log would say of it; what
// cannot happen now, such as a revocation without a key, gives a revision without changes.
func (h *history) changes() map[string]func(*rapid.T) []Change {
	return map[string]func(*rapid.T) []Change{
		"account": h.account,
		"member":  h.member,
		"issue":   h.issue,
		"rotate":  h.rotate,
		"policy":  h.policy,
		"remove":  h.remove,
		"leave":   h.leave,
		"revoke":  h.update(func(_ *rapid.T, k *Key) { k.Revoked = true }),
		"disable": h.update(func(t *rapid.T, k *Key) {
			k.Disabled, k.Enables = true, time.Time{}
			if rapid.Bool().Draw(t, "for a while") {
				k.Enables = h.soon(t)
			}
		}),
		"enable":  h.update(func(_ *rapid.T, k *Key) { k.Disabled = false }),
		"expire":  h.update(func(t *rapid.T, k *Key) { k.Expires = h.soon(t) }),
		"begin":   h.update(func(t *rapid.T, k *Key) { k.NotBefore = h.soon(t) }),
		"narrow":  h.update(narrow),
		"version": h.update(func(t *rapid.T, k *Key) { k.Version = drawVersion(t) }),
		"reseal":  h.reseal,
	}
}

// account makes an account or changes one.
func (h *history) account(t *rapid.T) []Change {
	id := rapid.SampledFrom([]string{"acct_a", "acct_00000000000000000b", "acct_c"}).Draw(t, "account")
	h.accounts[id] = Account{
		ID: id, Slug: rapid.SampledFrom([]string{"", "acme", "initech"}).Draw(t, "slug"),
		Plan:      rapid.SampledFrom([]string{"standard", "standard", "standard", "lite", "gold"}).Draw(t, "plan"),
		Suspended: rapid.IntRange(0, 5).Draw(t, "suspended") == 0,
	}
	return []Change{h.accounts[id]}
}

func (h *history) member(t *rapid.T) []Change {
	account, ok := draw(t, "account", h.accounts)
	if !ok {
		return nil
	}
	id := "mem_" + rapid.SampledFrom([]string{"1", "2"}).Draw(t, "member") + account.ID
	h.members[id] = Member{
		ID: id, Account: account.ID,
		Role:   rapid.SampledFrom([]string{"admin", "user", "limited_user", "guest"}).Draw(t, "role"),
		Active: rapid.IntRange(0, 3).Draw(t, "inactive") > 0,
	}
	return []Change{h.members[id]}
}

func (h *history) issue(t *rapid.T) []Change {
	account, ok := draw(t, "account", h.accounts)
	if !ok {
		return nil
	}
	text, seal := h.seal("", account.ID)
	k := Key{
		ID: text[8:20], Account: account.ID, Seals: []Seal{seal}, Version: drawVersion(t),
		Kind: rapid.SampledFrom([]Kind{AccountKey, ReadOnlyKey, PersonalKey, ServiceKey, VerifyToken, OperateToken}).Draw(t, "kind"),
	}
	if rapid.Bool().Draw(t, "narrow") {
		narrow(t, &k)
	}
	members := maps.Clone(h.members)
	maps.DeleteFunc(members, func(_ string, m Member) bool { return m.Account != account.ID })
	if member, ok := draw(t, "member", members); ok {
		k.Member = member.ID
	} else if k.Kind == PersonalKey {
		k.Kind = AccountKey
	}
	h.keys[k.ID], h.texts[k.ID] = k, []string{text}
	return []Change{k}
}

// rotate makes a new text current, and lets the old one verify until its grace period ends.
func (h *history) rotate(t *rapid.T) []Change {
	k, ok := draw(t, "key", h.keys)
	if !ok {
		return nil
	}
	text, seal := h.seal(k.ID, k.Account)
	before, kept := k.Seals[0], h.texts[k.ID][0]
	before.Ends = h.soon(t)
	h.old = append(h.old, h.texts[k.ID]...)
	k.Seals, h.texts[k.ID] = []Seal{seal, before}, []string{text, kept}
	h.keys[k.ID] = k
	return []Change{k}
}

// reseal keeps the text under another pepper.
func (h *history) reseal(t *rapid.T) []Change {
	k, ok := draw(t, "key", h.keys)
	if !ok {
		return nil
	}
	seals := slices.Clone(k.Seals)
	for i := range seals {
		seals[i].Pepper = 2
		seals[i].MAC, _ = h.keyring.MAC(2, k.Account, h.texts[k.ID][i])
	}
	k.Seals = seals
	h.keys[k.ID] = k
	return []Change{k}
}

// update changes a key's record. Revoked is final.
func (h *history) update(change func(*rapid.T, *Key)) func(*rapid.T) []Change {
	return func(t *rapid.T) []Change {
		k, ok := draw(t, "key", h.keys)
		if !ok {
			return nil
		}
		change(t, &k)
		h.keys[k.ID] = k
		return []Change{k}
	}
}

func narrow(t *rapid.T, k *Key) {
	k.Scopes = rapid.SliceOfN(rapid.SampledFrom([]string{"incidents:*", "incidents:read", "services:write", "*", "none:such", "inc*"}), 0, 2).Draw(t, "patterns")
	k.Networks = rapid.SliceOfN(rapid.SampledFrom([]netip.Prefix{
		netip.MustParsePrefix("192.0.2.0/29"), netip.MustParsePrefix("198.51.100.0/24"),
		netip.MustParsePrefix("::ffff:192.0.2.4/126"), netip.MustParsePrefix("2001:db8::/32"), netip.MustParsePrefix("::/0"),
	}), 0, 2).Draw(t, "networks")
}

func (h *history) policy(t *rapid.T) []Change {
	h.rules = rules()
	h.rules.Versions[0].Off = rapid.IntRange(0, 3).Draw(t, "v1 off") == 0
	if rapid.IntRange(0, 3).Draw(t, "no v2") == 0 {
		h.rules.Versions = slices.Delete(h.rules.Versions, 1, 2)
	}
	h.rules.Scopes = rapid.SampledFrom([][]string{scopes(), scopes()[1:], append(scopes(), "schedules:read", "incidents:close")}).Draw(t, "scopes")
	h.rules.Roles[1].Scopes = rapid.SampledFrom([][]string{nil, {"incidents:*"}, {"*"}}).Draw(t, "user's scopes")
	h.rules.Plans[0].APIAccess = rapid.IntRange(0, 3).Draw(t, "lite has access") == 0
	h.rules.Plans[1].PersonalKeys = rapid.IntRange(0, 3).Draw(t, "standard lacks personal keys") > 0
	return []Change{h.rules}
}

// remove forgets a key.
func (h *history) remove(t *rapid.T) []Change {
	k, ok := draw(t, "key", h.keys)
	if !ok {
		return []Change{RemovedKey("000000000000")}
	}
	h.forget(k)
	return []Change{RemovedKey(k.ID)}
}

// leave forgets an account and all that belongs to it.
func (h *history) leave(t *rapid.T) []Change {
	account, ok := draw(t, "account", h.accounts)
	if !ok || rapid.IntRange(0, 3).Draw(t, "stays") > 0 {
		return nil
	}
	delete(h.accounts, account.ID)
	maps.DeleteFunc(h.members, func(_ string, m Member) bool { return m.Account == account.ID })
	for _, k := range h.keys {
		if k.Account == account.ID {
			h.forget(k)
		}
	}
	return []Change{RemovedAccount(account.ID)}
}

func (h *history) forget(k Key) {
	h.old = append(h.old, h.texts[k.ID]...)
	slices.Sort(h.old) // else it would be in the order of a map, and no history could be run again
	delete(h.keys, k.ID)
	delete(h.texts, k.ID)
}

func (h *history) soon(t *rapid.T) time.Time {
	return h.now.Add(time.Duration(rapid.IntRange(-1, 3).Draw(t, "in half hours")) * 30 * time.Minute)
}

func drawVersion(t *rapid.T) string {
	return rapid.SampledFrom([]string{"v1", "v1", "v1", "v2", "v0", "v3"}).Draw(t, "version")
}

func draw[T any](t *rapid.T, label string, from map[string]T) (T, bool) {
	var none T
	if len(from) == 0 {
		return none, false
	}
	return from[rapid.SampledFrom(slices.Sorted(maps.Keys(from))).Draw(t, label)], true
}

func scopes() []string {
	return []string{"incidents:read", "incidents:write", "services:read", "services:write"}
}

// checkOf gives the check digits, for a text that is put together by hand.
func checkOf(before string) string {
	const digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	crc := crc32.ChecksumIEEE([]byte(before))
	var out [6]byte
	for i := 5; i >= 0; i-- {
		out[i] = digits[crc%62]
		crc /= 62
	}
	return string(out[:])
}
