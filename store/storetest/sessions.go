package storetest

import (
	"fmt"
	"net/netip"
	"time"

	"github.com/keywright/keywright"
)

func sessionCases() []testCase {
	return []testCase{
		{"a session is found until the instant of its end", func(s *test) {
			data := []byte{0, 0xff, 'x', '\''}
			s.wantError("save", s.Sessions.CommitCtx(s.ctx, "token", data, instant(1000)), nil)
			s.now = instant(999)
			got, found, err := s.Sessions.FindCtx(s.ctx, "token")
			want(s, "found before its end", true)(found, err)
			want(s, "its data", data)(got, err)
			s.now = instant(1000)
			got, found, err = s.Sessions.FindCtx(s.ctx, "token")
			want(s, "found at its end", false)(found, err)
			want[[]byte](s, "its data at its end", nil)(got, err)
			_, found, err = s.Sessions.FindCtx(s.ctx, "Token")
			want(s, "found by another token", false)(found, err)
		}},
		{"a session is overwritten, prolonged and deleted", func(s *test) {
			s.wantError("save", s.Sessions.Commit("token", []byte("one"), instant(1)), nil)
			s.wantError("save again", s.Sessions.Commit("token", []byte("two"), instant(9)), nil)
			s.now = instant(5)
			got, found, err := s.Sessions.Find("token")
			want(s, "found", true)(found, err)
			want(s, "its data", []byte("two"))(got, err)
			s.wantError("delete", s.Sessions.Delete("token"), nil)
			s.wantError("delete again", s.Sessions.DeleteCtx(s.ctx, "token"), nil)
			_, found, err = s.Sessions.Find("token")
			want(s, "found after its end", false)(found, err)
		}},
		{"sessions that have ended are removed, the others stay", func(s *test) {
			for token, end := range map[string]int{"past": -1, "now": 0, "soon": 1} {
				s.wantError(token, s.Sessions.CommitCtx(s.ctx, token, []byte(token), instant(end)), nil)
			}
			s.wantError("clean", s.Store.DeleteExpiredSessions(s.ctx, instant(0)), nil)
			want(s, "rows", int64(1))(s.number("SELECT COUNT(*) FROM sessions"), nil)
			_, found, err := s.Sessions.FindCtx(s.ctx, "soon")
			want(s, "the one that lives", true)(found, err)
		}},
		{"sessions and last used take no revision and leave no event", func(s *test) {
			a := s.account("acme")
			k := s.key(a, "1")
			s.wantError("session", s.Sessions.CommitCtx(s.ctx, "token", []byte("x"), instant(1)), nil)
			s.wantError("last used", s.Store.SaveLastUsed(s.ctx, lastUsed(k.ID, 1)), nil)
			s.wantClock("after", 2, 0) // of the account and the key
		}},
	}
}

func lastUsed(id keywright.KeyID, ms int) map[keywright.KeyID]keywright.Use {
	return map[keywright.KeyID]keywright.Use{id: {At: instant(ms)}}
}

func lastUsedCases() []testCase {
	return []testCase{
		{"last used only moves forward", func(s *test) {
			a := s.account("acme")
			k := s.key(a, "1")
			for _, c := range []struct{ save, want int }{{5, 5}, {3, 5}, {5, 5}, {6, 6}} {
				s.wantError("save", s.Store.SaveLastUsed(s.ctx, lastUsed(k.ID, c.save)), nil)
				got, err := s.Store.Key(s.ctx, a.ID, k.ID)
				want(s, "last used", instant(c.want))(got.LastUsed, err)
			}
		}},
		{"the address of the last use is kept with its time", func(s *test) {
			a := s.account("acme")
			k := s.key(a, "1")
			for _, c := range []struct {
				ms         int
				from, want string
			}{{5, "192.0.2.7", "192.0.2.7"}, {4, "192.0.2.8", "192.0.2.7"}, {6, "2001:db8::7", "2001:db8::7"}, {7, "", ""}} {
				from, _ := netip.ParseAddr(c.from)
				s.wantError("save", s.Store.SaveLastUsed(s.ctx, map[keywright.KeyID]keywright.Use{k.ID: {At: instant(c.ms), From: from}}), nil)
				wanted, _ := netip.ParseAddr(c.want)
				got, err := s.Store.Key(s.ctx, a.ID, k.ID)
				want(s, "from", wanted)(got.LastUsedFrom, err)
			}
		}},
		{"of two secrets each has a last use", func(s *test) {
			a := s.account("acme")
			k, older := newKey(a, keyOne)
			s.write(func(tx keywright.Tx) error { return tx.InsertKey(s.ctx, k, older, "") })
			_, newer := newKey(a, keyTwo)
			newer.Key, newer.Created = k.ID, instant(1)
			s.write(func(tx keywright.Tx) error { return tx.RotateKey(s.ctx, k, newer, instant(100)) })
			uses := func(older, newer int) map[keywright.SecretID]keywright.Use {
				return map[keywright.SecretID]keywright.Use{
					keywright.OlderSecret(k.ID): {At: instant(older)}, keywright.NewerSecret(k.ID): {At: instant(newer)}, "nothing-": {At: instant(9)},
				}
			}
			s.wantError("save", s.Store.SaveSecretsLastUsed(s.ctx, uses(5, 6)), nil)
			s.wantError("save older ones", s.Store.SaveSecretsLastUsed(s.ctx, uses(4, 5)), nil)
			older.Ends, older.LastUsed, newer.LastUsed = instant(100), instant(5), instant(6)
			want(s, "seals", []keywright.Seal{older, newer})(s.Store.Seals(s.ctx, k))
		}},
		{"last used is saved for many keys at once, revoked ones too", func(s *test) {
			a := s.account("acme")
			one, two, three := s.key(a, "1"), s.key(a, "2"), s.key(a, "3")
			s.wantError("revoke", s.revoke(a, two.ID, 5, ""), nil)
			batch := map[keywright.KeyID]keywright.Use{one.ID: {At: instant(1)}, two.ID: {At: instant(2)}, "key_none": {At: instant(3)}}
			s.wantError("save", s.Store.SaveLastUsed(s.ctx, batch), nil)
			s.wantError("save nothing", s.Store.SaveLastUsed(s.ctx, nil), nil)
			for id, at := range map[keywright.KeyID]time.Time{one.ID: instant(1), two.ID: instant(2), three.ID: {}} {
				got, err := s.Store.Key(s.ctx, a.ID, id)
				want(s, string(id), at)(got.LastUsed, err)
			}
		}},
		{"last used is saved of more keys than fit into one transaction, whatever their ids are", func(s *test) {
			a := s.account("acme")
			k := s.key(a, `"quoted" \ and ü`)
			batch := map[keywright.KeyID]keywright.Use{k.ID: {At: instant(7)}}
			for i := range 2500 {
				batch[keywright.KeyID(fmt.Sprint("key_none", i))] = keywright.Use{At: instant(i)}
			}
			s.wantError("save", s.Store.SaveLastUsed(s.ctx, batch), nil)
			got, err := s.Store.Key(s.ctx, a.ID, k.ID)
			want(s, "last used", instant(7))(got.LastUsed, err)
		}},
	}
}

func keyringCases() []testCase {
	return []testCase{
		{"check values are kept by version", func(s *test) {
			want(s, "at first", map[int][]byte{})(s.Store.KeyringChecks(s.ctx))
			s.wantError("save", s.Store.SaveKeyringChecks(s.ctx, map[int][]byte{1: {0, 1}, 65535: {2}}), nil)
			s.wantError("save more", s.Store.SaveKeyringChecks(s.ctx, map[int][]byte{2: {3}}), nil)
			want(s, "the checks", map[int][]byte{1: {0, 1}, 2: {3}, 65535: {2}})(s.Store.KeyringChecks(s.ctx))
		}},
	}
}
