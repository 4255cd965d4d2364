package e2e

import "testing"

// What ends and what stays is said before someone is deactivated or removed, and then it is so, in
// the session that they have open and for the keys that they hold.
func TestALeaverIsForeseen(t *testing.T) {
	k := start(t)
	k.account(t, "acme", "standard")
	withAndWithoutScript(t, func(t *testing.T, l look) {
		name := map[bool]string{true: "plain", false: "script"}[l.noScript]
		email := name + "@acme.example"
		k.run(t, password+"\n", "member", "add", email, "--account", "acme", "--role", "admin", "--password-stdin")
		own := k.issue(t, "acme", "laptop of "+name, "v1", "--kind", "personal", "--as", email)
		made := k.issue(t, "acme", "export by "+name, "v1", "--as", email)
		service := k.issue(t, "acme", "backups of "+name, "v1", "--kind", "service", "--member", email)
		leaver, b := browse(t, k.console, l), browse(t, k.console, l)
		leaver.signIn(email)
		leaver.see("+ Create New API Key")
		verdicts := func(when, personal string) {
			t.Helper()
			for of, want := range map[key]string{own: personal, made: "valid", service: "valid"} {
				if got := k.ask(t, of.Secret).Code; got != want {
					t.Errorf("%s: %s is %s, want %s", when, of.Description, got, want)
				}
			}
		}

		b.signIn("owner@acme.example")
		b.goTo("/members")
		b.visit(name)
		b.accessible()
		b.visit("Deactivate")
		b.see("What ends", "1 personal key", own.Description, "What stays", made.Description, service.Description, "Who becomes responsible")
		b.accessible()
		verdicts("before", "valid")
		b.submit("Deactivate this member")
		b.see("deactivated", "Activate again")
		leaver.goTo("/api-access")
		leaver.see("Sign in")
		verdicts("deactivated", "member_inactive")
		b.submit("Activate")
		verdicts("back", "valid")
		leaver.goTo("/api-access")
		leaver.see("Sign in") // the session from before stays ended
		leaver.signIn(email)
		leaver.see("+ Create New API Key")

		b.visit("Remove")
		b.see("refused at once and for ever", own.Description)
		b.notSee(service.Description) // the owner is responsible for it by now
		b.submit("Remove this member")
		b.see("was removed")
		verdicts("removed", "member_inactive")
		b.goTo("/audit-log")
		b.see("One service key is now the responsibility of owner")
	})
}

// A downgrade says which keys would stop, before it is made, and then they do; an upgrade says which
// would work again.
func TestADowngradeIsForeseen(t *testing.T) {
	k := start(t)
	k.account(t, "acme", "standard")
	one := k.issue(t, "acme", "nightly export", "v1")
	withAndWithoutScript(t, func(t *testing.T, l look) {
		b := browse(t, k.console, l)
		b.signIn("owner@acme.example")
		b.goTo("/account")
		b.visit("what would change") // the first: that of Lite
		b.see("From Standard to Lite", "What stops", one.Description, "none is deleted")
		b.accessible()
		if !k.ask(t, one.Secret).Valid {
			t.Error("looking stopped the key")
		}
		b.goTo("/account/plans/enterprise")
		b.see("No key stops")
		k.run(t, "", "account", "plan", "acme", "lite")
		b.goTo("/account/plans/standard")
		b.see("What works again", one.Description)
		k.run(t, "", "account", "plan", "acme", "standard")
		if !k.ask(t, one.Secret).Valid {
			t.Error("after the upgrade the key does not work")
		}
	})
}

// An owner hands the place on, and another role is looked at before it is given.
func TestAnOwnerHandsThePlaceOn(t *testing.T) {
	k := start(t)
	k.account(t, "acme", "standard")
	b := browse(t, k.console, look{})
	b.signIn("owner@acme.example")
	b.goTo("/members")
	b.visit("user")
	b.do("choose a role", check(`input[name="role"][value="limited_user"]`))
	b.submit("See what would change")
	b.see("Change the role of user to Limited user?", "see who belongs to the account", "services:read")
	b.accessible()
	b.submit("Change role to Limited user")
	b.see("now has the role Limited user")
	b.goTo("/members")
	b.visit("admin")
	b.visit("Make owner")
	b.see("You become Admin")
	b.accessible()
	b.submit("Make admin owner")
	b.see("admin is Owner now, and you are Admin", "Above your own role")
}
