package rest

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/keywright/keywright"
	"github.com/keywright/keywright/api"
	"github.com/keywright/keywright/policy"
)

func TestATokenIsIssuedShownOnceListedAndRevoked(t *testing.T) {
	w := newWorld(t)
	ends := time.Date(2027, 1, 2, 3, 4, 5, 678e6, time.FixedZone("", 3600))
	issued := w.withToken("POST", "/v1/operator/tokens", `{"description":"edge gateway","use":"verify","expires_at":"2027-01-02T03:04:05.678999+01:00"}`)
	var token api.IssuedOperatorToken
	issued.into(http.StatusCreated, &token)
	if !strings.HasPrefix(token.Secret, "kwop_live_") || token.ID != "tok_"+token.Secret[10:22] || token.LastFour != token.Secret[len(token.Secret)-4:] ||
		token.Use != "verify" || token.State != "active" || token.ExpiresAt == nil || !token.ExpiresAt.Equal(ends) || token.CreatedBy.Kind != "operator" || !strings.HasPrefix(token.CreatedBy.ID, "tok_") {
		t.Errorf("got %+v", token.OperatorToken)
	}
	if issued.header.Get("Location") != "/v1/operator/tokens/"+token.ID {
		t.Errorf("got Location %q", issued.header.Get("Location"))
	}
	path := "/v1/operator/tokens/" + token.ID
	for name, got := range map[string]*reply{
		"get":    w.do(w.operator, "GET", path, ""),
		"list":   w.do(w.operator, "GET", "/v1/operator/tokens", ""),
		"log":    w.do(w.operator, "GET", "/v1/audit", ""),
		"revoke": w.do(w.operator, "POST", path+"/revoke", `{"reason":"leaked in a log"}`),
	} {
		if got.status != http.StatusOK || strings.Contains(string(got.body), token.Secret[22:40]) || !strings.Contains(string(got.body), token.ID) {
			t.Errorf("%s: got %d %s", name, got.status, got.body)
		}
	}
	var gone api.OperatorToken
	w.do(w.operator, "GET", path, "").into(http.StatusOK, &gone)
	if gone.State != "revoked" || gone.RevokedAt == nil || gone.RevokedBy == nil || gone.RevokedBy.Name != "the operator" || *gone.RevokeReason != "leaked in a log" {
		t.Errorf("got %+v", gone)
	}
	w.do(w.operator, "POST", path+"/revoke", "").problem(http.StatusConflict, api.CodeAlreadyRevoked)
	for _, headers := range [][]string{nil, {"Keywright-Account: acme"}} {
		w.do(w.operator, "GET", absentToken, "", headers...).problem(http.StatusNotFound, api.CodeNotFound)
		w.do(w.operator, "POST", "/v1/operator/tokens/"+canary+"/revoke", "", headers...).problem(http.StatusNotFound, api.CodeNotFound)
	}
	var page api.OperatorTokenPage
	w.do(w.operator, "GET", "/v1/operator/tokens?limit=1", "").into(http.StatusOK, &page)
	if len(page.Tokens) != 1 || page.Tokens[0].ID != token.ID || page.NextCursor == nil {
		t.Fatalf("the first page: got %+v", page)
	}
	w.do(w.operator, "GET", "/v1/operator/tokens?cursor="+*page.NextCursor, "").into(http.StatusOK, &page)
	if len(page.Tokens) != 1 || page.Tokens[0].Use != "operate" || page.NextCursor != nil {
		t.Errorf("the second page: got %+v", page)
	}
}

func TestWhatATokenCannotBe(t *testing.T) {
	w := newWorld(t)
	for _, test := range []struct {
		name, body string
		status     int
		code       api.Code
		pointer    string
	}{
		{"no use", `{"description":"x"}`, 422, api.CodeInvalid, "/use"},
		{"an unknown use", `{"description":"x","use":"` + canary + `"}`, 422, api.CodeInvalid, "/use"},
		{"no description", `{"use":"verify"}`, 422, api.CodeInvalid, "/description"},
		{"a description of two lines", `{"description":"` + canary + `\nx","use":"verify"}`, 422, api.CodeInvalid, "/description"},
		{"an end that has come", `{"description":"x","use":"verify","expires_at":"2020-01-01T00:00:00Z"}`, 422, api.CodeInvalid, "/expires_at"},
		{"an end before 1970", `{"description":"x","use":"verify","expires_at":"0001-01-01T00:00:00.001Z"}`, 422, api.CodeInvalid, "/expires_at"},
		{"an end in another year in UTC", `{"description":"x","use":"verify","expires_at":"9999-12-31T23:59:59-12:00"}`, 422, api.CodeInvalid, "/expires_at"},
		{"an end that is no time", `{"description":"x","use":"verify","expires_at":"` + canary + `"}`, 400, api.CodeInvalidJSON, "/expires_at"},
		{"an end without a zone", `{"description":"x","use":"verify","expires_at":"2027-01-01T00:00:00"}`, 400, api.CodeInvalidJSON, "/expires_at"},
		{"an end of the year 10000", `{"description":"x","use":"verify","expires_at":"10000-01-01T00:00:00Z"}`, 400, api.CodeInvalidJSON, "/expires_at"},
		{"an end that is a number", `{"description":"x","use":"verify","expires_at":1798761600}`, 400, api.CodeInvalidJSON, "/expires_at"},
		{"a list of uses", `{"description":"x","use":["verify"]}`, 400, api.CodeInvalidJSON, "/use"},
		{"a secret of one's own", `{"description":"x","use":"verify","secret":"` + canary + `"}`, 400, api.CodeInvalidJSON, "/secret"},
		{"nothing", "", 400, api.CodeInvalidJSON, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			w := w.in(t)
			w.withToken("POST", "/v1/operator/tokens", test.body).at(test.status, test.code, test.pointer)
		})
	}
	for _, query := range []string{"limit=0", "limit=201", "limit=x", "cursor=" + canary, "use=verify"} {
		w.withToken("GET", "/v1/operator/tokens?"+query, "").problem(http.StatusUnprocessableEntity, api.CodeInvalid)
		w.withToken("GET", "/v1/audit?"+query, "").problem(http.StatusUnprocessableEntity, api.CodeInvalid)
	}
	var page api.OperatorTokenPage
	w.withToken("GET", "/v1/operator/tokens", "").into(http.StatusOK, &page)
	if len(page.Tokens) != 1 {
		t.Errorf("%d tokens were made", len(page.Tokens)-1)
	}
}

// Every route, by every credential that is none of the operator's or no longer, is closed; and what
// is told of a token is told only to whoever holds it.
func TestOnlyATokenThatOperatesOperates(t *testing.T) {
	w := newWorld(t)
	verify := w.operatorToken(keywright.UseVerify).Reveal()
	revoked, err := w.revokedToken()
	if err != nil {
		t.Fatal(err)
	}
	expiring, text, err := w.svc.IssueOperatorToken(t.Context(), keywright.Operator(""), keywright.NewOperatorToken{Description: "short", Use: keywright.UseOperate, Expires: w.time.Now().Add(20 * time.Millisecond)})
	if err != nil {
		t.Fatal(err)
	}
	for range 20 {
		w.time.Now()
	}
	other := newWorld(t).token
	for name, op := range operations() {
		if name == opFound { // anybody may
			continue
		}
		for credential, c := range map[string]struct {
			header string
			status int
			code   api.Code
			says   string
		}{
			"a token that may only ask":  {"Authorization: Bearer " + verify, 403, api.Code(keywright.OutOfScope), "only for asking the data plane"},
			"a revoked token":            {"Authorization: Bearer " + revoked, 401, api.Code(keywright.Revoked), "token was revoked"},
			"an expired token":           {"Authorization: Bearer " + text.Reveal(), 401, api.Code(keywright.Expired), "token has expired"},
			"a token of another server":  {"Authorization: Bearer " + other, 401, api.CodeUnauthenticated, "valid key"},
			"a token with a wrong check": {"Authorization: Bearer " + w.token[:len(w.token)-1] + "~", 401, api.CodeUnauthenticated, "valid key"},
			"in another scheme":          {"Authorization: Token token=" + w.token, 401, api.CodeUnauthenticated, "valid key"},
			"as Basic":                   {"Authorization: Basic " + basic(w.token), 401, api.CodeUnauthenticated, "valid key"},
			"as X-API-Key":               {"X-API-Key: " + w.token, 401, api.CodeUnauthenticated, "valid key"},
			"in the gateway's header":    {"Keywright-Authorization: Bearer " + w.token, 401, api.CodeUnauthenticated, "valid key"},
			"no credential":              {"Accept: */*", 401, api.CodeUnauthenticated, "valid key"},
		} {
			t.Run(name+" by "+credential, func(t *testing.T) {
				w := w.in(t)
				got := w.do(w.public, op.method, op.path, op.body, c.header, "Keywright-Account: acme")
				if p := got.problem(c.status, c.code); !strings.Contains(p.Detail, c.says) {
					t.Errorf("got %q, want %q in it", p.Detail, c.says)
				}
			})
		}
	}
	if expiring.State(w.time.Now()) != keywright.KeyExpired {
		t.Error("the token had not expired")
	}
	t.Run("an API key is told that it is no token", func(t *testing.T) {
		w := w.in(t)
		p := w.withKey("POST", "/v1/operator/tokens", `{"description":"x","use":"verify"}`).problem(http.StatusForbidden, api.CodeForbidden)
		if !strings.Contains(p.Detail, "with an operator token, which no API key is") {
			t.Errorf("got %q", p.Detail)
		}
	})
	t.Run("a token and something else are one too many", func(t *testing.T) {
		w := w.in(t)
		for _, header := range []string{"X-API-Key: " + w.secret, "Authorization: Bearer " + w.token} {
			w.withToken("GET", "/v1/accounts", "", header).problem(http.StatusBadRequest, api.Code(keywright.AmbiguousCredential))
		}
		w.withToken("GET", "/v1/accounts?token="+w.token, "").problem(http.StatusBadRequest, api.Code(keywright.AmbiguousCredential))
		w.do(w.public, "GET", "/v1/accounts?token="+w.token, "").problem(http.StatusUnauthorized, api.CodeUnauthenticated)
	})
}

// revokedToken is the text of a token that was revoked.
func (w *world) revokedToken() (string, error) {
	token, text, err := w.svc.IssueOperatorToken(w.t.Context(), keywright.Operator(""), keywright.NewOperatorToken{Description: "gone", Use: keywright.UseOperate})
	if err != nil {
		return "", err
	}
	_, _, err = w.svc.RevokeOperatorToken(w.t.Context(), keywright.Operator(""), token.ID, "")
	return text.Reveal(), err
}

func TestATokenSaysWhereAndAsWhomLikeTheSocket(t *testing.T) {
	w := newWorld(t)
	bearer := "Authorization: Bearer " + w.token
	var self api.Self
	w.do(w.public, "GET", "/v1/self", "", bearer).into(http.StatusOK, &self)
	if self.Kind != "operator" || self.Account != nil || self.Token == nil || self.Token.Description != "the office" || len(self.Rights) != len(policy.Rights()) {
		t.Errorf("outside of an account: got %+v", self)
	}
	w.do(w.public, "GET", "/v1/self", "", bearer, "Keywright-Account: acme", "Keywright-Act-As: USER@example.com").into(http.StatusOK, &self)
	if self.Kind != "member" || self.Member.Role != "user" {
		t.Errorf("as a member: got %+v", self)
	}
	w.do(w.public, "GET", "/v1/keys", "", bearer).at(http.StatusUnprocessableEntity, api.CodeInvalid, "#header/Keywright-Account")
	w.do(w.public, "GET", "/v1/keys", "", bearer, "Keywright-Account: "+canary).at(http.StatusNotFound, api.CodeNotFound, "#header/Keywright-Account")
	w.do(w.public, "GET", "/v1/keys", "", bearer, "Keywright-Account: acme", "Keywright-Act-As: "+canary+"@example.com").at(http.StatusNotFound, api.CodeNotFound, "#header/Keywright-Act-As")
	w.do(w.public, "GET", "/v1/keys", "", bearer, "Keywright-Act-As: user@example.com").at(http.StatusUnprocessableEntity, api.CodeInvalid, "#header/Keywright-Account")
	w.do(w.public, "GET", "/v1/keys/"+string(w.foreign.ID), "", bearer).into(http.StatusOK, &api.Key{})
	w.do(w.public, "GET", "/v1/keys", "", bearer, "Keywright-Account: acme", "Test-Signed-In: user").into(http.StatusOK, &api.KeyPage{})

	t.Run("and may send a policy as large as one can be", func(t *testing.T) {
		w := w.in(t)
		large := `{"text":"` + strings.Repeat("#", 1<<20-1) + `"}`
		w.withToken("POST", "/v1/policy/check", large).problem(http.StatusUnprocessableEntity, api.CodeInvalid)
		w.withKey("POST", "/v1/policy/check", large).problem(http.StatusRequestEntityTooLarge, api.CodeTooLarge)
	})
	t.Run("even for a product whose brand ends as a token's", func(t *testing.T) {
		w := w.in(t)
		next, err := policy.Parse([]byte(strings.Replace(policy.Default().Text(), "brand: kw", "brand: shop", 1)))
		if err != nil || next.Product.Brand != "shop" {
			t.Fatalf("got %q, %v", next.Product.Brand, err)
		}
		if _, _, err := w.svc.Govern(t.Context(), keywright.Operator(""), next); err != nil {
			t.Fatal(err)
		}
		_, text := w.issue(w.acme, "of a shop")
		if token := w.operatorToken(keywright.UseOperate).Reveal(); !strings.HasPrefix(token, "shopop_live_") || !strings.HasPrefix(text.Reveal(), "shop_live_") {
			t.Error("the brands are others")
		}
		w.do(w.public, "GET", "/v1/self", "", "Authorization: Bearer "+text.Reveal()).into(http.StatusOK, &self)
		if self.Kind != "key" {
			t.Errorf("got %+v", self)
		}
		w.do(w.public, "GET", "/v1/accounts", "", bearer).into(http.StatusOK, &api.AccountPage{}) // of before
	})
}

func TestWhenNobodyKnowsTheTokenTheAnswerIsNoRefusal(t *testing.T) {
	w := newWorld(t)
	public, _ := w.serve(tokenless{w.svc})
	w.do(public, "GET", "/v1/accounts", "", "Authorization: Bearer "+w.token).problem(http.StatusInternalServerError, api.CodeInternal)
	if !strings.Contains(w.log.String(), "disk I/O error") || strings.Contains(w.log.String(), w.token[22:40]) {
		t.Error("the log does not have the cause, or it has the token")
	}
}

type tokenless struct{ service }

func (tokenless) OperatorBy(context.Context, string) (keywright.Principal, keywright.Reason, error) {
	return keywright.Principal{}, "", errors.New("disk I/O error")
}

func TestTheAuditLogIsReadByWhomItConcerns(t *testing.T) {
	w := newWorld(t)
	w.withToken("POST", "/v1/keys", `{"description":"made from afar"}`).into(http.StatusCreated, &api.IssuedKey{})
	var page api.EventPage
	w.do(w.public, "GET", "/v1/audit", "", "Test-Signed-In: owner").into(http.StatusOK, &page)
	newest := page.Events[0]
	if newest.Action != "key.issued" || newest.AccountID == nil || *newest.AccountID != string(w.acme.ID) || newest.Subject.Kind != "key" || newest.Subject.Name != "made from afar" ||
		newest.Details["version"] != "v1" || !strings.HasPrefix(newest.Actor.ID, "tok_") || newest.Actor.Name != "the operator ("+newest.Actor.ID+")" {
		t.Errorf("got %+v", newest)
	}
	for _, e := range page.Events {
		if e.AccountID == nil || *e.AccountID != string(w.acme.ID) {
			t.Errorf("the account's log has %+v", e)
		}
	}
	w.do(w.operator, "GET", "/v1/audit?limit=200", "").into(http.StatusOK, &page)
	accounts := map[string]int{}
	for _, e := range page.Events {
		if e.AccountID == nil {
			accounts[e.Action]++
			continue
		}
		accounts[*e.AccountID]++
	}
	if accounts["token.issued"] != 1 || accounts[string(w.acme.ID)] == 0 || accounts[string(w.globex.ID)] == 0 {
		t.Errorf("the installation's log has %v", accounts)
	}
	all := len(page.Events)
	var walked []api.Event
	for next := ""; ; {
		w.do(w.operator, "GET", "/v1/audit?limit=2"+next, "").into(http.StatusOK, &page)
		walked = append(walked, page.Events...)
		if page.NextCursor == nil {
			break
		}
		next = "&cursor=" + *page.NextCursor
	}
	if len(walked) != all || walked[all-1].Sequence != 1 || walked[0].Sequence != int64(all) {
		t.Errorf("page by page: got %d events, want %d", len(walked), all)
	}
}
