package e2e

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// stop is one page of a tour: how to come there, and by what name its picture goes.
type stop struct {
	name string
	come func(b *tab)
}

func at(path string) func(*tab) { return func(b *tab) { b.goTo(path) } }

// TestEveryPageIsAccessible lets axe-core look at every page, light and dark, wide and
// narrow. With KEYWRIGHT_PICTURES=FOLDER it leaves a picture of each, to be looked at.
func TestEveryPageIsAccessible(t *testing.T) {
	k := start(t)
	setUp := regexp.MustCompile(`/set-up/\S+`)
	eventually(t, "the set-up link is printed", func() bool { return setUp.MatchString(k.log()) })
	link := setUp.FindString(k.log())
	for _, l := range []look{{}, {dark: true}, {narrow: true}, {narrow: true, dark: true}} {
		tour(t, k, l, "", []stop{{"sign-in", at("/sign-in")}, {"set-up", at(link)}, {"set-up-spent", at("/set-up/forged")}})
	}
	k.account(t, "acme", "standard")
	k.account(t, "sleepy", "basic")
	k.account(t, "empty", "standard")
	made := furnish(t, k)
	k.run(t, "", "account", "plan", "sleepy", "lite")
	for _, l := range []look{{}, {dark: true}, {narrow: true}, {narrow: true, dark: true}} {
		tour(t, k, l, "owner@acme.example", []stop{
			{"keys", at("/api-access")},
			{"new-key", at("/api-access/new")},
			{"new-key-wrong", func(b *tab) { b.goTo("/api-access/new"); b.submit("Create Key") }},
			{"reveal", func(b *tab) {
				b.goTo("/api-access/new")
				b.fill("Description", "seen on a picture")
				remember(b.T, b.create())
				b.hideKey()
			}},
			{"close", func(b *tab) { b.press("Close"); b.see("Have you copied the key?") }},
			{"keys-after", func(b *tab) { b.leave() }},
			{"key", at("/api-access/" + made[0].ID)},
			{"delete", at("/api-access/" + made[0].ID + "/delete")},
			{"key-deleted", at("/api-access/" + made[1].ID)},
			{"members", at("/members")},
			{"new-member", at("/members/new")},
			{"member", func(b *tab) { b.goTo("/members"); b.visit("admin") }},
			{"requests", at("/requests")},
			{"request", func(b *tab) { b.visit("Terraform of the platform team") }},
			{"account", at("/account")},
			{"audit-log", at("/audit-log")},
			{"help", at("/help")},
			{"help-generating", at("/help/generating-an-api-key")},
			{"help-versions", at("/help/api-versions")},
			{"help-using", at("/help/using-a-key")},
			{"help-leak", at("/help/if-a-key-leaks")},
			{"not-found", at("/nothing-here")},
		})
		tour(t, k, l, "owner@empty.example", []stop{{"keys-empty", at("/api-access")}})
		tour(t, k, l, "owner@sleepy.example", []stop{{"keys-asleep", at("/api-access")}, {"account-lite", at("/account")}})
		tour(t, k, l, "user@acme.example", []stop{{"refusal", at("/api-access")}, {"members-read-only", at("/members")}, {"request-new", at("/requests/new")}})
	}
}

// tour visits pages in one tab, as one member or as nobody.
func tour(t *testing.T, k *keywright, l look, email string, stops []stop) {
	t.Helper()
	b := browse(t, k.console, l)
	if email != "" {
		b.signIn(email)
	}
	for _, s := range stops {
		s.come(b)
		b.accessible()
		if wide := value[int](b, "document.documentElement.scrollWidth - document.documentElement.clientWidth"); wide > 0 {
			t.Errorf("%s (%+v) is %d px too wide", s.name, l, wide)
		}
		if folder := os.Getenv("KEYWRIGHT_PICTURES"); folder != "" {
			b.shoot(filepath.Join(folder, s.name+l.suffix()+".png"))
		}
	}
}

func (l look) suffix() string {
	suffix := ""
	if l.narrow {
		suffix += "-narrow"
	}
	if l.dark {
		suffix += "-dark"
	}
	return suffix
}

// furnish gives the account acme keys and members as a real one has.
func furnish(t *testing.T, k *keywright) []key {
	t.Helper()
	var made []key
	for _, d := range []struct{ description, version string }{
		{"nightly export to the warehouse", "v2"},
		{"Terraform, ops team", "v1"},
		{"status page", "v2"},
		{"sauvegarde de nuit", "v1"},
		{"old pager bridge, see runbook 12 before touching anything that depends on it", "v1"},
	} {
		made = append(made, k.issue(t, "acme", d.description, d.version))
	}
	for _, one := range made[1:4] {
		k.ask(t, one.Secret)
	}
	k.run(t, "", "key", "revoke", made[1].ID, "--reason", "leaked in a log", "--yes")
	k.run(t, "", "member", "add", "grace@acme.example", "--account", "acme", "--role", "user", "--name", "Grace Hopper")
	k.run(t, "", "request", "make", "--account", "acme", "--as", "user@acme.example", "--description", "Terraform of the platform team", "--scope", "services:*", "--days", "90")
	return made
}

// hideKey puts an example in the place of the key that a page shows, before a picture is
// taken: a picture is a place where keys leak.
func (b *tab) hideKey() {
	b.Helper()
	text, _ := json.Marshal(b.secret())
	example, _ := json.Marshal("kw_live_EXAMPLEexample" + strings.Repeat("0", 28) + "QZ1xQZ")
	b.do("hide the key", evaluate(`(() => {
		const text = `+string(text)+`, example = `+string(example)+`;
		const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
		while (walk.nextNode()) walk.currentNode.data = walk.currentNode.data.replaceAll(text, example);
		for (const input of document.querySelectorAll("input, textarea")) input.value = input.value.replaceAll(text, example);
	})()`))
}
