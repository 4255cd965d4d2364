package storetest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/keywright/keywright"
	"github.com/keywright/keywright/policy"
	"github.com/keywright/keywright/secret"
)

// plain matches passwords without the work, which these tests are not about.
type plain struct{}

func (plain) Hash(_ context.Context, password string) (string, error) {
	return "plain:" + password, nil
}

func (plain) Match(_ context.Context, password, hash string) (bool, error) {
	return hash == "plain:"+password, nil
}

// service is a Service on the store, with an account that has one owner.
func (s *test) service() (*keywright.Service, keywright.Account, keywright.Member) {
	s.Helper()
	svc, err := s.newService()
	if err != nil {
		s.Fatal(err)
	}
	a, owner, _, err := svc.CreateAccount(s.ctx, keywright.Operator(""), keywright.NewAccount{
		Slug: "acme", Name: "Acme", Plan: "standard",
		Owner: keywright.NewMember{Name: "Zoë", Email: "zoe@acme.example", Password: "a good password"},
	})
	if err != nil {
		s.Fatal(err)
	}
	return svc, a, owner
}

func (s *test) newService() (*keywright.Service, error) { return s.serviceUnder(policy.Default()) }

func (s *test) serviceUnder(p *policy.Policy) (*keywright.Service, error) {
	ring, err := secret.NewKeyring(map[int][]byte{1: []byte("a pepper for tests, 32 bytes....")})
	return keywright.New(s.Store, ring, plain{}, keywright.Options{Policy: p, Now: func() time.Time { return s.now }}), err
}

func serviceCases() []testCase {
	return []testCase{
		{"of a hundred keys that are made at once where there is room for one, one is", func(s *test) {
			_, a, owner := s.service()
			p := policy.Default()
			p.Plans[2].KeysMax = 3
			svc, err := s.serviceUnder(p)
			s.wantError("the policy", err, nil)
			for range 2 {
				if _, _, err := svc.Issue(s.ctx, owner.By(), keywright.NewKey{Description: "CI"}); err != nil {
					s.Fatal(err)
				}
			}
			var all sync.WaitGroup
			var made, refused atomic.Int64
			for range 100 {
				all.Go(func() {
					switch _, _, err := svc.Issue(s.ctx, owner.By(), keywright.NewKey{Description: "CI"}); {
					case err == nil:
						made.Add(1)
					case errors.Is(err, keywright.ErrTooManyKeys):
						refused.Add(1)
					default:
						s.Error(err)
					}
				})
			}
			all.Wait()
			want(s, "made", []int64{1, 99})([]int64{made.Load(), refused.Load()}, nil)
			want(s, "keys", int64(3))(s.number("SELECT COUNT(*) FROM keys"), nil)
			want(s, "events", 2+3)(len(s.events(a)), nil)
		}},
		{"each change leaves exactly one event, and a refused one none", func(s *test) {
			svc, a, owner := s.service()
			operator, by := keywright.Operator(a.ID), owner.By()
			var member keywright.Member
			var key keywright.Key
			for _, step := range []struct {
				do      func() error
				refused error
				action  keywright.Action
			}{
				{func() error { _, _, err := svc.SetPlan(s.ctx, operator, "lite"); return err }, nil, keywright.PlanChanged},
				{func() error { _, _, err := svc.Issue(s.ctx, by, keywright.NewKey{Description: "CI"}); return err }, keywright.ErrNotEntitled, ""},
				{func() error { _, _, err := svc.SetPlan(s.ctx, operator, "basic"); return err }, nil, keywright.PlanChanged},
				{func() (err error) {
					key, _, err = svc.Issue(s.ctx, by, keywright.NewKey{Description: "CI", Once: "form"})
					return err
				}, nil, keywright.KeyIssued},
				{func() error {
					_, _, err := svc.Issue(s.ctx, by, keywright.NewKey{Description: "CI", Once: "form"})
					return err
				}, keywright.ErrAlreadyIssued, ""},
				{func() error { _, _, err := svc.Revoke(s.ctx, by, key.ID, "leaked"); return err }, nil, keywright.KeyRevokedBy},
				{func() error { _, _, err := svc.Revoke(s.ctx, by, key.ID, "again"); return err }, keywright.ErrRevoked, ""},
				{func() (err error) {
					member, _, err = svc.AddMember(s.ctx, by, keywright.NewMember{Email: "ann@acme.example", Role: "admin", Password: "a good password"})
					return err
				}, nil, keywright.MemberAdded},
				{func() error { _, _, err := svc.SetRole(s.ctx, by, owner.ID, "user"); return err }, keywright.ErrLastOwner, ""},
				{func() error { _, _, err := svc.SetRole(s.ctx, by, member.ID, "user"); return err }, nil, keywright.RoleChanged},
				{func() error { _, _, err := svc.DeactivateMember(s.ctx, by, member.ID, ""); return err }, nil, keywright.MemberDeactivatedBy},
				{func() error { _, _, err := svc.TransferOwnership(s.ctx, by, member.ID, ""); return err }, keywright.ErrConflict, ""},
				{func() error { _, _, err := svc.ActivateMember(s.ctx, by, member.ID); return err }, nil, keywright.MemberActivatedBy},
				{func() error { _, _, err := svc.TransferOwnership(s.ctx, by, member.ID, ""); return err }, nil, keywright.OwnerTransferred},
				{func() error { _, _, err := svc.TransferOwnership(s.ctx, by, owner.ID, member.ID); return err }, keywright.ErrInvalid, ""},
				{func() error { _, _, err := svc.RemoveMember(s.ctx, by, member.ID, ""); return err }, keywright.ErrInvalid, ""},
				{func() error { _, _, err := svc.TransferOwnership(s.ctx, member.By(), owner.ID, ""); return err }, nil, keywright.OwnerTransferred},
				{func() error { _, _, err := svc.RemoveMember(s.ctx, by, member.ID, ""); return err }, nil, keywright.MemberRemovedBy},
			} {
				before := s.events(a)
				s.wantError("step", step.do(), step.refused)
				after := s.events(a)
				if step.refused != nil {
					want(s, "after a refusal", before)(after, nil)
					continue
				}
				if len(after) != len(before)+1 || !slices.EqualFunc(after[1:], before, func(x, y keywright.Event) bool { return x.ID == y.ID }) {
					s.Fatalf("%s: got %d events after %d", step.action, len(after), len(before))
				}
				want(s, "the event", step.action)(after[0].Action, nil)
			}
		}},
		{"of two owners who leave at once, one stays", func(s *test) {
			svc, a, owner := s.service()
			for i := range 10 {
				other, _, err := svc.AddMember(s.ctx, owner.By(), keywright.NewMember{Email: fmt.Sprint(i, "@acme.example"), Role: "owner", Password: "a good password"})
				if err != nil {
					s.Fatal(err)
				}
				var leaving sync.WaitGroup
				left := make([]error, 2)
				for i, m := range []keywright.Member{owner, other} {
					leaving.Go(func() { _, _, left[i] = svc.RemoveMember(s.ctx, keywright.Operator(a.ID), m.ID, "") })
				}
				leaving.Wait()
				if (left[0] == nil) == (left[1] == nil) || !errors.Is(errors.Join(left...), keywright.ErrLastOwner) {
					s.Fatalf("got %v and %v, want one to leave and one to be the last owner", left[0], left[1])
				}
				if left[0] == nil {
					owner = other
				}
				want(s, "who is left", []keywright.Member{owner})(s.Store.Members(s.ctx, a.ID, keywright.Page{Limit: 10}))
			}
		}},
		{"F13, F15: a key verifies from its issue to its revocation, whoever else is at work", func(s *test) {
			svc, _, owner := s.service()
			var integrations sync.WaitGroup
			for range 4 {
				integrations.Go(func() {
					for range 5 {
						key, text, err := svc.Issue(s.ctx, owner.By(), keywright.NewKey{Description: "CI"})
						if err != nil {
							s.Error(err)
							return
						}
						verdict, err := svc.Verify(s.ctx, keywright.Request{Text: text.Reveal(), Way: policy.PresentBearer})
						want(s, "after its issue", true)(verdict.Valid, err)
						if _, _, err := svc.Revoke(s.ctx, owner.By(), key.ID, ""); err != nil {
							s.Error(err)
						}
						verdict, err = svc.Verify(s.ctx, keywright.Request{Text: text.Reveal(), Way: policy.PresentBearer})
						want(s, "after its revocation", keywright.Revoked)(verdict.Reason, err)
					}
				})
			}
			integrations.Wait()
		}},
	}
}
