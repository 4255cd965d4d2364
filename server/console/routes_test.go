package console

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/keywright/keywright"
)

// TestEveryRouteForEveryRole asks for every route as every role. A route that isn't in the
// table of the test fails it: whoever adds one says who may.
func TestEveryRouteForEveryRole(t *testing.T) {
	type statuses struct{ owner, admin, user, limited, signedOut int }
	const (
		ok        = http.StatusOK
		to        = http.StatusSeeOther // also: to the sign-in page
		forbidden = http.StatusForbidden
	)
	holders := func(status int) statuses { return statuses{status, status, forbidden, forbidden, to} }
	readers := func(status int) statuses { return statuses{status, status, status, forbidden, to} } // of members
	anybody := func(status int) statuses { return statuses{status, status, status, status, to} }
	anyone := func(status int) statuses { return statuses{status, status, status, status, status} }
	want := map[string]struct {
		statuses
		form url.Values
	}{
		"GET /{$}":                      {anyone(to), nil},
		"GET /sign-in":                  {statuses{to, to, to, to, ok}, nil},
		"POST /sign-in":                 {anyone(http.StatusUnauthorized), url.Values{"email": {"nobody@acme.example"}, "password": {"wrong"}}},
		"GET /sign-in/account":          {statuses{ok, ok, ok, ok, to}, nil},
		"POST /sign-in/account":         {anyone(to), url.Values{"member": {"mem_of_someone_else"}}},
		"POST /sign-out":                {anyone(to), nil},
		"GET /set-up/{token}":           {anyone(http.StatusGone), nil},
		"POST /set-up/{token}":          {anyone(http.StatusGone), url.Values{"password": {passphrase}}},
		"GET /invitation/{token}":       {anyone(http.StatusGone), nil},
		"POST /invitation/{token}":      {anyone(http.StatusGone), url.Values{"password": {passphrase}}},
		"GET /api-access":               {holders(ok), nil},
		"GET /api-access/new":           {holders(ok), nil},
		"POST /api-access/new":          {holders(http.StatusUnprocessableEntity), url.Values{"description": {""}, "once": {"x"}}},
		"GET /api-access/{id}":          {holders(ok), nil},
		"POST /api-access/{id}/close":   {holders(to), nil},
		"GET /api-access/{id}/delete":   {holders(ok), nil},
		"POST /api-access/{id}/delete":  {holders(http.StatusUnprocessableEntity), url.Values{"reason": {strings.Repeat("x", 201)}}},
		"GET /api-access/{id}/rotate":   {holders(ok), nil},
		"POST /api-access/{id}/rotate":  {holders(http.StatusUnprocessableEntity), url.Values{"grace": {"long"}, "once": {"abcdefghijklmnopqrstuvwx"}}},
		"POST /api-access/{id}/finish":  {holders(to), nil},
		"GET /api-access/{id}/limits":   {holders(ok), nil},
		"POST /api-access/{id}/limits":  {holders(http.StatusUnprocessableEntity), url.Values{"networks": {"nonsense"}, "expires": {"keep"}}},
		"GET /api-access/{id}/disable":  {holders(ok), nil},
		"POST /api-access/{id}/disable": {holders(http.StatusUnprocessableEntity), url.Values{"for": {"ever"}}},
		"POST /api-access/{id}/enable":  {holders(to), nil},
		"GET /api-access/delete":        {holders(to), nil},
		"POST /api-access/delete":       {holders(http.StatusBadRequest), nil},
		"GET /personal-keys/delete":     {anybody(to), nil},
		"POST /personal-keys/delete":    {anybody(http.StatusBadRequest), nil},
		"GET /api-access/export":        {holders(ok), nil},
		"POST /api-access/new/readback": {holders(ok), url.Values{"reach": {"all"}}},

		// The key is not a personal one: to those who may see it, it is somewhere else.
		"GET /personal-keys":               {anybody(ok), nil},
		"GET /personal-keys/export":        {anybody(ok), nil},
		"GET /personal-keys/new":           {anybody(ok), nil},
		"POST /personal-keys/new":          {anybody(http.StatusUnprocessableEntity), url.Values{"description": {""}, "once": {"x"}}},
		"POST /personal-keys/new/readback": {anybody(ok), url.Values{"reach": {"all"}}},
		"GET /personal-keys/{id}":          {holders(http.StatusNotFound), nil},
		"GET /personal-keys/{id}/rotate":   {holders(http.StatusNotFound), nil},
		"POST /personal-keys/{id}/rotate":  {holders(http.StatusNotFound), url.Values{"once": {"abcdefghijklmnopqrstuvwx"}}},
		"POST /personal-keys/{id}/finish":  {holders(http.StatusNotFound), nil},
		"GET /personal-keys/{id}/limits":   {holders(http.StatusNotFound), nil},
		"POST /personal-keys/{id}/limits":  {holders(http.StatusNotFound), nil},
		"GET /personal-keys/{id}/disable":  {holders(http.StatusNotFound), nil},
		"POST /personal-keys/{id}/disable": {holders(http.StatusNotFound), nil},
		"POST /personal-keys/{id}/enable":  {holders(http.StatusNotFound), nil},
		"POST /personal-keys/{id}/close":   {holders(http.StatusNotFound), nil},
		"GET /personal-keys/{id}/delete":   {holders(http.StatusNotFound), nil},
		"POST /personal-keys/{id}/delete":  {holders(http.StatusNotFound), nil},

		"GET /requests":                {anybody(ok), nil},
		"GET /requests/new":            {anybody(ok), nil},
		"POST /requests/new":           {anybody(http.StatusUnprocessableEntity), url.Values{"description": {""}, "days": {"30"}, "once": {"x"}}},
		"GET /requests/{id}":           {anybody(http.StatusNotFound), nil},
		"POST /requests/{id}/approve":  {holders(http.StatusNotFound), url.Values{"days": {"30"}}},
		"POST /requests/{id}/decline":  {holders(http.StatusNotFound), url.Values{"reason": {"not now"}}},
		"POST /requests/{id}/withdraw": {anybody(http.StatusNotFound), nil},
		"POST /requests/{id}/collect":  {anybody(http.StatusNotFound), nil},
		"POST /requests/{id}/close":    {anybody(http.StatusNotFound), nil},

		"GET /members":                  {readers(ok), nil},
		"GET /members/new":              {holders(ok), nil},
		"POST /members/new":             {holders(http.StatusUnprocessableEntity), url.Values{"email": {""}, "member_name": {""}, "role": {"user"}}},
		"GET /members/{id}":             {readers(http.StatusNotFound), nil},
		"POST /members/{id}/role":       {holders(http.StatusNotFound), url.Values{"role": {"user"}}},
		"POST /members/{id}/invitation": {holders(http.StatusNotFound), nil},
		"GET /members/{id}/role":        {holders(http.StatusNotFound), nil},
		"GET /members/{id}/owner":       {holders(http.StatusNotFound), nil},
		"POST /members/{id}/owner":      {holders(http.StatusNotFound), nil},
		"GET /members/{id}/deactivate":  {holders(http.StatusNotFound), nil},
		"POST /members/{id}/deactivate": {holders(http.StatusNotFound), nil},
		"POST /members/{id}/activate":   {holders(http.StatusNotFound), nil},
		"GET /members/{id}/remove":      {holders(http.StatusNotFound), nil},
		"POST /members/{id}/remove":     {holders(http.StatusNotFound), nil},
		"GET /receipts/{revision}":      {statuses{http.StatusNotFound, http.StatusNotFound, http.StatusNotFound, http.StatusNotFound, to}, nil},
		"GET /account":                  {holders(ok), nil},
		"GET /account/plans/{plan}":     {holders(http.StatusNotFound), nil},
		"GET /audit-log":                {holders(ok), nil},
		"GET /help":                     {statuses{ok, ok, ok, ok, to}, nil},
		"GET /help/submit-a-request":    {anybody(ok), nil},
		"POST /help/submit-a-request":   {anybody(http.StatusUnprocessableEntity), url.Values{"subject": {""}, "text": {""}, "once": {"x"}}},
		"GET /help/your-requests":       {anybody(ok), nil},
		"POST /help/{page}/questions":   {anybody(http.StatusNotFound), url.Values{"text": {"Why?"}, "sign": {"name"}, "once": {"x"}}},
		"GET /help/{page}":              {statuses{http.StatusNotFound, http.StatusNotFound, http.StatusNotFound, http.StatusNotFound, to}, nil},
	}
	s := newSite(t)
	key, text := s.issue("acme", "nightly export")
	cookies := map[string]map[string]string{}
	for _, role := range []string{"owner", "admin", "user", "limited_user", ""} {
		cookies[role] = s.as(role, "acme").cookies
	}
	for _, rt := range routes() {
		c, known := want[rt.pattern]
		if !known {
			t.Errorf("%s has no row in this test", rt.pattern)
			continue
		}
		delete(want, rt.pattern)
		method, path, _ := strings.Cut(rt.pattern, " ")
		path = strings.NewReplacer("{$}", "", "{id}", string(key.ID), "{token}", "nonsense", "{page}", "nonsense", "{revision}", "7000").Replace(path)
		for role, status := range map[string]int{"owner": c.owner, "admin": c.admin, "user": c.user, "limited_user": c.limited, "": c.signedOut} {
			b := s.browser()
			for name, value := range cookies[role] {
				b.cookies[name] = value
			}
			if path == "/sign-out" {
				b = s.as(role, "acme") // one that the other routes don't need any more
			}
			if method == http.MethodGet {
				b.get(path).is(status)
				continue
			}
			b.post(path, c.form).is(status)
		}
		s.now = s.now.Add(time.Hour) // so that the wrong passwords are forgotten
	}
	for pattern := range want {
		t.Errorf("%s is in this test and in no route", pattern)
	}
	if v := s.verifies(text.Reveal()); !v.Valid {
		t.Errorf("one of the refused deeds was done: %s", v.Reason)
	}
}

func TestSignedOutADeedIsNotDoneAndSaid(t *testing.T) {
	s := newSite(t)
	key, text := s.issue("acme", "nightly export")
	b := s.browser()
	b.post(keyPath(key.ID)+"/close", nil).goesTo("/sign-in?notice=again") // there is no page to come back to
	p := b.post(keyPath(key.ID)+"/delete", url.Values{"reason": {""}})
	b.get(p.is(http.StatusSeeOther).header.Get("Location")).says("You were signed out in the meantime, so nothing was changed")
	if v := s.verifies(text.Reveal()); !v.Valid {
		t.Errorf("someone who isn't signed in deleted a key: %s", v.Reason)
	}
}

func TestAPathThatIsNowhere(t *testing.T) {
	s := newSite(t)
	for _, b := range []*browser{s.browser(), s.as("owner", "acme"), s.as("user", "acme")} {
		for _, path := range []string{"/nowhere", "/api-access/", "/api-access/new/x", "/.git/config", "/api-access/key_1/edit", "/admin", "/favicon.ico", "/api-access/x.css/y"} {
			p := b.get(path).is(http.StatusNotFound).says("Not found", "Nothing was changed", "REQUESTID")
			if !strings.Contains(p.header.Get("Cache-Control"), "no-store") {
				t.Errorf("%s may be cached", path)
			}
		}
	}
}

func TestAMethodThatAPathDoesNotTake(t *testing.T) {
	b := newSite(t).as("owner", "acme")
	for path, allow := range map[string]string{"/api-access": "GET", "/sign-out": "POST", "/api-access/new": "GET, POST"} {
		method := http.MethodPut
		if allow == "POST" {
			method = http.MethodGet
		}
		r := ask(method, path, "")
		r.Header.Set("Origin", ourOrigin)
		p := b.send(r).is(http.StatusMethodNotAllowed).says("Nothing was changed")
		if got := p.header.Get("Allow"); got != allow {
			t.Errorf("%s %s: Allow: %q, want %q", method, path, got, allow)
		}
	}
}

func TestAHeadAnswersWithoutABody(t *testing.T) {
	b := newSite(t).as("owner", "acme")
	if p := b.send(ask(http.MethodHead, "/api-access", "")).is(http.StatusOK); p.body != "" {
		t.Errorf("HEAD answered %d bytes", len(p.body))
	}
}

// TestNothingIsChangedByLooking: no GET or HEAD leaves an event.
func TestNothingIsChangedByLooking(t *testing.T) {
	s := newSite(t)
	key, _ := s.issue("acme", "nightly export")
	b := s.as("owner", "acme")
	by := keywright.Operator(s.account("acme").ID)
	before, _, err := s.svc.Events(t.Context(), by, keywright.Page{Limit: 1})
	if err != nil {
		t.Fatal(err)
	}
	for _, rt := range routes() {
		_, path, _ := strings.Cut(rt.pattern, " ")
		path = strings.NewReplacer("{$}", "", "{id}", string(key.ID), "{token}", "nonsense", "{page}", "nonsense").Replace(path)
		b.send(ask(http.MethodGet, path, ""))
		b.send(ask(http.MethodHead, path, ""))
	}
	after, _, err := s.svc.Events(t.Context(), by, keywright.Page{Limit: 1})
	if err != nil {
		t.Fatal(err)
	}
	if before[0].ID != after[0].ID {
		t.Errorf("looking left the event %s", after[0].Action)
	}
}
