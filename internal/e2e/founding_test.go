package e2e

import (
	"strings"
	"testing"
)

// withAndWithoutScript runs a test in a browser that runs scripts and in one that does not:
// the founding page must be followed in both.
func withAndWithoutScript(t *testing.T, test func(t *testing.T, l look)) {
	for name, l := range map[string]look{"with script": {}, "without script": {noScript: true}} {
		t.Run(name, func(t *testing.T) { test(t, l) })
	}
}

// F1: only an admin or the owner reaches the page; the others are refused in the console,
// over REST and on the command line alike. F17: the refusal explains, in place.
func TestF1F17OnlyOwnerAndAdminReachKeys(t *testing.T) {
	k := start(t)
	k.account(t, "acme", "standard")
	for role, may := range map[string]bool{"owner": true, "admin": true, "user": false, "limited_user": false} {
		t.Run(role, func(t *testing.T) {
			email := role + "@acme.example"
			b := browse(t, k.console, look{})
			b.signIn(email)
			b.goTo("/api-access")
			rest := b.fetch("/v1/keys")
			_, words, err := k.try(t, "", "key", "list", "--account", "acme", "--as", email)
			if may {
				b.see("+ Create New API Key")
				if rest.Status != 200 || err != nil {
					t.Errorf("REST answered %d, the command line %v", rest.Status, err)
				}
				return
			}
			b.see("API Access", "owner", "admin", "acts for the whole account with full rights")
			b.notSee("+ Create New API Key")
			if rest.Status != 403 || !strings.Contains(rest.Body, `"forbidden"`) || !strings.Contains(rest.Body, "owner or admin") {
				t.Errorf("REST answered %d %s", rest.Status, rest.Body)
			}
			if err == nil || !strings.Contains(words, "owner or admin") {
				t.Errorf("the command line answered %v: %s", err, words)
			}
			for _, path := range []string{"/api-access/new", "/api-access/key_000000000000"} {
				b.goTo(path)
				b.see("owner", "admin")
			}
			b.accessible()
		})
	}
}

// F2: Lite has no API access: the page explains and links to the plan, REST answers 402;
// keys made on a better plan sleep after a downgrade and wake after an upgrade.
func TestF2ThePlanDecides(t *testing.T) {
	k := start(t)
	k.account(t, "acme", "basic")
	made := k.issue(t, "acme", "nightly export", "v1")
	b := browse(t, k.console, look{})
	b.signIn("owner@acme.example")
	k.run(t, "", "account", "plan", "acme", "lite")
	if v := k.ask(t, made.Secret); v.Valid || v.Code != "plan_not_entitled" {
		t.Errorf("on Lite: got %+v", v)
	}
	b.goTo("/api-access")
	b.see("Lite", "Basic", "nightly export")
	b.notSee("+ Create New API Key")
	b.accessible()
	if rest := b.fetch("/v1/keys"); rest.Status != 402 || !strings.Contains(rest.Body, "plan_not_entitled") {
		t.Errorf("REST answered %d %s", rest.Status, rest.Body)
	}
	if _, words, err := k.try(t, "", "key", "issue", "--account", "acme", "--description", "x"); err == nil || !strings.Contains(words, "Basic") {
		t.Errorf("the command line issued a key on Lite: %v %s", err, words)
	}
	if link := value[string](b, `document.querySelector('main a[href^="/account"]')?.getAttribute("href") ?? ""`); link == "" {
		t.Error("the notice does not link to the plan")
	} else {
		b.goTo(link)
		b.see("Lite", "Basic", "Standard", "Enterprise")
	}
	k.run(t, "", "account", "plan", "acme", "enterprise")
	if v := k.ask(t, made.Secret); !v.Valid {
		t.Errorf("after the upgrade: got %+v", v)
	}
	b.goTo("/api-access")
	b.see("+ Create New API Key", "nightly export")
}

// F3: Configuration, and in it API Access, at the same place for everyone.
func TestF3TheMenu(t *testing.T) {
	k := start(t)
	k.account(t, "acme", "standard")
	places := map[string]bool{}
	for _, role := range []string{"owner", "admin", "user", "limited_user"} {
		b := browse(t, k.console, look{})
		b.signIn(role + "@acme.example")
		b.see("Configuration")
		places[value[string](b, `(() => {
			const link = [...document.querySelectorAll("nav a")].find(a => a.textContent.trim() == "API Access");
			const r = link.getBoundingClientRect();
			return Math.round(r.left) + "," + Math.round(r.top);
		})()`)] = true
	}
	if len(places) != 1 {
		t.Errorf("API Access stands at %v, want one place", places)
	}
}

// F4: the button is at the top right.
func TestF4TheButtonAtTheTopRight(t *testing.T) {
	k := start(t)
	k.account(t, "acme", "standard")
	b := browse(t, k.console, look{})
	b.signIn("owner@acme.example")
	b.goTo("/api-access")
	if !value[bool](b, `(() => {
		const button = [...document.querySelectorAll("main a, main button")].find(e => e.textContent.trim() == "+ Create New API Key");
		const r = button.getBoundingClientRect(), h1 = document.querySelector("h1").getBoundingClientRect(), main = document.querySelector("main").getBoundingClientRect();
		return r.right > main.right - 60 && Math.abs(r.top - h1.top) < 40;
	})()`) {
		t.Error("+ Create New API Key is not at the top right of the page")
	}
}

// F5, F6: a description is entered, and the form says that it stays; what is wrong is said
// at the field, and what was typed is kept.
func TestF5F6TheDescription(t *testing.T) {
	k := start(t)
	k.account(t, "acme", "standard")
	withAndWithoutScript(t, func(t *testing.T, l look) {
		b := browse(t, k.console, l)
		b.signIn("owner@acme.example")
		b.goTo("/api-access")
		b.visit("+ Create New API Key")
		b.see("can't be changed")
		for typed, why := range map[string]string{
			strings.Repeat("é", 201): "201 characters",
			"turned \u202e around":   "direction",
			"   ":                    "required",
		} {
			b.do("type", setValue(`input[name="description"], textarea[name="description"]`, typed))
			b.submit("Create Key")
			b.see(why)
			if kept := value[string](b, `document.querySelector('[name="description"]').value`); kept != typed {
				t.Errorf("%q became %q", typed, kept)
			}
		}
		b.accessible()
	})
	if out := k.run(t, "", "key", "list", "--account", "acme", "--json"); strings.Contains(out, "key_") {
		t.Error("a wrong description made a key")
	}
}

// F7, F8: a choice of versions with hints, the preselected one, and a link to what differs.
func TestF7F8TheVersion(t *testing.T) {
	k := start(t)
	k.account(t, "acme", "standard")
	withAndWithoutScript(t, func(t *testing.T, l look) {
		b := browse(t, k.console, l)
		b.signIn("owner@acme.example")
		b.goTo("/api-access/new")
		b.see("Version 1", "Version 2", "Most integrations need a v1 key")
		if chosen := value[string](b, `document.querySelector('input[type=radio][name="api_version"]:checked').value`); chosen != "v1" {
			t.Errorf("preselected is %s, want v1", chosen)
		}
		link := value[string](b, `[...document.querySelectorAll("main a")].find(a => a.getAttribute("href").startsWith("/help/api-versions"))?.getAttribute("href") ?? ""`)
		if link == "" {
			t.Fatal("no link to what differs between the versions")
		}
		b.goTo(link)
		b.see("Version 1", "Version 2", "Token token=", "version=2")
		b.accessible()
		b.goTo("/api-access/new")
		b.fill("Description", "for version two")
		b.do("choose v2", check(`input[name="api_version"][value="v2"]`))
		remember(t, b.create())
		b.leave()
		b.see("for version two", "v2")
	})
}

// F10, F11, F12: the key is shown once, whole, to be copied; Close asks; afterwards only the
// last four characters show, also by Back and reload.
func TestF10F11F12TheReveal(t *testing.T) {
	k := start(t)
	k.account(t, "acme", "standard")
	withAndWithoutScript(t, func(t *testing.T, l look) {
		b := browse(t, k.console, l)
		b.signIn("owner@acme.example")
		b.goTo("/api-access/new")
		b.fill("Description", "once only")
		text := remember(t, b.create())
		b.see("once only", "will not see this again", "curl")
		if !k.ask(t, text).Valid {
			t.Error("the key that was shown does not verify")
		}
		b.accessible()
		if selected := value[string](b, `(() => {
			const box = document.querySelector(".secret-box");
			if (box.select) { box.select(); return box.value.slice(box.selectionStart, box.selectionEnd); }
			const range = document.createRange(); range.selectNodeContents(box);
			const selection = getSelection(); selection.removeAllRanges(); selection.addRange(range);
			return String(selection).trim();
		})()`); selected != text {
			t.Error("the key can't be selected whole")
		}
		if strings.Contains(b.path()+value[string](b, "document.title"), text[len(text)-20:]) {
			t.Error("the key is in the address or the title")
		}
		if !l.noScript {
			copied(b, text)
		}
		b.press("Close")
		b.see("Have you copied the key?")
		b.press("Not yet")
		if shown := b.secret(); shown != text {
			t.Error("“Not yet” did not lead back to the key")
		}
		b.press("Close")
		b.see("Have you copied the key?")
		b.leave()
		b.see("once only", text[len(text)-4:])
		never := func(when string) {
			if html := value[string](b, "document.documentElement.outerHTML"); strings.Contains(html, text[len(text)-36:]) {
				t.Errorf("the key is shown again %s", when)
			}
		}
		never("in the list")
		b.back()
		never("after Back")
		b.reload()
		never("after Back and reload")
		if kept := value[string](b, `JSON.stringify([{...localStorage}, {...sessionStorage}, document.cookie])`); strings.Contains(kept, text[20:]) {
			t.Error("the key is in the browser's storage")
		}
	})
	if out := k.run(t, "", "key", "list", "--account", "acme", "--json"); strings.Count(out, `"once only"`) != 2 {
		t.Error("Back or reload made another key")
	}
}

// F11: leaving the page warns, and a reload never shows the key again nor makes another.
func TestF11LeavingWarnsAndReloadShowsNothing(t *testing.T) {
	k := start(t)
	k.account(t, "acme", "standard")
	b := browse(t, k.console, look{})
	b.signIn("owner@acme.example")
	b.goTo("/api-access/new")
	b.fill("Description", "left in a hurry")
	text := remember(t, b.create())
	before := b.dialogs.Load()
	b.goTo("/api-access")
	if b.dialogs.Load() == before {
		t.Error("leaving the page with the key did not warn")
	}
	b.see("left in a hurry")
	b.back()
	if html := value[string](b, "document.documentElement.outerHTML"); strings.Contains(html, text[20:]) {
		t.Error("Back shows the key again")
	}
	b.reload()
	if html := value[string](b, "document.documentElement.outerHTML"); strings.Contains(html, text[20:]) {
		t.Error("a reload shows the key again")
	}
	if out := k.run(t, "", "key", "list", "--account", "acme", "--json"); strings.Count(out, `"left in a hurry"`) != 1 {
		t.Error("the form was carried out twice")
	}
}

// F9: keys are never the same, nor alike.
func TestF9EachKeyIsItsOwn(t *testing.T) {
	k := start(t)
	k.account(t, "acme", "standard")
	seen := map[string]bool{}
	for range 20 {
		text := k.issue(t, "acme", "same words", "v1").Secret
		for _, part := range []string{text[8:20], text[20:30], text[30:40], text[40:50]} {
			if seen[part] {
				t.Errorf("two keys share a part")
			}
			seen[part] = true
		}
	}
}

// F13, F14, F15: the key is in the list with its facts; Delete says what happens and works
// at once; the others go on.
func TestF13F14F15ListAndDelete(t *testing.T) {
	k := start(t)
	k.account(t, "acme", "standard")
	withAndWithoutScript(t, func(t *testing.T, l look) {
		gone, stays := k.issue(t, "acme", "the one that leaks", "v2"), k.issue(t, "acme", "the other one", "v1")
		b := browse(t, k.console, l)
		b.signIn("admin@acme.example")
		if !k.ask(t, gone.Secret).Valid || !k.ask(t, stays.Secret).Valid {
			t.Fatal("new keys do not verify")
		}
		eventually(t, "the list says that the key was used", func() bool {
			b.goTo("/api-access/" + gone.ID)
			return !strings.Contains(b.text(), "never used") && !strings.Contains(b.text(), "Never used")
		})
		b.goTo("/api-access")
		b.see("the one that leaks", "kw_live_"+gone.ID[4:8]+"…"+gone.LastFour, gone.LastFour, "v2", "the operator", "active")
		b.accessible()
		b.visit("the one that leaks")
		b.see("the one that leaks", "v2", gone.ID)
		b.accessible()
		b.visit("Delete")
		b.see("the one that leaks")
		b.accessible()
		b.end(gone.LastFour)
		if v := k.ask(t, gone.Secret); v.Valid || v.Code != "revoked" {
			t.Errorf("after Delete: got %+v", v)
		}
		if !k.ask(t, stays.Secret).Valid {
			t.Error("F15: deleting one key stopped another")
		}
		b.see("the other one")
		b.goTo("/api-access/" + gone.ID)
		b.see("deleted", "admin")
		k.run(t, "", "key", "revoke", stays.ID, "--yes")
	})
}

// F16: an account key acts for the whole account.
func TestF16AKeyActsForTheAccount(t *testing.T) {
	k := start(t)
	k.account(t, "acme", "standard")
	k.account(t, "other", "standard")
	foreign := k.issue(t, "other", "of another account", "v1")
	made := k.issue(t, "acme", "deploy script", "v1")
	for _, call := range []struct {
		method, path, body string
		want               int
	}{
		{"GET", "/v1/self", "", 200},
		{"GET", "/v1/keys", "", 200},
		{"GET", "/v1/members", "", 200},
		{"GET", "/v1/account", "", 200},
		{"GET", "/v1/keys/" + foreign.ID, "", 404},
		{"POST", "/v1/keys/" + foreign.ID + "/revoke", "{}", 404},
	} {
		if status, body := k.rest(t, made.Secret, call.method, call.path, call.body); status != call.want {
			t.Errorf("%s %s: got %d %s, want %d", call.method, call.path, status, body, call.want)
		}
	}
	if !k.ask(t, foreign.Secret).Valid {
		t.Error("a key ended another account's")
	}
}

// F20: the founding page is the console's help, and someone new can follow it.
func TestF20TheHelpCanBeFollowed(t *testing.T) {
	k := start(t)
	k.account(t, "acme", "standard")
	withAndWithoutScript(t, func(t *testing.T, l look) {
		b := browse(t, k.console, l)
		b.signIn("limited_user@acme.example")
		if shown := value[int](b, `[...document.querySelectorAll('a[href="/help"]')].filter(a => a.checkVisibility()).length`); shown == 0 {
			t.Error("no link to the help can be seen")
		}
		b.goTo("/help")
		b.accessible()
		b.goTo("/help/generating-an-api-key")
		b.see("Configuration", "API Access", "+ Create New API Key", "Close", "last four characters")
		eventually(t, "every picture of the guide is there, with words for it", func() bool {
			return value[int](b, `[...document.querySelectorAll("main img")].filter(i => { i.loading = "eager"; return i.naturalWidth == 0 || !i.alt; }).length`) == 0
		})
		if pictures := value[int](b, `document.querySelectorAll("main img").length`); pictures < 4 {
			t.Errorf("got %d pictures, want one for each step that needs one", pictures)
		}
		b.accessible()
	})
}
