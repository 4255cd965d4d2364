package storetest

import (
	"cmp"
	"fmt"
	"math"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/keywright/keywright"
)

func filterCases() []testCase {
	return []testCase{
		{"a list is sorted, page by page, each key once", func(s *test) {
			a := s.account("acme")
			keys := s.manyKinds(a, 60)
			used := map[keywright.KeyID]keywright.Use{}
			for i := range keys {
				if i%3 == 0 {
					keys[i].LastUsed = instant(i / 6)
					used[keys[i].ID] = keywright.Use{At: keys[i].LastUsed}
				}
			}
			s.wantError("save", s.Store.SaveLastUsed(s.ctx, used), nil)
			for _, order := range keywright.KeyOrders() {
				for _, f := range []keywright.KeyFilter{{Order: order}, {Order: order, Version: "v1"}, {Order: order, Search: "5"}} {
					var fit []keywright.Key
					for _, k := range sorted(keys, order) {
						if f.Fits(k, instant(100)) {
							fit = append(fit, k)
						}
					}
					for _, limit := range []int{7, 200} {
						got := walk(s, limit, func(p keywright.Page) ([]keywright.Key, error) { return s.Store.Keys(s.ctx, a.ID, f, instant(100), p) }, order.Cursor)
						want(s, fmt.Sprintf("%+v, pages of %d", f, limit), fit)(got, nil)
					}
				}
			}
		}},
		{"a filter finds what fits it, page by page", func(s *test) {
			a := s.account("acme")
			keys := s.manyKinds(a, 260)
			s.wantError("save", s.Store.SaveLastUsed(s.ctx, map[keywright.KeyID]keywright.Use{keys[3].ID: {At: instant(150)}}), nil)
			keys[3].LastUsed = instant(150)
			slices.Reverse(keys)
			now := instant(100)
			for what, f := range map[string]keywright.KeyFilter{
				"active": {State: keywright.KeyActive}, "not yet valid": {State: keywright.KeyNotYetValid}, "disabled": {State: keywright.KeyDisabled},
				"expired": {State: keywright.KeyExpired}, "revoked": {State: keywright.KeyRevoked},
				"read-only": {Kind: keywright.ReadOnlyKey}, "of a version": {Version: "v2"}, "by someone": {Creator: "mem_4"},
				"of a member": {Member: "mem_1"}, "of a member, personal": {Member: "mem_1", Kind: keywright.PersonalKey},
				"expiring": {ExpiringBefore: instant(120)}, "unused": {UnusedSince: instant(50)}, "of a scope": {Scope: "incidents:write"},
				"in a network": {Network: netip.MustParsePrefix("192.0.2.7/32")}, "searched": {Search: "ZOË 🚀 25"}, "of nobody": {Creator: "mem_9"},
				"several": {State: keywright.KeyActive, Kind: keywright.AccountKey, Version: "v1", UnusedSince: instant(80)},
			} {
				var fit []keywright.Key
				for _, k := range keys {
					if f.Fits(k, now) {
						fit = append(fit, k)
					}
				}
				if (len(fit) == 0) != (what == "of nobody") || len(fit) == len(keys) {
					s.Errorf("%s: %d of %d keys fit, which tells nothing", what, len(fit), len(keys))
				}
				for _, limit := range []int{3, 30, 200} {
					got := walk(s, limit, func(p keywright.Page) ([]keywright.Key, error) { return s.Store.Keys(s.ctx, a.ID, f, now, p) },
						func(k keywright.Key) keywright.Cursor { return keywright.Cursor{At: k.Created, ID: string(k.ID)} })
					want(s, fmt.Sprintf("%s, pages of %d", what, limit), fit)(got, nil)
				}
			}
		}},
	}
}

// sorted puts keys in an order, by its definition.
func sorted(keys []keywright.Key, o keywright.KeyOrder) []keywright.Key {
	never := func(t time.Time) int64 { // as a time after all others
		if t.IsZero() {
			return math.MaxInt64
		}
		return t.UnixMilli()
	}
	slices.SortFunc(keys, func(a, b keywright.Key) int {
		n := 0
		switch o {
		case keywright.NewestFirst:
			return cmp.Or(b.Created.Compare(a.Created), strings.Compare(string(b.ID), string(a.ID)))
		case keywright.ByDescription:
			n = strings.Compare(strings.ToLower(a.Description), strings.ToLower(b.Description))
		case keywright.ByLastUse:
			n = b.LastUsed.Compare(a.LastUsed)
		case keywright.ByEnd:
			n = cmp.Compare(never(a.Expires), never(b.Expires))
		}
		return cmp.Or(n, strings.Compare(string(a.ID), string(b.ID)))
	})
	return keys
}

// manyKinds makes keys that differ in all that a filter can ask for.
func (s *test) manyKinds(a keywright.Account, n int) []keywright.Key {
	s.Helper()
	var keys []keywright.Key
	s.write(func(tx keywright.Tx) error {
		for i := range n {
			k, seal := newKey(a, fmt.Sprintf("%03d", i))
			k.Created = instant(i / 3)
			k.Kind = keywright.KeyKinds()[i%4]
			k.Version, k.CreatedBy.ID = fmt.Sprint("v", i%2+1), fmt.Sprint("mem_", i%5)
			if k.Kind == keywright.PersonalKey || k.Kind == keywright.ServiceKey {
				k.Member = keywright.MemberID(fmt.Sprint("mem_", i%3))
			}
			if i%7 == 0 {
				k.NotBefore = instant(i)
			}
			if i%6 == 0 {
				k.Expires = instant(i)
			}
			if i%9 == 0 {
				k.Disabled = instant(1)
			}
			if i%18 == 0 {
				k.Enables = instant(i)
			}
			if i%4 == 1 {
				k.Scopes = []string{"incidents:*"}
			}
			if i%50 == 2 {
				k.Networks = []netip.Prefix{netip.MustParsePrefix("192.0.2.0/24")}
			}
			if err := tx.InsertKey(s.ctx, k, seal, ""); err != nil {
				return err
			}
			if i%10 == 0 {
				k.Revoked = instant(200)
				if err := tx.RevokeKey(s.ctx, a.ID, k.ID, k.RevokedBy, "", k.Revoked); err != nil {
					return err
				}
			}
			keys = append(keys, k)
		}
		return nil
	})
	return keys
}
