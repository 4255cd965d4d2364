package storetest

import (
	"fmt"
	"slices"

	"github.com/keywright/keywright"
	"github.com/keywright/keywright/keyset"
)

// newToken is a token's record and its seal, not yet inserted.
func newToken(id string) (keywright.OperatorToken, keywright.Seal) {
	t := keywright.OperatorToken{
		ID: keywright.OperatorTokenID("tok_" + id), Use: keywright.UseVerify, Description: "Gateway von Zoë 🚀 " + id,
		Brand: "kwop", LastFour: "QZ1x", Created: instant(0), CreatedBy: keywright.Actor{Kind: keywright.PrincipalOperator, Name: "the operator"},
	}
	seal := keywright.Seal{Pepper: 1, Created: instant(0)}
	copy(seal.MAC[:], id+"………………………………………………………………")
	return t, seal
}

// token inserts a token.
func (s *test) token(id string) keywright.OperatorToken {
	s.Helper()
	t, seal := newToken(id)
	s.write(func(tx keywright.Tx) error { return tx.InsertOperatorToken(s.ctx, t, seal) })
	return t
}

func (s *test) revokeToken(id keywright.OperatorTokenID, ms int, why string) error {
	return s.Store.Write(s.ctx, func(tx keywright.Tx) error {
		return tx.RevokeOperatorToken(s.ctx, id, revoker(), why, instant(ms))
	})
}

// tokenRecords are those of a token with the seal of newToken.
func tokenRecords(t keywright.OperatorToken) []keyset.Change {
	_, seal := newToken(t.ID.Public())
	return []keyset.Change{keyset.Account{ID: string(keywright.Operators)}, keyset.Key{
		ID: t.ID.Public(), Account: string(keywright.Operators), Kind: keyset.Kind(t.Use), Expires: t.Expires,
		Revoked: !t.Revoked.IsZero(), Seals: []keyset.Seal{{MAC: seal.MAC, Pepper: 1}},
	}}
}

func tokenCases() []testCase {
	return []testCase{
		{"an operator's token is answered as it was inserted, and so is its seal", func(s *test) {
			t, seal := newToken("1")
			t.Use, t.Expires = keywright.UseOperate, instant(86_400_000)
			s.write(func(tx keywright.Tx) error { return tx.InsertOperatorToken(s.ctx, t, seal) })
			want(s, "by id", t)(s.Store.OperatorToken(s.ctx, t.ID))
			want(s, "in the list", []keywright.OperatorToken{t})(s.Store.OperatorTokens(s.ctx, keywright.Page{Limit: 10}))
			got, sealed, err := s.Store.SealedOperatorToken(s.ctx, t.ID)
			want(s, "with its seal", t)(got, err)
			want(s, "the seal", seal)(sealed, err)
			for _, id := range []keywright.OperatorTokenID{"", "tok_", "tok_2", "TOK_1", "key_1"} {
				_, err := s.Store.OperatorToken(s.ctx, id)
				s.wantError(string(id), err, keywright.ErrNotFound)
				_, _, err = s.Store.SealedOperatorToken(s.ctx, id)
				s.wantError(string(id)+" with its seal", err, keywright.ErrNotFound)
			}
		}},
		{"an operator's token is in no account, and no key", func(s *test) {
			a := s.account("acme")
			t := s.token("1")
			want(s, "the account's keys", []keywright.Key{})(s.Store.Keys(s.ctx, a.ID, keywright.KeyFilter{}, instant(0), keywright.Page{Limit: 10}))
			want(s, "the accounts", []keywright.Account{a})(s.Store.Accounts(s.ctx, keywright.Page{Limit: 10}))
			_, err := s.Store.Sealed(s.ctx, keywright.KeyID(t.ID))
			s.wantError("as a key", err, keywright.ErrNotFound)
		}},
		{"an operator's token is revoked once, and its first time and reason stay", func(s *test) {
			t := s.token("1")
			s.wantError("one that is not there", s.revokeToken("tok_2", 1, ""), keywright.ErrNotFound)
			s.wantError("revoke", s.revokeToken(t.ID, 1, "leaked"), nil)
			s.wantError("again", s.revokeToken(t.ID, 2, "later"), keywright.ErrRevoked)
			t.Revoked, t.RevokedBy, t.WhyRevoked = instant(1), revoker(), "leaked"
			want(s, "the token", t)(s.Store.OperatorToken(s.ctx, t.ID))
		}},
		{"an operator's token's id is taken once", func(s *test) {
			t, seal := newToken("1")
			s.token("1")
			err := s.Store.Write(s.ctx, func(tx keywright.Tx) error { return tx.InsertOperatorToken(s.ctx, t, seal) })
			s.wantConflict("again", err, "id")
		}},
		{"operators' tokens are listed newest first and, within a millisecond, by the bytes of their ids", func(s *test) {
			var all []keywright.OperatorToken
			for ms := range 2 {
				for _, id := range ordered() {
					t, seal := newToken(fmt.Sprint(ms, id))
					t.Created = instant(ms)
					all = append(all, t)
					s.write(func(tx keywright.Tx) error { return tx.InsertOperatorToken(s.ctx, t, seal) })
				}
			}
			slices.Reverse(all)
			for _, limit := range []int{1, 5, 200} {
				got := walk(s, limit, func(p keywright.Page) ([]keywright.OperatorToken, error) { return s.Store.OperatorTokens(s.ctx, p) },
					func(t keywright.OperatorToken) keywright.Cursor {
						return keywright.Cursor{At: t.Created, ID: string(t.ID)}
					})
				want(s, fmt.Sprintf("pages of %d", limit), all)(got, nil)
			}
		}},
		{"an operator's token's last use only moves forward, and takes no revision", func(s *test) {
			t := s.token("1")
			before := s.revision()
			for _, c := range []struct{ save, want int }{{5, 5}, {3, 5}, {6, 6}} {
				batch := map[keywright.OperatorTokenID]keywright.Use{t.ID: {At: instant(c.save)}, "tok_none": {At: instant(9)}}
				s.wantError("save", s.Store.SaveTokensLastUsed(s.ctx, batch), nil)
				got, err := s.Store.OperatorToken(s.ctx, t.ID)
				want(s, "last used", instant(c.want))(got.LastUsed, err)
			}
			s.wantError("save nothing", s.Store.SaveTokensLastUsed(s.ctx, nil), nil)
			want(s, "revision", before)(s.revision(), nil)
		}},
		{"a snapshot has the operator's tokens, before all keys", func(s *test) {
			t := s.token(keyOne)
			a := s.account("acme")
			k := s.key(a, keyTwo)
			wanted := append(append(only(accountRecord(a)), tokenRecords(t)...), keyRecord(k))
			want(s, "snapshot", snapshot{s.revision(), 1, wanted})(s.snapshot(), nil)
			want(s, "the log", wanted)(s.since(0).Records, nil)
		}},
		{"an event of no account is in the log of the installation and in no account's", func(s *test) {
			a := s.account("acme")
			mine, theirs := newEvent(keywright.Account{}, "1"), newEvent(a, "2")
			s.append(mine, theirs)
			mine.Sequence, theirs.Sequence = 1, 2
			want(s, "the installation's", []keywright.Event{theirs, mine})(s.Store.AllEvents(s.ctx, keywright.Page{Limit: 10}))
			want(s, "its second page", []keywright.Event{mine})(s.Store.AllEvents(s.ctx, keywright.Page{After: keywright.Cursor{ID: "2"}, Limit: 10}))
			want(s, "the account's", []keywright.Event{theirs})(s.Store.Events(s.ctx, a.ID, keywright.Page{Limit: 10}))
			want(s, "nobody's", []keywright.Event{})(s.Store.Events(s.ctx, "", keywright.Page{Limit: 10}))
			_, err := s.Store.AllEvents(s.ctx, keywright.Page{After: keywright.Cursor{ID: "x"}, Limit: 10})
			s.wantError("a cursor of another list", err, keywright.ErrInvalid)
		}},
	}
}
