package console

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/keywright/keywright"
	"github.com/keywright/keywright/policy"
)

// newKeyForm is the form as the page offers it, with a description typed in.
func (b *browser) newKeyForm(description string) url.Values {
	b.t.Helper()
	p := b.get("/api-access/new").is(http.StatusOK)
	return url.Values{
		"description": {description}, "once": {p.value("once")},
		"api_version": {p.value("api_version")}, "environment": {p.value("environment")},
	}
}

func TestF1OnlyAdminsAndOwnersReachTheKeys(t *testing.T) {
	s := newSite(t)
	for _, role := range []string{"owner", "admin"} {
		s.as(role, "acme").get("/api-access").is(http.StatusOK).says("No API keys yet")
	}
	for _, role := range []string{"user", "limited_user"} {
		b := s.as(role, "acme")
		b.get("/api-access").is(http.StatusForbidden)
		b.post("/api-access/new", url.Values{"description": {"mine"}, "once": {"x"}}).is(http.StatusForbidden).says("Nothing was changed")
	}
	if n := s.account("acme").ActiveKeys; n != 0 {
		t.Errorf("F1: %d keys were made by members who may not", n)
	}
}

func TestF1ARoleTakenAwayIsGoneAtTheNextClick(t *testing.T) {
	s := newSite(t)
	b := s.as("admin", "acme")
	b.get("/api-access").is(http.StatusOK)
	by := keywright.Operator(s.account("acme").ID)
	ada, err := s.svc.MemberByEmail(t.Context(), by, address("admin", "acme"))
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := s.svc.SetRole(t.Context(), by, ada.ID, "user"); err != nil {
		t.Fatal(err)
	}
	b.get("/api-access").is(http.StatusForbidden)
	if _, _, err := s.svc.RemoveMember(t.Context(), by, ada.ID, ""); err != nil {
		t.Fatal(err)
	}
	b.get("/api-access").goesTo("/sign-in?next=%2Fapi-access")
	b.get("/api-access").goesTo("/sign-in?next=%2Fapi-access")
}

func TestF2OnLiteThePageSaysWhichPlanHasAPIAccess(t *testing.T) {
	s := newSite(t)
	b := s.as("owner", "tiny")
	p := b.get("/api-access").is(http.StatusOK)
	p.says("The Lite plan has no API access", "Basic, Standard and Enterprise", "from better days", "asleep", "work again")
	p.saysNot("Create New API Key")
	if !strings.Contains(p.body, `href="/account#plan"`) {
		t.Error("F2: no link to the plan")
	}
	b.get("/api-access/new").is(http.StatusPaymentRequired).says("The Lite plan has no API access")
	b.post("/api-access/new", url.Values{"description": {"mine"}, "once": {"x"}}).is(http.StatusPaymentRequired).says("No key was made")

	if _, _, err := s.svc.SetPlan(t.Context(), keywright.Operator(s.account("tiny").ID), "basic"); err != nil {
		t.Fatal(err)
	}
	b.get("/api-access").says("from better days", "active", "Create New API Key").saysNot("asleep")
}

func TestF2ASleepingKeyCanBeDeleted(t *testing.T) {
	s := newSite(t)
	b := s.as("owner", "tiny")
	path := b.get("/api-access").link("from better days")
	b.get(path + "/delete").is(http.StatusOK)
	b.post(path+"/delete", url.Values{"reason": {""}}).goesTo("/api-access")
	b.get("/api-access").says("Deleted “from better days”")
}

func TestF3APIAccessStandsInTheConfigurationMenuForEveryRole(t *testing.T) {
	s := newSite(t)
	for _, role := range []string{"owner", "admin", "user", "limited_user"} {
		p := s.as(role, "acme").get("/api-access")
		menus := p.find("ul", "class")
		for _, menu := range menus {
			if class, _ := attr(menu, "class"); class != "nav" {
				continue
			}
			link := menu.FirstChild.FirstChild
			if path, _ := attr(link, "href"); path != "/api-access" || link.FirstChild.Data != "API Access" {
				t.Errorf("F3: for %s the menu begins with %s", role, path)
			}
			break
		}
		p.says("Configuration API Access")
	}
}

func TestF4TheButtonIsThereByThatName(t *testing.T) {
	s := newSite(t)
	b := s.as("owner", "acme")
	b.get("/api-access").says("+ Create New API Key")
	s.issue("acme", "first")
	p := b.get("/api-access").says("+ Create New API Key")
	if !strings.Contains(p.body, `<a class="btn btn-primary" href="/api-access/new">+ Create New API Key</a>`) {
		t.Error("F4: the button leads elsewhere")
	}
}

func TestF5ADescriptionThatCannotBeIsRefusedAndKept(t *testing.T) {
	for name, c := range map[string]struct{ typed, says string }{
		"empty":                  {"", "Description is required"},
		"blank":                  {"  \t ", "Description is required"},
		"201 characters":         {strings.Repeat("é", 201), "has 201 characters; shorten it to 200"},
		"a line end":             {"two\nlines", "control character"},
		"a NUL":                  {"nul\x00", "control character"},
		"a direction control":    {"ab\u202ecd", "turns the direction"},
		"nothing that shows":     {"\u200b\u2060", "shows nothing"},
		"bytes that aren't text": {"\xff\xfe", "not valid UTF-8"},
	} {
		t.Run(name, func(t *testing.T) {
			s := newSite(t)
			b := s.as("owner", "acme")
			form := b.newKeyForm(c.typed)
			form.Set("api_version", "v2")
			form.Set("environment", "test")
			p := b.post("/api-access/new", form).is(http.StatusUnprocessableEntity).says("Error: Create New API Key", "Nothing was saved yet", c.says)
			if p.value("once") != form.Get("once") || p.value("api_version") != "v2" || p.value("environment") != "test" {
				t.Error("F5: the form lost what was chosen")
			}
			if got := p.value("description"); c.typed != "" && got == "" {
				t.Error("F5: the form lost what was typed")
			}
			if n := s.account("acme").ActiveKeys; n != 0 {
				t.Errorf("F5: %d keys were made", n)
			}
			form.Set("description", "nightly export")
			b.post("/api-access/new", form).is(http.StatusOK)
		})
	}
}

func TestF5ADescriptionInAnyLanguageIsTakenAndEscaped(t *testing.T) {
	s := newSite(t)
	b := s.as("owner", "acme")
	for _, description := range []string{"夜勤のエクスポート", "תורן לילה", strings.Repeat("x", 200), `<script>alert(1)</script>`, `" onmouseover="x`, "O'Brien & Söhne", "👩‍🚒 fire"} {
		b.post("/api-access/new", b.newKeyForm(" "+description+" ")).is(http.StatusOK).says(description)
		if p := b.get("/api-access").says(description); strings.Contains(p.body, "<script>alert") || strings.Contains(p.body, `" onmouseover`) {
			t.Errorf("F5: %q is not escaped", description)
		}
	}
}

func TestF6TheFormSaysThatTheDescriptionStays(t *testing.T) {
	s := newSite(t)
	b := s.as("owner", "acme")
	b.get("/api-access/new").says("Name it after who or what will hold it", "It can't be changed later")
	for _, rt := range routes() {
		if strings.Contains(rt.pattern, "edit") || strings.Contains(rt.pattern, "rename") {
			t.Errorf("F6: %s may change a description", rt.pattern)
		}
	}
}

func TestF7TheVersionsComeFromThePolicy(t *testing.T) {
	s := newSite(t)
	s.policy.Versions = append(slices.Clone(s.policy.Versions), policy.Version{Name: "v3", Label: "Version 3", Hint: "Not for you.", Documentation: "https://docs.example/v3"})
	s.policy.Versions[0].Preselected, s.policy.Versions[1].Preselected = false, true
	b := s.as("owner", "acme")
	p := b.get("/api-access/new").says("Version 1", "Most integrations need a v1 key", "Version 2", "Version 3", "Not for you.", "What differs in v1")
	if got := p.value("api_version"); got != "v2" {
		t.Errorf("F7: preselected %s, want v2, as in the policy", got)
	}
	for _, link := range []string{`href="/help/api-versions"`, `href="https://docs.example/v3"`} {
		if !strings.Contains(p.body, link) {
			t.Errorf("F7: no link %s", link)
		}
	}
	form := b.newKeyForm("for v1")
	form.Set("api_version", "v1")
	if got := s.verifies(b.post("/api-access/new", form).is(http.StatusOK).secret()).Version.Name; got != "v1" {
		t.Errorf("F7: the key is for %s, want v1", got)
	}
}

func TestF7AnUnknownVersionOrEnvironmentIsRefused(t *testing.T) {
	s := newSite(t)
	b := s.as("owner", "acme")
	for field, says := range map[string]string{"api_version": "API version is not one of v1, v2", "environment": "Environment is not live or test"} {
		form := b.newKeyForm("nightly export")
		form.Set(field, "v9")
		b.post("/api-access/new", form).is(http.StatusUnprocessableEntity).says(says)
	}
}

func TestF8TheCommandPresentsTheKeyAsItsVersionTakesIt(t *testing.T) {
	s := newSite(t)
	for i, c := range []struct {
		ways []policy.Presentation
		want string
	}{
		{[]policy.Presentation{policy.PresentToken, policy.PresentBearer}, "Authorization: Token token="},
		{[]policy.Presentation{policy.PresentBasic, policy.PresentBearer}, "Authorization: Bearer "},
		{[]policy.Presentation{policy.PresentHeader}, "X-API-Key: "},
		{[]policy.Presentation{policy.PresentBasic}, ""},
	} {
		s.policy.Versions[0].Presentations = c.ways
		b := s.as("owner", "acme")
		p := b.post("/api-access/new", b.newKeyForm("nightly export")).is(http.StatusOK)
		if c.want == "" {
			p.saysNot("curl")
			continue
		}
		if !strings.Contains(p.text(), "curl "+ourOrigin+`/v1/self \ -H '`+c.want+p.secret()+"'") {
			t.Errorf("F8: case %d: no command with the header %s", i, c.want)
		}
	}
}

func TestF9ToF12TheKeyIsShownOnceAndNowhereAgain(t *testing.T) {
	s := newSite(t)
	b := s.as("owner", "acme")
	form := b.newKeyForm("nightly export")
	p := b.post("/api-access/new", form).is(http.StatusOK)
	text := p.secret()
	if v := s.verifies(text); !v.Valid || v.Key.Description != "nightly export" {
		t.Fatalf("F9: the key that was shown doesn't verify: %s", v.Reason)
	}
	p.says("Copy your new API key", "You will not see this again", "Have you copied the key?", "It can't be shown again.", "Not yet", "Yes, close")
	if got := p.header.Get("Cache-Control"); !strings.Contains(got, "no-store") {
		t.Errorf("F12: Cache-Control: %q", got)
	}
	if got := p.header.Get("Content-Encoding"); got != "" {
		t.Errorf("F12: the page is compressed: %s", got)
	}
	if title := p.find("title", "")[0].FirstChild.Data; strings.Contains(title, text) {
		t.Error("F12: the key is in the title")
	}
	for name, values := range p.header {
		if strings.Contains(strings.Join(values, " "), text) {
			t.Errorf("F12: the key is in the header %s", name)
		}
	}
	field := p.find("input", "readonly")
	if len(field) != 1 {
		t.Fatal("F10: no field for the keyboard")
	}
	if value, _ := attr(field[0], "value"); value != text {
		t.Error("F10: the field for the keyboard doesn't hold the key")
	}
	if copies := p.find("button", "data-copy"); len(copies) != 2 {
		t.Errorf("F10: %d copy buttons, want one for the key and one for the command", len(copies))
	}

	id := s.verifies(text).Key.ID
	again := b.post("/api-access/new", form).is(http.StatusConflict).says("already shown", "delete it and make a new one")
	closed := b.post(keyPath(id)+"/close", nil).goesTo("/api-access")
	if got := closed.header.Get("Clear-Site-Data"); got != `"cache"` {
		t.Errorf("F12: Clear-Site-Data: %q", got)
	}
	list := b.get("/api-access").says("nightly export", s.verifies(text).Key.Handle(), "1 active")
	body := text[strings.LastIndexByte(text, '_')+1:]
	for _, page := range []*reply{again, closed, list, b.get(keyPath(id)), b.get(keyPath(id) + "/delete"), b.get("/api-access/new")} {
		if strings.Contains(page.body, body[12:24]) {
			t.Errorf("F12: %s shows the key again", page.what)
		}
	}
	if strings.Contains(s.log.String(), body[12:24]) {
		t.Error("F12: the log has the key")
	}
	if n := s.account("acme").ActiveKeys; n != 1 {
		t.Errorf("F12: the form sent twice made %d keys", n)
	}
}

func TestF13DeletingSaysWhatStopsAndWorksAtOnce(t *testing.T) {
	s := newSite(t)
	key, text := s.issue("acme", "nightly export")
	other, otherText := s.issue("acme", "the other one")
	b := s.as("admin", "acme")
	b.get(keyPath(key.ID)+"/delete").is(http.StatusOK).says("never used", "Every other key of acme goes on working", "can't be brought back", "Delete this key")
	if err := s.store.SaveLastUsed(t.Context(), map[keywright.KeyID]keywright.Use{key.ID: {At: s.now.Add(-2 * time.Minute)}}); err != nil {
		t.Fatal(err)
	}
	b.get(keyPath(key.ID) + "/delete").says("Used last 2 min ago")

	b.post(keyPath(key.ID)+"/delete", url.Values{"reason": {strings.Repeat("x", 201)}, "confirm": {key.LastFour}}).is(http.StatusUnprocessableEntity).says("Reason has 201 characters")
	if v := s.verifies(text.Reveal()); !v.Valid {
		t.Fatalf("F13: a refused form deleted the key: %s", v.Reason)
	}
	b.post(keyPath(key.ID)+"/delete", url.Values{"reason": {"leaked in a log"}, "confirm": {key.LastFour}}).goesTo("/api-access")
	if v := s.verifies(text.Reveal()); v.Valid || v.Reason != keywright.Revoked {
		t.Errorf("F13: the deleted key: %+v", v.Reason)
	}
	if v := s.verifies(otherText.Reveal()); !v.Valid {
		t.Errorf("F15: deleting one key stopped %s: %s", other.Description, v.Reason)
	}
	b.get("/api-access").says("Deleted “nightly export”", key.Handle()+" has stopped working", "1 active", "deleted")
	b.get("/api-access").saysNot("has stopped working")
	b.get(keyPath(key.ID)).says("deleted and doesn't work any more", "Ada Admin", "leaked in a log", "3 May 2026, 14:02 UTC").saysNot("Delete this key")
	b.get(keyPath(key.ID) + "/delete").goesTo(keyPath(key.ID))
	b.post(keyPath(key.ID)+"/delete", url.Values{"reason": {"again"}}).goesTo("/api-access")
	b.get("/api-access").says("was deleted before")
	b.get(keyPath(key.ID)).says("leaked in a log").saysNot("again")
}

func TestF14TheListHasEveryFact(t *testing.T) {
	s := newSite(t)
	key, text := s.issue("acme", "nightly export")
	b := s.as("owner", "acme")
	b.get("/api-access").says("nightly export", "by Olive Owner", "3 May 2026", key.Handle(), key.LastFour, "v1", "never", "active", "1 active")
	if !strings.HasSuffix(text.Reveal(), key.LastFour) {
		t.Errorf("F14: %s is not the end of the key", key.LastFour)
	}
	used := s.now.Add(-3 * time.Hour)
	if err := s.store.SaveLastUsed(t.Context(), map[keywright.KeyID]keywright.Use{key.ID: {At: used}}); err != nil {
		t.Fatal(err)
	}
	p := b.get("/api-access").says("3 h ago", "3 May 2026, 11:02 UTC").saysNot("never")
	if !strings.Contains(p.body, `datetime="2026-05-03T11:02:00Z"`) {
		t.Error("F14: last used isn't there for machines")
	}
	b.get(keyPath(key.ID)).says("nightly export", key.Handle(), "Last four characters "+key.LastFour, "v1", "live", "Olive Owner", "3 h ago", string(key.ID), "full rights")
}

func TestF14TheListIsReadPageByPage(t *testing.T) {
	s := newSite(t)
	for range keysPerPage + 1 {
		s.now = s.now.Add(time.Second)
		s.issue("acme", "key of "+s.now.Format(time.TimeOnly))
	}
	b := s.as("owner", "acme")
	first := b.get("/api-access").says("51 active", "key of 14:02:51", "key of 14:02:02", "Older keys").saysNot("key of 14:02:01", "Newest keys")
	b.get(first.link("Older keys")).is(http.StatusOK).says("key of 14:02:01", "Newest keys", "51 active").saysNot("key of 14:02:02", "Older keys")
	b.get("/api-access?after=junk").is(http.StatusBadRequest).says("Nothing was changed", "API Access")
}

func TestF16TheFormReadsTheKeyBack(t *testing.T) {
	s := newSite(t)
	s.as("owner", "acme").get("/api-access/new").says("This key may read and write everything in acme, for ever, from anywhere.")
}

func TestF17TheRefusalExplains(t *testing.T) {
	s := newSite(t)
	s.as("user", "acme").get("/api-access").is(http.StatusForbidden).
		says("Your role in acme is user", "an owner or an admin", "full rights", "Olive Owner", "Ada Admin").saysNot("Uma User,")
	// A limited user may not see who belongs to the account, so the refusal must not tell.
	s.as("limited_user", "acme").get("/api-access").is(http.StatusForbidden).
		says("Your role in acme is limited user", "an owner or an admin", "full rights").saysNot("Olive Owner", "Ada Admin")
}

func TestAnotherAccountsKeyIsAsAbsentAsNone(t *testing.T) {
	s := newSite(t)
	theirs, text := s.issue("globex", "theirs")
	b := s.as("owner", "acme")
	for _, tail := range []string{"", "/delete"} {
		there := b.get(keyPath(theirs.ID) + tail).is(http.StatusNotFound)
		nowhere := b.get("/api-access/key_000000000000" + tail).is(http.StatusNotFound)
		if there.body != nowhere.body {
			t.Errorf("GET …%s tells that the key is there", tail)
		}
	}
	there := b.post(keyPath(theirs.ID)+"/delete", url.Values{"reason": {""}}).is(http.StatusNotFound)
	nowhere := b.post("/api-access/key_000000000000/delete", url.Values{"reason": {""}}).is(http.StatusNotFound)
	if there.body != nowhere.body {
		t.Error("deleting tells that the key is there")
	}
	if v := s.verifies(text.Reveal()); !v.Valid {
		t.Errorf("another account deleted the key: %s", v.Reason)
	}
}

func TestASuspendedAccountSaysSo(t *testing.T) {
	b := newSite(t).as("owner", "halted")
	b.get("/api-access").is(http.StatusForbidden).says("This account is suspended", "Ask whoever runs this service", "Sign out")
}
