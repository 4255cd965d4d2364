package storetest

import (
	"github.com/keywright/keywright"
	"github.com/keywright/keywright/secret"
)

func keyCases() []testCase {
	return []testCase{
		{"a key is answered as it was inserted", func(s *test) {
			a := s.account("acme")
			k, seal := newKey(a, "1")
			k.Env, k.NotBefore, k.Expires, k.Disabled = secret.Test, instant(-1), instant(86_400_000), instant(7)
			s.write(func(tx keywright.Tx) error { return tx.InsertKey(s.ctx, k, seal, "") })
			want(s, "by id", k)(s.Store.Key(s.ctx, a.ID, k.ID))
			want(s, "in the list", []keywright.Key{k})(s.Store.Keys(s.ctx, a.ID, keywright.KeyFilter{}, instant(0), keywright.Page{Limit: 10}))
		}},
		{"text comes back as it was written, in any language", func(s *test) {
			a := s.account("acme")
			for i, text := range []string{"ключ 鍵 مفتاح", "e\u0301 and é are two texts", "🧑‍🔧", "'; DROP TABLE keys; --", `"\%_$1?`, "a\tb\u00a0c"} {
				k, seal := newKey(a, string(rune('a'+i)))
				k.Description = text
				s.write(func(tx keywright.Tx) error { return tx.InsertKey(s.ctx, k, seal, "") })
				want(s, text, k)(s.Store.Key(s.ctx, a.ID, k.ID))
			}
		}},
		{"times are kept to the millisecond, in UTC, whatever the zone", func(s *test) {
			a := s.account("acme")
			for i, at := range []struct{ in, out string }{
				{"2026-05-03T12:00:00.001Z", "2026-05-03T12:00:00.001Z"},
				{"2026-05-03T12:00:00.001999999Z", "2026-05-03T12:00:00.001Z"},
				{"2026-05-03T14:30:00.5+02:30", "2026-05-03T12:00:00.5Z"},
				{"1970-01-01T00:00:00Z", "1970-01-01T00:00:00Z"}, // no zero time
				{"9999-12-31T23:59:59.999Z", "9999-12-31T23:59:59.999Z"},
			} {
				k, seal := newKey(a, string(rune('a'+i)))
				k.Created, k.Expires = s.moment(at.in), s.moment(at.in)
				s.write(func(tx keywright.Tx) error { return tx.InsertKey(s.ctx, k, seal, "") })
				k.Created, k.Expires = s.moment(at.out), s.moment(at.out)
				want(s, at.in, k)(s.Store.Key(s.ctx, a.ID, k.ID))
			}
		}},
		{"another account's key does not exist", func(s *test) {
			a, b := s.account("acme"), s.account("other")
			k, seal := newKey(a, "1")
			s.write(func(tx keywright.Tx) error { return tx.InsertKey(s.ctx, k, seal, "once") })
			_, err := s.Store.Key(s.ctx, b.ID, k.ID)
			s.wantError("by id", err, keywright.ErrNotFound)
			_, err = s.Store.KeyByOnce(s.ctx, b.ID, "once")
			s.wantError("by once", err, keywright.ErrNotFound)
			want(s, "in the list", []keywright.Key{})(s.Store.Keys(s.ctx, b.ID, keywright.KeyFilter{}, instant(0), keywright.Page{Limit: 10}))
			s.wantError("revoke", s.revoke(b, k.ID, 1, "not mine"), keywright.ErrNotFound)
			want(s, "it is as it was", k)(s.Store.Key(s.ctx, a.ID, k.ID))
		}},
		{"a key of an account that is not there is not kept", func(s *test) {
			k, seal := newKey(keywright.Account{ID: "acct_none"}, "1")
			err := s.Store.Write(s.ctx, func(tx keywright.Tx) error { return tx.InsertKey(s.ctx, k, seal, "") })
			s.wantError("insert", err, keywright.ErrNotFound)
		}},
		{"an id is taken once, in whichever account", func(s *test) {
			a, b := s.account("acme"), s.account("other")
			s.key(a, "1")
			for _, account := range []keywright.Account{a, b} {
				k, seal := newKey(account, "1")
				err := s.Store.Write(s.ctx, func(tx keywright.Tx) error { return tx.InsertKey(s.ctx, k, seal, "") })
				s.wantConflict(account.Slug, err, "id")
			}
			want(s, "the count of the other", b)(s.Store.Account(s.ctx, b.ID))
		}},
		{"once is used once in an account, and empty any number of times", func(s *test) {
			a, b := s.account("acme"), s.account("other")
			insert := func(account keywright.Account, id, once string) error {
				k, seal := newKey(account, id)
				return s.Store.Write(s.ctx, func(tx keywright.Tx) error { return tx.InsertKey(s.ctx, k, seal, once) })
			}
			s.wantError("first", insert(a, "1", "form"), nil)
			s.wantConflict("again", insert(a, "2", "form"), "once")
			s.wantError("in another account", insert(b, "3", "form"), nil)
			s.wantError("another", insert(a, "4", "Form"), nil)
			s.wantError("empty", insert(a, "5", ""), nil)
			s.wantError("empty again", insert(a, "6", ""), nil)
			want(s, "by once", keywright.KeyID("key_1"))(s.Store.KeyByOnce(s.ctx, a.ID, "form"))
			_, err := s.Store.KeyByOnce(s.ctx, a.ID, "")
			s.wantError("by nothing", err, keywright.ErrNotFound)
		}},
		{"revoking is final: the first time, actor and reason stay", func(s *test) {
			a := s.account("acme")
			k, other := s.key(a, "1"), s.key(a, "2")
			s.wantError("first", s.revoke(a, k.ID, 5, "leaked in a log"), nil)
			s.wantError("again", s.revoke(a, k.ID, 6, "again"), keywright.ErrRevoked)
			s.wantError("one that is not there", s.revoke(a, "key_none", 6, ""), keywright.ErrNotFound)
			k.Revoked, k.RevokedBy, k.WhyRevoked = instant(5), revoker(), "leaked in a log"
			want(s, "the key", k)(s.Store.Key(s.ctx, a.ID, k.ID))
			want(s, "F15: the other", other)(s.Store.Key(s.ctx, a.ID, other.ID))
			a.ActiveKeys = 1
			want(s, "the count", a)(s.Store.Account(s.ctx, a.ID))
		}},
	}
}

func revoker() keywright.Actor {
	return keywright.Actor{Kind: keywright.PrincipalKey, ID: "key_9", Name: "CI 🔑"}
}

func (s *test) revoke(account keywright.Account, id keywright.KeyID, ms int, why string) error {
	return s.Store.Write(s.ctx, func(tx keywright.Tx) error {
		return tx.RevokeKey(s.ctx, account.ID, id, revoker(), why, instant(ms))
	})
}

func sealCases() []testCase {
	return []testCase{
		{"a verification finds key, account and seal by the id alone", func(s *test) {
			a := s.account("acme")
			k, seal := newKey(a, "1")
			for i := range seal.MAC {
				seal.MAC[i] = byte(i * 9) // zeros and bytes that are no UTF-8 text
			}
			s.write(func(tx keywright.Tx) error { return tx.InsertKey(s.ctx, k, seal, "") })
			a.ActiveKeys = 1
			want(s, "sealed", keywright.Sealed{Key: k, Account: a, Seals: []keywright.Seal{seal}})(s.Store.Sealed(s.ctx, k.ID))
			for _, id := range []keywright.KeyID{"", "key_", "key_2", "KEY_1", "key_%"} {
				_, err := s.Store.Sealed(s.ctx, id)
				s.wantError(string(id), err, keywright.ErrNotFound)
			}
		}},
		{"a rotation leaves two seals, and the next one those two that are newest", func(s *test) {
			a := s.account("acme")
			k, first := newKey(a, "1")
			s.write(func(tx keywright.Tx) error { return tx.InsertKey(s.ctx, k, first, "") })
			rotate := func(id string, at, ends int) keywright.Seal {
				_, seal := newKey(a, id)
				seal.Key, seal.Created, seal.LastFour = k.ID, instant(at), "four"+id
				turned := k
				turned.LastFour = seal.LastFour
				s.write(func(tx keywright.Tx) error { return tx.RotateKey(s.ctx, turned, seal, instant(ends)) })
				return seal
			}
			second := rotate("2", 10, 100)
			first.Ends = instant(100)
			want(s, "seals", []keywright.Seal{first, second})(s.Store.Seals(s.ctx, k))
			third := rotate("3", 20, 200)
			second.Ends = instant(200)
			k.LastFour, k.Rotated = "four3", instant(20)
			want(s, "the key", k)(s.Store.Key(s.ctx, a.ID, k.ID))
			want(s, "seals", []keywright.Seal{second, third})(s.Store.Seals(s.ctx, k))
			s.write(func(tx keywright.Tx) error { return tx.EndGrace(s.ctx, a.ID, k.ID, instant(50)) })
			second.Ends = instant(50)
			want(s, "seals", []keywright.Seal{second, third})(s.Store.Seals(s.ctx, k))
			s.write(func(tx keywright.Tx) error { return tx.EndGrace(s.ctx, a.ID, k.ID, instant(60)) })
			want(s, "the end moves no further", []keywright.Seal{second, third})(s.Store.Seals(s.ctx, k))
			s.wantError("revoke", s.revoke(a, k.ID, 70, ""), nil)
			turned := func(tx keywright.Tx) error { return tx.RotateKey(s.ctx, k, third, instant(300)) }
			s.wantError("after it was revoked", s.Store.Write(s.ctx, turned), keywright.ErrRevoked)
			for what, change := range map[string]func(keywright.Tx) error{
				"change": func(tx keywright.Tx) error { return tx.ChangeKey(s.ctx, k) }, "disable": func(tx keywright.Tx) error { return tx.DisableKey(s.ctx, k) },
				"enable": func(tx keywright.Tx) error { return tx.EnableKey(s.ctx, a.ID, k.ID) },
			} {
				s.wantError(what+" a revoked key", s.Store.Write(s.ctx, change), keywright.ErrRevoked)
			}
		}},
		{"F2, F13: the next verification sees a downgrade and a revocation", func(s *test) {
			a := s.account("acme")
			k := s.key(a, "1")
			if _, err := s.Store.Sealed(s.ctx, k.ID); err != nil {
				s.Fatal(err)
			}
			s.write(func(tx keywright.Tx) error { return tx.SetPlan(s.ctx, a.ID, "lite") })
			sealed, err := s.Store.Sealed(s.ctx, k.ID)
			want(s, "the plan", "lite")(sealed.Account.Plan, err)
			s.wantError("revoke", s.revoke(a, k.ID, 1, ""), nil)
			sealed, err = s.Store.Sealed(s.ctx, k.ID)
			want(s, "revoked", instant(1))(sealed.Key.Revoked, err)
		}},
	}
}
