package console

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/keywright/keywright"
	"github.com/keywright/keywright/policy"
)

// askForm is a filled form that asks for a key, with the once of a page that was loaded.
func askForm(b *browser, description string) url.Values {
	b.t.Helper()
	p := b.get("/requests/new").is(http.StatusOK)
	return url.Values{
		"once": {p.value("once")}, "description": {description}, "api_version": {"v2"}, "days": {"90"},
		"scopes": {"incidents:read", "services:read"},
	}
}

// ask asks for a key and answers the request's path.
func (b *browser) ask(description string) string {
	b.t.Helper()
	return b.post("/requests/new", askForm(b, description)).is(http.StatusSeeOther).header.Get("Location")
}

// askPages are the golden pages of requests and questions.
func askPages(t *testing.T) map[string]*reply {
	t.Helper()
	s := newSite(t)
	owner, user, limited := s.as("owner", "acme"), s.as("user", "acme"), s.as("limited_user", "acme")
	pages := map[string]*reply{
		"requests-none-own":  user.get("/requests"),
		"requests-none-open": owner.get("/requests"),
		"requests-none":      owner.get("/requests?show=all"),
		"request-new":        user.get("/requests/new"),
		"request-new-wrong":  user.post("/requests/new", url.Values{"once": {"x"}, "description": {" "}, "api_version": {"v1"}, "days": {"30"}}),
		"support":            user.get("/help/submit-a-request"),
		"support-wrong":      user.post("/help/submit-a-request", url.Values{"once": {"x"}, "subject": {""}, "text": {"Where?\x07"}}),
		"your-requests-none": user.get("/help/your-requests"),
	}
	path := user.ask("nightly export")
	pages["request-open"] = user.get(path)
	pages["request-decide"] = owner.get(path)
	pages["request-approve-wrong"] = owner.post(path+"/approve", url.Values{"days": {"30"}})
	pages["request-decline-wrong"] = owner.post(path+"/decline", url.Values{"reason": {""}})
	pages["requests"] = owner.get("/requests")
	owner.post(path+"/approve", url.Values{"scopes": {"incidents:read"}, "days": {"30"}}).goesTo("/requests")
	declined := limited.ask("everything, please")
	owner.post(declined+"/decline", url.Values{"reason": {"use the key of the export team"}}).goesTo("/requests")
	pages["request-approved"] = user.get(path)
	pages["request-declined"] = limited.get(declined)
	pages["requests-own"] = user.get("/requests")
	pages["request-reveal"] = user.post(path+"/collect", nil)
	pages["request-reveal"].body = strings.ReplaceAll(pages["request-reveal"].body, pages["request-reveal"].secret(), "THE-KEY")
	pages["request-shown"] = user.post(path+"/collect", nil)
	user.post(path+"/close", nil).goesTo(path)
	pages["request-collected"] = user.get(path)
	pages["request-collected-admin"] = owner.get(path)
	pages["requests-all"] = owner.get("/requests?show=all")

	user.post("/help/submit-a-request", url.Values{"once": {"a"}, "subject": {"An invoice is missing"}, "text": {"The one of April.\n\nWhere do I find it?"}})
	s.now = s.now.Add(time.Minute)
	user.post("/help/using-a-key/questions", url.Values{"once": {"b"}, "text": {"May it stand in the URL?\n<b>Ours</b> does."}, "sign": {"name"}})
	s.answer("No: in a header, always.", true)
	pages["help-answered"] = user.get("/help")
	pages["your-requests"] = user.get("/help/your-requests")
	pages["help-questions"] = s.as("owner", "globex").get("/help/using-a-key")
	pages["help-question-wrong"] = user.post("/help/using-a-key/questions", url.Values{"once": {"c"}, "text": {""}, "sign": {"name"}})

	s.policy.Requests.TwoPeople = true
	pages["request-barred"] = owner.get(owner.ask("mine"))
	return pages
}

// answer answers the newest question for the operator.
func (s *site) answer(text string, publish bool) keywright.SupportRequest {
	s.t.Helper()
	asked, _, err := s.svc.SupportRequests(s.t.Context(), keywright.Operator(""), true, keywright.Page{Limit: 1})
	if err == nil && len(asked) == 1 {
		asked[0], err = s.svc.AnswerSupport(s.t.Context(), keywright.Operator(""), asked[0].ID, keywright.NewAnswer{Text: text, By: "Kim", Publish: publish})
	}
	if err != nil || len(asked) != 1 {
		s.t.Fatalf("answer one of %d questions: %v", len(asked), err)
	}
	return asked[0]
}

func TestF19AMemberRequestsAKeyAndCollectsItAlone(t *testing.T) {
	s := newSite(t)
	user, owner, admin, other := s.as("user", "acme"), s.as("owner", "acme"), s.as("admin", "acme"), s.as("limited_user", "acme")
	user.get("/api-access").is(http.StatusForbidden).says("Request a key")
	path := user.ask("nightly export")
	owner.get("/audit-log").says("asked for the key “nightly export” , for incidents:read, services:read, for 90 days.")
	if got := badges(owner.get("/members")); got["Requests"] != "1waiting" {
		t.Errorf("the owner's menu says %v", got)
	}
	if got := badges(user.get("/requests")); got["Requests"] != "" {
		t.Errorf("whoever asked is told that %s", got["Requests"])
	}
	other.get(path).is(http.StatusNotFound)
	other.get("/requests").saysNot("nightly export")
	for _, b := range []*browser{user, other} {
		b.post(path+"/approve", url.Values{"days": {"90"}}).is(http.StatusForbidden)
		b.post(path+"/decline", url.Values{"reason": {"x"}}).is(http.StatusForbidden)
	}
	user.post(path+"/collect", nil).is(http.StatusConflict).says("it is not approved yet")
	owner.post(path+"/approve", url.Values{"scopes": {"users:write"}, "days": {"90"}}).is(http.StatusUnprocessableEntity).says("may only have what was asked for")
	owner.post(path+"/approve", url.Values{"scopes": {"incidents:read"}, "days": {"365"}}).is(http.StatusUnprocessableEntity).says("at most the 90")
	owner.post(path+"/approve", url.Values{"scopes": {"incidents:read"}, "days": {"30"}}).goesTo("/requests")
	admin.post(path+"/approve", url.Values{"scopes": {"incidents:read"}, "days": {"30"}}).is(http.StatusConflict).says("it was approved already")
	if got := badges(user.get("/help")); got["Requests"] != "1waiting" {
		t.Errorf("once it is approved, the menu says %v", got)
	}
	for _, b := range []*browser{owner, admin} {
		b.get(path).saysNot("Show my key")
		b.post(path+"/collect", nil).is(http.StatusForbidden).says("Only the member who asked")
	}
	other.post(path+"/collect", nil).is(http.StatusNotFound)
	shown := user.post(path+"/collect", nil).is(http.StatusOK)
	text := shown.secret()
	v := s.verifies(text)
	if !v.Valid || v.Key.Description != "nightly export" || len(v.Key.Scopes) != 1 || v.Key.Scopes[0] != "incidents:read" || !v.Key.Expires.Equal(s.now.Add(30*24*time.Hour)) {
		t.Errorf("the key is %+v", v.Key)
	}
	again := user.post(path+"/collect", nil).is(http.StatusConflict).says("This key was already shown")
	closed := user.post(path+"/close", nil).goesTo(path)
	if closed.header.Get("Clear-Site-Data") != `"cache"` {
		t.Error("what the browser kept of the key stays")
	}
	for _, p := range []*reply{again, user.get(path), owner.get(path), owner.get("/requests?show=all"), owner.get("/audit-log"), owner.get(keyPath(v.Key.ID))} {
		if strings.Contains(p.body, text[20:50]) {
			t.Error("the key is shown again")
		}
	}
	owner.get("/audit-log").says("Uma User collected the key “nightly export” for API version v2, as Olive Owner had approved.")
	user.get(keyPath(v.Key.ID)).is(http.StatusForbidden)
}

// badges are the numbers in the menu, by the link that they stand in.
func badges(p *reply) map[string]string {
	p.t.Helper()
	found := map[string]string{}
	for node := range p.document().Descendants() {
		class, _ := attr(node, "class")
		if class == "count" && node.Parent.FirstChild != nil {
			found[strings.TrimSpace(node.Parent.FirstChild.Data)] = words(node)
		}
	}
	return found
}

func TestAFormThatIsSentTwiceAsksOnce(t *testing.T) {
	s := newSite(t)
	user := s.as("user", "acme")
	form := askForm(user, "nightly export")
	first := user.post("/requests/new", form).is(http.StatusSeeOther)
	if again := user.post("/requests/new", form).is(http.StatusSeeOther); again.header.Get("Location") != first.header.Get("Location") {
		t.Error("the second sending made another request")
	}
	form.Set("description", "something else")
	user.post("/requests/new", form).is(http.StatusUnprocessableEntity).says("Sent before for something else")
	form.Del("once")
	user.post("/requests/new", form).is(http.StatusBadRequest)
	question := url.Values{"once": {"q"}, "text": {"Why?"}, "sign": {"anonymous"}}
	for range 2 {
		user.post("/help/using-a-key/questions", question).goesTo("/help/your-requests")
	}
	if all, _, err := s.svc.SupportRequests(t.Context(), keywright.Operator(""), false, keywright.Page{}); err != nil || len(all) != 1 {
		t.Errorf("%d questions were kept, %v", len(all), err)
	}
}

func TestNobodyApprovesHisOwnRequestWhereThePolicySaysSo(t *testing.T) {
	s := newSite(t)
	admin := s.as("admin", "acme")
	s.policy.Requests.TwoPeople = true
	path := admin.ask("mine")
	admin.get(path).says("Someone else must approve this")
	admin.post(path+"/approve", url.Values{"scopes": {"incidents:read"}, "days": {"90"}}).is(http.StatusForbidden).says("Your own request")
	s.as("owner", "acme").post(path+"/approve", url.Values{"scopes": {"incidents:read"}, "days": {"90"}}).goesTo("/requests")
	admin.get(path).says("Show my key")
}

func TestEverythingCanBeAskedForAndApprovedInPart(t *testing.T) {
	s := newSite(t)
	user, owner := s.as("user", "acme"), s.as("owner", "acme")
	form := askForm(user, "all of it")
	form["scopes"] = []string{"incidents:read", "*"}
	path := user.post("/requests/new", form).header.Get("Location")
	owner.get(path).says("Everything that the account may", "users:read")
	owner.post(path+"/approve", url.Values{"scopes": {"users:read"}, "days": {"90"}}).goesTo("/requests")
	if v := s.verifies(user.post(path+"/collect", nil).secret()); len(v.Key.Scopes) != 1 || v.Key.Scopes[0] != "users:read" {
		t.Errorf("the key is narrowed to %v", v.Key.Scopes)
	}
	form = askForm(user, "really all of it")
	form["scopes"] = []string{"incidents:read", "*"}
	path = user.post("/requests/new", form).header.Get("Location")
	owner.post(path+"/approve", url.Values{"scopes": {"*"}, "days": {"7"}}).goesTo("/requests")
	if v := s.verifies(user.post(path+"/collect", nil).secret()); v.Key.Narrowed() {
		t.Errorf("the key is narrowed to %v", v.Key.Scopes)
	}
}

func TestARequestOnAPlanWithoutAPIAccess(t *testing.T) {
	s := newSite(t)
	s.as("owner", "tiny").get("/requests/new").is(http.StatusPaymentRequired)
	s.as("owner", "tiny").get("/requests").is(http.StatusOK).saysNot("Request a key")
}

func TestF21AQuestionIsAskedUnderAPageAndItsAnswerRead(t *testing.T) {
	s := newSite(t)
	user, stranger := s.as("user", "acme"), s.as("user", "globex")
	user.post("/help/using-a-key/questions", url.Values{"once": {"q"}, "text": {"May it stand <script>alert(1)</script>\r\n\r\nin the URL?"}, "sign": {"name"}}).goesTo("/help/your-requests")
	user.get("/help/your-requests").says("Question about “Using a key”", "in the URL?", "no answer yet")
	user.get("/help/using-a-key").saysNot("in the URL?")
	asked := s.answer("No: in a header.", true)
	if got := badges(user.get("/members")); got["Help"] != "1new answers" {
		t.Errorf("the menu says %v", got)
	}
	user.get("/help/your-requests").says("Kim", "No: in a header.", "Published under", "signed Uma User")
	if got := badges(user.get("/members")); got["Help"] != "" {
		t.Errorf("once they were read, the menu says %v", got)
	}
	p := stranger.get("/help/using-a-key").says("Uma User asked", "in the URL?", "Kim", "No: in a header.")
	_, part, _ := strings.Cut(p.body, `id="questions"`)
	if strings.Contains(part, "<script>alert") || strings.Contains(strings.ToLower(part), "acme") {
		t.Error("another account reads more than it should")
	}
	stranger.get("/help/api-versions").saysNot("No: in a header.")
	if _, err := s.svc.UnpublishSupport(t.Context(), keywright.Operator(""), asked.ID); err != nil {
		t.Fatal(err)
	}
	stranger.get("/help/using-a-key").saysNot("No: in a header.")
	user.get("/help/your-requests").says("No: in a header.")
	user.post("/help/no-such-page/questions", url.Values{"once": {"r"}, "text": {"Why?"}, "sign": {"name"}}).is(http.StatusNotFound)
	_, text := s.issue("acme", "nightly export")
	user.post("/help/using-a-key/questions", url.Values{"once": {"s"}, "text": {"Mine is " + text.Reveal()}, "sign": {"name"}}).is(http.StatusUnprocessableEntity).says("holds an API key")
}

func TestWhoAsksTooOftenIsTold(t *testing.T) {
	s := newSite(t)
	user := s.as("user", "acme")
	form := url.Values{"subject": {"An invoice"}, "text": {"Where?"}}
	for i := range 10 {
		form.Set("once", strings.Repeat("x", i+1))
		user.post("/help/submit-a-request", form).goesTo("/help/your-requests")
	}
	form.Set("once", "another")
	user.post("/help/submit-a-request", form).is(http.StatusTooManyRequests)
}

func TestWhoDecidesNeedsNoRightToAsk(t *testing.T) {
	p, err := policy.Parse([]byte(strings.Replace(policy.Default().Text(), "rights: [members:read, keys:personal, keys:request]", "rights: [keys:manage]", 1)))
	if err != nil {
		t.Fatal(err)
	}
	if role, _ := p.Role("user"); !role.May(policy.RequestKeys) {
		t.Error("keys:manage does not include keys:request")
	}
}
