package rest

import (
	"encoding/base64"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/keywright/keywright"
	"github.com/keywright/keywright/api"
)

func TestABodyIsReadStrictly(t *testing.T) {
	w := newWorld(t)
	for _, test := range []struct{ name, body, pointer string }{
		{"a member given twice", `{"description":"one","description":"` + canary + `"}`, "/description"},
		{"an unknown member", `{"description":"one","scope":"` + canary + `"}`, "/scope"},
		{"a member of the answer", `{"description":"one","id":"` + canary + `"}`, "/id"},
		{"another letter case", `{"Description":"` + canary + `"}`, "/Description"},
		{"a key as a member's name", `{"` + w.secret + canary + `":1}`, ""},
		{"data after the object", `{"description":"one"} "` + canary + `"`, ""},
		{"two objects", `{"description":"one"}{"description":"two"}`, ""},
		{"a number for a string", `{"description":7}`, "/description"},
		{"a list for a string", `{"description":["` + canary + `"]}`, "/description"},
		{"an object for a string", `{"description":{"` + canary + `":1}}`, "/description"},
		{"null for a string", `{"description":null}`, "/description"},
		{"null for the object", `null`, ""},
		{"a string for the object", `"` + canary + `"`, ""},
		{"a list for the object", `[{"description":"` + canary + `"}]`, ""},
		{"a number too large for anything", `{"description":1e999999}`, "/description"},
		{"a number of 10,000 digits", `{"description":` + strings.Repeat("9", 10_000) + `}`, "/description"},
		{"invalid UTF-8", "{\"description\":\"" + canary + "\xff\"}", "/description"},
		{"half a surrogate pair", `{"description":"` + canary + `\ud800"}`, "/description"},
		{"a byte order mark", "\ufeff{\"description\":\"one\"}", ""},
		{"UTF-16", "{\x00\"\x00}\x00", ""},
		{"a NUL after it", "{\"description\":\"one\"}\x00", ""},
		{"a comment", `{"description":"one" /* ` + canary + ` */}`, ""},
		{"single quotes", `{'description':'` + canary + `'}`, ""},
		{"no end", `{"description":"` + canary, "/description"},
		{"only blanks", " \r\n\t", ""},
		{"nothing", "", ""},
		{"a form", "description=" + canary, ""},
		{"lists 30,000 deep", strings.Repeat("[", 30_000) + strings.Repeat("]", 30_000), ""},
		{"objects 10,500 deep", `{"description":` + strings.Repeat(`{"a":`, 10_500) + "1" + strings.Repeat("}", 10_500) + "}", "/description/a/a/a"},
	} {
		t.Run(test.name, func(t *testing.T) {
			w.in(t).withKey("POST", "/v1/keys", test.body).at(http.StatusBadRequest, api.CodeInvalidJSON, test.pointer)
		})
	}
	var page api.KeyPage
	w.withKey("GET", "/v1/keys", "").into(http.StatusOK, &page)
	if len(page.Keys) != 1 {
		t.Errorf("%d keys were made", len(page.Keys)-1)
	}
}

func TestABodyIsNestedStrictlyToo(t *testing.T) {
	w := newWorld(t)
	for _, test := range []struct{ name, owner, pointer string }{
		{"an unknown member", `{"email":"a@b.example","` + canary + `":1}`, "/owner/" + canary},
		{"a member given twice", `{"email":"a@b.example","email":"` + canary + `"}`, "/owner/email"},
		{"null", `null`, "/owner"},
		{"a list", `["` + canary + `"]`, "/owner"},
	} {
		t.Run(test.name, func(t *testing.T) {
			body := strings.ReplaceAll(`{"slug":"new","name":"New","plan":"basic","owner":`+test.owner+`}`, canary, "other")
			w.in(t).do(w.operator, "POST", "/v1/accounts", body).at(http.StatusBadRequest, api.CodeInvalidJSON, strings.ReplaceAll(test.pointer, canary, "other"))
		})
	}
}

func TestF5ADescriptionMustTellAKeyApart(t *testing.T) {
	w := newWorld(t)
	for _, test := range []struct{ name, description string }{
		{"empty", ""},
		{"only blanks", `  \t `},
		{"201 characters", canary + strings.Repeat("ü", 201-len(canary))},
		{"a line end", canary + `\nsecond`},
		{"a control character", canary + `\u0007`},
		{"a NUL", canary + `\u0000`},
		{"a C1 control character", canary + `\u0085x`},
		{"a right-to-left override", canary + `\u202e`},
		{"a bidirectional isolate", canary + `\u2066`},
		{"a line separator", canary + `\u2028x`},
		{"only what shows nothing", `\u200b\u2060`},
		{"a character of nobody's", canary + `\ue000`},
	} {
		t.Run(test.name, func(t *testing.T) {
			w.in(t).withKey("POST", "/v1/keys", `{"description":"`+test.description+`"}`).at(http.StatusUnprocessableEntity, api.CodeInvalid, "/description")
		})
	}
	for _, good := range []string{strings.Repeat("ü", 200), "夜間エクスポート 🌙", "x"} {
		var issued api.IssuedKey
		w.withKey("POST", "/v1/keys", `{"description":"`+good+`"}`).into(http.StatusCreated, &issued)
		if issued.Description != good {
			t.Errorf("got %q, want %q", issued.Description, good)
		}
	}
}

func TestWhatThePolicyDoesNotKnowIsRefusedByItsPlace(t *testing.T) {
	w := newWorld(t)
	member := "/v1/members/" + string(w.members["user"].ID)
	for _, test := range []struct{ name, method, path, body, pointer string }{
		{"a version", "POST", "/v1/keys", `{"description":"one","api_version":"` + canary + `"}`, "/api_version"},
		{"an environment", "POST", "/v1/keys", `{"description":"one","environment":"` + canary + `"}`, "/environment"},
		{"a role", "PATCH", member, `{"role":"` + canary + `"}`, "/role"},
		{"no role", "PATCH", member, `{}`, "/role"},
		{"a plan", "PATCH", "/v1/account", `{"plan":"` + canary + `"}`, "/plan"},
		{"an address that is none", "POST", "/v1/members", `{"email":"` + canary + `","role":"user"}`, "/email"},
		{"an address longer than any", "POST", "/v1/members", `{"email":"` + canary + strings.Repeat("a", 250) + `@b.example","name":"A","role":"user"}`, "/email"},
		{"a name with a control character", "POST", "/v1/members", `{"email":"a@b.example","name":"` + canary + `\u0007","role":"user"}`, "/name"},
		{"a short password", "POST", "/v1/members", `{"email":"a@b.example","role":"user","password":"cAnArY7"}`, "/password"},
		{"a reason of 201 characters", "POST", "/v1/keys/" + string(w.key.ID) + "/revoke", `{"reason":"` + canary + strings.Repeat("a", 191) + `"}`, "/reason"},
		{"an address in the query that is not UTF-8", "GET", "/v1/members?email=" + canary + "%ff@b.example", "", "#query/email"},
		{"an address in the query", "GET", "/v1/members?email=" + canary, "", "#query/email"},
	} {
		t.Run(test.name, func(t *testing.T) {
			w.in(t).asOperator(test.method, test.path, test.body).at(http.StatusUnprocessableEntity, api.CodeInvalid, test.pointer)
		})
	}
}

func TestAQueryIsReadStrictly(t *testing.T) {
	w := newWorld(t)
	forged := func(raw string) string { return "cursor=" + base64.RawURLEncoding.EncodeToString([]byte(raw)) }
	for _, test := range []struct{ name, query, pointer string }{
		{"limit below 0", "limit=-1", "#query/limit"},
		{"limit 0", "limit=0", "#query/limit"},
		{"limit 201", "limit=201", "#query/limit"},
		{"limit of a thousand million", "limit=1000000000", "#query/limit"},
		{"limit larger than any integer", "limit=99999999999999999999", "#query/limit"},
		{"limit in words", "limit=" + canary, "#query/limit"},
		{"limit as 1e9", "limit=1e9", "#query/limit"},
		{"limit with a sign", "limit=%2B5.0", "#query/limit"},
		{"limit without a value", "limit", "#query/limit"},
		{"a cursor of nobody's", "cursor=" + canary, "#query/cursor"},
		{"a cursor that is not base64", "cursor=%2B%2F" + canary, "#query/cursor"},
		{"a cursor too short", forged("1234567"), "#query/cursor"},
		{"a cursor before 1970", forged("\xff\xff\xff\xff\xff\xff\xff\xffkey_1"), "#query/cursor"},
		{"a cursor after the year 9999", forged("\x7f\xff\xff\xff\xff\xff\xff\xffkey_1"), "#query/cursor"},
		{"a cursor with a query in it", forged("\x00\x00\x01\x00\x00\x00\x00\x00' or 1=1 --"), "#query/cursor"},
		{"a cursor too long", forged("\x00\x00\x01\x00\x00\x00\x00\x00" + strings.Repeat("k", 65)), "#query/cursor"},
		{"an unknown parameter", "sort=" + canary, "#query/sort"},
		{"a parameter in another letter case", "Limit=5", "#query/Limit"},
		{"a parameter given twice", "limit=5&limit=5", "#query/limit"},
		{"a name that none of ours would be", canary + "%00=1", "#query"},
		{"a key's length as a name", strings.Repeat("k", 56) + "=1", "#query"},
		{"an escape that is none", "cursor=%zz" + canary, "#query"},
		{"a semicolon", "limit=5;cursor=" + canary, "#query"},
		{"invalid UTF-8", "cursor=" + canary + "%ff", "#query/cursor"},
	} {
		t.Run(test.name, func(t *testing.T) {
			for _, path := range []string{"/v1/keys?", "/v1/members?", "/v1/accounts?"} {
				w.in(t).asOperator("GET", path+test.query, "").at(http.StatusUnprocessableEntity, api.CodeInvalid, test.pointer)
			}
		})
	}
	t.Run("several are told at once", func(t *testing.T) {
		p := w.in(t).withKey("GET", "/v1/keys?b=1&a=2&limit=1&limit=2", "").problem(http.StatusUnprocessableEntity, api.CodeInvalid)
		if got := fmt.Sprint(p.Errors); !strings.HasPrefix(got, "[{#query/a ") || len(p.Errors) != 3 {
			t.Errorf("got %s", got)
		}
	})
	t.Run("a forged cursor only says where in one's own list to go on", func(t *testing.T) {
		after := keywright.Cursor{At: w.foreign.Created, ID: string(w.foreign.ID)}
		var page api.KeyPage
		w.in(t).withKey("GET", "/v1/keys?cursor="+after.String(), "").into(http.StatusOK, &page)
		for _, key := range page.Keys {
			if key.ID != string(w.key.ID) {
				t.Errorf("got %s", key.ID)
			}
		}
	})
}

func TestABodyIsDeclaredAsJSON(t *testing.T) {
	w := newWorld(t)
	for _, header := range []string{
		"Content-Type: text/plain", "Content-Type: application/x-www-form-urlencoded", "Content-Type: multipart/form-data; boundary=x",
		"Content-Type: application/merge-patch+json", "Content-Type: application/json; charset=utf-16", "Content-Type: application/json; charset=iso-8859-1",
		"Content-Type: " + canary, "Content-Type: ", "Content-Encoding: gzip", "Content-Encoding: identity",
	} {
		t.Run(header, func(t *testing.T) {
			w.in(t).do(w.public, "POST", "/v1/keys", `{"description":"one"}`, "Authorization: Bearer "+w.secret, header).problem(http.StatusUnsupportedMediaType, api.CodeMediaType)
		})
	}
	t.Run("twice is not once", func(t *testing.T) {
		w.in(t).do(w.public, "POST", "/v1/keys", `{"description":"one"}`, "Authorization: Bearer "+w.secret, "Content-Type: application/json", "Content-Type: application/json").problem(http.StatusUnsupportedMediaType, api.CodeMediaType)
	})
	for _, good := range []string{"application/json; charset=utf-8", "APPLICATION/JSON;charset=\"UTF-8\"", "application/json; x=a+b"} {
		t.Run(good, func(t *testing.T) {
			w.in(t).do(w.public, "POST", "/v1/keys", `{"description":"one"}`, "Authorization: Bearer "+w.secret, "Content-Type: "+good).into(http.StatusCreated, &api.IssuedKey{})
		})
	}
}

func TestABodyHas64KiBAtMost(t *testing.T) {
	w := newWorld(t)
	padded := func(size int) string {
		body := `{"description":"one"}`
		return body + strings.Repeat(" ", size-len(body))
	}
	w.withKey("POST", "/v1/keys", padded(64<<10)).into(http.StatusCreated, &api.IssuedKey{})
	w.withKey("POST", "/v1/keys", padded(64<<10+1)).problem(http.StatusRequestEntityTooLarge, api.CodeTooLarge)
	w.withKey("POST", "/v1/keys", `{"description":"`+strings.Repeat(canary, 105_000)+`"}`).problem(http.StatusRequestEntityTooLarge, api.CodeTooLarge)

	t.Run("also when it does not say how many", func(t *testing.T) {
		request, err := http.NewRequestWithContext(t.Context(), "POST", w.public.URL+"/v1/keys", struct{ io.Reader }{strings.NewReader(padded(1 << 20))})
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set("Authorization", "Bearer "+w.secret)
		request.Header.Set("Content-Type", "application/json")
		response, err := w.public.Client().Do(request)
		if err != nil {
			t.Fatal(err)
		}
		defer response.Body.Close()
		if response.StatusCode != http.StatusRequestEntityTooLarge {
			t.Errorf("got %d", response.StatusCode)
		}
	})
}

func TestWhoMayNotIsNotToldWhatElseIsWrong(t *testing.T) {
	w := newWorld(t)
	w.do(w.public, "POST", "/v1/keys", `{"description":5}`).problem(http.StatusUnauthorized, api.CodeUnauthenticated)
	w.do(w.public, "GET", "/v1/keys?sort=x", "").problem(http.StatusUnauthorized, api.CodeUnauthenticated)
	w.do(w.public, "POST", "/v1/keys", `{"description":""}`, "Test-Signed-In: user").problem(http.StatusForbidden, api.CodeForbidden)
}
