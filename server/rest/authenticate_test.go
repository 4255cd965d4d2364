package rest

import (
	"context"
	"encoding/base64"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/keywright/keywright"
	"github.com/keywright/keywright/api"
	"github.com/keywright/keywright/policy"
	"github.com/keywright/keywright/secret"
)

func basic(user string) string { return base64.StdEncoding.EncodeToString([]byte(user + ":")) }

func TestF8AKeyIsTakenInTheFormsOfItsVersion(t *testing.T) {
	w := newWorld(t)
	v2, text, err := w.svc.Issue(t.Context(), keywright.Operator(w.acme.ID), keywright.NewKey{Description: "second", Version: "v2"})
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		name, header string
		v1, v2       int
	}{
		{"Token with token=", "Authorization: Token token=KEY", 200, 200},
		{"Token with token= and quotes", `Authorization: Token token="KEY"`, 200, 200},
		{"Token alone", "Authorization: Token KEY", 200, 200},
		{"Bearer", "Authorization: Bearer KEY", 200, 200},
		{"Bearer in another letter case", "authorization: bEARER  KEY", 200, 200},
		{"X-API-Key", "X-API-Key: KEY", 200, 200},
		{"Basic", "Authorization: Basic BASIC", 200, 401},
		{"an unknown scheme", "Authorization: Digest KEY", 401, 401},
		{"no scheme", "Authorization: KEY", 401, 401},
	} {
		t.Run(test.name, func(t *testing.T) {
			w := w.in(t)
			for _, one := range []struct {
				id, text string
				want     int
			}{{string(w.key.ID), w.secret, test.v1}, {string(v2.ID), text.Reveal(), test.v2}} {
				header := strings.NewReplacer("KEY", one.text, "BASIC", basic(one.text)).Replace(test.header)
				got := w.do(w.public, "GET", "/v1/self", "", header)
				if one.want != 200 {
					got.problem(one.want, api.CodeUnauthenticated)
					continue
				}
				var self api.Self
				got.into(200, &self)
				if self.Kind != "key" || self.Key.ID != one.id || self.Account.Slug != "acme" || len(self.Rights) != len(policy.Rights()) {
					t.Errorf("got %s", got.body)
				}
			}
		})
	}
}

// refusals are the ways not to get in, and what the challenge says of each.
func refusals(t *testing.T, w *world) []struct {
	name      string
	header    []string
	challenge string
} {
	t.Helper()
	wrong, err := secret.Make("kw", secret.Live, strings.NewReader(strings.Repeat("abcdefghijk", 50)))
	if err != nil {
		t.Fatal(err)
	}
	const realm, invalid = `Bearer realm="keywright"`, `Bearer realm="keywright", error="invalid_token"`
	return []struct {
		name      string
		header    []string
		challenge string
	}{
		{"no header", nil, realm},
		{"an empty header", []string{"Authorization: Bearer "}, realm},
		{"an unknown scheme", []string{"Authorization: Digest " + canary}, realm},
		{"a malformed key", []string{"Authorization: Bearer " + canary}, invalid},
		{"a key with a typing error", []string{"Authorization: Bearer " + w.secret[:20] + "_" + w.secret[21:]}, invalid},
		{"an unknown key", []string{"Authorization: Bearer " + wrong.Reveal()}, invalid},
		{"bytes beyond ASCII", []string{"X-API-Key: \u00ff\u00fe" + canary}, invalid},
	}
}

func TestAMissingAMalformedAndAnUnknownKeyAreAnsweredByteForByteAlike(t *testing.T) {
	w := newWorld(t)
	want := ""
	for _, test := range refusals(t, w) {
		t.Run(test.name, func(t *testing.T) {
			w := w.in(t)
			got := w.do(w.public, "GET", "/v1/keys", "", test.header...)
			got.problem(http.StatusUnauthorized, api.CodeUnauthenticated)
			if challenge := got.header.Get("WWW-Authenticate"); challenge != test.challenge {
				t.Errorf("got WWW-Authenticate %s, want %s", challenge, test.challenge)
			}
			if want == "" {
				want = string(got.body)
			}
			if string(got.body) != want {
				t.Errorf("got %s, want %s", got.body, want)
			}
			if got.header.Get("X-Request-Id") == "" {
				t.Error("the request id is in no header")
			}
		})
	}
}

func TestTwoCredentialsAreOneTooMany(t *testing.T) {
	w := newWorld(t)
	for _, test := range []struct {
		name    string
		headers []string
	}{
		{"two Authorization headers", []string{"Authorization: Bearer " + w.secret, "Authorization: Bearer " + canary}},
		{"the same one twice", []string{"Authorization: Bearer " + w.secret, "Authorization: Bearer " + w.secret}},
		{"both headers", []string{"Authorization: Bearer " + w.secret, "X-API-Key: " + w.secret}},
		{"two in one header", []string{"Authorization: Bearer " + w.secret + ", Bearer " + canary}},
	} {
		t.Run(test.name, func(t *testing.T) {
			w := w.in(t)
			got := w.do(w.public, "GET", "/v1/keys", "", test.headers...)
			got.problem(http.StatusBadRequest, api.Code(keywright.AmbiguousCredential))
			if challenge := got.header.Get("WWW-Authenticate"); challenge != `Bearer realm="keywright", error="invalid_request"` {
				t.Errorf("got WWW-Authenticate %s", challenge)
			}
		})
	}
}

func TestAKeyInTheURLIsNeverTaken(t *testing.T) {
	w := newWorld(t)
	for _, query := range []string{"?api_key=KEY", "?token=KEY", "?limit=5&x=KEY", "?KEY", "?KEY=1", "?a=1&a=KEY"} {
		path := "/v1/keys" + strings.ReplaceAll(query, "KEY", w.secret)
		alone := w.do(w.public, "GET", path, "")
		alone.problem(http.StatusUnauthorized, api.CodeUnauthenticated)
		w.do(w.public, "GET", path, "", "Test-Signed-In: owner").problem(http.StatusUnauthorized, api.CodeUnauthenticated)
		both := w.withKey("GET", path, "")
		both.problem(http.StatusBadRequest, api.Code(keywright.AmbiguousCredential))
		for _, got := range []*reply{alone, both} {
			if strings.Contains(string(got.body), w.secret[8:40]) {
				t.Error("the answer repeats the key")
			}
		}
	}
	w.withKey("GET", "/v1/self", "").into(http.StatusOK, &api.Self{})
}

// Stored states that nothing in the Service sets yet are answered by what they are: a Service
// whose verdict is replaced stands for a database in which they are set.
func TestEachReasonOfAVerdictHasItsAnswer(t *testing.T) {
	w := newWorld(t)
	want := map[keywright.Reason]int{
		keywright.NoCredential: 401, keywright.AmbiguousCredential: 400, keywright.Malformed: 401, keywright.Unknown: 401,
		keywright.Revoked: 401, keywright.Disabled: 401, keywright.NotYetValid: 401, keywright.Expired: 401,
		keywright.AccountIsSuspended: 403, keywright.PlanNotEntitled: 402, keywright.VersionNotAllowed: 403,
		keywright.Stale: 503, keywright.MemberInactive: 403, keywright.NetworkNotAllowed: 403, keywright.EnvironmentNotAllowed: 403, keywright.VersionOff: 410,
		keywright.ReadOnly: 403, keywright.OutOfScope: 403, keywright.OverLimit: 429, keywright.OverQuota: 429,
	}
	for _, reason := range keywright.Reasons() {
		t.Run(string(reason), func(t *testing.T) {
			w := w.in(t)
			public, _ := w.serve(verdicts{w.svc, keywright.Verdict{Reason: reason, Key: w.key, Account: w.acme}})
			code := api.Code(reason)
			if reason == keywright.NoCredential || reason == keywright.Malformed || reason == keywright.Unknown {
				code = api.CodeUnauthenticated
			}
			w.do(public, "GET", "/v1/keys", "", "Authorization: Bearer "+w.secret).problem(want[reason], code)
		})
	}
}

type verdicts struct {
	service
	verdict keywright.Verdict
}

func (v verdicts) Verify(_ context.Context, _ keywright.Request) (keywright.Verdict, error) {
	return v.verdict, nil
}

func TestAMemberSignedInToTheConsoleMayUseTheAPI(t *testing.T) {
	w := newWorld(t)
	var self api.Self
	w.do(w.public, "GET", "/v1/self", "", "Test-Signed-In: owner").into(http.StatusOK, &self)
	if self.Kind != "member" || self.Member.Role != "owner" || !slices.Contains(self.Rights, "keys:manage") {
		t.Errorf("got %+v", self)
	}
	w.do(w.public, "POST", "/v1/keys", `{"description":"from the console"}`, "Test-Signed-In: owner", "Sec-Fetch-Site: same-origin").into(http.StatusCreated, &api.IssuedKey{})

	t.Run("but a page of another origin may change nothing", func(t *testing.T) {
		w := w.in(t)
		for _, header := range []string{"Sec-Fetch-Site: cross-site", "Sec-Fetch-Site: same-site", "Origin: https://evil.example", "Origin: null"} {
			for method, path := range map[string]string{"POST": "/v1/keys", "DELETE": "/v1/keys/" + string(w.key.ID), "PATCH": "/v1/members/x"} {
				w.do(w.public, method, path, "", "Test-Signed-In: owner", header).problem(http.StatusForbidden, api.CodeCrossOrigin)
			}
		}
	})
	t.Run("but a key goes before the session", func(t *testing.T) {
		w := w.in(t)
		w.do(w.public, "GET", "/v1/self", "", "Test-Signed-In: owner", "X-API-Key: "+canary).problem(http.StatusUnauthorized, api.CodeUnauthenticated)
	})
	t.Run("but not once he was removed", func(t *testing.T) {
		w := w.in(t)
		w.write(func(tx keywright.Tx) error {
			return tx.SetMemberState(t.Context(), w.acme.ID, w.members["admin"].ID, keywright.MemberRemoved)
		})
		for _, path := range []string{"/v1/self", "/v1/keys"} {
			w.do(w.public, "GET", path, "", "Test-Signed-In: admin").problem(http.StatusUnauthorized, api.CodeUnauthenticated)
		}
	})
}

func TestTheOperatorsHeadersMeanNothingOnThePublicListener(t *testing.T) {
	w := newWorld(t)
	w.do(w.public, "GET", "/v1/keys", "", "Keywright-Account: acme").problem(http.StatusUnauthorized, api.CodeUnauthenticated)
	var self api.Self
	w.do(w.public, "GET", "/v1/self", "", "Authorization: Bearer "+w.secret, "Keywright-Account: globex", "Keywright-Act-As: first@globex.example").into(http.StatusOK, &self)
	if self.Account.Slug != "acme" || self.Kind != "key" {
		t.Errorf("got %+v", self)
	}
}

func TestTheOperatorSaysWhereAndAsWhom(t *testing.T) {
	w := newWorld(t)
	invited := w.member(w.acme, "invited", "invited@example.com", keywright.MemberInvited)
	for _, test := range []struct {
		name    string
		headers []string
		status  int
		code    api.Code
		pointer string
	}{
		{"no account", nil, 422, api.CodeInvalid, "#header/Keywright-Account"},
		{"an unknown account", []string{"Keywright-Account: " + canary}, 404, api.CodeNotFound, "#header/Keywright-Account"},
		{"two accounts", []string{"Keywright-Account: acme", "Keywright-Account: globex"}, 422, api.CodeInvalid, "#header/Keywright-Account"},
		{"a member but no account", []string{"Keywright-Act-As: user@example.com"}, 422, api.CodeInvalid, "#header/Keywright-Account"},
		{"an unknown member", []string{"Keywright-Account: acme", "Keywright-Act-As: " + canary + "@example.com"}, 404, api.CodeNotFound, "#header/Keywright-Act-As"},
		{"no address", []string{"Keywright-Account: acme", "Keywright-Act-As: " + canary}, 404, api.CodeNotFound, "#header/Keywright-Act-As"},
		{"another account's member", []string{"Keywright-Account: globex", "Keywright-Act-As: owner@example.com"}, 404, api.CodeNotFound, "#header/Keywright-Act-As"},
		{"a member who has not joined", []string{"Keywright-Account: acme", "Keywright-Act-As: " + invited.Email}, 404, api.CodeNotFound, "#header/Keywright-Act-As"},
		{"two members", []string{"Keywright-Account: acme", "Keywright-Act-As: a@b.example", "Keywright-Act-As: a@b.example"}, 422, api.CodeInvalid, "#header/Keywright-Act-As"},
	} {
		t.Run(test.name, func(t *testing.T) {
			w := w.in(t)
			for _, path := range []string{"/v1/keys", "/v1/members?email=a@b.example", "/v1/account"} {
				w.do(w.operator, "GET", path, "", test.headers...).at(test.status, test.code, test.pointer)
			}
		})
	}
	t.Run("a key's id says which account is meant", func(t *testing.T) {
		w := w.in(t)
		for _, id := range []keywright.KeyID{w.key.ID, w.foreign.ID} {
			w.do(w.operator, "GET", "/v1/keys/"+string(id), "").into(http.StatusOK, &api.Key{})
		}
		w.do(w.operator, "POST", "/v1/keys/"+string(w.foreign.ID)+"/revoke", "").into(http.StatusOK, &api.Key{})
		for _, headers := range [][]string{nil, {"Keywright-Account: acme"}} {
			w.do(w.operator, "DELETE", absentKey, "", headers...).problem(http.StatusNotFound, api.CodeNotFound)
		}
		w.do(w.operator, "GET", "/v1/keys/"+string(w.foreign.ID), "", "Keywright-Account: acme").problem(http.StatusNotFound, api.CodeNotFound)
		w.do(w.operator, "GET", absentMember, "").at(http.StatusUnprocessableEntity, api.CodeInvalid, "#header/Keywright-Account")
	})
	var self api.Self
	w.do(w.operator, "GET", "/v1/self", "").into(http.StatusOK, &self)
	if self.Kind != "operator" || self.Account != nil || len(self.Rights) != len(policy.Rights()) {
		t.Errorf("outside of an account: got %+v", self)
	}
	w.do(w.operator, "GET", "/v1/self", "", "Keywright-Account: acme", "Keywright-Act-As: USER@example.com").into(http.StatusOK, &self)
	if self.Kind != "member" || self.Member.Role != "user" || self.Account.Slug != "acme" {
		t.Errorf("as a member: got %+v", self)
	}
	w.do(w.operator, "POST", "/v1/keys", `{"description":"for the admin"}`, "Keywright-Account: acme", "Keywright-Act-As: admin@example.com").into(http.StatusCreated, &api.IssuedKey{})
	events, _, err := w.svc.Events(t.Context(), keywright.Operator(w.acme.ID), keywright.Page{Limit: 1})
	if err != nil || len(events) != 1 || events[0].Actor.Name != "the operator for admin" {
		t.Errorf("history names %+v, %v", events, err)
	}
}
