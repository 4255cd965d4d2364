package storetest

import "github.com/keywright/keywright"

func accountCases() []testCase {
	return []testCase{
		{"an account is answered as it was inserted", func(s *test) {
			a := s.account("acme")
			want(s, "by id", a)(s.Store.Account(s.ctx, a.ID))
			want(s, "by slug", a)(s.Store.AccountBySlug(s.ctx, "acme"))
		}},
		{"an account that is not there is not found", func(s *test) {
			_, err := s.Store.Account(s.ctx, "acct_none")
			s.wantError("by id", err, keywright.ErrNotFound)
			_, err = s.Store.AccountBySlug(s.ctx, "none")
			s.wantError("by slug", err, keywright.ErrNotFound)
		}},
		{"a slug and an id are taken once", func(s *test) {
			a := s.account("acme")
			for field, b := range map[string]keywright.Account{
				"slug": {ID: "acct_other", Slug: a.Slug, Created: instant(0)},
				"id":   {ID: a.ID, Slug: "other", Created: instant(0)},
			} {
				s.wantConflict("insert", s.Store.Write(s.ctx, func(tx keywright.Tx) error { return tx.InsertAccount(s.ctx, b) }), field)
			}
		}},
		{"slugs and ids are compared letter by letter", func(s *test) {
			a := s.account("acme")
			upper := a
			upper.ID, upper.Slug = "acct_ACME", "ACME" // no slug of ours, but another one than acme
			s.write(func(tx keywright.Tx) error { return tx.InsertAccount(s.ctx, upper) })
			want(s, "acme", a)(s.Store.Account(s.ctx, "acct_acme"))
			want(s, "ACME", upper)(s.Store.Account(s.ctx, "acct_ACME"))
			want(s, "slug ACME", upper)(s.Store.AccountBySlug(s.ctx, "ACME"))
			for _, slug := range []string{"Acme", "acme ", "acm%", "acm_", "acme\x00"} {
				if found, err := s.Store.AccountBySlug(s.ctx, slug); err == nil {
					s.Errorf("slug %q: found %s", slug, found.Slug)
				}
			}
		}},
		{"a plan is changed at once", func(s *test) {
			a := s.account("acme")
			s.write(func(tx keywright.Tx) error { return tx.SetPlan(s.ctx, a.ID, "lite") })
			a.Plan = "lite"
			want(s, "the account", a)(s.Store.Account(s.ctx, a.ID))
			err := s.Store.Write(s.ctx, func(tx keywright.Tx) error { return tx.SetPlan(s.ctx, "acct_none", "lite") })
			s.wantError("of an unknown account", err, keywright.ErrNotFound)
		}},
		{"an account counts its active keys", func(s *test) {
			a, b := s.account("acme"), s.account("other")
			one := s.key(a, "1")
			s.key(a, "2")
			s.key(b, "3")
			s.write(func(tx keywright.Tx) error {
				return tx.RevokeKey(s.ctx, a.ID, one.ID, keywright.Actor{}, "", instant(1))
			})
			a.ActiveKeys, b.ActiveKeys = 1, 1
			want(s, "acme", a)(s.Store.Account(s.ctx, a.ID))
			want(s, "other", b)(s.Store.Account(s.ctx, b.ID))
		}},
	}
}
