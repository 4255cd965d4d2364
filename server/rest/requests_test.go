package rest

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/keywright/keywright"
	"github.com/keywright/keywright/api"
)

const newRequestBody = `{"description":"nightly export","api_version":"v2","scopes":["incidents:*","services:read"],"days":90}`

// asMember asks with the session of a member of acme.
func (w *world) asMember(role, method, path, body string) *reply {
	w.t.Helper()
	return w.do(w.public, method, path, body, "Test-Signed-In: "+role)
}

// request is one of the limited user's.
func (w *world) request() api.KeyRequest {
	w.t.Helper()
	var r api.KeyRequest
	w.asMember("limited_user", "POST", "/v1/requests", newRequestBody).into(http.StatusCreated, &r)
	return r
}

func (w *world) approved() api.KeyRequest {
	w.t.Helper()
	r := w.request()
	w.asMember("owner", "POST", "/v1/requests/"+r.ID+"/approve", "").into(http.StatusOK, &r)
	return r
}

// question is one that the limited user asks under a help page.
func (w *world) question(answer bool) keywright.SupportRequest {
	w.t.Helper()
	r, err := w.svc.AskSupport(w.t.Context(), w.members["limited_user"].By(), keywright.NewSupportRequest{Page: "using-a-key", Text: "Why?\nHow?", Sign: keywright.SignedName})
	if err == nil && answer {
		r, err = w.svc.AnswerSupport(w.t.Context(), keywright.Operator(""), r.ID, keywright.NewAnswer{Text: "So.", By: "Kim"})
	}
	if err != nil {
		w.t.Fatal(err)
	}
	return r
}

func TestF19ARequestIsMadeApprovedNarrowerAndCollectedOnce(t *testing.T) {
	w := newWorld(t)
	made := w.asMember("limited_user", "POST", "/v1/requests", newRequestBody)
	var r api.KeyRequest
	made.into(http.StatusCreated, &r)
	path := "/v1/requests/" + r.ID
	if made.header.Get("Location") != path || r.State != "open" || r.RequestedBy.Name != "limited_user" || r.Granted != nil || *r.Asked.Days != 90 || r.Until == nil || r.KeyID != nil {
		t.Errorf("made: got %+v", r)
	}
	w.asMember("limited_user", "POST", path+"/collect", "").at(http.StatusConflict, api.CodeConflict, "#path/id")
	w.withKey("POST", path+"/approve", `{"scopes":["incidents:read"],"days":30}`).into(http.StatusOK, &r)
	if r.State != "approved" || r.DecidedBy.Kind != "key" || *r.Granted.Days != 30 || len(r.Granted.Scopes) != 1 || len(r.Asked.Scopes) != 2 {
		t.Errorf("approved: got %+v", r)
	}
	w.withKey("POST", path+"/approve", "").at(http.StatusConflict, api.CodeConflict, "#path/id")
	for _, other := range []*reply{
		w.asMember("owner", "POST", path+"/collect", ""), w.withKey("POST", path+"/collect", ""), w.asOperator("POST", path+"/collect", ""),
		w.do(w.operator, "POST", path+"/collect", "", "Keywright-Account: acme", "Keywright-Act-As: limited_user@example.com"),
	} {
		other.problem(http.StatusForbidden, api.CodeRequesterOnly)
	}
	w.asMember("user", "POST", path+"/collect", "").problem(http.StatusNotFound, api.CodeNotFound)
	collected := w.asMember("limited_user", "POST", path+"/collect", "")
	var key api.IssuedKey
	collected.into(http.StatusCreated, &key)
	if key.Description != "nightly export" || key.APIVersion != "v2" || collected.header.Get("Location") != "/v1/keys/"+key.ID {
		t.Errorf("collected: got %+v", key.Key)
	}
	w.do(w.public, "GET", "/v1/self", "", "Authorization: Bearer "+key.Secret).into(http.StatusOK, &api.Self{})
	w.asMember("limited_user", "POST", path+"/collect", "").at(http.StatusConflict, api.CodeConflict, "#path/id")
	for _, got := range []*reply{w.asMember("limited_user", "GET", path, ""), w.withKey("GET", path, ""), w.withKey("GET", "/v1/requests", ""), w.withKey("GET", "/v1/audit", "")} {
		if got.status != http.StatusOK || strings.Contains(string(got.body), key.Secret[20:50]) || !strings.Contains(string(got.body), key.ID) {
			t.Errorf("got %d %s", got.status, got.body)
		}
	}
}

func TestWhatARequestAndADecisionCannotBe(t *testing.T) {
	w := newWorld(t)
	open := "/v1/requests/" + w.request().ID
	for _, test := range []struct {
		name, path, body string
		status           int
		code             api.Code
		pointer          string
	}{
		{"no scopes", "/v1/requests", `{"description":"x"}`, 422, api.CodeInvalid, "/scopes"},
		{"an unknown scope", "/v1/requests", `{"description":"x","scopes":["` + canary + `"]}`, 422, api.CodeInvalid, "/scopes"},
		{"one scope as a text", "/v1/requests", `{"description":"x","scopes":"*"}`, 400, api.CodeInvalidJSON, "/scopes"},
		{"days as a text", "/v1/requests", `{"description":"x","scopes":["*"],"days":"30"}`, 400, api.CodeInvalidJSON, "/days"},
		{"half a day", "/v1/requests", `{"description":"x","scopes":["*"],"days":0.5}`, 400, api.CodeInvalidJSON, "/days"},
		{"days without end", "/v1/requests", `{"description":"x","scopes":["*"],"days":99999}`, 422, api.CodeInvalid, "/days"},
		{"days before today", "/v1/requests", `{"description":"x","scopes":["*"],"days":-1}`, 422, api.CodeInvalid, "/days"},
		{"no description", "/v1/requests", `{"scopes":["*"]}`, 422, api.CodeInvalid, "/description"},
		{"nothing", "/v1/requests", "", 400, api.CodeInvalidJSON, ""},
		{"an approval that is wider", open + "/approve", `{"scopes":["users:read"]}`, 422, api.CodeInvalid, "/scopes"},
		{"an approval for longer", open + "/approve", `{"days":91}`, 422, api.CodeInvalid, "/days"},
		{"an approval of another version", open + "/approve", `{"api_version":"v1"}`, 400, api.CodeInvalidJSON, "/api_version"},
		{"no reason", open + "/decline", `{"reason":""}`, 422, api.CodeInvalid, "/reason"},
		{"a reason of 201 characters", open + "/decline", `{"reason":"` + canary + strings.Repeat("x", 191) + `"}`, 422, api.CodeInvalid, "/reason"},
	} {
		t.Run(test.name, func(t *testing.T) {
			role := "limited_user"
			if strings.HasPrefix(test.path, open) {
				role = "admin"
			}
			w.in(t).asMember(role, "POST", test.path, test.body).at(test.status, test.code, test.pointer)
		})
	}
	for body, pointer := range map[string]string{
		`{"text":"x"}`: "/subject", `{"subject":"x","text":" "}`: "/text", `{"page":"` + canary + `/","text":"x"}`: "/page",
		`{"page":"using-a-key","subject":"x","text":"x"}`: "/subject", `{"subject":"x","text":"x","sign":"` + canary + `"}`: "/sign",
		`{"subject":"x","text":"my key ` + w.secret + `"}`: "/text",
	} {
		w.asMember("user", "POST", "/v1/support", body).at(http.StatusUnprocessableEntity, api.CodeInvalid, pointer)
	}
	w.asMember("owner", "GET", "/v1/requests?state=closed", "").problem(http.StatusUnprocessableEntity, api.CodeInvalid)
	var page api.KeyRequestPage
	w.asMember("owner", "GET", "/v1/requests?state=open", "").into(http.StatusOK, &page)
	if len(page.Requests) != 1 || page.Requests[0].State != "open" {
		t.Errorf("got %+v", page)
	}
}

func TestWhoAsksTooOftenIsToldWhenHeCanAgain(t *testing.T) {
	w := newWorld(t)
	for range 10 {
		w.request()
	}
	got := w.asMember("limited_user", "POST", "/v1/requests", newRequestBody)
	got.problem(http.StatusTooManyRequests, api.CodeThrottled)
	if wait, err := time.ParseDuration(got.header.Get("Retry-After") + "s"); err != nil || wait < 23*time.Hour || wait > 24*time.Hour {
		t.Errorf("got Retry-After %q", got.header.Get("Retry-After"))
	}
}

func TestF21WhatAMemberAsksIsListedAnsweredAndPublished(t *testing.T) {
	w := newWorld(t)
	asked := w.question(false)
	var page api.SupportPage
	w.do(w.operator, "GET", "/v1/support?state=open", "").into(http.StatusOK, &page)
	if len(page.Requests) != 1 || page.Requests[0].ID != string(asked.ID) || page.Requests[0].Account != "acme" || *page.Requests[0].Page != "using-a-key" || *page.Requests[0].Signed != "limited_user" || page.Requests[0].Answer != nil {
		t.Errorf("got %+v", page)
	}
	path := "/v1/support/" + string(asked.ID)
	w.withToken("POST", path+"/publish", "").at(http.StatusConflict, api.CodeConflict, "#path/id")
	w.withToken("POST", path+"/answer", `{"text":""}`).at(http.StatusUnprocessableEntity, api.CodeInvalid, "/text")
	w.withToken("POST", path+"/answer", `{"text":"x","answered_by":"`+canary+`\u202e"}`).at(http.StatusUnprocessableEntity, api.CodeInvalid, "/answered_by")
	var r api.SupportRequest
	w.withToken("POST", path+"/answer", `{"text":"So:\nso.","answered_by":"Kim","publish":true}`).into(http.StatusOK, &r)
	if *r.Answer != "So:\nso." || *r.AnsweredBy != "Kim" || r.PublishedAt == nil || r.SeenAt != nil {
		t.Errorf("got %+v", r)
	}
	w.do(w.operator, "GET", "/v1/support?state=open", "").into(http.StatusOK, &page)
	if len(page.Requests) != 0 {
		t.Errorf("answered, and still open: %+v", page)
	}
	w.do(w.operator, "GET", path, "").into(http.StatusOK, &r)
	w.do(w.operator, "GET", path, "", "Keywright-Account: globex").problem(http.StatusNotFound, api.CodeNotFound)
	w.withToken("POST", path+"/unpublish", "").into(http.StatusOK, &r)
	if r.PublishedAt != nil {
		t.Errorf("got %+v", r)
	}
	w.withToken("POST", path+"/unpublish", "").at(http.StatusConflict, api.CodeConflict, "#path/id")
}
