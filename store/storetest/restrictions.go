package storetest

import (
	"fmt"
	"sync"
	"time"

	"github.com/keywright/keywright"
	"github.com/keywright/keywright/policy"
)

// restrictions are what is written down of each method of Tx that may take something away.
func restrictions(a keywright.Account, m keywright.Member, k keywright.Key) map[string]keywright.Restriction {
	account := keywright.Restriction{Account: a.ID, Plan: a.Plan, State: string(a.State)}
	member := keywright.Restriction{Account: a.ID, Member: m.ID, Role: m.Role, State: string(m.State)}
	key := keywright.Restriction{Account: a.ID, Key: k.ID}
	moved, asleep, demoted, gone, out, off, revoked := account, account, member, member, member, key, key
	moved.Plan, asleep.State, demoted.Role, gone.State = "lite", string(keywright.AccountSuspended), "user", string(keywright.MemberRemoved)
	out.State = string(keywright.MemberDeactivated)
	off.Disabled, revoked.Revoked, revoked.RevokedBy = instant(5), instant(5), revoker()
	narrowed, turned := key, key
	narrowed.Expires, narrowed.Scopes, turned.Rotated = instant(9), []string{"incidents:*", "services:read"}, instant(5)
	return map[string]keywright.Restriction{
		"SetPlan": moved, "SetAccountState": asleep, "SetRole": demoted, "SetMemberState": gone, "DeactivateMember": out, "DisableKey": off, "RevokeKey": revoked,
		"EnableKey": key, "ChangeKey": narrowed, "RotateKey": turned, "EndGrace": turned,
	}
}

// restricted are those since a revision, of which there must be no more than most.
func (s *test) restricted(since uint64) []keywright.Restriction {
	s.Helper()
	r, err := s.Store.RestrictionsSince(s.ctx, since, most)
	if err != nil || r.Behind || r.Since != since || r.At != s.history().At {
		s.Fatalf("restrictions since %d: got %+v, %v", since, r, err)
	}
	return r.List
}

func restrictionCases() []testCase {
	var cases []testCase
	for _, method := range methods() {
		cases = append(cases, testCase{"who keeps a journal hears of what is taken away by " + method, func(s *test) {
			a := s.account("acme")
			m, k := s.member(a, "1", "zoe@acme.example"), s.key(a, keyOne)
			var heard []keywright.Restrictions
			s.Store.Journal(func(r keywright.Restrictions) { heard = append(heard, r) })
			before := s.revision()
			s.write(touches(s, a, m, k)[method].change)
			if method == "NewKeys" || method == "Revision" || method == "Decide" {
				return
			}
			wanted := keywright.Restrictions{Since: before, At: s.history().At}
			if one, restricts := restrictions(a, m, k)[method]; restricts {
				one.At, one.When = wanted.At, s.now
				wanted.List = []keywright.Restriction{one}
			}
			want(s, "heard", []keywright.Restrictions{wanted})(heard, nil)
			want(s, "asked for", wanted.List)(s.restricted(before), nil)
		}})
	}
	return append(cases, []testCase{
		{"a token that is revoked is heard of", func(s *test) {
			t := s.token(keyOne)
			before := s.revision()
			s.wantError("revoke", s.revokeToken(t.ID, 5, "leaked"), nil)
			want(s, "restrictions", []keywright.Restriction{{
				At: s.history().At, When: s.now, Token: t.ID, Revoked: instant(5), RevokedBy: revoker(), WhyRevoked: "leaked",
			}})(s.restricted(before), nil)
		}},
		{"what was made in the same transaction has nothing taken away", func(s *test) {
			a := s.account("acme")
			before := s.revision()
			k, seal := newKey(a, keyOne)
			s.write(func(tx keywright.Tx) error {
				if err := tx.InsertKey(s.ctx, k, seal, ""); err != nil {
					return err
				}
				return tx.RevokeKey(s.ctx, a.ID, k.ID, revoker(), "", instant(5))
			})
			want(s, "how many", 0)(len(s.restricted(before)), nil)
		}},
		{"what is taken away several times is there once, as it is now", func(s *test) {
			a := s.account("acme")
			before := s.revision()
			s.plans(a, 3)
			s.write(func(tx keywright.Tx) error { return tx.SetPlan(s.ctx, a.ID, "lite") })
			got := s.restricted(before)
			if len(got) != 1 || got[0].Plan != "lite" || got[0].At.Revision != before+4 {
				s.Errorf("got %+v", got)
			}
		}},
		{"who is further behind than the log is told so", func(s *test) {
			a := s.account("acme")
			s.plans(a, 9)
			s.wantError("trim", s.Store.TrimChanges(s.ctx, 4), nil)
			for since := range uint64(11) {
				r, err := s.Store.RestrictionsSince(s.ctx, since, most)
				if err != nil || r.Behind != (since < 6) || r.At.Revision != 10 {
					s.Errorf("since %d: got %+v, %v", since, r, err)
				}
			}
			r, err := s.Store.RestrictionsSince(s.ctx, 6, 3)
			want(s, "who asks for less than there is", true)(r.Behind, err)
		}},
		{"of writers at once, a journal hears in the order of the revisions", func(s *test) {
			a := s.account("acme")
			var at []uint64
			s.Store.Journal(func(r keywright.Restrictions) { at = append(at, r.At.Revision) })
			var writers sync.WaitGroup
			for range 8 {
				writers.Go(func() {
					for range 5 {
						if err := s.Store.Write(s.ctx, func(tx keywright.Tx) error { return tx.SetPlan(s.ctx, a.ID, "lite") }); err != nil {
							s.Error(err)
						}
					}
				})
			}
			writers.Wait()
			for i, revision := range at {
				if revision != uint64(i+2) {
					s.Fatalf("got %v", at)
				}
			}
			want(s, "how many", 40)(len(at), nil)
		}},
		{"what is missing is found, and nothing is when it was done again", func(s *test) {
			svc, a, owner := s.service()
			var keys []keywright.Key
			for i := range 6 {
				key, _, err := svc.Issue(s.ctx, owner.By(), keywright.NewKey{Description: fmt.Sprint("key ", i)})
				if err != nil {
					s.Fatal(err)
				}
				keys = append(keys, key)
			}
			s.wantError("revoke", s.revoke(a, keys[3].ID, 1, "first"), nil)
			user, _, err := svc.AddMember(s.ctx, owner.By(), keywright.NewMember{Email: "ann@acme.example", Role: "user"})
			if err != nil {
				s.Fatal(err)
			}
			admin, _, err := svc.AddMember(s.ctx, owner.By(), keywright.NewMember{Email: "bob@acme.example", Role: "admin"})
			if err != nil {
				s.Fatal(err)
			}
			away, _, err := svc.AddMember(s.ctx, owner.By(), keywright.NewMember{Email: "cid@acme.example", Role: "admin", Password: "a good password"})
			if err != nil {
				s.Fatal(err)
			}
			t := s.token(keyOne)
			by := keywright.Actor{Kind: keywright.PrincipalMember, ID: string(owner.ID), Name: owner.Name}
			ends := keys[5].Created.Add(time.Hour)
			list := []keywright.Restriction{
				{Account: a.ID, Key: keys[0].ID, Revoked: instant(3), RevokedBy: by, WhyRevoked: "leaked"},
				{Account: a.ID, Key: keys[1].ID, Disabled: instant(4)},
				{Account: a.ID, Key: keys[2].ID},
				{Account: a.ID, Key: keys[4].ID, Rotated: instant(4)},
				{Account: a.ID, Key: keys[5].ID, Scopes: []string{"incidents:read"}, Expires: ends},
				{Account: a.ID, Key: keys[5].ID, Scopes: []string{"*"}, Rotated: time.Time{}}, // which gave more
				{Account: a.ID, Key: keys[3].ID, Revoked: instant(9), RevokedBy: by, WhyRevoked: "second"},
				{Account: a.ID, Key: "key_none", Revoked: instant(3), RevokedBy: by},
				{Account: "acct_none", Key: keys[2].ID, Revoked: instant(3), RevokedBy: by},
				{Token: t.ID, Revoked: instant(5), RevokedBy: by},
				{Account: a.ID, Member: user.ID, Role: "admin", State: string(keywright.MemberActive)}, // which gave more
				{Account: a.ID, Member: admin.ID, Role: "user", State: string(keywright.MemberRemoved)},
				{Account: a.ID, Member: away.ID, Role: "admin", State: string(keywright.MemberDeactivated)},
				{Account: a.ID, Member: owner.ID, Role: "user", State: string(keywright.MemberActive)}, // there was another owner
				{Account: a.ID, Plan: "lite", State: string(keywright.AccountActive)},
				{Account: a.ID, Plan: a.Plan, State: string(keywright.AccountSuspended)},
			}
			for i := range list {
				list[i].At = keywright.Point{Revision: uint64(1000 + i)}
			}
			find := func() (lacks []keywright.Lack, all []keywright.Missing) {
				all, err := keywright.FindMissing(s.ctx, s.Store, policy.Default(), list)
				s.wantError("find", err, nil)
				for _, m := range all {
					lacks = append(lacks, m.What)
					if m.String() == "" {
						s.Errorf("%s has no words", m.What)
					}
				}
				return lacks, all
			}
			lacks, all := find()
			want(s, "what is missing", []keywright.Lack{
				keywright.LacksKeyRevoked, keywright.LacksKeyDisabled, keywright.LacksKeyRotated, keywright.LacksKeyChanged, keywright.LacksTokenRevoked, keywright.LacksMemberEnded,
				keywright.LacksMemberEnded, keywright.LacksRole, keywright.LacksPlan, keywright.LacksAccountSuspended,
			})(lacks, nil)
			before := len(s.events(a))
			left, err := svc.RestrictAgain(s.ctx, all)
			if err != nil || len(left) != 1 || left[0].Member != owner.ID {
				s.Errorf("left out: got %v, %v, want the last owner", left, err)
			}
			lacks, _ = find()
			want(s, "what is missing then", []keywright.Lack{keywright.LacksRole})(lacks, nil)
			events := s.events(a)
			want(s, "events", before+8)(len(events), nil)
			rotated, err := s.Store.Key(s.ctx, a.ID, keys[4].ID)
			want(s, "a key of which the newest text is lost", true)(!rotated.Disabled.IsZero() && rotated.WhyDisabled != "", err)
			narrowed, err := s.Store.Key(s.ctx, a.ID, keys[5].ID)
			want(s, "a narrowed key's scopes", []string{"incidents:read"})(narrowed.Scopes, err)
			want(s, "its end", ends)(narrowed.Expires, err)
			first := events[len(events)-before-1]
			want(s, "the event of a revocation", map[string]string{"replayed": "1000", "by": owner.Name, "why": "leaked"})(first.Details, nil)
			m, err := s.Store.Member(s.ctx, a.ID, away.ID)
			want(s, "the member's state", keywright.MemberDeactivated)(m.State, err)
			want(s, "since", s.now)(m.Deactivated, nil)
			k, err := s.Store.Key(s.ctx, a.ID, keys[0].ID)
			want(s, "the key", list[0])(keywright.Restriction{
				At: list[0].At, Account: k.Account, Key: k.ID, Revoked: k.Revoked, RevokedBy: k.RevokedBy, WhyRevoked: k.WhyRevoked,
			}, err)
			again, err := svc.RestrictAgain(s.ctx, all)
			want(s, "a second time", 1)(len(again), err)
		}},
	}...)
}
