package keywright_test

import (
	"errors"
	"testing"
	"time"

	"github.com/keywright/keywright"
	"github.com/keywright/keywright/secret"
	"github.com/keywright/keywright/store/sqlite"
)

func TestRolesAreGuarded(t *testing.T) {
	h := open(t, "standard")
	owner, admin, user := h.members["owner"], h.members["admin"], h.members["user"]
	if _, _, err := h.SetRole(t.Context(), owner.By(), owner.ID, "admin"); !errors.Is(err, keywright.ErrLastOwner) {
		t.Errorf("the last owner was demoted: %v", err)
	}
	if _, _, err := h.RemoveMember(t.Context(), owner.By(), owner.ID, ""); !errors.Is(err, keywright.ErrLastOwner) {
		t.Errorf("the last owner was removed: %v", err)
	}
	for what, err := range map[string]error{
		"an admin made an owner":    third(h.SetRole(t.Context(), admin.By(), user.ID, "owner")),
		"an admin demoted an owner": third(h.SetRole(t.Context(), admin.By(), owner.ID, "user")),
		"an admin removed an owner": third(h.RemoveMember(t.Context(), admin.By(), owner.ID, "")),
		"a role that is not there":  third(h.SetRole(t.Context(), owner.By(), user.ID, "root")),
	} {
		if !errors.Is(err, keywright.ErrInvalid) {
			t.Errorf("%s: %v", what, err)
		}
	}
	if _, _, err := h.SetRole(t.Context(), user.By(), user.ID, "owner"); !errors.Is(err, keywright.ErrForbidden) {
		t.Errorf("a user raised himself: %v", err)
	}
	if _, _, err := h.SetRole(t.Context(), owner.By(), admin.ID, "owner"); err != nil {
		t.Fatal(err)
	}
	if _, _, err := h.RemoveMember(t.Context(), admin.By(), owner.ID, ""); err != nil {
		t.Errorf("the second owner can't remove the first: %v", err)
	}
	if _, err := h.SignIn(t.Context(), owner.Email, "password of owner"); !errors.Is(err, keywright.ErrWrongPassword) {
		t.Errorf("a removed member signed in: %v", err)
	}
	if _, _, err := h.Keys(t.Context(), owner.By(), keywright.KeyFilter{}, keywright.Page{}); !errors.Is(err, keywright.ErrForbidden) {
		t.Errorf("a removed member went on: %v", err)
	}
	if _, _, err := h.AddMember(t.Context(), admin.By(), keywright.NewMember{Email: owner.Email, Role: "user"}); err != nil {
		t.Errorf("a removed address can't come back: %v", err)
	}
}

func TestLinks(t *testing.T) {
	h := open(t, "standard")
	member, token, err := h.AddMember(t.Context(), h.members["owner"].By(), keywright.NewMember{Email: "New@Acme.example", Role: "admin"})
	if err != nil || member.State != keywright.MemberInvited || member.Email != "new@acme.example" {
		t.Fatalf("got %+v %v", member, err)
	}
	if _, err := h.Join(t.Context(), "forged", "a long password"); !errors.Is(err, keywright.ErrLinkSpent) {
		t.Errorf("a forged link: %v", err)
	}
	if _, err := h.Join(t.Context(), token.Reveal(), "short"); !errors.Is(err, keywright.ErrInvalid) {
		t.Errorf("a short password: %v", err)
	}
	_, renewed, err := h.RenewInvitation(t.Context(), h.members["owner"].By(), member.ID)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := h.Join(t.Context(), token.Reveal(), "a long password"); !errors.Is(err, keywright.ErrLinkSpent) {
		t.Errorf("the older link went on: %v", err)
	}
	if joined, err := h.Join(t.Context(), renewed.Reveal(), "a long password"); err != nil || joined.State != keywright.MemberActive {
		t.Errorf("join: got %+v %v", joined, err)
	}
	if _, err := h.Join(t.Context(), renewed.Reveal(), "another password"); !errors.Is(err, keywright.ErrLinkSpent) {
		t.Errorf("a link worked twice: %v", err)
	}
	if members, err := h.SignIn(t.Context(), " NEW@acme.EXAMPLE ", "a long password"); err != nil || len(members) != 1 {
		t.Errorf("sign in: got %v %v", members, err)
	}
	late, token, err := h.AddMember(t.Context(), h.members["owner"].By(), keywright.NewMember{Email: "late@acme.example", Role: "user"})
	if err != nil {
		t.Fatal(err)
	}
	h.now = h.now.Add(keywright.InvitationLife)
	if _, err := h.Join(t.Context(), token.Reveal(), "a long password"); !errors.Is(err, keywright.ErrLinkSpent) {
		t.Errorf("%s joined after the end of the link: %v", late.Email, err)
	}
}

// An account that adds an address must not change how its owner signs in elsewhere.
func TestAPasswordBelongsToItsAddress(t *testing.T) {
	h := open(t, "standard")
	_, stranger := h.create(t, "evil", "standard")
	victim := h.members["owner"].Email
	_, _, err := h.AddMember(t.Context(), stranger.By(), keywright.NewMember{Email: victim, Role: "user", Password: "chosen by evil"})
	if !errors.Is(err, keywright.ErrConflict) {
		t.Errorf("another password: got %v, want a conflict", err)
	}
	_, token, err := h.AddMember(t.Context(), stranger.By(), keywright.NewMember{Email: victim, Role: "user"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := h.Join(t.Context(), token.Reveal(), "chosen by evil"); !errors.Is(err, keywright.ErrConflict) {
		t.Errorf("the inviter's link set the password: %v", err)
	}
	if _, err := h.Join(t.Context(), token.Reveal(), "password of owner"); err != nil {
		t.Errorf("the owner of the address can't join: %v", err)
	}
	if members, err := h.SignIn(t.Context(), victim, "password of owner"); err != nil || len(members) != 2 {
		t.Errorf("sign in: got %d memberships %v, want 2", len(members), err)
	}
}

func TestTheFirstAccountIsMadeByItsLink(t *testing.T) {
	db, err := sqlite.Open(t.Context(), t.TempDir(), sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	ring, _ := secret.NewKeyring(map[int][]byte{1: []byte("a pepper for tests, 32 bytes....")})
	now := time.Date(2026, 5, 3, 12, 0, 0, 0, time.UTC)
	svc := keywright.New(db, ring, plain{}, keywright.Options{Now: func() time.Time { return now }})
	n := keywright.NewAccount{Slug: "acme", Name: "Acme", Plan: "basic", Owner: keywright.NewMember{Email: "o@acme.example", Password: "a long password"}}
	old, err := svc.SetUpLink(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	now = now.Add(keywright.SetUpLife)
	if _, _, err := svc.SetUp(t.Context(), old.Reveal(), n); !errors.Is(err, keywright.ErrLinkSpent) {
		t.Errorf("an hour later: %v", err)
	}
	token, err := svc.SetUpLink(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	wrong := n
	wrong.Slug, wrong.Owner.Password = "No", ""
	if _, _, err := svc.SetUp(t.Context(), token.Reveal(), wrong); len(keywright.Invalids(err)) != 2 {
		t.Errorf("mistakes told at once: %v", err)
	}
	if _, owner, err := svc.SetUp(t.Context(), token.Reveal(), n); err != nil || owner.Role != "owner" || owner.State != keywright.MemberActive {
		t.Errorf("got %+v %v", owner, err)
	}
	if _, _, err := svc.SetUp(t.Context(), token.Reveal(), n); !errors.Is(err, keywright.ErrLinkSpent) {
		t.Errorf("the link worked twice: %v", err)
	}
	if again, err := svc.SetUpLink(t.Context()); err != nil || again.Reveal() != "" {
		t.Errorf("a link was made although there is an account: %v", err)
	}
}
