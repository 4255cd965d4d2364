package storetest

import (
	"github.com/keywright/keywright"
	"github.com/keywright/keywright/keyset"
	"github.com/keywright/keywright/policy"
)

func (s *test) govern(text string) policy.InForce {
	s.Helper()
	s.write(func(tx keywright.Tx) error { return tx.ReplacePolicy(s.ctx, text) })
	return policy.InForce{Since: s.revision(), Text: text}
}

func policyCases() []testCase {
	return []testCase{
		{"the last policy is in force, and what was before is remembered", func(s *test) {
			want(s, "at first", policy.InForce{})(s.Store.PolicyInForce(s.ctx))
			s.govern("one")
			s.account("acme")
			two := s.govern("two # ä\r\n")
			want(s, "in force", two)(s.Store.PolicyInForce(s.ctx))
			for text, had := range map[string]bool{"one": true, two.Text: true, "ONE": false, "two": false, "": false} {
				want(s, "had "+text, had)(s.Store.HadPolicy(s.ctx, text))
			}
		}},
		{"who follows is told of the policy that is in force at the end", func(s *test) {
			s.govern("one")
			a := s.account("acme")
			before := s.revision()
			two := s.govern("two")
			want(s, "since the beginning", two)(s.since(0).Policy, nil)
			want(s, "since", two)(s.since(before).Policy, nil)
			s.write(func(tx keywright.Tx) error { return tx.SetPlan(s.ctx, a.ID, "lite") })
			want(s, "since then", policy.InForce{})(s.since(two.Since).Policy, nil)
			err := s.Store.Snapshot(s.ctx, func(of keyset.Snapshot) error {
				want(s, "a snapshot", two)(of.Policy, nil)
				return nil
			})
			s.wantError("snapshot", err, nil)
		}},
		{"a policy that was in force can't be changed or deleted", func(s *test) {
			one := s.govern("one")
			for _, statement := range []string{"UPDATE policies SET text = 'two'", "DELETE FROM policies"} {
				if _, err := s.Beside.ExecContext(s.ctx, statement); err == nil {
					s.Errorf("%s was done", statement)
				}
			}
			want(s, "in force", one)(s.Store.PolicyInForce(s.ctx))
		}},
		{"names in use are those of accounts, members that are there, and keys that are not revoked", func(s *test) {
			a := s.account("acme")
			m, k := s.member(a, "1", "zoe@acme.example"), s.key(a, keyOne)
			got, err := s.Store.NamesInUse(s.ctx)
			want(s, "how many", 3)(len(got), err)
			for _, n := range got {
				want(s, string(n.Of), map[policy.Subject]string{policy.OfPlan: a.Plan, policy.OfRole: m.Role, policy.OfVersion: k.Version}[n.Of])(n.Name, nil)
			}
			s.wantError("revoke", s.revoke(a, k.ID, 5, ""), nil)
			s.write(func(tx keywright.Tx) error { return tx.SetMemberState(s.ctx, a.ID, m.ID, keywright.MemberRemoved) })
			want(s, "then", []keywright.Named{{Of: policy.OfPlan, Name: a.Plan}})(s.Store.NamesInUse(s.ctx))
		}},
	}
}
