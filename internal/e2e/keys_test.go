package e2e

import (
	"testing"
)

// F16: a key is narrowed when it is made, and the sentence says so before.
func TestF16AKeyIsNarrowed(t *testing.T) {
	k := start(t)
	k.account(t, "acme", "standard")
	withAndWithoutScript(t, func(t *testing.T, l look) {
		b := browse(t, k.console, l)
		b.signIn("owner@acme.example")
		b.goTo("/api-access/new")
		b.fill("Description", "reads incidents")
		b.see("This key may read and write everything in acme, for ever, from anywhere.")
		b.press("More")
		b.do("narrow it", check("#reach-chosen"), check(`[value="incidents:read"]`), setValue("#networks", "192.0.2.0/33"))
		b.submit("Create Key")
		b.see("no network", "This key may see incidents and their history in acme")
		b.accessible()
		b.do("mend it", setValue("#networks", "192.0.2.0/24"))
		if !l.noScript {
			b.see("from 192.0.2.0/24 only")
		}
		text := remember(t, b.create())
		if v := k.ask(t, text); v.Valid || v.Code != "network_not_allowed" {
			t.Errorf("from elsewhere: got %+v", v)
		}
		b.leave()
		b.visit("reads incidents")
		b.see("may see incidents and their history in acme, for ever, from 192.0.2.0/24 only", "incidents:read")
	})
}

// F17, F18: who may not reach the account's keys is led to a personal one, which he makes himself.
func TestF17F18APersonalKey(t *testing.T) {
	k := start(t)
	k.account(t, "acme", "standard")
	withAndWithoutScript(t, func(t *testing.T, l look) {
		b := browse(t, k.console, l)
		b.signIn("limited_user@acme.example")
		b.goTo("/api-access")
		b.visit("Make a personal key")
		b.see("which acts as you")
		b.fill("Description", "my own script")
		text := remember(t, b.create())
		if v := k.ask(t, text); !v.Valid {
			t.Errorf("a personal key: got %+v", v)
		}
		b.leave()
		b.see("my own script")
		b.accessible()
		b.visit("my own script")
		b.visit("Delete")
		b.end(text[len(text)-4:])
		if v := k.ask(t, text); v.Valid || v.Code != "revoked" {
			t.Errorf("after its end: got %+v", v)
		}
	})
}

// A rotation without downtime: both secrets work until it is finished.
func TestAKeyIsRotatedInTheBrowser(t *testing.T) {
	k := start(t)
	k.account(t, "acme", "standard")
	withAndWithoutScript(t, func(t *testing.T, l look) {
		made := k.issue(t, "acme", "to be rotated", "v1")
		b := browse(t, k.console, l)
		b.signIn("owner@acme.example")
		b.goTo("/api-access/" + made.ID)
		b.visit("Rotate")
		b.submit("Rotate key")
		b.see("Copy the new key", "You will not see this again")
		text := remember(t, b.secret())
		if !k.ask(t, text).Valid || !k.ask(t, made.Secret).Valid {
			t.Error("not both secrets work")
		}
		b.leave()
		b.goTo("/api-access/" + made.ID)
		b.see("A rotation is going on")
		b.visit("End the old one now")
		b.see("The rotation is finished")
		if !k.ask(t, text).Valid || k.ask(t, made.Secret).Valid {
			t.Error("the wrong secret works after the rotation")
		}
	})
}

// A brownout: refused with the reason while it lasts, and on again at a click.
func TestABrownout(t *testing.T) {
	k := start(t)
	k.account(t, "acme", "standard")
	withAndWithoutScript(t, func(t *testing.T, l look) {
		made := k.issue(t, "acme", "who uses it", "v1")
		b := browse(t, k.console, l)
		b.signIn("owner@acme.example")
		b.goTo("/api-access/" + made.ID)
		b.visit("Disable")
		b.do("for ten minutes", check("#for-10min"))
		b.visit("Disable this key")
		b.see("This key is disabled", "It enables by itself in")
		if v := k.ask(t, made.Secret); v.Valid || v.Code != "disabled" {
			t.Errorf("got %+v", v)
		}
		b.visit("Enable now")
		if !k.ask(t, made.Secret).Valid {
			t.Error("it does not work again")
		}
	})
}

// Several keys are ticked and deleted at once.
func TestTickedKeysAreDeleted(t *testing.T) {
	k := start(t)
	k.account(t, "acme", "standard")
	withAndWithoutScript(t, func(t *testing.T, l look) {
		one, two, stays := k.issue(t, "acme", "one", "v1"), k.issue(t, "acme", "two", "v1"), k.issue(t, "acme", "stays", "v1")
		b := browse(t, k.console, l)
		b.signIn("owner@acme.example")
		b.goTo("/api-access?state=active")
		button := "Delete the ticked keys"
		b.do("tick", check("#tick-"+one.ID), check("#tick-"+two.ID))
		if !l.noScript {
			button = "Delete the 2 ticked keys"
		}
		b.visit(button)
		b.see("Delete 2 keys?", "one", "two")
		b.accessible()
		b.fill("Type 2 to confirm", "2")
		b.visit("Delete 2 keys")
		b.see("Deleted 2 keys")
		if k.ask(t, one.Secret).Valid || k.ask(t, two.Secret).Valid || !k.ask(t, stays.Secret).Valid {
			t.Error("not those keys ended that were ticked")
		}
		k.run(t, "", "key", "revoke", stays.ID, "--yes")
	})
}
