package rest

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/keywright/keywright"
	"github.com/keywright/keywright/api"
	"github.com/keywright/keywright/secret"
)

// onceKey is an idempotency key that is long enough for a secret.
const onceKey = "0f5c9c1e-7a57-4d8b-9d3e-3f1f6e0c7a11"

const newKeyBody = `{"description":"a holder"}`

// sendOnce asks with acme's key and an Idempotency-Key.
func (w *world) sendOnce(method, path, body, key string) *reply {
	w.t.Helper()
	return w.do(w.public, method, path, body, "Authorization: Bearer "+w.secret, "Idempotency-Key: "+key)
}

// sameAnswer fails unless b is a again, told as such.
func (w *world) sameAnswer(a, b *reply) {
	w.t.Helper()
	if a.status >= 300 || a.header.Get(replayed) != "" {
		w.t.Errorf("first: got %d, replayed: %q: %s", a.status, a.header.Get(replayed), a.body)
	}
	if b.status != a.status || string(b.body) != string(a.body) || b.header.Get("Location") != a.header.Get("Location") {
		w.t.Errorf("again: got %d %s %s\nwant %d %s %s", b.status, b.header.Get("Location"), b.body, a.status, a.header.Get("Location"), a.body)
	}
	if b.header.Get(replayed) != "true" || b.header.Get("Cache-Control") != "no-store" {
		w.t.Errorf("again: got headers %v", b.header)
	}
}

func (w *world) keysOfAcme() int {
	w.t.Helper()
	keys, _, err := w.svc.Keys(w.t.Context(), keywright.Operator(w.acme.ID), keywright.KeyFilter{}, keywright.Page{Limit: keywright.MaxPage})
	if err != nil {
		w.t.Fatal(err)
	}
	return len(keys)
}

func TestEveryOperationThatChangesSomethingTakesEffectOnce(t *testing.T) {
	w := newWorld(t)
	spare, _ := w.issue(w.acme, "to be revoked")
	other, _ := w.issue(w.acme, "to be deleted")
	token, _, err := w.svc.IssueOperatorToken(t.Context(), keywright.Operator(""), keywright.NewOperatorToken{Description: "a gateway", Use: keywright.UseVerify})
	if err != nil {
		t.Fatal(err)
	}
	invited, _, err := w.svc.AddMember(t.Context(), keywright.Operator(w.acme.ID), keywright.NewMember{Email: "invited@example.com", Role: "user"})
	if err != nil {
		t.Fatal(err)
	}
	members := []string{"requestKey", "withdrawRequest", "collectRequest", "askSupport"} // which only a member may
	question := func(answer bool) string { return string(w.question(answer).ID) }
	toPublish, published := question(true), question(true)
	w.withToken("POST", "/v1/support/"+published+"/publish", "").into(http.StatusOK, &api.SupportRequest{})
	active := func(name string) string {
		return "/v1/members/" + string(w.member(w.acme, name, name+"@example.com", keywright.MemberActive).ID)
	}
	of := func(description string) string {
		k, _ := w.issue(w.acme, description)
		return "/v1/keys/" + string(k.ID)
	}
	of("one of many")
	table := map[string]struct{ path, body string }{
		"requestKey":      {"/v1/requests", `{"description":"a holder","scopes":["*"]}`},
		"approveRequest":  {"/v1/requests/" + w.request().ID + "/approve", ""},
		"declineRequest":  {"/v1/requests/" + w.request().ID + "/decline", `{"reason":"not now"}`},
		"withdrawRequest": {"/v1/requests/" + w.request().ID + "/withdraw", ""},
		"collectRequest":  {"/v1/requests/" + w.approved().ID + "/collect", ""},

		"askSupport":       {"/v1/support", `{"page":"using-a-key","text":"Why?"}`},
		"answerSupport":    {"/v1/support/" + question(false) + "/answer", `{"text":"So.","publish":true}`},
		"publishSupport":   {"/v1/support/" + toPublish + "/publish", ""},
		"unpublishSupport": {"/v1/support/" + published + "/unpublish", ""},

		"changeKey":       {of("to be changed"), `{"scopes":["incidents:read"]}`},
		"disableKey":      {of("to be disabled") + "/disable", `{"for":"10min"}`},
		"enableKey":       {of("to be enabled") + "/enable", ""},
		"rotateKey":       {of("to be rotated") + "/rotate", ""},
		"endGrace":        {of("to be ended") + "/end-grace", ""},
		"revokeKeys":      {"/v1/keys/revoke", `{"filter":{"search":"one of many"},"confirm":"1"}`},
		"issueKey":        {"/v1/keys", newKeyBody},
		"revokeKey":       {"/v1/keys/" + string(spare.ID) + "/revoke", ""},
		"deleteKey":       {"/v1/keys/" + string(other.ID), ""},
		"addMember":       {"/v1/members", `{"email":"new@example.com","role":"user"}`},
		"changeMember":    {"/v1/members/" + string(w.members["user"].ID), `{"role":"admin"}`},
		"deleteMember":    {"/v1/members/" + string(w.members["admin"].ID), ""},
		"removeMember":    {active("gone") + "/remove", ""},
		"renewInvitation": {"/v1/members/" + string(invited.ID) + "/invitation", ""},
		"changeAccount":   {"/v1/account", `{"plan":"basic"}`},
		"createAccount":   {"/v1/accounts", `{"slug":"new","name":"New","plan":"basic","owner":{"email":"new@example.com"}}`},

		"deactivateMember":  {active("leaver") + "/deactivate", ""},
		"activateMember":    {active("back") + "/activate", ""},
		"transferOwnership": {active("heir") + "/owner", ""},

		"issueOperatorToken":  {"/v1/operator/tokens", `{"description":"another gateway","use":"verify"}`},
		"revokeOperatorToken": {"/v1/operator/tokens/" + string(token.ID) + "/revoke", ""},
	}
	document, err := openapi3.NewLoader().LoadFromFile("../../api/openapi.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for _, item := range document.Paths.Map() {
		for method, op := range item.Operations() {
			one, ok := table[op.OperationID]
			documented := op.Parameters.GetByInAndName("header", idempotencyKey) != nil
			changes := method != "GET" && op.OperationID != opCheckPolicy && op.OperationID != opFound
			if strings.HasSuffix(op.OperationID, "Self") { // by which key, TestAKeyRotatesAndRevokesItself
				continue
			}
			if documented != changes || ok != changes {
				t.Errorf("%s: in the table: %v, documented: %v; want both: %v", op.OperationID, ok, documented, changes)
			}
			for _, parameter := range op.Parameters {
				if changes && parameter.Value.In == "query" && parameter.Value.Name != "wait" { // which says what to wait for
					t.Errorf("%s takes %s from the query, which is no part of what is compared", op.OperationID, parameter.Value.Name)
				}
			}
			if !ok {
				continue
			}
			t.Run(op.OperationID, func(t *testing.T) {
				w := w.in(t)
				ask := func() *reply {
					if slices.Contains(members, op.OperationID) {
						return w.do(w.public, method, one.path, one.body, "Test-Signed-In: limited_user", "Idempotency-Key: "+onceKey+op.OperationID)
					}
					return w.do(w.operator, method, one.path, one.body, "Keywright-Account: acme", "Idempotency-Key: "+onceKey+op.OperationID)
				}
				w.sameAnswer(ask(), ask())
			})
		}
	}
}

func TestAnIdempotencyKeyBelongsToOneRequestOfOneCaller(t *testing.T) {
	w := newWorld(t)
	first := w.sendOnce("POST", "/v1/keys", newKeyBody, onceKey)
	for what, again := range map[string]*reply{
		"another body":      w.sendOnce("POST", "/v1/keys", `{"description":"another"}`, onceKey),
		"another operation": w.sendOnce("DELETE", absentKey, "", onceKey),
		"another spelling":  w.sendOnce("POST", "/v1/keys", newKeyBody+" ", onceKey),
	} {
		t.Run(what, func(t *testing.T) {
			again.t = t
			again.at(http.StatusUnprocessableEntity, api.CodeIdempotencyKeyReused, "#header/Idempotency-Key")
		})
	}
	before := w.keysOfAcme()
	for _, way := range []func() *reply{
		func() *reply {
			return w.do(w.public, "POST", "/v1/keys", newKeyBody, "Test-Signed-In: admin", "Idempotency-Key: "+onceKey)
		},
		func() *reply {
			return w.do(w.operator, "POST", "/v1/keys", newKeyBody, "Keywright-Account: acme", "Idempotency-Key: "+onceKey)
		},
		func() *reply {
			return w.do(w.operator, "POST", "/v1/keys", newKeyBody, "Keywright-Account: acme", "Keywright-Act-As: admin@example.com", "Idempotency-Key: "+onceKey)
		},
		func() *reply {
			return w.do(w.operator, "POST", "/v1/keys", newKeyBody, "Keywright-Account: globex", "Idempotency-Key: "+onceKey)
		},
	} {
		w.sameAnswer(way(), way())
	}
	if after := w.keysOfAcme(); after != before+3 {
		t.Errorf("three other callers made %d keys", after-before)
	}
	w.sameAnswer(first, w.sendOnce("POST", "/v1/keys", newKeyBody, onceKey))
	for range 2 { // without one, each sending counts
		w.withKey("POST", "/v1/keys", newKeyBody).into(http.StatusCreated, &api.IssuedKey{})
	}
	if after := w.keysOfAcme(); after != before+5 {
		t.Errorf("two requests without an idempotency key made %d keys", after-before-3)
	}
}

func TestARefusedRequestCanBeCorrectedUnderItsIdempotencyKey(t *testing.T) {
	w := newWorld(t)
	w.sendOnce("POST", "/v1/keys", `{"description":""}`, onceKey).problem(http.StatusUnprocessableEntity, api.CodeInvalid)
	w.sendOnce("POST", "/v1/keys", `{`, onceKey).problem(http.StatusBadRequest, api.CodeInvalidJSON)
	w.sameAnswer(w.sendOnce("POST", "/v1/keys", newKeyBody, onceKey), w.sendOnce("POST", "/v1/keys", newKeyBody, onceKey))
}

func TestASecretIsToldAgainForAnHourAndUnderALongKeyOnly(t *testing.T) {
	w := newWorld(t)
	secretOf := func(r *reply) string {
		var key api.IssuedKey
		r.into(http.StatusCreated, &key)
		if key.Secret == "" && strings.Contains(string(r.body), `"secret"`) {
			t.Errorf("an empty secret was answered: %s", r.body)
		}
		return key.Secret
	}
	short := onceKey[:keywright.MinOnceKey-1]
	first, second := secretOf(w.sendOnce("POST", "/v1/keys", newKeyBody, onceKey)), secretOf(w.sendOnce("POST", "/v1/keys", newKeyBody, short))
	if first == "" || second == "" || first == second {
		t.Fatal("no two secrets")
	}
	if again := secretOf(w.sendOnce("POST", "/v1/keys", newKeyBody, short)); again != "" {
		t.Error("under a short key the secret was told again")
	}
	w.time.mu.Lock()
	w.time.now = w.time.now.Add(59 * time.Minute)
	w.time.mu.Unlock()
	if again := secretOf(w.sendOnce("POST", "/v1/keys", newKeyBody, onceKey)); again != first {
		t.Error("after 59 minutes the secret was not told again")
	}
	w.time.mu.Lock()
	w.time.now = w.time.now.Add(time.Minute)
	w.time.mu.Unlock()
	if again := secretOf(w.sendOnce("POST", "/v1/keys", newKeyBody, onceKey)); again != "" {
		t.Error("after an hour the secret was told again")
	}
}

// patient sends a request again while another one is being worked on.
func (w *world) patient(method, path, body, key string) *reply {
	for {
		got := w.sendOnce(method, path, body, key)
		if got.status != http.StatusConflict {
			return got
		}
		if p := got.problem(http.StatusConflict, api.CodeIdempotencyInFlight); p.Detail == "" || got.header.Get("Retry-After") != "1" {
			w.t.Errorf("got %v", got.header)
		}
	}
}

func TestOfAHundredSendingsAtOnceOneTakesEffect(t *testing.T) {
	w := newWorld(t)
	for round := range 3 {
		before := w.keysOfAcme()
		var sendings sync.WaitGroup
		bodies := make([]string, 100)
		for i := range bodies {
			sendings.Go(func() {
				got := w.patient("POST", "/v1/keys", newKeyBody, fmt.Sprint(onceKey, round))
				if got.status != http.StatusCreated {
					t.Errorf("got %d: %s", got.status, got.body)
				}
				bodies[i] = string(got.body)
			})
		}
		sendings.Wait()
		for _, body := range bodies {
			if body != bodies[0] {
				t.Errorf("got two answers")
			}
		}
		if after := w.keysOfAcme(); after != before+1 {
			t.Errorf("round %d: %d keys were made", round, after-before)
		}
	}
}

// slow is a Service that issues when it is told to.
type slow struct {
	*keywright.Service
	entered, goOn chan struct{}
}

func (s *slow) Issue(ctx context.Context, by keywright.Principal, n keywright.NewKey) (keywright.Key, secret.Secret, error) {
	s.entered <- struct{}{}
	<-s.goOn
	return s.Service.Issue(ctx, by, n)
}

func TestASecondSendingInFlightIsRefused(t *testing.T) {
	w := newWorld(t)
	s := &slow{w.svc, make(chan struct{}), make(chan struct{})}
	w.public, w.operator = w.serve(s)
	answered := make(chan *reply)
	go func() { answered <- w.sendOnce("POST", "/v1/keys", newKeyBody, onceKey) }()
	<-s.entered
	for _, key := range []string{onceKey, `"` + onceKey + `"`} {
		second := w.sendOnce("POST", "/v1/keys", newKeyBody, key)
		second.problem(http.StatusConflict, api.CodeIdempotencyInFlight)
		if second.header.Get("Retry-After") != "1" {
			t.Errorf("got Retry-After %q", second.header.Get("Retry-After"))
		}
	}
	close(s.goOn)
	first := <-answered
	go func() { <-s.entered }()
	w.sameAnswer(first, w.sendOnce("POST", "/v1/keys", newKeyBody, onceKey))
}

func TestIdempotencyKeysAreReadStrictly(t *testing.T) {
	w := newWorld(t)
	long := strings.Repeat("x", 255)
	for name, c := range map[string]struct {
		sent []string
		key  string // empty: refused
	}{
		"a token":                     {[]string{onceKey}, onceKey},
		"a string":                    {[]string{`"` + onceKey + `"`}, onceKey},
		"a string with escapes":       {[]string{`"a\"b\\c"`}, `a"b\c`},
		"a string with a comma":       {[]string{`"a,b"`}, "a,b"},
		"one character":               {[]string{"1"}, "1"},
		"255 characters":              {[]string{long}, long},
		"base64 and signs":            {[]string{"a/b+c==:@{}~!;"}, "a/b+c==:@{}~!;"},
		"nothing":                     {[]string{""}, ""},
		"an empty string":             {[]string{`""`}, ""},
		"256 characters":              {[]string{long + "x"}, ""},
		"256 characters in quotes":    {[]string{`"` + long + `x"`}, ""},
		"two":                         {[]string{"a", "a"}, ""},
		"two in one line":             {[]string{"a, b"}, ""},
		"two strings in one line":     {[]string{`"a", "b"`}, ""},
		"an open string":              {[]string{`"` + canary}, ""},
		"a quote alone":               {[]string{`"`}, ""},
		"a quote inside a token":      {[]string{`a"b`}, ""},
		"a backslash inside a token":  {[]string{`a\b`}, ""},
		"an unknown escape":           {[]string{`"a\n"`}, ""},
		"an escape at the end":        {[]string{`"a\"`}, ""},
		"a space":                     {[]string{canary + " b"}, ""},
		"a space in a string":         {[]string{`"a b"`}, ""},
		"a tab":                       {[]string{"a\tb"}, ""},
		"another alphabet":            {[]string{"schlüssel"}, ""},
		"a string with a parameter":   {[]string{`"a";b=1`}, ""},
		"something before the string": {[]string{`a"b"`}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			w := w.in(t)
			key, err := parseIdempotencyKey(c.sent)
			if key != c.key || (err == nil) != (c.key != "") {
				t.Errorf("got %q, %v", key, err)
			}
			headers := []string{"Authorization: Bearer " + w.secret}
			for _, one := range c.sent {
				headers = append(headers, "Idempotency-Key: "+one)
			}
			got := w.do(w.public, "POST", "/v1/keys", newKeyBody, headers...)
			if c.key == "" {
				got.at(http.StatusBadRequest, api.CodeIdempotencyKeyInvalid, "#header/Idempotency-Key")
			} else if got.status != http.StatusCreated {
				t.Errorf("got %d: %s", got.status, got.body)
			}
			w.do(w.public, "GET", "/v1/keys", "", headers...).into(http.StatusOK, &api.KeyPage{}) // reading needs none
		})
	}
}

func FuzzIdempotencyKey(f *testing.F) {
	for _, seed := range []string{onceKey, `"a\"b\\c"`, `"`, `""`, "a,b", "a b", "ü", `"a";b`} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, sent string) {
		key, err := parseIdempotencyKey([]string{sent})
		if (err == nil) != (key != "") {
			t.Fatalf("got %q, %v", key, err)
		}
		if err != nil {
			return
		}
		quoted := `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(key) + `"`
		if again, err := parseIdempotencyKey([]string{quoted}); again != key || err != nil {
			t.Errorf("%q in quotes: got %q, %v", key, again, err)
		}
		if sent != key && sent != quoted {
			t.Errorf("%q is read as %q", sent, key)
		}
	})
}
