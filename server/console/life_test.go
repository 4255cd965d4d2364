package console

import (
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/keywright/keywright"
)

// use lets a key have been used.
func (s *site) use(id keywright.KeyID, at time.Time) {
	s.t.Helper()
	if err := s.store.SaveLastUsed(s.t.Context(), map[keywright.KeyID]keywright.Use{id: {At: at}}); err != nil {
		s.t.Fatal(err)
	}
}

func TestAKeyIsDisabledForAWhileAndEnablesByItself(t *testing.T) {
	s := newSite(t)
	key, text := s.issue("acme", "nightly export")
	b := s.as("owner", "acme")
	path := keyPath(key.ID)
	b.get(path + "/disable?for=10min").says("For 10 minutes, then it enables by itself")
	if b.get(path+"/disable?for=10min").value("for") != "10min" {
		t.Error("the offer to disable it for 10 minutes is not chosen")
	}
	b.post(path+"/disable", url.Values{"for": {"10min"}, "reason": {"who uses it?"}}).goesTo(path)
	b.get(path).says("Disabled “nightly export” for 10 minutes", "This key is disabled", "who uses it?", "It enables by itself in 10 minutes", "Enable now").saysNot("Disable this")
	if v := s.verifies(text.Reveal()); v.Reason != keywright.Disabled {
		t.Errorf("got %s, want disabled", v.Reason)
	}
	b.get("/api-access").says("disabled, enables in 10 minutes")
	s.now = s.now.Add(10 * time.Minute)
	b.get("/api-access").saysNot("disabled, enables")
	if v := s.verifies(text.Reveal()); !v.Valid {
		t.Errorf("after ten minutes: %s", v.Reason)
	}
	b.post(path+"/disable", url.Values{"for": {""}, "reason": {""}}).goesTo(path)
	b.post(path+"/enable", nil).goesTo(path)
	b.get(path).says("is enabled").saysNot("This key is disabled")
	b.post(path+"/disable", url.Values{"for": {"900d"}}).is(http.StatusUnprocessableEntity).says("For how long must be from 1 second to 7 days")
}

// TestARotationShowsTheNewKeyOnceAndBothWorkUntilItIsFinished: the form that was sent before shows
// nothing, and rotates nothing.
func TestARotationShowsTheNewKeyOnceAndBothWorkUntilItIsFinished(t *testing.T) {
	s := newSite(t)
	key, old := s.issue("acme", "nightly export")
	b := s.as("owner", "acme")
	path := keyPath(key.ID)
	p := b.get(path+"/rotate").says("both secrets work until", "For 1 day")
	form := url.Values{"once": {p.value("once")}, "grace": {"1h"}}
	s.now = s.now.Add(time.Second)
	reveal := b.post(path+"/rotate", form).is(http.StatusOK).says("Copy the new key", "The old one works for 1 hour more", "You will not see this again")
	text := reveal.secret()
	if again := b.post(path+"/rotate", form).is(http.StatusConflict).says("can't be shown again"); strings.Contains(again.body, text) {
		t.Fatal("the form that was sent twice shows the key twice")
	}
	if !s.verifies(text).Valid || !s.verifies(old.Reveal()).Valid {
		t.Error("not both secrets work")
	}
	b.get(path).says("A rotation is going on", "The old one, ends with "+key.LastFour, "End the old one now").saysNot(text)
	b.get(path + "/rotate").says("A rotation is still going on")
	b.post(path+"/finish", nil).goesTo(path)
	b.get(path).says("The rotation is finished").saysNot("A rotation is going on")
	if !s.verifies(text).Valid || s.verifies(old.Reveal()).Valid {
		t.Error("the wrong secret works after the rotation was finished")
	}
	b.post(path+"/finish", nil).goesTo(path)
	b.get(path).says("had ended before")
	now := url.Values{"once": {b.get(path + "/rotate").value("once")}, "grace": {"now"}}
	s.now = s.now.Add(time.Second)
	b.post(path+"/rotate", now).is(http.StatusOK).says("The old one has stopped working")
	if s.verifies(text).Valid {
		t.Error("the secret works that was to end at once")
	}
	now.Set("grace", "90d")
	now.Set("once", b.get(path+"/rotate").value("once"))
	b.post(path+"/rotate", now).is(http.StatusUnprocessableEntity).says("The old secret works must be from 0")
}

func TestNobodyRotatesThePersonalKeyOfAnother(t *testing.T) {
	s := newSite(t)
	key, _, err := s.svc.Issue(t.Context(), s.one("user", "acme").By(), keywright.NewKey{Description: "mine", Kind: keywright.PersonalKey})
	if err != nil {
		t.Fatal(err)
	}
	admin := s.as("admin", "acme")
	admin.get(keyPath(key.ID)).says("Edit limits").saysNot("Rotate")
	admin.post(keyPath(key.ID)+"/rotate", url.Values{"once": {"abcdefghijklmnopqrstuvwx"}, "grace": {"1h"}}).is(http.StatusForbidden).says("Not your key")
	s.as("user", "acme").get(personalKeys().key(key.ID)).says("Rotate")
}

// limitsForm is the form of a key's limits as its page has it.
func (p *reply) limitsForm() url.Values {
	form := url.Values{"tag": {p.value("tag")}, "expires": {keepEnd}, "expires_on": {""}}
	for _, box := range p.find("input", "checked") {
		if name, _ := attr(box, "name"); name == "scopes" {
			value, _ := attr(box, "value")
			form.Add(name, value)
		}
	}
	for _, text := range p.find("textarea", "name") {
		form.Set("networks", "")
		if text.FirstChild != nil {
			form.Set("networks", text.FirstChild.Data)
		}
	}
	for _, choice := range p.find("option", "selected") {
		name, _ := attr(choice.Parent, "name")
		form[name] = nil
		value, _ := attr(choice, "value")
		form.Set(name, value)
	}
	return form
}

func TestTheLimitsOfAKeyAreChangedAndItsSecretStays(t *testing.T) {
	s := newSite(t)
	key, text := s.issue("acme", "nightly export")
	b := s.as("owner", "acme")
	path := keyPath(key.ID)
	form := b.get(path + "/limits").limitsForm()
	b.post(path+"/limits", form).goesTo(path)
	b.get(path).says("Nothing is different")
	stale := b.get(path + "/limits").limitsForm()
	for name, value := range map[string]string{"networks": "192.0.2.0/24", "expires": "30d", "api_version": "v2"} {
		form.Set(name, value)
	}
	form["scopes"] = []string{"incidents:read"}
	b.post(path+"/limits", form).goesTo(path)
	b.get(path).says("Changed “nightly export”. That counts", "This key may see incidents and their history in acme, until 2 Jun 2026, from 192.0.2.0/24 only.", "v2")
	got := s.verifies(text.Reveal()).Key
	if !slices.Equal(got.Scopes, []string{"incidents:read"}) || got.Version != "v2" {
		t.Errorf("got %+v", got)
	}
	stale.Set("expires", "90d")
	b.post(path+"/limits", stale).is(http.StatusPreconditionFailed).says("This was changed in the meantime")
	form = b.get(path + "/limits").saysNot("incidents:write").limitsForm()
	form["scopes"] = []string{"incidents:read", "users:write"}
	form.Set("networks", "nonsense")
	p := b.post(path+"/limits", form).is(http.StatusUnprocessableEntity).says("Scopes are more than the key has", "Allowed networks has as its entry 1", "Error: Limits of")
	if p.limitsForm().Get("networks") != "nonsense" {
		t.Error("the form lost what was typed")
	}
	form["scopes"] = nil
	form.Set("networks", "192.0.2.0/24")
	b.post(path+"/limits", form).is(http.StatusUnprocessableEntity)
	if got := s.verifies(text.Reveal()).Key; len(got.Scopes) != 1 {
		t.Error("with nothing ticked the key may do everything")
	}
}

func TestWhoAnswersForAServiceChanges(t *testing.T) {
	s := newSite(t)
	key := s.issued("acme", keywright.NewKey{Description: "sync", Kind: keywright.ServiceKey})
	b := s.as("owner", "acme")
	form := b.get(keyPath(key.ID) + "/limits").limitsForm()
	form.Set("member", string(s.one("admin", "acme").ID))
	b.post(keyPath(key.ID)+"/limits", form).goesTo(keyPath(key.ID))
	b.get(keyPath(key.ID)).says("answered for by Ada Admin")
}

// TestAKeyInUseIsDeletedByTyping: and the offer to disable it first stands beside.
func TestAKeyInUseIsDeletedByTyping(t *testing.T) {
	s := newSite(t)
	key, text := s.issue("acme", "nightly export")
	s.use(key.ID, s.now.Add(-time.Hour))
	b := s.as("owner", "acme")
	path := keyPath(key.ID)
	b.get(path+"/delete").says("Type "+key.LastFour+" to confirm", "Disable it for 10 minutes first")
	b.post(path+"/delete", url.Values{"reason_kind": {"leaked"}, "reason": {"in a log"}, "confirm": {"nope"}}).is(http.StatusUnprocessableEntity).says("must be " + key.LastFour)
	b.post(path+"/delete", url.Values{"reason_kind": {"bored"}, "confirm": {key.LastFour}}).is(http.StatusUnprocessableEntity).says("Why is none of lost")
	if !s.verifies(text.Reveal()).Valid {
		t.Fatal("deleted without the confirmation")
	}
	b.post(path+"/delete", url.Values{"reason_kind": {"leaked"}, "reason": {"in a log"}, "confirm": {" " + key.LastFour + " "}}).goesTo("/api-access")
	b.get(path).says("leaked: in a log")
	idle, _ := s.issue("acme", "idle")
	s.use(idle.ID, s.now.Add(-25*time.Hour))
	b.get(keyPath(idle.ID) + "/delete").saysNot("to confirm")
	b.post(keyPath(idle.ID)+"/delete", url.Values{"reason": {""}}).goesTo("/api-access")
}

// TestSeveralKeysAreDeletedAtOnce: those that are ticked, or all that fit, and as many as were shown.
func TestSeveralKeysAreDeletedAtOnce(t *testing.T) {
	s := newSite(t)
	var keys []keywright.Key
	for _, d := range []string{"one", "two", "three", "four"} {
		keys = append(keys, s.issued("acme", keywright.NewKey{Description: d, Version: map[bool]string{true: "v2", false: "v1"}[d == "four"]}))
	}
	b := s.as("owner", "acme")
	b.get("/api-access").says("Delete the ticked keys").saysNot("Delete all that fit")
	b.get("/api-access/delete").goesTo("/api-access")
	b.get("/api-access").says("Nothing is ticked")
	ticked := url.Values{"key": {string(keys[0].ID), string(keys[1].ID)}}
	p := b.get("/api-access/delete?"+ticked.Encode()).says("Delete 2 keys?", "one", "two", "Type 2 to confirm").saysNot("three")
	form := url.Values{"key": ticked["key"], "reason_kind": {"replaced"}, "reason": {""}, "confirm": {"3"}}
	if got := p.value("key"); got != ticked["key"][0] {
		t.Errorf("the form forgot which: %s", got)
	}
	b.post("/api-access/delete", form).is(http.StatusUnprocessableEntity).says("Type 2 to confirm must be 2", "Error: Delete 2 keys")
	form.Set("confirm", "2")
	b.post("/api-access/delete", form).goesTo("/api-access")
	b.get("/api-access").says("Deleted 2 keys. They have stopped working", "2 active")
	b.get(keyPath(keys[0].ID)).says("replaced")
	b.post("/api-access/delete", form).goesTo("/api-access")
	b.get("/api-access").says("Nothing was deleted")
}

func TestAllKeysThatFitAreDeleted(t *testing.T) {
	s := newSite(t)
	for _, d := range []string{"one", "two", "three"} {
		s.issued("acme", keywright.NewKey{Description: d, Version: "v2"})
	}
	other := s.issued("acme", keywright.NewKey{Description: "of the other version"})
	b := s.as("owner", "acme")
	path := b.get("/api-access?version=v2").link("Delete all that fit")
	p := b.get(path).says("Delete 3 keys?", "Type 3 to confirm").saysNot("of the other version")
	b.post("/api-access/delete", url.Values{"version": {p.value("version")}, "all": {p.value("all")}, "confirm": {"3"}}).goesTo("/api-access")
	b.get("/api-access").says("Deleted 3 keys", "1 active")
	b.get(keyPath(other.ID)).says("active")
}

// TestNetworksThatShutOutTheLastAddressAreSavedWhenOneIsSure, which is asked once.
func TestNetworksThatShutOutTheLastAddressAreSavedWhenOneIsSure(t *testing.T) {
	s := newSite(t)
	key, _ := s.issue("acme", "nightly export")
	use := keywright.Use{At: s.now, From: netip.MustParseAddr("198.51.100.7")}
	if err := s.store.SaveLastUsed(t.Context(), map[keywright.KeyID]keywright.Use{key.ID: use}); err != nil {
		t.Fatal(err)
	}
	b := s.as("owner", "acme")
	path := keyPath(key.ID)
	form := b.get(path + "/limits").limitsForm()
	form.Set("networks", "192.0.2.0/24")
	b.post(path+"/limits", form).is(http.StatusUnprocessableEntity).says("These networks shut out who used the key last", "198.51.100.7", "Nothing was saved yet")
	b.get(path).says("from anywhere", "198.51.100.7")
	form.Set("sure", "yes")
	b.post(path+"/limits", form).goesTo(path)
	b.get(path).says("from 192.0.2.0/24 only")
	form = b.get(path + "/limits").limitsForm()
	form.Set("networks", "192.0.2.0/24\n198.51.100.0/24")
	b.post(path+"/limits", form).goesTo(path)
}
