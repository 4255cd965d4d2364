package keywright_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/keywright/keywright"
	"github.com/keywright/keywright/policy"
	"github.com/keywright/keywright/secret"
)

func TestADeactivatedMemberIsShutOutUntilHeIsActivated(t *testing.T) {
	h := open(t, "standard")
	owner, admin := h.members["owner"].By(), h.members["admin"]
	_, text := h.issue(t, admin.By())
	session := admin.By()
	session.SignedIn = h.now
	h.now = h.now.Add(time.Minute)
	m, commit, err := h.DeactivateMember(t.Context(), owner, admin.ID, "")
	if err != nil || m.State != keywright.MemberDeactivated || !m.Deactivated.Equal(h.now) || commit.Subject.ID != string(m.ID) {
		t.Fatalf("got %+v %+v %v", m, commit, err)
	}
	refused := func(when string, by keywright.Principal) {
		t.Helper()
		if _, _, err := h.Keys(t.Context(), by, keywright.KeyFilter{}, keywright.Page{}); !errors.Is(err, keywright.ErrForbidden) {
			t.Errorf("%s: the keys: %v", when, err)
		}
		if _, err := h.Whoami(t.Context(), by); !errors.Is(err, keywright.ErrNotFound) {
			t.Errorf("%s: who he is: %v", when, err)
		}
	}
	refused("out", admin.By())
	if _, err := h.SignIn(t.Context(), admin.Email, "password of admin"); !errors.Is(err, keywright.ErrWrongPassword) {
		t.Errorf("he signed in: %v", err)
	}
	h.is(t, text, "")
	h.now = h.now.Add(time.Minute)
	if m, again, err := h.DeactivateMember(t.Context(), owner, admin.ID, ""); err != nil || again.Revision != commit.Revision || !m.Deactivated.Before(h.now) {
		t.Errorf("a second time: got %+v %+v %v, want nothing changed", m, again, err)
	}

	if m, _, err := h.ActivateMember(t.Context(), owner, admin.ID); err != nil || m.State != keywright.MemberActive {
		t.Fatalf("got %+v %v", m, err)
	}
	refused("back, in the session from before", session)
	session.SignedIn = h.now
	if _, _, err := h.Keys(t.Context(), session, keywright.KeyFilter{}, keywright.Page{}); err != nil {
		t.Errorf("back, in a new session: %v", err)
	}
	if members, err := h.SignIn(t.Context(), admin.Email, "password of admin"); err != nil || len(members) != 1 {
		t.Errorf("sign in: got %v %v", members, err)
	}
}

func TestWhoCanNotBeDeactivated(t *testing.T) {
	h := open(t, "standard")
	owner, admin, user := h.members["owner"], h.members["admin"], h.members["user"]
	invited, _, err := h.AddMember(t.Context(), owner.By(), keywright.NewMember{Email: "new@acme.example", Role: "user"})
	if err != nil {
		t.Fatal(err)
	}
	_, stranger := h.create(t, "other", "standard")
	before, _, err := h.Events(t.Context(), owner.By(), keywright.Page{})
	if err != nil {
		t.Fatal(err)
	}
	for what, c := range map[string]struct{ got, want error }{
		"the last owner":        {third(h.DeactivateMember(t.Context(), owner.By(), owner.ID, "")), keywright.ErrLastOwner},
		"one above":             {third(h.DeactivateMember(t.Context(), admin.By(), owner.ID, "")), keywright.ErrInvalid},
		"by a user":             {third(h.DeactivateMember(t.Context(), user.By(), admin.ID, "")), keywright.ErrForbidden},
		"who has not joined":    {third(h.DeactivateMember(t.Context(), owner.By(), invited.ID, "")), keywright.ErrConflict},
		"another account's":     {third(h.DeactivateMember(t.Context(), owner.By(), stranger.ID, "")), keywright.ErrNotFound},
		"by another account's":  {third(h.DeactivateMember(t.Context(), stranger.By(), user.ID, "")), keywright.ErrNotFound},
		"responsible himself":   {third(h.DeactivateMember(t.Context(), owner.By(), user.ID, user.ID)), keywright.ErrInvalid},
		"responsible a guest":   {third(h.RemoveMember(t.Context(), owner.By(), user.ID, stranger.ID)), keywright.ErrInvalid},
		"activate the invited":  {third(h.ActivateMember(t.Context(), owner.By(), invited.ID)), keywright.ErrConflict},
		"activate, by a user":   {third(h.ActivateMember(t.Context(), user.By(), admin.ID)), keywright.ErrForbidden},
		"activate the active":   {third(h.ActivateMember(t.Context(), owner.By(), admin.ID)), nil},
		"activate who is above": {third(h.ActivateMember(t.Context(), admin.By(), owner.ID)), keywright.ErrInvalid},
	} {
		if !errors.Is(c.got, c.want) {
			t.Errorf("%s: got %v, want %v", what, c.got, c.want)
		}
	}
	if after, _, err := h.Events(t.Context(), owner.By(), keywright.Page{}); err != nil || len(after) != len(before) {
		t.Errorf("%d events after %d, %v", len(after), len(before), err)
	}
}

func TestOwnershipIsTransferredTogether(t *testing.T) {
	h := open(t, "standard")
	owner, admin, user := h.members["owner"], h.members["admin"], h.members["user"]
	transfer := func(by keywright.Principal, to, from keywright.MemberID) error {
		_, _, err := h.TransferOwnership(t.Context(), by, to, from)
		return err
	}
	for what, c := range map[string]struct{ got, want error }{
		"by an admin to himself": {transfer(admin.By(), admin.ID, ""), keywright.ErrInvalid},
		"by a user":              {transfer(user.By(), user.ID, ""), keywright.ErrForbidden},
		"to oneself":             {transfer(owner.By(), owner.ID, ""), keywright.ErrConflict},
		"from who is no owner":   {transfer(owner.By(), user.ID, admin.ID), keywright.ErrInvalid},
		"to nobody":              {transfer(owner.By(), "mem_none", ""), keywright.ErrNotFound},
	} {
		if !errors.Is(c.got, c.want) {
			t.Errorf("%s: got %v, want %v", what, c.got, c.want)
		}
	}
	done, commit, err := h.TransferOwnership(t.Context(), owner.By(), user.ID, "")
	if err != nil || done.Owner.ID != user.ID || done.Owner.Role != "owner" || done.Before.ID != owner.ID || done.Before.Role != "admin" {
		t.Fatalf("got %+v %v", done, err)
	}
	if commit.Subject.ID != string(owner.ID) {
		t.Errorf("the receipt is of %+v, want of who has lost something", commit.Subject)
	}
	events, _, err := h.Events(t.Context(), user.By(), keywright.Page{})
	if err != nil || events[0].Action != keywright.OwnerTransferred || events[0].Details["from"] != owner.Name || events[0].Details["role"] != "admin" {
		t.Errorf("the event: got %+v %v", events[0], err)
	}
	if err := transfer(owner.By(), admin.ID, ""); !errors.Is(err, keywright.ErrInvalid) {
		t.Errorf("who gave it up gave it once more: %v", err)
	}
	if err := transfer(keywright.Operator(h.account.ID), owner.ID, ""); err != nil {
		t.Errorf("from the only owner, by the operator: %v", err)
	}
}

// personal gives a member a personal key, and makes him responsible for a service's.
func (h *house) personal(t *testing.T, m keywright.Member, scopes ...string) (own, service keywright.Key, text secret.Secret) {
	t.Helper()
	own, text, err := h.Issue(t.Context(), m.By(), keywright.NewKey{Description: "his own", Kind: keywright.PersonalKey, Scopes: scopes})
	if err != nil {
		t.Fatal(err)
	}
	h.now = h.now.Add(time.Millisecond) // lists are in the order of time
	service, _, err = h.Issue(t.Context(), h.members["owner"].By(), keywright.NewKey{Description: "backups", Kind: keywright.ServiceKey, Member: m.ID})
	if err != nil {
		t.Fatal(err)
	}
	return own, service, text
}

func TestPersonalKeysStopWithTheirMemberAndServiceKeysAreHandedOn(t *testing.T) {
	h := open(t, "standard")
	owner, admin, user := h.members["owner"], h.members["admin"], h.members["user"]
	own, service, text := h.personal(t, admin)
	made, _ := h.issue(t, admin.By())
	preview, err := h.PreviewLeave(t.Context(), owner.By(), admin.ID, "")
	if err != nil || !ids(preview.Stop.List, own.ID) || !ids(preview.Stay.List, made.ID) || !ids(preview.HandOver.List, service.ID) || preview.Responsible.ID != owner.ID {
		t.Fatalf("the preview: got %+v %v", preview, err)
	}
	answers := func(who keywright.Member) {
		t.Helper()
		if k, err := h.Key(t.Context(), owner.By(), service.ID); err != nil || k.Member != who.ID {
			t.Errorf("the service key is of %s, %v, want %s", k.Member, err, who.ID)
		}
	}
	h.is(t, text, "")
	if _, _, err := h.DeactivateMember(t.Context(), owner.By(), admin.ID, user.ID); err != nil {
		t.Fatal(err)
	}
	h.is(t, text, keywright.MemberInactive)
	out := func(want keywright.MemberState) {
		t.Helper()
		k, err := h.Key(t.Context(), owner.By(), own.ID)
		if err != nil || k.MemberOut != want {
			t.Errorf("the key says that its member is %q, %v, want %q", k.MemberOut, err, want)
		}
		list, _, err := h.Keys(t.Context(), owner.By(), keywright.KeyFilter{Kind: keywright.PersonalKey}, keywright.Page{})
		if err != nil || len(list) != 1 || list[0].MemberOut != want {
			t.Errorf("in the list: got %+v, %v, want %q", list, err, want)
		}
	}
	out(keywright.MemberDeactivated)
	answers(user)
	events, _, err := h.Events(t.Context(), owner.By(), keywright.Page{})
	if err != nil || events[0].Details["service_keys"] != "1" || events[0].Details["responsible"] != user.Name {
		t.Errorf("the event: got %+v %v", events[0], err)
	}
	if _, _, err := h.ActivateMember(t.Context(), owner.By(), admin.ID); err != nil {
		t.Fatal(err)
	}
	h.is(t, text, "")
	out("")
	answers(user) // it is not handed back

	// Without anyone named, it is whoever acts; without him, the first owner.
	if _, _, err := h.RemoveMember(t.Context(), admin.By(), user.ID, ""); err != nil {
		t.Fatal(err)
	}
	answers(admin)
	if _, _, err := h.RemoveMember(t.Context(), admin.By(), admin.ID, ""); err != nil {
		t.Fatal(err)
	}
	answers(owner)
	h.is(t, text, keywright.MemberInactive)
	out(keywright.MemberRemoved)
}

func ids(keys []keywright.Key, want ...keywright.KeyID) bool {
	var got []keywright.KeyID
	for _, k := range keys {
		got = append(got, k.ID)
	}
	return slices.Equal(got, want)
}

func TestARolePreviewNamesTheKeysThatLose(t *testing.T) {
	h := open(t, "standard")
	owner, admin := h.members["owner"].By(), h.members["admin"]
	whole, _, _ := h.personal(t, admin)
	narrow, _, _ := h.personal(t, admin, "incidents:read")
	both, _, _ := h.personal(t, admin, "incidents:*", "services:write")
	c, err := h.PreviewRole(t.Context(), owner, admin.ID, "limited_user")
	if err != nil || c.From.Name != "admin" || !slices.Contains(c.Loses, policy.ManageKeys) || len(c.Gains) > 0 || len(c.LosesScopes) != 7 {
		t.Fatalf("got %+v %v", c, err)
	}
	loses := map[keywright.KeyID][]string{}
	for _, one := range c.Keys.List {
		loses[one.Key.ID] = one.Loses
	}
	if len(loses[whole.ID]) != 7 || len(loses[narrow.ID]) != 0 || !slices.Equal(loses[both.ID], []string{"incidents:write", "services:write"}) {
		t.Errorf("the keys lose %v", loses)
	}
	if m, err := h.Member(t.Context(), owner, admin.ID); err != nil || m.Role != "admin" {
		t.Errorf("looking changed the role: %+v %v", m, err)
	}
	for what, c := range map[string]struct{ got, want error }{
		"the last owner": {second(h.PreviewRole(t.Context(), owner, h.members["owner"].ID, "admin")), keywright.ErrLastOwner},
		"above":          {second(h.PreviewRole(t.Context(), admin.By(), admin.ID, "owner")), keywright.ErrInvalid},
		"no such role":   {second(h.PreviewRole(t.Context(), owner, admin.ID, "emperor")), keywright.ErrInvalid},
		"by a user":      {second(h.PreviewRole(t.Context(), h.members["user"].By(), admin.ID, "user")), keywright.ErrForbidden},
	} {
		if !errors.Is(c.got, c.want) {
			t.Errorf("%s: got %v, want %v", what, c.got, c.want)
		}
	}
}

func TestAPlanPreviewSaysWhatStopsAndWhatWakes(t *testing.T) {
	p, err := policy.Parse([]byte(strings.Replace(policy.Default().Text(), "  - name: basic\n", "  - name: small\n    label: Small\n    api_access: true\n    keys_max: 1\n  - name: basic\n", 1)))
	if err != nil {
		t.Fatal(err)
	}
	h := open(t, "standard")
	if _, _, err := h.Govern(t.Context(), keywright.Operator(""), p); err != nil {
		t.Fatal(err)
	}
	own, service, text := h.personal(t, h.members["admin"])
	operator := keywright.Operator(h.account.ID)
	see := func(plan string) keywright.PlanChange {
		t.Helper()
		c, err := h.PreviewPlan(t.Context(), operator, plan)
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	if c := see("lite"); !ids(c.Stop.List, service.ID, own.ID) || len(c.Wake.List) > 0 || c.Beyond != 0 {
		t.Errorf("to lite: got %+v", c)
	}
	if c := see("small"); !ids(c.Stop.List, own.ID) || len(c.Wake.List) > 0 || c.Beyond != 1 {
		t.Errorf("to small: got %+v", c)
	}
	if c := see("enterprise"); len(c.Stop.List)+len(c.Wake.List) > 0 {
		t.Errorf("to enterprise: got %+v", c)
	}
	if _, _, err := h.SetPlan(t.Context(), operator, "small"); err != nil {
		t.Fatal(err)
	}
	h.is(t, text, keywright.PlanNotEntitled)
	if c := see("standard"); !ids(c.Wake.List, own.ID) || len(c.Stop.List) > 0 {
		t.Errorf("back to standard: got %+v", c)
	}
	if c := see("lite"); !ids(c.Stop.List, service.ID) {
		t.Errorf("on to lite: got %+v", c)
	}
	if _, _, err := h.SetPlan(t.Context(), operator, "standard"); err != nil {
		t.Fatal(err)
	}
	h.is(t, text, "")
	if _, _, err := h.DeactivateMember(t.Context(), operator, h.members["admin"].ID, ""); err != nil {
		t.Fatal(err)
	}
	if c := see("lite"); !ids(c.Stop.List, service.ID) {
		t.Errorf("to lite, with a key that is refused already: got %+v", c)
	}
	if err := second(h.PreviewPlan(t.Context(), h.members["user"].By(), "lite")); !errors.Is(err, keywright.ErrForbidden) {
		t.Errorf("by a user: %v", err)
	}
}
