package rest

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/keywright/keywright"
	"github.com/keywright/keywright/api"
	"github.com/keywright/keywright/keyset"
)

// verify is the verdict's code on a text, of this moment.
func (w *world) verify(text string) string {
	w.t.Helper()
	v := w.follower.Set().Verify(text, keyset.Request{Method: "GET"}, w.time.Now(), w.follower.Uptime())
	return v.Code.String()
}

func TestAKeyIsDisabledAndEnabled(t *testing.T) {
	w := newWorld(t)
	path := "/v1/keys/" + string(w.key.ID)
	var key api.ChangedKey
	w.asOperator("POST", path+"/disable?wait=all", `{"reason":"who uses it?","for":"10min"}`).into(http.StatusOK, &key)
	if key.State != "disabled" || key.EnablesAt == nil || key.EnablesAt.Sub(*key.DisabledAt) != 10*time.Minute || *key.DisableWhy != "who uses it?" || key.Receipt == nil || !key.Receipt.Safe {
		t.Errorf("got %+v", key)
	}
	p := w.withKey("GET", "/v1/keys", "")
	if refused := p.problem(http.StatusUnauthorized, "disabled"); !strings.Contains(refused.Detail, "works again at ") || p.header.Get("Retry-After") == "" {
		t.Errorf("the refusal does not say until when: %s %v", p.body, p.header)
	}
	var enabled api.ChangedKey
	w.asOperator("POST", path+"/enable", "").into(http.StatusOK, &enabled)
	if enabled.State != "active" || enabled.DisabledAt != nil || enabled.DisableWhy != nil {
		t.Errorf("got %+v", enabled)
	}
	w.withKey("GET", "/v1/keys", "").into(http.StatusOK, &api.KeyPage{})
	w.asOperator("POST", path+"/disable", `{"for":"1s"}`).into(http.StatusOK, &key)
	for range 1000 { // milliseconds
		w.time.Now()
	}
	var back api.KeyWithSecrets
	w.asOperator("GET", path, "").into(http.StatusOK, &back)
	if back.State != "active" || back.DisabledAt != nil || back.DisabledBy != nil || back.EnablesAt != nil || w.verify(w.secret) != "valid" {
		t.Errorf("after the while: got %+v", back)
	}
	for body, pointer := range map[string]string{`{"for":"10"}`: "/for", `{"for":"8d"}`: "/for", `{"for":"0s"}`: "/for", `{"for":"-1s"}`: "/for", `{"reason":"a\nb"}`: "/reason"} {
		w.asOperator("POST", path+"/disable", body).at(http.StatusUnprocessableEntity, api.CodeInvalid, pointer)
	}
	w.withKey("POST", path+"/revoke", "").into(http.StatusOK, &api.RevokedKey{})
	for _, verb := range []string{"disable", "enable", "rotate", "end-grace"} {
		w.asOperator("POST", path+"/"+verb, "").problem(http.StatusConflict, api.CodeAlreadyRevoked)
	}
	w.asOperator("PATCH", path, `{"expires":"90d"}`).problem(http.StatusConflict, api.CodeAlreadyRevoked)
}

// The secret of a rotation is told once; a request that is sent again gets the same.
func TestAKeyIsRotated(t *testing.T) {
	w := newWorld(t)
	path := "/v1/keys/" + string(w.key.ID)
	var first, again api.RotatedKey
	once := "Idempotency-Key: 8e03978e-40d5-43dd-bc93-6894a57f9324"
	w.do(w.operator, "POST", path+"/rotate", `{"grace":"1h"}`, once).into(http.StatusOK, &first)
	w.do(w.operator, "POST", path+"/rotate", `{"grace":"1h"}`, once).into(http.StatusOK, &again)
	if first.Secret == "" || first.Secret == w.secret || again.Secret != first.Secret || first.ID != string(w.key.ID) || first.RotatedAt == nil || !first.OldEndsAt.Equal(first.RotatedAt.Add(time.Hour)) {
		t.Fatalf("got %+v, then %+v", first, again)
	}
	if old, renewed := w.verify(w.secret), w.verify(first.Secret); old != "valid" || renewed != "valid" {
		t.Errorf("in the grace period: %s and %s", old, renewed)
	}
	var shown api.KeyWithSecrets
	w.asOperator("GET", path, "").into(http.StatusOK, &shown)
	if len(shown.Secrets) != 2 || shown.Secrets[0].EndsAt == nil || shown.Secrets[1].EndsAt != nil || shown.Secrets[1].LastFour != first.LastFour {
		t.Errorf("got %+v", shown.Secrets)
	}
	w.asOperator("POST", path+"/end-grace?wait=all", "").into(http.StatusOK, &api.ChangedKey{})
	if old := w.verify(w.secret); old != "expired" {
		t.Errorf("after the grace period: %s", old)
	}
	for _, grace := range []string{"30", "-1s", "31d", "long"} {
		w.asOperator("POST", path+"/rotate", `{"grace":"`+grace+`"}`).at(http.StatusUnprocessableEntity, api.CodeInvalid, "/grace")
	}
	if renewed := w.verify(first.Secret); renewed != "valid" {
		t.Errorf("after refusals: %s", renewed)
	}
}

func TestAKeyRotatesAndRevokesItself(t *testing.T) {
	w := newWorld(t)
	_, text, err := w.svc.Issue(t.Context(), keywright.Operator(w.acme.ID), keywright.NewKey{Description: "narrow", Kind: keywright.ReadOnlyKey, Scopes: []string{"incidents:read"}})
	if err != nil {
		t.Fatal(err)
	}
	again := func() *reply {
		return w.do(w.public, "POST", "/v1/self/rotate", "", "Authorization: Bearer "+text.Reveal(), "Idempotency-Key: "+onceKey)
	}
	w.sameAnswer(again(), again())
	var rotated api.RotatedKey
	w.do(w.public, "POST", "/v1/self/rotate", `{"grace":"0"}`, "Authorization: Bearer "+text.Reveal()).into(http.StatusOK, &rotated)
	w.do(w.public, "POST", "/v1/self/rotate", "", "Authorization: Bearer "+text.Reveal()).problem(http.StatusUnauthorized, api.CodeUnauthenticated) // it is gone
	w.do(w.public, "POST", "/v1/self/revoke", `{"reason_kind":"leaked","reason":"in a log"}`, "Authorization: Bearer "+rotated.Secret).into(http.StatusOK, &api.RevokedKey{})
	w.do(w.public, "POST", "/v1/self/revoke", "", "Authorization: Bearer "+rotated.Secret).problem(http.StatusUnauthorized, "revoked")
	var key api.KeyWithSecrets
	w.asOperator("GET", "/v1/keys/"+rotated.ID, "").into(http.StatusOK, &key)
	if *key.RevokeReason != "leaked: in a log" || *key.RevokeKind != "leaked" || key.RevokedBy.Kind != "key" {
		t.Errorf("got %+v", key)
	}
	for _, path := range []string{"/v1/self/rotate", "/v1/self/revoke"} {
		w.asOperator("POST", path, "").problem(http.StatusForbidden, api.CodeForbidden)
		w.do(w.public, "POST", path, "", "Test-Signed-In: owner").problem(http.StatusForbidden, api.CodeForbidden)
	}
}

// RFC 7009: the answer does not tell what was found.
func TestWhoeverFindsAKeyEndsIt(t *testing.T) {
	w := newWorld(t)
	report := func(body string, headers ...string) *reply {
		return w.do(w.public, "POST", "/v1/revoke", body, append([]string{"Content-Type: application/x-www-form-urlencoded"}, headers...)...)
	}
	for _, body := range []string{"token=" + canary, "token=" + w.secret[:len(w.secret)-1] + "0", "token=" + w.secret + "&token_type_hint=access_token", "token=" + w.secret} {
		if got := report(body); got.status != http.StatusOK || len(got.body) != 0 {
			t.Errorf("got %d %s", got.status, got.body)
		}
	}
	if code := w.verify(w.secret); code != "revoked" {
		t.Errorf("the key that was found is %s", code)
	}
	report("").at(http.StatusBadRequest, api.CodeInvalidJSON, "/token")
	report("token=a&token=b").at(http.StatusBadRequest, api.CodeInvalidJSON, "/token")
	report("token="+strings.Repeat("a", 9000)).problem(http.StatusRequestEntityTooLarge, api.CodeTooLarge)
	w.do(w.public, "POST", "/v1/revoke", `{"token":"x"}`).problem(http.StatusUnsupportedMediaType, api.CodeMediaType)
	w.do(w.public, "POST", "/v1/revoke?token="+canary, "token=x", "Content-Type: application/x-www-form-urlencoded").problem(http.StatusUnprocessableEntity, api.CodeInvalid)
	refused := false
	for range 40 {
		if got := report("token=x"); got.status == http.StatusTooManyRequests {
			refused = got.problem(http.StatusTooManyRequests, api.CodeThrottled).Detail != "" && got.header.Get("Retry-After") != ""
		}
	}
	if !refused {
		t.Error("40 reports from one address were all taken")
	}
}

func TestManyKeysAreRevokedAtOnce(t *testing.T) {
	w := newWorld(t)
	for range 3 {
		w.issue(w.acme, "of an old product")
	}
	var batch api.RevokedBatch
	w.withKey("POST", "/v1/keys/revoke", `{"filter":{"search":"old product"},"dry_run":true}`).into(http.StatusOK, &batch)
	if batch.Count != 3 || len(batch.Keys) != 3 || batch.Confirm != "3" || !batch.DryRun || batch.Keys[0].State != "active" {
		t.Fatalf("got %+v", batch)
	}
	w.withKey("POST", "/v1/keys/revoke", `{"filter":{"search":"old product"},"confirm":"4"}`).at(http.StatusUnprocessableEntity, api.CodeInvalid, "/confirm")
	var done api.RevokedBatch
	w.withKey("POST", "/v1/keys/revoke?wait=all", `{"filter":{"search":"old product"},"confirm":"3","reason_kind":"leaver"}`).into(http.StatusOK, &done)
	if done.Count != 3 || done.Keys[0].State != "revoked" || *done.Keys[2].RevokeKind != "leaver" || done.Receipt == nil || !done.Receipt.Safe {
		t.Errorf("got %+v", done)
	}
	w.withKey("POST", "/v1/keys/revoke", `{"filter":{"search":"old product"},"confirm":"3"}`).at(http.StatusUnprocessableEntity, api.CodeInvalid, "/filter")
	w.withKey("POST", "/v1/keys/revoke", `{"filter":{"network":"192.0.2.1/24"},"confirm":"3"}`).at(http.StatusUnprocessableEntity, api.CodeInvalid, "/filter/network")
	w.asOperator("POST", "/v1/keys/revoke", `{"filter":{},"confirm":"1"}`).at(http.StatusUnprocessableEntity, api.CodeInvalid, "/confirm")
	w.withKey("POST", "/v1/keys/revoke", `{"filter":{},"confirm":"acme"}`).into(http.StatusOK, &done)
	if code := w.verify(w.secret); code != "revoked" {
		t.Errorf("of all, the key that asked is %s", code)
	}
}

func TestAKeyIsChangedAsItWasSeen(t *testing.T) {
	w := newWorld(t)
	path := "/v1/keys/" + string(w.key.ID)
	seen := w.asOperator("GET", path, "").header.Get("ETag")
	var key api.ChangedKey
	got := w.do(w.operator, "PATCH", path, `{"api_version":"v2","scopes":["incidents:read"],"networks":["127.0.0.0/8"],"expires":"90d"}`, "If-Match: "+seen)
	got.into(http.StatusOK, &key)
	if key.APIVersion != "v2" || len(key.Scopes) != 1 || len(key.Networks) != 1 || key.ExpiresAt == nil {
		t.Errorf("got %+v", key)
	}
	w.do(w.operator, "PATCH", path, `{"api_version":"v1"}`, "If-Match: "+seen).problem(http.StatusPreconditionFailed, api.CodeChanged)
	if now := w.asOperator("GET", path, "").header.Get("ETag"); now == seen || now != got.header.Get("ETag") {
		t.Errorf("the tag was %s, is %s", seen, now)
	}
	for body, pointer := range map[string]string{
		`{"scopes":["incidents:write"]}`: "/scopes", `{"scopes":[]}`: "/scopes", `{"scopes":["nothing"]}`: "/scopes", `{"api_version":"v9"}`: "/api_version",
		`{"expires":"2020-01-01"}`: "/expires", `{"expires":"30"}`: "/expires", `{"networks":["192.0.2.1/24"]}`: "/networks", `{"member":"mem_x"}`: "/member",
	} {
		w.asOperator("PATCH", path, body).at(http.StatusUnprocessableEntity, api.CodeInvalid, pointer)
	}
	w.asOperator("PATCH", path, `{"expires":"never","networks":[]}`).into(http.StatusOK, &key)
}
