package storetest

import (
	"errors"
	"fmt"
	"sync"

	"github.com/keywright/keywright"
	"github.com/keywright/keywright/keyset"
	"github.com/keywright/keywright/policy"
)

// heard follows the store from now on. What it heard may be looked at while nobody writes.
func (s *test) heard() *[]keywright.Changes {
	var all []keywright.Changes
	s.Store.Follow(func(c keywright.Changes) { all = append(all, c) })
	return &all
}

func followCases() []testCase {
	return []testCase{
		{"who follows hears of a change as the log has it, before its write returns", func(s *test) {
			a := s.account("acme")
			heard := s.heard()
			before := s.revision()
			var outside keywright.Account
			s.Store.Follow(func(keywright.Changes) { outside, _ = s.Store.Account(s.ctx, a.ID) })
			for i, plan := range []string{"lite", "basic"} {
				s.write(func(tx keywright.Tx) error { return tx.SetPlan(s.ctx, a.ID, plan) })
				if len(*heard) != i+1 {
					s.Fatalf("heard of %d changes, want %d", len(*heard), i+1)
				}
				a.Plan = plan
				want(s, "heard", keywright.Changes{Since: before, Revision: before + 1, Records: []keyset.Change{accountRecord(a)}})((*heard)[i], nil)
				want(s, "in the log", (*heard)[i])(s.since(before), nil)
				want(s, "what others see then", plan)(outside.Plan, nil)
				before++
			}
		}},
		{"it hears of the policy, and of a revision that changed nothing it looks at", func(s *test) {
			a := s.account("acme")
			heard := s.heard()
			s.write(func(tx keywright.Tx) error { return tx.ReplacePolicy(s.ctx, "product: one") })
			s.append(newEvent(a, "1"))
			want(s, "heard", []keywright.Changes{{Since: 1, Revision: 2, Policy: policy.InForce{Since: 2, Text: "product: one"}}, {Since: 2, Revision: 3}})(*heard, nil)
		}},
		{"it hears of nothing that was not committed or has no revision", func(s *test) {
			a := s.account("acme")
			k := s.key(a, keyOne)
			heard := s.heard()
			failure := errors.New("change my mind")
			s.wantError("a change that fails", s.Store.Write(s.ctx, func(tx keywright.Tx) error {
				return errors.Join(tx.SetPlan(s.ctx, a.ID, "lite"), failure)
			}), failure)
			s.write(func(tx keywright.Tx) error { _, err := tx.Account(s.ctx, a.ID); return err })
			s.wantError("last used", s.Store.SaveLastUsed(s.ctx, lastUsed(k.ID, 5)), nil)
			s.wantError("a session", s.Sessions.Commit("token", []byte("x"), instant(9)), nil)
			s.wantError("trim", s.Store.TrimChanges(s.ctx, 0), nil)
			want(s, "heard", 0)(len(*heard), nil)
		}},
		{"it hears of each change once, in the order of the revisions, whoever writes", func(s *test) {
			a := s.account("acme")
			heard := s.heard()
			before := s.revision()
			var writers sync.WaitGroup
			for w := range 8 {
				writers.Go(func() {
					for i := range 10 {
						k, seal := newKey(a, fmt.Sprintf("%06d%06d", w, i))
						if err := s.Store.Write(s.ctx, func(tx keywright.Tx) error { return tx.InsertKey(s.ctx, k, seal, "") }); err != nil {
							s.Error(err)
						}
					}
				})
			}
			writers.Wait()
			keys := map[string]bool{}
			for i, c := range *heard {
				if c.Since != before+uint64(i) || c.Revision != c.Since+1 || len(c.Records) != 1 {
					s.Fatalf("change %d: got %+v", i, c)
				}
				key, _ := c.Records[0].(keyset.Key)
				keys[key.ID] = true
			}
			want(s, "different keys", 80)(len(keys), nil)
		}},
	}
}
