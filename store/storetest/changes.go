package storetest

import (
	"bytes"
	"net/netip"
	"reflect"

	"github.com/keywright/keywright"
	"github.com/keywright/keywright/keyset"
	"github.com/keywright/keywright/limit"
	"github.com/keywright/keywright/policy"
	"github.com/keywright/keywright/secret"
)

// most is more changes than any case makes.
const most = 1000

// Ids as they are outside of tests: those of keys go by their public part.
const (
	keyOne = "000000000one"
	keyTwo = "000000000two"
)

// since are the changes after a revision, of which there must be no more than most.
func (s *test) since(revision uint64) keywright.Changes {
	s.Helper()
	changes, err := s.Store.ChangesSince(s.ctx, revision, most)
	if err != nil || changes.Behind || changes.Since != revision || changes.Revision != s.revision() {
		s.Fatalf("changes since %d: got %+v, %v", revision, changes, err)
	}
	return changes
}

func (s *test) revision() uint64 {
	s.Helper()
	revision, err := s.Store.Revision(s.ctx)
	if err != nil {
		s.Fatal(err)
	}
	return revision
}

func accountRecord(a keywright.Account) keyset.Account {
	return keyset.Account{ID: string(a.ID), Slug: a.Slug, Plan: a.Plan, Suspended: a.State == keywright.AccountSuspended}
}

func memberRecord(m keywright.Member) keyset.Member {
	return keyset.Member{ID: string(m.ID), Account: string(m.Account), Role: m.Role, Active: m.State == keywright.MemberActive}
}

// keyRecord is that of a key with the seal of newKey.
func keyRecord(k keywright.Key) keyset.Key {
	_, seal := newKey(keywright.Account{ID: k.Account}, k.ID.Public())
	return keyset.Key{
		ID: k.ID.Public(), Account: string(k.Account), Kind: keyset.Kind(k.Kind), Member: string(k.Member), Version: k.Version, NotBefore: k.NotBefore, Expires: k.Expires,
		Disabled: !k.Disabled.IsZero(), Revoked: !k.Revoked.IsZero(), Seals: []keyset.Seal{{MAC: seal.MAC, Pepper: 1}},
	}
}

// inOrder are two seals as a snapshot has them.
func inOrder(a, b keyset.Seal) []keyset.Seal {
	if bytes.Compare(a.MAC[:], b.MAC[:]) > 0 {
		return []keyset.Seal{b, a}
	}
	return []keyset.Seal{a, b}
}

func only(record keyset.Change) []keyset.Change { return []keyset.Change{record} }

// touches are the ways to change something, by the method of Tx, and the records that each one
// leads to. Those without a record change nothing that a verification looks at.
func touches(s *test, a keywright.Account, m keywright.Member, k keywright.Key) map[string]struct {
	change  func(keywright.Tx) error
	records []keyset.Change
} {
	other, joins := a, m
	other.ID, other.Slug, other.State = "acct_other", "other", keywright.AccountSuspended
	joins.ID, joins.Email, joins.State = "mem_joins", "joins@acme.example", keywright.MemberInvited
	issued, seal := newKey(a, keyTwo)
	issued.NotBefore, issued.Expires, issued.Disabled = instant(-1), instant(86_400_000), instant(7)
	token, tokenSeal := newToken(keyOne)
	token.Expires = instant(86_400_000)
	moved, demoted, gone, out, revoked, ended := a, m, m, m, k, token
	moved.Plan, demoted.Role, gone.State, revoked.Revoked = "lite", "user", keywright.MemberRemoved, instant(5)
	out.State, ended.Revoked = keywright.MemberDeactivated, instant(5)
	changed, turned, replaced := k, k, seal
	changed.Version, changed.Scopes, changed.Networks = "v2", []string{"incidents:*", "services:read"}, []netip.Prefix{netip.MustParsePrefix("192.0.2.0/24"), netip.MustParsePrefix("2001:db8::/32")}
	changed.NotBefore, changed.Expires, changed.Reminded = instant(8), instant(9), 7
	turned.LastFour = "ABCD"
	replaced.Key, replaced.Created, replaced.LastFour = k.ID, instant(5), "ABCD"
	rotated, grace := keyRecord(k), keyRecord(k)
	rotated.Seals = inOrder(keyset.Seal{MAC: rotated.Seals[0].MAC, Pepper: 1, Ends: instant(100)}, keyset.Seal{MAC: seal.MAC, Pepper: 1})
	grace.Seals = inOrder(keyset.Seal{MAC: grace.Seals[0].MAC, Pepper: 1, Ends: instant(50)}, keyset.Seal{MAC: seal.MAC, Pepper: 1})
	narrowed := keyRecord(changed)
	narrowed.Scopes, narrowed.Networks = changed.Scopes, changed.Networks
	asleep, off, service := a, k, issued
	service.Kind, service.Member, service.Service = keywright.ServiceKey, m.ID, "backups"
	handed := service
	handed.Member = "mem_2"
	asleep.State, off.Disabled = keywright.AccountSuspended, instant(5)
	return map[string]struct {
		change  func(keywright.Tx) error
		records []keyset.Change
	}{
		"InsertAccount": {func(tx keywright.Tx) error { return tx.InsertAccount(s.ctx, other) }, only(accountRecord(other))},
		"SetPlan":       {func(tx keywright.Tx) error { return tx.SetPlan(s.ctx, a.ID, "lite") }, only(accountRecord(moved))},
		"InsertMember":  {func(tx keywright.Tx) error { return tx.InsertMember(s.ctx, joins) }, only(memberRecord(joins))},
		"SetRole":       {func(tx keywright.Tx) error { return tx.SetRole(s.ctx, a.ID, m.ID, "user") }, only(memberRecord(demoted))},
		"SetMemberState": {
			func(tx keywright.Tx) error { return tx.SetMemberState(s.ctx, a.ID, m.ID, keywright.MemberRemoved) }, only(memberRecord(gone)),
		},
		"HandOver": {func(tx keywright.Tx) error {
			if err := tx.InsertKey(s.ctx, service, seal, ""); err != nil {
				return err
			}
			n, err := tx.HandOver(s.ctx, a.ID, m.ID, "mem_2")
			want(s, "how many", 1)(n, err)
			return err
		}, only(keyRecord(handed))},
		"DeactivateMember": {
			func(tx keywright.Tx) error { return tx.DeactivateMember(s.ctx, a.ID, m.ID, instant(5)) }, only(memberRecord(out)),
		},
		"InsertKey": {func(tx keywright.Tx) error { return tx.InsertKey(s.ctx, issued, seal, "") }, only(keyRecord(issued))},
		"RevokeKey": {
			func(tx keywright.Tx) error { return tx.RevokeKey(s.ctx, a.ID, k.ID, revoker(), "", instant(5)) }, only(keyRecord(revoked)),
		},
		"InsertOperatorToken": {
			func(tx keywright.Tx) error { return tx.InsertOperatorToken(s.ctx, token, tokenSeal) }, tokenRecords(token),
		},
		"RevokeOperatorToken": {func(tx keywright.Tx) error {
			if err := tx.InsertOperatorToken(s.ctx, token, tokenSeal); err != nil {
				return err
			}
			return tx.RevokeOperatorToken(s.ctx, token.ID, revoker(), "", instant(5))
		}, tokenRecords(ended)},
		"SetAccountState": {
			func(tx keywright.Tx) error { return tx.SetAccountState(s.ctx, a.ID, keywright.AccountSuspended) }, only(accountRecord(asleep)),
		},
		"DisableKey": {func(tx keywright.Tx) error { return tx.DisableKey(s.ctx, off) }, only(keyRecord(off))},
		"EnableKey": {func(tx keywright.Tx) error {
			if err := tx.DisableKey(s.ctx, off); err != nil {
				return err
			}
			return tx.EnableKey(s.ctx, a.ID, k.ID)
		}, only(keyRecord(k))},
		"SetReminded": {func(tx keywright.Tx) error { return tx.SetReminded(s.ctx, a.ID, k.ID, 7) }, nil},
		"ChangeKey":   {func(tx keywright.Tx) error { return tx.ChangeKey(s.ctx, changed) }, only(narrowed)},
		"RotateKey":   {func(tx keywright.Tx) error { return tx.RotateKey(s.ctx, turned, replaced, instant(100)) }, only(rotated)},
		"EndGrace": {func(tx keywright.Tx) error {
			if err := tx.RotateKey(s.ctx, turned, replaced, instant(100)); err != nil {
				return err
			}
			return tx.EndGrace(s.ctx, a.ID, k.ID, instant(50))
		}, only(grace)},
		"SetNewKeys":    {func(tx keywright.Tx) error { return tx.SetNewKeys(s.ctx, a.ID, limit.Bucket{Full: instant(5)}) }, nil},
		"NewKeys":       {func(tx keywright.Tx) error { _, err := tx.NewKeys(s.ctx, a.ID); return err }, nil},
		"Decide":        {func(tx keywright.Tx) error { return tx.Decide(s.ctx, keywright.Decision{Revision: 100, After: 3}) }, nil},
		"ReplacePolicy": {func(tx keywright.Tx) error { return tx.ReplacePolicy(s.ctx, "product: one") }, nil},

		"Revision": {func(tx keywright.Tx) error {
			want(s, "the revision of the transaction", s.revision()+1)(tx.Revision(), nil)
			return nil
		}, nil},
		"SetPasswordHash":      {func(tx keywright.Tx) error { return tx.SetPasswordHash(s.ctx, "x", "hash", instant(0)) }, nil},
		"DeleteUnusedPassword": {func(tx keywright.Tx) error { return tx.DeleteUnusedPassword(s.ctx, "x") }, nil},
		"InsertLink": {
			func(tx keywright.Tx) error {
				return tx.InsertLink(s.ctx, keywright.Link{Hash: make([]byte, 32), Purpose: keywright.LinkInvitation, Member: m.ID, Expires: instant(9)})
			}, nil,
		},
		"EndLinks": {func(tx keywright.Tx) error { return tx.EndLinks(s.ctx, keywright.LinkInvitation, m.ID, instant(0)) }, nil},
		"SpendLink": {func(tx keywright.Tx) error {
			if err := tx.InsertLink(s.ctx, keywright.Link{Hash: make([]byte, 32), Expires: instant(9)}); err != nil {
				return err
			}
			return tx.SpendLink(s.ctx, make([]byte, 32), instant(0))
		}, nil},
		"InsertKeyRequest": {func(tx keywright.Tx) error { return tx.InsertKeyRequest(s.ctx, newRequest(a, "1")) }, nil},
		"DecideKeyRequest": {func(tx keywright.Tx) error {
			if err := tx.InsertKeyRequest(s.ctx, newRequest(a, "1")); err != nil {
				return err
			}
			return tx.DecideKeyRequest(s.ctx, approve(newRequest(a, "1"), 5))
		}, nil},
		"EndKeyRequest": {func(tx keywright.Tx) error {
			if err := tx.InsertKeyRequest(s.ctx, newRequest(a, "1")); err != nil {
				return err
			}
			withdrawn := newRequest(a, "1")
			withdrawn.Reached, withdrawn.Ended = keywright.RequestWithdrawn, instant(5)
			return tx.EndKeyRequest(s.ctx, withdrawn)
		}, nil},
		"InsertSupportRequest": {func(tx keywright.Tx) error { return tx.InsertSupportRequest(s.ctx, newSupport(a, "1")) }, nil},
		"ChangeSupportRequest": {func(tx keywright.Tx) error {
			if err := tx.InsertSupportRequest(s.ctx, newSupport(a, "1")); err != nil {
				return err
			}
			return tx.ChangeSupportRequest(s.ctx, newSupport(a, "1"))
		}, nil},
		"KeepAnswer": {func(tx keywright.Tx) error { return tx.KeepAnswer(s.ctx, newAnswer(1)) }, nil},
		"Append":     {func(tx keywright.Tx) error { return tx.Append(s.ctx, newEvent(a, "1")) }, nil},
	}
}

// methods are those with which a change changes something.
func methods() []string {
	var all []string
	reads := reflect.TypeFor[keywright.Reader]()
	for m := range reflect.TypeFor[keywright.Tx]().Methods() {
		if _, ok := reads.MethodByName(m.Name); !ok {
			all = append(all, m.Name)
		}
	}
	return all
}

func changeCases() []testCase {
	var cases []testCase
	for _, method := range methods() {
		cases = append(cases, testCase{"the change log has what was touched by " + method, func(s *test) {
			a := s.account("acme")
			m, k := s.member(a, "1", "zoe@acme.example"), s.key(a, keyOne)
			touch, ok := touches(s, a, m, k)[method]
			if !ok {
				s.Fatal("nobody has said what it touches")
			}
			before := s.revision()
			s.write(touch.change)
			if method == "Decide" {
				want(s, "changes", keywright.Changes{Since: before, Revision: 100, Behind: true})(s.Store.ChangesSince(s.ctx, before, most))
				return
			}
			got := s.since(before)
			if method == "NewKeys" || method == "Revision" {
				want(s, "the revision after a look", before)(got.Revision, nil)
				return
			}
			wanted := keywright.Changes{Since: before, Revision: before + 1, Records: touch.records}
			if method == "ReplacePolicy" {
				wanted.Policy = policy.InForce{Since: before + 1, Text: "product: one"}
			}
			want(s, "changes", wanted)(got, nil)
			want(s, "nothing since", keywright.Changes{Since: got.Revision, Revision: got.Revision})(s.since(got.Revision), nil)
			want(s, "since the change before, the policy too", wanted.Policy)(s.since(before-1).Policy, nil)
		}})
	}
	return append(cases, []testCase{
		{"what changed several times is there once, as it is now, each after what it belongs to", func(s *test) {
			before := s.revision()
			a := s.account("acme")
			k, m := s.key(a, keyTwo), s.member(a, "1", "zoe@acme.example")
			first := s.key(a, keyOne)
			s.write(func(tx keywright.Tx) error { return tx.SetPlan(s.ctx, a.ID, "lite") })
			s.write(func(tx keywright.Tx) error { return tx.SetPlan(s.ctx, a.ID, "basic") })
			s.wantError("revoke", s.revoke(a, k.ID, 5, ""), nil)
			a.Plan, k.Revoked = "basic", instant(5)
			want(s, "records", []keyset.Change{accountRecord(a), memberRecord(m), keyRecord(first), keyRecord(k)})(s.since(before).Records, nil)
		}},
		{"several things of one transaction are one revision", func(s *test) {
			before := s.revision()
			s.write(func(tx keywright.Tx) error { return everything(s, tx) })
			changes := s.since(before)
			want(s, "revision", before+1)(changes.Revision, nil)
			want(s, "how many records", 3)(len(changes.Records), nil)
			want(s, "rows", int64(3))(s.number("SELECT COUNT(*) FROM changes"), nil)
		}},
		{"a change that failed is not in the log", func(s *test) {
			a := s.account("acme")
			before := s.revision()
			s.wantError("revoke one that is not there", s.revoke(a, "key_none", 5, ""), keywright.ErrNotFound)
			if err := s.Store.Write(s.ctx, func(tx keywright.Tx) error { return tx.InsertAccount(s.ctx, a) }); err == nil {
				s.Error("an account was inserted twice")
			}
			want(s, "changes", keywright.Changes{Since: before, Revision: before})(s.since(before), nil)
		}},
		{"a key in its grace period is one record with two seals", func(s *test) {
			a := s.account("acme")
			before := s.revision()
			k := s.key(a, keyOne)
			if _, err := s.Beside.ExecContext(s.ctx, "INSERT INTO seals (key_id, mac, pepper, created_at) VALUES ($1, $2, 2, 0)", k.ID, make([]byte, 32)); err != nil {
				s.Fatal(err)
			}
			record := keyRecord(k)
			record.Seals = append([]keyset.Seal{{MAC: secret.MAC{}, Pepper: 2}}, record.Seals...)
			want(s, "changes", []keyset.Change{record})(s.since(before).Records, nil)
			want(s, "snapshot", []keyset.Change{accountRecord(a), record})(s.snapshot().records, nil)
		}},
		{"who asks for more than there is, is told that the database is behind", func(s *test) {
			s.account("acme")
			want(s, "changes", keywright.Changes{Since: 7, Revision: 1})(s.Store.ChangesSince(s.ctx, 7, most))
		}},
		{"more changes than were asked for are none at all", func(s *test) {
			s.write(func(tx keywright.Tx) error { return everything(s, tx) })
			s.account("acme")
			for limit, behind := range map[int]bool{0: true, 1: true, 3: true, 4: false, most: false} {
				changes, err := s.Store.ChangesSince(s.ctx, 0, limit)
				if err != nil || changes.Behind != behind || (len(changes.Records) > 0) == behind || changes.Revision != 2 {
					s.Errorf("at most %d: got %+v, %v", limit, changes, err)
				}
			}
		}},
		{"a revision that nobody wrote down is noticed", func(s *test) {
			a := s.account("acme")
			before := s.revision()
			if _, err := s.Beside.ExecContext(s.ctx, "UPDATE clock SET revision = revision + 1"); err != nil {
				s.Fatal(err)
			}
			for what, since := range map[string]uint64{"as the last": before, "among others": 0} {
				changes, err := s.Store.ChangesSince(s.ctx, since, most)
				want(s, what, keywright.Changes{Since: since, Revision: before + 1, Behind: true})(changes, err)
			}
			s.write(func(tx keywright.Tx) error { return tx.SetPlan(s.ctx, a.ID, "lite") })
			for what, since := range map[string]uint64{"as the first": before, "in the middle": 0} {
				changes, err := s.Store.ChangesSince(s.ctx, since, most)
				want(s, what, keywright.Changes{Since: since, Revision: before + 2, Behind: true})(changes, err)
			}
			a.Plan = "lite"
			want(s, "after it", []keyset.Change{accountRecord(a)})(s.since(before+1).Records, nil)
		}},
	}...)
}
