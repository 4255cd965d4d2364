package storetest

import (
	"slices"
	"strings"

	"github.com/keywright/keywright"
)

func memberCases() []testCase {
	return []testCase{
		{"a member is answered as he was inserted", func(s *test) {
			a := s.account("acme")
			m := s.member(a, "1", "zoë@acme.example")
			want(s, "by id", m)(s.Store.Member(s.ctx, a.ID, m.ID))
			want(s, "by address", m)(s.Store.MemberByEmail(s.ctx, a.ID, m.Email))
			want(s, "in the list", []keywright.Member{m})(s.Store.Members(s.ctx, a.ID, keywright.Page{Limit: 10}))
		}},
		{"addresses are compared letter by letter", func(s *test) {
			a := s.account("acme")
			s.member(a, "1", "zoe@acme.example")
			for _, email := range []string{"Zoe@acme.example", "zoë@acme.example", "zoe@acme.%", "zoe@acme_example"} {
				_, err := s.Store.MemberByEmail(s.ctx, a.ID, email)
				s.wantError(email, err, keywright.ErrNotFound)
			}
		}},
		{"an address is taken once in an account, until its member is removed", func(s *test) {
			a, b := s.account("acme"), s.account("other")
			first := s.member(a, "1", "zoe@acme.example")
			s.member(b, "2", first.Email)
			second := first
			second.ID = "mem_3"
			add := func(tx keywright.Tx) error { return tx.InsertMember(s.ctx, second) }
			s.wantConflict("the same address", s.Store.Write(s.ctx, add), "email")
			s.write(func(tx keywright.Tx) error { return tx.SetMemberState(s.ctx, a.ID, first.ID, keywright.MemberRemoved) })
			s.write(add)
			want(s, "by address", second)(s.Store.MemberByEmail(s.ctx, a.ID, first.Email))
			back := func(tx keywright.Tx) error { return tx.SetMemberState(s.ctx, a.ID, first.ID, keywright.MemberActive) }
			s.wantConflict("the first comes back", s.Store.Write(s.ctx, back), "email")
			second.Email = "other@acme.example"
			s.wantConflict("the same id", s.Store.Write(s.ctx, add), "id")
		}},
		{"a removed member is found by id alone", func(s *test) {
			a := s.account("acme")
			m := s.member(a, "1", "zoe@acme.example")
			s.write(func(tx keywright.Tx) error { return tx.SetMemberState(s.ctx, a.ID, m.ID, keywright.MemberRemoved) })
			m.State = keywright.MemberRemoved
			want(s, "by id", m)(s.Store.Member(s.ctx, a.ID, m.ID))
			_, err := s.Store.MemberByEmail(s.ctx, a.ID, m.Email)
			s.wantError("by address", err, keywright.ErrNotFound)
			want(s, "in the list", []keywright.Member{})(s.Store.Members(s.ctx, a.ID, keywright.Page{Limit: 10}))
			want(s, "among memberships", []keywright.Member{})(s.Store.Memberships(s.ctx, m.Email))
		}},
		{"when a member was deactivated is kept when he is active again", func(s *test) {
			a := s.account("acme")
			m := s.member(a, "1", "zoe@acme.example")
			s.write(func(tx keywright.Tx) error { return tx.DeactivateMember(s.ctx, a.ID, m.ID, instant(5)) })
			m.State, m.Deactivated = keywright.MemberDeactivated, instant(5)
			want(s, "by address", m)(s.Store.MemberByEmail(s.ctx, a.ID, m.Email))
			want(s, "among memberships", []keywright.Member{})(s.Store.Memberships(s.ctx, m.Email))
			s.write(func(tx keywright.Tx) error { return tx.SetMemberState(s.ctx, a.ID, m.ID, keywright.MemberActive) })
			m.State = keywright.MemberActive
			want(s, "active again", []keywright.Member{m})(s.Store.Memberships(s.ctx, m.Email))
		}},
		{"another account's member does not exist", func(s *test) {
			a, b := s.account("acme"), s.account("other")
			m := s.member(a, "1", "zoe@acme.example")
			_, err := s.Store.Member(s.ctx, b.ID, m.ID)
			s.wantError("by id", err, keywright.ErrNotFound)
			_, err = s.Store.MemberByEmail(s.ctx, b.ID, m.Email)
			s.wantError("by address", err, keywright.ErrNotFound)
			want(s, "in the list", []keywright.Member{})(s.Store.Members(s.ctx, b.ID, keywright.Page{Limit: 10}))
			err = s.Store.Write(s.ctx, func(tx keywright.Tx) error { return tx.SetRole(s.ctx, b.ID, m.ID, "user") })
			s.wantError("set his role", err, keywright.ErrNotFound)
			err = s.Store.Write(s.ctx, func(tx keywright.Tx) error {
				return tx.SetMemberState(s.ctx, b.ID, m.ID, keywright.MemberRemoved)
			})
			s.wantError("set his state", err, keywright.ErrNotFound)
			err = s.Store.Write(s.ctx, func(tx keywright.Tx) error { return tx.DeactivateMember(s.ctx, b.ID, m.ID, instant(5)) })
			s.wantError("deactivate him", err, keywright.ErrNotFound)
			want(s, "he is as he was", m)(s.Store.Member(s.ctx, a.ID, m.ID))
		}},
		{"memberships are the active ones of all accounts, oldest first", func(s *test) {
			a, b, c := s.account("a"), s.account("b"), s.account("c")
			var members []keywright.Member
			s.write(func(tx keywright.Tx) error {
				for i, account := range []keywright.Account{c, a, b} {
					m := keywright.Member{
						ID: keywright.MemberID("mem_" + account.Slug), Account: account.ID, Email: "zoe@acme.example",
						Name: "Zoë", Role: "user", State: keywright.MemberActive, Created: instant(i),
					}
					members = append(members, m)
					if err := tx.InsertMember(s.ctx, m); err != nil {
						return err
					}
				}
				return tx.SetMemberState(s.ctx, a.ID, "mem_a", keywright.MemberInvited)
			})
			want(s, "memberships", []keywright.Member{members[0], members[2]})(s.Store.Memberships(s.ctx, "zoe@acme.example"))
		}},
		{"only the active members of a role are listed", func(s *test) {
			a, b := s.account("acme"), s.account("other")
			first, second, third := s.member(a, "1", "1@acme.example"), s.member(a, "2", "2@acme.example"), s.member(a, "3", "3@acme.example")
			third.Role = "admin"
			s.member(a, "4", "4@acme.example")
			s.member(b, "5", "5@acme.example")
			s.write(func(tx keywright.Tx) error {
				if err := tx.SetRole(s.ctx, a.ID, "mem_3", "admin"); err != nil {
					return err
				}
				if err := tx.SetMemberState(s.ctx, a.ID, "mem_4", keywright.MemberInvited); err != nil {
					return err
				}
				owners, err := tx.ActiveMembersIn(s.ctx, a.ID, "owner")
				slices.SortFunc(owners, func(a, b keywright.Member) int { return strings.Compare(string(a.ID), string(b.ID)) })
				want(s, "owners", []keywright.Member{first, second})(owners, err)
				want(s, "admins", []keywright.Member{third})(tx.ActiveMembersIn(s.ctx, a.ID, "admin"))
				want(s, "users", []keywright.Member{})(tx.ActiveMembersIn(s.ctx, a.ID, "user"))
				return nil
			})
		}},
	}
}

func passwordCases() []testCase {
	return []testCase{
		{"a password belongs to its address and can be changed", func(s *test) {
			set := func(hash string) {
				s.write(func(tx keywright.Tx) error { return tx.SetPasswordHash(s.ctx, "zoe@acme.example", hash, instant(0)) })
			}
			want(s, "at first", "")(s.Store.PasswordHash(s.ctx, "zoe@acme.example"))
			set("one")
			want(s, "set", "one")(s.Store.PasswordHash(s.ctx, "zoe@acme.example"))
			set("two")
			want(s, "changed", "two")(s.Store.PasswordHash(s.ctx, "zoe@acme.example"))
			want(s, "in another letter case", "")(s.Store.PasswordHash(s.ctx, "Zoe@acme.example"))
		}},
		{"a password goes with the last member of its address", func(s *test) {
			a, b := s.account("acme"), s.account("other")
			m := s.member(a, "1", "zoe@acme.example")
			n := s.member(b, "2", m.Email)
			s.write(func(tx keywright.Tx) error { return tx.SetPasswordHash(s.ctx, m.Email, "hash", instant(0)) })
			remove := func(m keywright.Member) {
				s.write(func(tx keywright.Tx) error {
					if err := tx.SetMemberState(s.ctx, m.Account, m.ID, keywright.MemberRemoved); err != nil {
						return err
					}
					return tx.DeleteUnusedPassword(s.ctx, m.Email)
				})
			}
			remove(m)
			want(s, "one is left", "hash")(s.Store.PasswordHash(s.ctx, m.Email))
			remove(n)
			want(s, "none is left", "")(s.Store.PasswordHash(s.ctx, m.Email))
		}},
	}
}
