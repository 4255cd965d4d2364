package rest

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/legacy"

	"github.com/keywright/keywright"
	"github.com/keywright/keywright/api"
	"github.com/keywright/keywright/follow"
	"github.com/keywright/keywright/password"
	"github.com/keywright/keywright/secret"
	"github.com/keywright/keywright/store"
	"github.com/keywright/keywright/store/sqlite"
)

// canary stands in every bad value that the tests send. No answer and no log line holds it.
const canary = "cAnArY7f3a"

// world is the API on a real Service and database: the account acme on plan standard with a
// member of each role, and the account globex, both with a key.
type world struct {
	t        *testing.T
	store    *store.Store
	svc      *keywright.Service
	follower *follow.Follower
	receipts *follow.Receipts
	contract routers.Router
	log      *lockedBuffer

	time *clock

	public, operator *httptest.Server
	acme, globex     keywright.Account
	members          map[string]keywright.Member // of acme, by role
	key, foreign     keywright.Key               // of acme, of globex
	secret           string                      // of key
	token            string                      // of the operator, who may do everything by it
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{t: t, contract: contract(t), log: &lockedBuffer{}, time: &clock{now: time.Date(2026, 5, 3, 12, 0, 0, 0, time.UTC)}, members: map[string]keywright.Member{}}
	var err error
	if w.store, err = sqlite.Open(t.Context(), t.TempDir(), sqlite.Options{}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = w.store.Close() })
	ring, err := secret.MakeKeyring(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	w.svc = keywright.New(w.store, ring, password.New(password.Options{}), keywright.Options{Now: w.time.Now})
	w.acme, w.globex = w.account("acme"), w.account("globex")
	for _, role := range w.svc.Policy().Roles {
		w.members[role.Name] = w.member(w.acme, role.Name, role.Name+"@example.com", keywright.MemberActive)
	}
	var text secret.Secret
	w.key, text = w.issue(w.acme, "nightly export")
	w.secret = text.Reveal()
	w.foreign, _ = w.issue(w.globex, "somebody else's")
	w.token = w.operatorToken(keywright.UseOperate).Reveal()
	w.follow(ring)
	w.public, w.operator = w.serve(w.svc)
	return w
}

// follow makes the world one node, which waits for receipts.
func (w *world) follow(ring *secret.Keyring) {
	w.follower = follow.New(w.store, ring, w.svc.Adopt, follow.Options{
		Bound: keywright.MaxBound, Node: keywright.Node{Name: "eu-1", Version: "1.2.3", Address: "127.0.0.1:8081", Started: w.time.Now()},
	})
	w.store.Follow(w.follower.Committed)
	if err := w.follower.Load(w.t.Context()); err != nil {
		w.t.Fatal(err)
	}
	w.receipts = follow.NewReceipts(w.follower, w.store)
	ctx, stop := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() { _ = w.receipts.Run(ctx) })
	w.t.Cleanup(func() { stop(); running.Wait() })
}

// serve starts a public and an operator's listener.
func (w *world) serve(svc service) (public, operator *httptest.Server) {
	o := Options{PublicURL: "https://keys.example.com", Now: w.time.Now, Log: testLog(w.log), Session: w.session}
	o.Receipts, o.Nodes = w.receipts, w.follower.Nodes
	o.Revision = w.store.Latest
	public = httptest.NewServer(withRequestID(New(svc, o)))
	w.t.Cleanup(public.Close)
	o.Operator = true
	operator = httptest.NewServer(withRequestID(New(svc, o)))
	w.t.Cleanup(operator.Close)
	return public, operator
}

// session stands for the console's: a header says who is signed in.
func (w *world) session(r *http.Request) (keywright.Principal, bool) {
	m, ok := w.members[r.Header.Get("Test-Signed-In")]
	return m.By(), ok
}

// withRequestID stands for what the server puts around each handler.
func withRequestID(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Request-Id", rand.Text()[:12])
		next.ServeHTTP(w, r)
	})
}

// withoutID is the body but for the request's id, which differs each time.
func (r *reply) withoutID() string {
	return strings.ReplaceAll(string(r.body), r.header.Get("X-Request-Id"), "ID")
}

// in is the world for a subtest, whose failures are then its own.
func (w *world) in(t *testing.T) *world {
	same := *w
	same.t = t
	return &same
}

type clock struct {
	mu  sync.Mutex
	now time.Time
}

// Now goes on by a millisecond each time, so that lists have an order to keep.
func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(time.Millisecond)
	return c.now
}

func (w *world) account(slug string) keywright.Account {
	w.t.Helper()
	account, _, _, err := w.svc.CreateAccount(w.t.Context(), keywright.Operator(""), keywright.NewAccount{
		Slug: slug, Name: slug, Plan: "standard", Owner: keywright.NewMember{Email: "first@" + slug + ".example"},
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return account
}

// member writes a member as he is after he has joined, without the time that hashing takes.
func (w *world) member(a keywright.Account, role, email string, state keywright.MemberState) keywright.Member {
	w.t.Helper()
	m := keywright.Member{ID: keywright.MemberID("mem_" + a.Slug + role), Account: a.ID, Email: email, Name: role, Role: role, State: state, Created: w.time.Now()}
	w.write(func(tx keywright.Tx) error { return tx.InsertMember(w.t.Context(), m) })
	return m
}

func (w *world) issue(a keywright.Account, description string) (keywright.Key, secret.Secret) {
	w.t.Helper()
	key, text, err := w.svc.Issue(w.t.Context(), keywright.Operator(a.ID), keywright.NewKey{Description: description})
	if err != nil {
		w.t.Fatal(err)
	}
	return key, text
}

func (w *world) operatorToken(use keywright.TokenUse) secret.Secret {
	w.t.Helper()
	_, text, err := w.svc.IssueOperatorToken(w.t.Context(), keywright.Operator(""), keywright.NewOperatorToken{Description: "the office", Use: use})
	if err != nil {
		w.t.Fatal(err)
	}
	return text
}

func (w *world) plan(name string) {
	w.t.Helper()
	if _, _, err := w.svc.SetPlan(w.t.Context(), keywright.Operator(w.acme.ID), name); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) write(change func(keywright.Tx) error) {
	w.t.Helper()
	if err := w.store.Write(w.t.Context(), change); err != nil {
		w.t.Fatal(err)
	}
}

// contract is the OpenAPI document, against which every answer is checked.
func contract(t *testing.T) routers.Router {
	t.Helper()
	document, err := openapi3.NewLoader().LoadFromFile("../../api/openapi.yaml")
	if err != nil {
		t.Fatal(err)
	}
	router, err := legacy.NewRouter(document, openapi3.DisableExamplesValidation()) // TestTheOpenAPIDocumentIsValid looks at them, once
	if err != nil {
		t.Fatal(err)
	}
	return router
}

// reply is an answer, read whole.
type reply struct {
	t      *testing.T
	status int
	header http.Header
	body   []byte
}

// withKey asks with acme's key, as an integration does.
func (w *world) withKey(method, path, body string) *reply {
	w.t.Helper()
	return w.do(w.public, method, path, body, "Authorization: Bearer "+w.secret)
}

// asOperator asks over the operator socket, in acme.
func (w *world) asOperator(method, path, body string) *reply {
	w.t.Helper()
	return w.do(w.operator, method, path, body, "Keywright-Account: acme")
}

// withToken asks as the operator from another machine, in acme.
func (w *world) withToken(method, path, body string, headers ...string) *reply {
	w.t.Helper()
	return w.do(w.public, method, path, body, append([]string{"Authorization: Bearer " + w.token, "Keywright-Account: acme"}, headers...)...)
}

// do asks, and holds the answer against the contract. Headers are "Name: value".
func (w *world) do(server *httptest.Server, method, path, body string, headers ...string) *reply {
	w.t.Helper()
	ctx, cancel := context.WithCancel(w.t.Context())
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, method, server.URL+path, strings.NewReader(body))
	if err != nil {
		w.t.Fatal(err)
	}
	for _, line := range headers {
		name, value, _ := strings.Cut(line, ": ")
		request.Header.Add(name, value)
	}
	if types := request.Header["Content-Type"]; types == nil && body != "" {
		request.Header.Set("Content-Type", "application/json")
	} else if len(types) == 1 && types[0] == "" {
		request.Header.Del("Content-Type")
	}
	response, err := server.Client().Do(request)
	if err != nil {
		w.t.Fatalf("%s %s: %v", method, path, err)
	}
	defer response.Body.Close()
	got := &reply{t: w.t, status: response.StatusCode, header: response.Header}
	if got.body, err = io.ReadAll(response.Body); err != nil {
		w.t.Fatal(err)
	}
	w.check(request, body, got)
	return got
}

// check holds an answer against the document, and looks for what must never be in one.
func (w *world) check(r *http.Request, body string, got *reply) {
	w.t.Helper()
	for what, text := range map[string]string{"body": string(got.body), "headers": strings.ToLower(headerText(got.header)), "log": w.log.String()} {
		if strings.Contains(strings.ToLower(text), strings.ToLower(canary)) {
			w.t.Errorf("%s %s: the %s repeats what was sent", r.Method, r.URL.Path, what)
		}
	}
	if got.status >= 400 && len(got.body) > 0 && got.header.Get("Content-Type") != api.ProblemType {
		w.t.Errorf("%s %s: %d as %s, want %s", r.Method, r.URL.Path, got.status, got.header.Get("Content-Type"), api.ProblemType)
	}
	if (got.status == http.StatusUnauthorized) != (got.header.Get("WWW-Authenticate") != "") && got.status != http.StatusBadRequest {
		w.t.Errorf("%s %s: %d with WWW-Authenticate %q", r.Method, r.URL.Path, got.status, got.header.Get("WWW-Authenticate"))
	}
	route, parameters, err := w.contract.FindRoute(r)
	if err != nil {
		return // not in the document, as is right for 404, 405 and the document itself
	}
	asked := &openapi3filter.RequestValidationInput{
		Request: r, PathParams: parameters, Route: route,
		Options: &openapi3filter.Options{AuthenticationFunc: openapi3filter.NoopAuthenticationFunc, IncludeResponseStatus: true},
	}
	if got.status < 400 {
		r.Body = io.NopCloser(strings.NewReader(body))
		if err := openapi3filter.ValidateRequest(w.t.Context(), asked); err != nil {
			w.t.Errorf("%s %s was accepted, but the document forbids the request: %v", r.Method, r.URL.Path, err)
		}
	}
	answered := &openapi3filter.ResponseValidationInput{RequestValidationInput: asked, Status: got.status, Header: got.header, Options: asked.Options}
	answered.SetBodyBytes(got.body)
	if err := openapi3filter.ValidateResponse(w.t.Context(), answered); err != nil {
		w.t.Errorf("%s %s: the answer is not as documented: %v", r.Method, r.URL.Path, err)
	}
}

func headerText(h http.Header) string {
	var all bytes.Buffer
	_ = h.Write(&all)
	return all.String()
}

// into reads a good answer.
func (r *reply) into(status int, v any) {
	r.t.Helper()
	if r.status != status {
		r.t.Fatalf("got %d, want %d: %s", r.status, status, r.body)
	}
	if err := json.Unmarshal(r.body, v); err != nil {
		r.t.Fatal(err)
	}
}

// problem reads a refusal and checks its kind.
func (r *reply) problem(status int, code api.Code) api.Problem {
	r.t.Helper()
	var p api.Problem
	if err := json.Unmarshal(r.body, &p); err != nil {
		r.t.Fatalf("got %d, not a problem: %s", r.status, r.body)
	}
	if r.status != status || p.Status != status || p.Code != code {
		r.t.Fatalf("got %d %s, want %d %s: %s", r.status, p.Code, status, code, r.body)
	}
	if p.Type != "urn:keywright:problem:"+string(code) || p.Title == "" || p.Detail == "" {
		r.t.Errorf("incomplete problem: %s", r.body)
	}
	return p
}

// at reads a refusal that names one place.
func (r *reply) at(status int, code api.Code, pointer string) api.Problem {
	r.t.Helper()
	p := r.problem(status, code)
	if len(p.Errors) != 1 || p.Errors[0].Pointer != pointer || p.Errors[0].Detail == "" {
		r.t.Errorf("got errors %+v, want one at %q", p.Errors, pointer)
	}
	return p
}

type lockedBuffer struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.String()
}

func testLog(b *lockedBuffer) *slog.Logger { return slog.New(slog.NewTextHandler(b, nil)) }
