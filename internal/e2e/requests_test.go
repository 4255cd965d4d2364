package e2e

import (
	"encoding/json"
	"regexp"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// F19: a member who may not create a key requests one; an owner approves it narrower; the member,
// and nobody else, is shown it, once. F17: the refusal leads there.
func TestF19AMemberRequestsAKey(t *testing.T) {
	k := start(t)
	k.account(t, "acme", "standard")
	withAndWithoutScript(t, func(t *testing.T, l look) {
		b := browse(t, k.console, l)
		b.signIn("user@acme.example")
		b.goTo("/api-access")
		b.see("can't see or make API keys")
		b.visit("Request a key")
		b.submit("Send request")
		b.see("What for is required", "What it may do has nothing that is ticked")
		b.accessible()
		what := "export, " + t.Name()
		b.fill("What for", what)
		b.do("choose scopes", check(`input[name="scopes"][value="incidents:read"]`), check(`input[name="scopes"][value="users:read"]`))
		b.submit("Send request")
		b.see("waiting for an owner or admin", "waits for a decision")
		b.accessible()

		owner := browse(t, k.console, l)
		owner.signIn("owner@acme.example")
		owner.goTo("/requests")
		if !regexp.MustCompile(`Requests\s*1 waiting`).MatchString(value[string](owner, `document.querySelector('.side a[href="/requests"]').textContent`)) {
			t.Error("the menu does not say that a request waits")
		}
		owner.visit(what)
		owner.notSee("Show my key")
		owner.accessible()
		owner.do("untick a scope", evaluate(`document.querySelector('input[name="scopes"][value="users:read"]').checked = false`))
		owner.submit("Approve")
		owner.see("can collect the key for 7 days")
		owner.goTo("/requests?show=all")
		owner.visit(what)
		owner.notSee("Show my key")

		b.goTo("/requests")
		b.visit(what)
		b.see("Your key is approved", "Asked for was incidents:read, users:read")
		b.accessible()
		b.submit("Show my key")
		text := remember(t, b.secret())
		b.see("You will not see this again")
		if v := k.ask(t, text); !v.Valid {
			t.Errorf("the collected key: %s", v.Code)
		}
		b.leave()
		b.see("collected")
		b.notSee(text[20:50])
		b.back()
		b.notSee(text[20:50])
		owner.goTo("/audit-log")
		owner.see("asked for the key", "approved the request for the key", "collected the key")

		b.goTo("/requests/new")
		b.fill("What for", "another, "+t.Name())
		b.do("choose everything", check(`input[name="scopes"][value="*"]`))
		b.submit("Send request")
		owner.goTo("/requests")
		owner.visit("another, " + t.Name())
		owner.submit("Decline")
		owner.see("Reason is required")
		owner.fill("Reason", "the first one will do")
		owner.submit("Decline")
		owner.see("Nothing waits for a decision")
		b.goTo("/requests")
		b.visit("another, " + t.Name())
		b.see("declined", "the first one will do")
	})
	status := browse(t, k.console, look{})
	status.signIn("limited_user@acme.example")
	if rest := status.fetch("/v1/requests"); rest.Status != 200 || strings.Contains(rest.Body, "export") {
		t.Errorf("over REST another member sees %d %s", rest.Status, rest.Body)
	}
}

// F21: a member asks under a help page, the operator answers and publishes, every account reads it
// there. And "Submit a request", for everything else.
func TestF21QuestionsUnderAHelpPage(t *testing.T) {
	k := start(t)
	k.account(t, "acme", "lite")
	k.account(t, "globex", "basic")
	withAndWithoutScript(t, func(t *testing.T, l look) {
		b := browse(t, k.console, l)
		b.signIn("limited_user@acme.example")
		b.goTo("/help/using-a-key")
		b.press("Ask about this page")
		b.submit("Send question")
		b.see("Your question is required")
		b.accessible()
		question := "May it stand in the URL? " + t.Name()
		b.write("Your question", question)
		b.do("sign it", evaluate(`document.querySelector('select[name="sign"]').value = "name"`))
		b.submit("Send question")
		b.see("Your question is kept", question, "no answer yet")

		b.goTo("/help")
		b.visit("Submit a request")
		b.fill("Subject", "An invoice is missing")
		b.write("Your request", "Where do I find it?")
		b.submit("Send")
		b.see("Your request is kept", "An invoice is missing")
		b.accessible()

		var open struct {
			Requests []struct{ ID, Account, Text string }
		}
		if err := json.Unmarshal([]byte(k.run(t, "", "support", "list", "--open", "--json")), &open); err != nil || len(open.Requests) != 2 || open.Requests[1].Text != question || open.Requests[1].Account != "acme" {
			t.Fatalf("the operator sees %+v %v", open, err)
		}
		answer := "No: in a header. " + t.Name()
		k.run(t, "", "support", "answer", open.Requests[1].ID, "--text", answer, "--name", "Kim", "--publish")
		k.run(t, "", "support", "answer", open.Requests[0].ID, "--text", "It comes by mail. "+t.Name())
		b.goTo("/help")
		b.see("new answers")
		b.visit("Your requests and questions")
		b.see(answer, "It comes by mail. "+t.Name())
		b.goTo("/help")
		b.notSee("new answers")

		stranger := browse(t, k.console, l)
		stranger.signIn("user@globex.example")
		stranger.goTo("/help/using-a-key")
		stranger.see("limited_user asked", question, "Kim", answer)
		stranger.notSee("An invoice is missing", "limited_user@")
		stranger.accessible()
		k.run(t, "", "support", "unpublish", open.Requests[1].ID)
		stranger.goTo("/help/using-a-key")
		stranger.notSee(answer)
	})
}

// write is fill for a field of several lines that is empty.
func (b *tab) write(label, text string) {
	b.Helper()
	b.do("write "+label, chromedp.SendKeys(field(label), text))
}
