package e2e

import (
	"regexp"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// A first start without the demo: the printed link makes the first account, once, and its
// owner has a key a moment later.
func TestTheFirstStart(t *testing.T) {
	withAndWithoutScript(t, func(t *testing.T, l look) {
		k := start(t)
		printed := regexp.MustCompile(`/set-up/\S+`)
		eventually(t, "the set-up link is printed", func() bool { return printed.MatchString(k.log()) })
		link := printed.FindString(k.log())
		b := browse(t, k.console, l)
		b.goTo(link)
		b.submit("Create account")
		b.see("required")
		b.fill("Account name", "Acme")
		b.fill("Short name", "acme")
		b.fill("Your e-mail", "first@acme.example")
		b.fill("Password", password)
		b.submit("Create account")
		if strings.HasPrefix(b.path(), "/sign-in") {
			b.signIn("first@acme.example")
		}
		b.goTo("/api-access/new")
		b.fill("Description", "the very first")
		if !k.ask(t, remember(t, b.create())).Valid {
			t.Error("the first key does not verify")
		}
		other := browse(t, k.console, l)
		other.goTo(link)
		other.see("no longer works")
	})
}

// A member is added, handed his link, chooses a password and signs in; a change of his role
// and his removal count at once, in the session that he has open.
func TestAMemberJoinsAndLeaves(t *testing.T) {
	k := start(t)
	k.account(t, "acme", "standard")
	withAndWithoutScript(t, func(t *testing.T, l look) {
		email := map[bool]string{true: "plain@acme.example", false: "script@acme.example"}[l.noScript]
		b := browse(t, k.console, l)
		b.signIn("owner@acme.example")
		b.goTo("/members")
		b.visit("Add member")
		b.fill("E-mail", email)
		b.do("choose a role", check(`input[name="role"][value="admin"]`))
		b.submit("Add member")
		link := regexp.MustCompile(`/invitation/[\w-]+`).FindString(value[string](b, "document.documentElement.outerHTML"))
		if link == "" {
			t.Fatalf("no link for the new member:\n%s", b.said())
		}
		b.goTo("/members")
		b.see(email, "invited")

		joiner := browse(t, k.console, l)
		joiner.goTo(link)
		joiner.accessible()
		joiner.fill("Password", password)
		joiner.submit("Join")
		joiner.see("Welcome to acme")
		joiner.goTo("/api-access")
		joiner.see("+ Create New API Key")
		k.run(t, "", "member", "role", email, "user", "--account", "acme")
		joiner.goTo("/api-access")
		joiner.notSee("+ Create New API Key")
		k.run(t, "", "member", "remove", email, "--account", "acme", "--yes")
		joiner.goTo("/api-access")
		joiner.see("Sign in")

		b.goTo("/audit-log")
		b.see("removed", "with the role Admin")
		b.goTo("/members")
		b.visit("owner")
		b.notSee("Remove from the account")
	})
}

// Nothing needs a mouse: from the sign-in to the key and its end by keyboard alone.
func TestByKeyboardAlone(t *testing.T) {
	k := start(t)
	k.account(t, "acme", "standard")
	b := browse(t, k.console, look{})
	b.goTo("/sign-in")
	b.tabTo("E-mail")
	b.keys("owner@acme.example\t" + password + "\r")
	b.see("API Access")
	b.tabTo("+ Create New API Key")
	b.keys("\r")
	b.see("Description")
	b.tabTo("Description")
	b.keys("typed, not clicked\r")
	b.see("You will not see this again")
	text := remember(t, b.secret())
	b.tabTo("Close")
	b.keys("\r")
	b.see("Have you copied the key?")
	b.keys("\u001b") // Escape means not yet
	if b.secret() != text {
		t.Error("Escape closed the key")
	}
	b.tabTo("Close")
	b.keys("\r")
	b.tabTo("Yes, close")
	b.keys("\r")
	b.see("1 active")
	b.tabTo("typed, not clicked")
	b.keys("\r")
	b.see("Delete")
	b.tabTo("Delete")
	b.keys("\r")
	b.see("Delete this key")
	b.tabTo("Delete this key")
	b.keys("\r")
	eventually(t, "the key has ended", func() bool { return k.ask(t, text).Code == "revoked" })
}

func (b *tab) keys(typed string) {
	b.Helper()
	b.do("type", chromedp.KeyEvent(typed))
}

// tabTo presses Tab until what has the focus goes by a name, and shows that it has it.
func (b *tab) tabTo(name string) {
	b.Helper()
	const focused = `(() => {
		const e = document.activeElement, label = e.labels?.[0];
		return (label ? label.textContent : e.getAttribute("aria-label") || e.textContent).trim().replace(/\s+/g, " ");
	})()`
	for range 80 {
		if strings.HasPrefix(value[string](b, focused), name) {
			if !value[bool](b, `(s => s.outlineStyle != "none" || s.boxShadow != "none")(getComputedStyle(document.activeElement))`) {
				b.Errorf("%s has the focus and does not show it", name)
			}
			return
		}
		b.keys("\t")
	}
	b.Fatalf("Tab does not lead to %s on %s:\n%s", name, b.path(), b.said())
}
