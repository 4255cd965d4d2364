package rest

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/keywright/keywright"
	"github.com/keywright/keywright/api"
	"github.com/keywright/keywright/secret"
)

func TestF9AnIssuedKeyWorksAtOnceAndItsSecretIsShownOnce(t *testing.T) {
	w := newWorld(t)
	got := w.withKey("POST", "/v1/keys", `{"description":" Für die Nacht ","api_version":"v2","environment":"test"}`)
	var issued api.IssuedKey
	got.into(http.StatusCreated, &issued)
	if issued.Description != "Für die Nacht" || issued.APIVersion != "v2" || issued.Environment != "test" || issued.State != "active" || issued.CreatedBy.ID != string(w.key.ID) {
		t.Errorf("got %+v", issued.Key)
	}
	if _, err := secret.Parse(issued.Secret); err != nil || !strings.HasSuffix(issued.Secret, issued.LastFour) {
		t.Error("the secret is not the key's text")
	}
	if cache := got.header.Get("Cache-Control"); cache != "no-store" {
		t.Errorf("Cache-Control is %q, want no-store", cache)
	}
	location := got.header.Get("Location")
	if location != "/v1/keys/"+issued.ID {
		t.Fatalf("got Location %q", location)
	}
	again := w.do(w.public, "GET", location, "", "X-API-Key: "+issued.Secret)
	var key api.Key
	again.into(http.StatusOK, &key)
	if key.ID != issued.ID {
		t.Errorf("got %s, want %s", key.ID, issued.ID)
	}
	list := w.withKey("GET", "/v1/keys", "")
	for what, body := range map[string][]byte{"the key": again.body, "the list": list.body} {
		if strings.Contains(string(body), issued.Secret[20:50]) {
			t.Errorf("%s shows the secret again", what)
		}
	}
}

func TestF7WhereNothingIsSaidThePolicyChooses(t *testing.T) {
	w := newWorld(t)
	var issued api.IssuedKey
	w.withKey("POST", "/v1/keys", `{"description":"integration"}`).into(http.StatusCreated, &issued)
	if issued.APIVersion != "v1" || issued.Environment != "live" || issued.Kind != "account" {
		t.Errorf("got %+v", issued.Key)
	}
}

func TestF14TheListIsPagedAndHasEachKeyOnce(t *testing.T) {
	w := newWorld(t)
	want := []string{string(w.key.ID)}
	for i := range 6 {
		key, _ := w.issue(w.acme, fmt.Sprintf("holder %d", i))
		want = append(want, string(key.ID))
	}
	slices.Reverse(want) // newest first
	var got []string
	path := "/v1/keys?limit=3"
	for range 4 {
		var page api.KeyPage
		w.withKey("GET", path, "").into(http.StatusOK, &page)
		for _, key := range page.Keys {
			got = append(got, key.ID)
		}
		if page.NextCursor == nil {
			break
		}
		path = "/v1/keys?limit=3&cursor=" + url.QueryEscape(*page.NextCursor)
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	var all api.KeyPage
	w.withKey("GET", "/v1/keys", "").into(http.StatusOK, &all)
	if len(all.Keys) != 7 || all.NextCursor != nil {
		t.Errorf("the default page has %d keys and cursor %v", len(all.Keys), all.NextCursor)
	}
	used := w.time.Now()
	if err := w.store.SaveLastUsed(t.Context(), map[keywright.KeyID]keywright.Use{w.key.ID: {At: used}}); err != nil {
		t.Fatal(err)
	}
	if first := all.Keys[6]; first.LastUsedAt != nil || first.RevokedBy != nil || first.Handle != w.key.Handle() || first.LastFour != w.key.LastFour || first.CreatedBy.Kind != "operator" {
		t.Errorf("got %+v", first)
	}
	var key api.Key
	w.withKey("GET", "/v1/keys/"+string(w.key.ID), "").into(http.StatusOK, &key)
	if key.LastUsedAt == nil || !key.LastUsedAt.Equal(used) {
		t.Errorf("last used %v, want %v", key.LastUsedAt, used)
	}
}

func TestF13ARevokedKeyStopsAtOnceAndStaysInTheList(t *testing.T) {
	w := newWorld(t)
	for _, test := range []struct{ name, method, suffix, body, reason string }{
		{"with a reason", "POST", "/revoke", `{"reason":"leaked in a log"}`, "leaked in a log"},
		{"with an empty object", "POST", "/revoke", `{}`, ""},
		{"without a body", "POST", "/revoke", "", ""},
		{"by DELETE", "DELETE", "", "", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			w := w.in(t)
			key, text := w.issue(w.acme, test.name)
			path := "/v1/keys/" + string(key.ID)
			w.do(w.public, "GET", path, "", "Authorization: Bearer "+text.Reveal()).into(http.StatusOK, &api.Key{})
			var revoked api.Key
			w.withKey(test.method, path+test.suffix, test.body).into(http.StatusOK, &revoked)
			if revoked.State != "revoked" || revoked.RevokedAt == nil || revoked.RevokedBy == nil || revoked.RevokedBy.ID != string(w.key.ID) {
				t.Errorf("got %+v", revoked)
			}
			if reason := revoked.RevokeReason; (reason == nil) != (test.reason == "") || reason != nil && *reason != test.reason {
				t.Errorf("got reason %v, want %q", reason, test.reason)
			}
			refused := w.do(w.public, "GET", path, "", "Authorization: Bearer "+text.Reveal())
			refused.problem(http.StatusUnauthorized, api.Code(keywright.Revoked))
			w.withKey(test.method, path+test.suffix, test.body).problem(http.StatusConflict, api.CodeAlreadyRevoked)
			w.withKey("GET", path, "").into(http.StatusOK, &revoked)
			if revoked.State != "revoked" {
				t.Errorf("the key is %s in the list", revoked.State)
			}
		})
	}
	w.withKey("GET", "/v1/self", "").into(http.StatusOK, &api.Self{}) // F15: the other key is none the worse
}

func TestAnotherAccountsKeyIsAnsweredLikeNone(t *testing.T) {
	w := newWorld(t)
	absent := "/v1/keys/key_000000000000"
	foreign := "/v1/keys/" + string(w.foreign.ID)
	for _, test := range []struct{ method, suffix, body string }{
		{"GET", "", ""}, {"DELETE", "", ""}, {"POST", "/revoke", ""}, {"POST", "/revoke", `{"reason":"theirs"}`},
	} {
		of, none := w.withKey(test.method, foreign+test.suffix, test.body), w.withKey(test.method, absent+test.suffix, test.body)
		of.problem(http.StatusNotFound, api.CodeNotFound)
		if of.withoutID() != none.withoutID() || of.status != none.status {
			t.Errorf("%s%s: got %s, want %s", test.method, test.suffix, of.body, none.body)
		}
	}
	key, err := w.svc.Key(t.Context(), keywright.Operator(w.globex.ID), w.foreign.ID)
	if err != nil || !key.Revoked.IsZero() {
		t.Errorf("the other account's key was touched: %v %v", key.Revoked, err)
	}
}

func TestAnIDThatIsNoneIsNotFound(t *testing.T) {
	w := newWorld(t)
	for _, id := range []string{"key_", "mem_0VLk2mQp8dR3sT5uV7wX", "%00", "%ff%fe", "key_%2f..%2f", canary, strings.Repeat("k", 5000), "%25", "*", "null", "-1", url.PathEscape("' or 1=1 --")} {
		for _, path := range []string{"/v1/keys/" + id, "/v1/members/" + id} {
			w.withKey("GET", path, "").problem(http.StatusNotFound, api.CodeNotFound)
			w.withKey("DELETE", path, "").problem(http.StatusNotFound, api.CodeNotFound)
		}
	}
}

func TestAKeysHistoryIsWhatWasDoneWithIt(t *testing.T) {
	w := newWorld(t)
	w.asOperator("POST", "/v1/keys", `{"description":"another one"}`)
	path := "/v1/keys/" + string(w.key.ID)
	w.asOperator("POST", path+"/disable", `{"reason":"who uses it?"}`)
	w.asOperator("POST", path+"/revoke", `{"reason":"leaked"}`)
	var page struct {
		Events []struct{ Action string }
		Next   *string `json:"next_cursor"`
	}
	w.asOperator("GET", path+"/history?limit=2", "").into(200, &page)
	if len(page.Events) != 2 || page.Events[0].Action != "key.revoked" || page.Events[1].Action != "key.disabled" || page.Next == nil {
		t.Fatalf("got %+v", page)
	}
	w.asOperator("GET", path+"/history?cursor="+*page.Next, "").into(200, &page)
	if len(page.Events) != 1 || page.Events[0].Action != "key.issued" {
		t.Errorf("the rest: got %+v", page)
	}
}
