package storetest

import (
	"fmt"
	"slices"
	"strings"

	"github.com/keywright/keywright"
)

// ordered are ids as bytes order them: digits, upper case, _, lower case.
func ordered() []string {
	return []string{"0", "00", "1", "A", "Z", "Zz", "_", "a", "aA", "a_", "aa", "z"}
}

// walk reads a list page by page.
func walk[T any](s *test, limit int, read func(keywright.Page) ([]T, error), cursor func(T) keywright.Cursor) []T {
	s.Helper()
	var all []T
	page := keywright.Page{Limit: limit}
	for range 100 {
		part, err := read(page)
		if err != nil {
			s.Fatalf("page after %q: %v", page.After.ID, err)
		}
		if len(part) > limit {
			s.Fatalf("a page of %d has %d", limit, len(part))
		}
		if len(part) == 0 {
			return all
		}
		all = append(all, part...)
		page.After = cursor(part[len(part)-1])
	}
	s.Fatal("the list does not end")
	return nil
}

func listCases() []testCase {
	return []testCase{
		{"keys are listed newest first and, within a millisecond, by the bytes of their ids", func(s *test) {
			a, b := s.account("acme"), s.account("other")
			var keys []keywright.Key // oldest first
			for ms := range 3 {
				for _, id := range ordered() {
					k, _ := newKey(a, fmt.Sprint(id, ms))
					k.Created = instant(ms)
					keys = append(keys, k)
				}
			}
			slices.SortFunc(keys, func(x, y keywright.Key) int {
				if c := x.Created.Compare(y.Created); c != 0 {
					return c
				}
				return strings.Compare(string(x.ID), string(y.ID))
			})
			s.write(func(tx keywright.Tx) error {
				for i := range keys {
					k := keys[(i*7)%len(keys)] // in another order; 7 has no factor in common with 36
					if err := tx.InsertKey(s.ctx, k, keywright.Seal{Key: k.ID, Created: k.Created}, ""); err != nil {
						return err
					}
				}
				return nil
			})
			s.key(b, "of the other")
			slices.Reverse(keys)
			for _, limit := range []int{1, 5, 36, 200} {
				got := walk(s, limit, func(p keywright.Page) ([]keywright.Key, error) {
					return s.Store.Keys(s.ctx, a.ID, keywright.KeyFilter{}, instant(0), p)
				},
					func(k keywright.Key) keywright.Cursor { return keywright.Cursor{At: k.Created, ID: string(k.ID)} })
				want(s, fmt.Sprintf("pages of %d", limit), keys)(got, nil)
			}
		}},
		{"members and accounts are listed alike", func(s *test) {
			var accounts []keywright.Account
			var members []keywright.Member
			s.write(func(tx keywright.Tx) error {
				for i, id := range ordered() {
					a := keywright.Account{ID: keywright.AccountID("acct_" + id), Slug: fmt.Sprint("s", i), Created: instant(0)}
					accounts = append(accounts, a)
					if err := tx.InsertAccount(s.ctx, a); err != nil {
						return err
					}
				}
				for i, id := range ordered() {
					m := keywright.Member{ID: keywright.MemberID("mem_" + id), Account: accounts[0].ID, Email: fmt.Sprint(i, "@acme.example"), Created: instant(0)}
					members = append(members, m)
					if err := tx.InsertMember(s.ctx, m); err != nil {
						return err
					}
				}
				return nil
			})
			slices.Reverse(accounts)
			slices.Reverse(members)
			want(s, "accounts", accounts)(walk(s, 5, func(p keywright.Page) ([]keywright.Account, error) { return s.Store.Accounts(s.ctx, p) },
				func(a keywright.Account) keywright.Cursor { return keywright.Cursor{At: a.Created, ID: string(a.ID)} }), nil)
			want(s, "members", members)(walk(s, 5, func(p keywright.Page) ([]keywright.Member, error) { return s.Store.Members(s.ctx, "acct_0", p) },
				func(m keywright.Member) keywright.Cursor { return keywright.Cursor{At: m.Created, ID: string(m.ID)} }), nil)
		}},
		{"a page is not moved by what is added before it", func(s *test) {
			a := s.account("acme")
			old := s.key(a, "1")
			cursor := keywright.Cursor{At: instant(1), ID: ""}
			k, seal := newKey(a, "2")
			k.Created = instant(2)
			s.write(func(tx keywright.Tx) error { return tx.InsertKey(s.ctx, k, seal, "") })
			want(s, "the second page", []keywright.Key{old})(s.Store.Keys(s.ctx, a.ID, keywright.KeyFilter{}, instant(0), keywright.Page{After: cursor, Limit: 10}))
		}},
		{"a forged cursor only says where to go on", func(s *test) {
			a := s.account("acme")
			k := s.key(a, "1")
			for what, c := range map[string]struct {
				after keywright.Cursor
				want  []keywright.Key
			}{
				"another account's id":  {keywright.Cursor{At: instant(0), ID: "key_zzz"}, []keywright.Key{k}},
				"before everything":     {keywright.Cursor{At: instant(-1), ID: "key_1"}, []keywright.Key{}},
				"the year 9999":         {keywright.Cursor{At: s.moment("9999-12-31T23:59:59.999Z"), ID: "x"}, []keywright.Key{k}},
				"an id that is no text": {keywright.Cursor{At: instant(0), ID: "'; --"}, []keywright.Key{}},
			} {
				want(s, what, c.want)(s.Store.Keys(s.ctx, a.ID, keywright.KeyFilter{}, instant(0), keywright.Page{After: c.after, Limit: 10}))
			}
		}},
		{"a list never answers more than its limit", func(s *test) {
			a := s.account("acme")
			s.write(func(tx keywright.Tx) error {
				for i := range 250 {
					k, seal := newKey(a, fmt.Sprint(i))
					if err := tx.InsertKey(s.ctx, k, seal, ""); err != nil {
						return err
					}
				}
				return nil
			})
			for limit, most := range map[int]int{-1: 0, 0: 0, 1: 1, 200: 200, 201: 201, 1 << 40: 201} {
				keys, err := s.Store.Keys(s.ctx, a.ID, keywright.KeyFilter{}, instant(0), keywright.Page{Limit: limit})
				want(s, fmt.Sprintf("limit %d", limit), most)(len(keys), err)
			}
		}},
	}
}
