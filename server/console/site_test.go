package console

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/net/html"

	"github.com/keywright/keywright"
	"github.com/keywright/keywright/password"
	"github.com/keywright/keywright/policy"
	"github.com/keywright/keywright/secret"
	"github.com/keywright/keywright/store"
	"github.com/keywright/keywright/store/sqlite"
)

const (
	ourHost    = "127.0.0.1:8080"
	ourOrigin  = "http://" + ourHost
	passphrase = "a few words to sign in"
)

// start is when every test begins.
func start() time.Time { return time.Date(2026, 5, 3, 14, 2, 0, 0, time.UTC) }

// site is a console on a real service and a real database, with a clock that the test moves.
type site struct {
	t       *testing.T
	svc     *keywright.Service
	store   *store.Store
	console *Console
	handler http.Handler
	policy  *policy.Policy
	log     *bytes.Buffer // what was logged
	now     time.Time
	others  []keywright.Acknowledgement // what the other nodes say to a change
	void    bool                        // nodes serve stale keys
}

// Begin is that of follow.Receipts, for a console among other nodes.
func (s *site) Begin(c keywright.Commit, _ time.Duration) keywright.Receipt {
	r := keywright.Receipt{
		Revision: c.Revision, Committed: c.At, Wait: keywright.WaitAll, Bound: 30 * time.Second, Safe: !s.void, SafeAt: c.At.Add(4 * time.Millisecond),
		Nodes: append([]keywright.Acknowledgement{{Node: "node_1", Name: "eu-1", State: keywright.NodeApplied}}, s.others...),
		Void:  s.void, Took: 4 * time.Millisecond,
	}
	for _, n := range s.others {
		if n.State == keywright.NodeSilent {
			r.Safe, r.SafeAt, r.Took = false, c.At.Add(30*time.Second), time.Second
		}
	}
	if s.void {
		r.SafeAt = time.Time{}
	}
	if err := s.store.KeepReceipt(s.t.Context(), c, r); err != nil {
		s.t.Error(err)
	}
	return r
}

// newSite opens a copy of the template database: the accounts acme (standard), globex
// (enterprise), tiny (lite, with one key from better days) and halted (suspended).
func newSite(t *testing.T, change ...func(*Options)) *site {
	t.Helper()
	folder, err := template()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS(folder)); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(filepath.Join(dir, "keywright.db"), 0o600); err != nil {
		t.Fatal(err)
	}
	s := &site{t: t, now: start(), log: &bytes.Buffer{}, policy: policy.Default()}
	s.store, s.svc, err = open(dir, 2, s.policy, func() time.Time { return s.now })
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.store.Close(); err != nil {
			t.Error(err)
		}
	})
	s.serve(s.svc, change...)
	return s
}

// serve puts a console in front of svc.
func (s *site) serve(svc service, change ...func(*Options)) {
	o := Options{
		PublicURL: ourOrigin, Now: func() time.Time { return s.now },
		Log: slog.New(slog.NewTextHandler(s.log, nil)), Random: rand.NewChaCha8([32]byte{3}),
		Receipts: s,
	}
	for _, f := range change {
		f(&o)
	}
	s.console = New(svc, s.store.Sessions(), o)
	console := s.console.Handler()
	s.handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Request-Id", "REQUESTID")
		console.ServeHTTP(w, r)
	})
}

// open makes a Service whose ids and secrets are the same in every run.
func open(dir string, seed byte, p *policy.Policy, now func() time.Time) (*store.Store, *keywright.Service, error) {
	db, err := sqlite.Open(context.Background(), dir, sqlite.Options{})
	if err != nil {
		return nil, nil, err
	}
	ring, err := secret.NewKeyring(map[int][]byte{1: []byte(strings.Repeat("pepper!!", 4))})
	if err != nil {
		return nil, nil, err
	}
	random := rand.NewChaCha8([32]byte{seed})
	return db, keywright.New(db, ring, password.New(password.Options{}), keywright.Options{Policy: p, Now: now, Random: random}), nil
}

// template makes the database that every site is a copy of: hashing the passwords takes
// longer than most tests.
var template = sync.OnceValues(func() (dir string, err error) {
	if dir, err = os.MkdirTemp("", "console"); err != nil {
		return "", err
	}
	ctx := context.Background()
	now := start().Add(-30 * 24 * time.Hour)
	db, svc, err := open(dir, 1, policy.Default(), func() time.Time { now = now.Add(time.Hour); return now })
	if err != nil {
		return "", err
	}
	for _, account := range []struct{ slug, name, plan string }{
		{"acme", "Acme Incidents", "standard"}, {"globex", "Globex", "enterprise"}, {"tiny", "Tiny", "basic"},
	} {
		a, _, _, err := svc.CreateAccount(ctx, keywright.Operator(""), keywright.NewAccount{
			Slug: account.slug, Name: account.name, Plan: account.plan, Owner: newcomer("Olive Owner", "owner", account.slug),
		})
		if err != nil {
			return "", err
		}
		for _, m := range []keywright.NewMember{
			newcomer("Ada Admin", "admin", account.slug), newcomer("Uma User", "user", account.slug), newcomer("Lim Limited", "limited_user", account.slug),
		} {
			if _, _, err := svc.AddMember(ctx, keywright.Operator(a.ID), m); err != nil {
				return "", err
			}
		}
		bo := keywright.NewMember{Name: "Bo Both", Email: "bo@example.com", Role: "admin", Password: passphrase}
		if account.slug != "tiny" {
			_, _, err = svc.AddMember(ctx, keywright.Operator(a.ID), bo)
		} else {
			_, _, err = svc.Issue(ctx, keywright.Operator(a.ID), keywright.NewKey{Description: "from better days"})
			if err == nil {
				_, _, err = svc.SetPlan(ctx, keywright.Operator(a.ID), "lite")
			}
		}
		if err != nil {
			return "", err
		}
	}
	return dir, errors.Join(suspended(ctx, db, now), db.Close())
})

// suspended adds an account that no call of the service makes: suspending comes later.
func suspended(ctx context.Context, db *store.Store, now time.Time) error {
	hash, err := db.PasswordHash(ctx, "bo@example.com")
	if err != nil {
		return err
	}
	return db.Write(ctx, func(tx keywright.Tx) error {
		id := keywright.AccountID("acct_halted00000000000000")
		m := keywright.Member{ID: "mem_halted000000000000000", Account: id, Email: "owner@halted.example", Name: "Olive Owner", Role: "owner", State: keywright.MemberActive, Created: now}
		return errors.Join(
			tx.InsertAccount(ctx, keywright.Account{ID: id, Slug: "halted", Name: "Halted", Plan: "standard", State: keywright.AccountSuspended, Created: now}),
			tx.InsertMember(ctx, m),
			tx.SetPasswordHash(ctx, m.Email, hash, now),
		)
	})
}

func newcomer(name, role, account string) keywright.NewMember {
	return keywright.NewMember{Name: name, Role: role, Email: address(role, account), Password: passphrase}
}

func address(role, account string) string {
	return strings.ReplaceAll(role, "_", "-") + "@" + account + ".example"
}

func TestMain(m *testing.M) {
	code := m.Run()
	if dir, err := template(); err == nil {
		_ = os.RemoveAll(dir)
	}
	os.Exit(code)
}

// browser sends what a browser sends, and keeps cookies.
type browser struct {
	*site
	cookies map[string]string
	from    string // its network address
}

func (s *site) browser() *browser {
	return &browser{site: s, cookies: map[string]string{}, from: "192.0.2.1"}
}

// as is a browser in which the one with a role in an account is signed in.
func (s *site) as(role, account string) *browser {
	s.t.Helper()
	b := s.browser()
	if role != "" {
		p := b.post("/sign-in", url.Values{"email": {address(role, account)}, "password": {passphrase}})
		p.is(http.StatusSeeOther)
	}
	return b
}

func (b *browser) get(path string) *reply {
	b.t.Helper()
	return b.send(httptest.NewRequest(http.MethodGet, ourOrigin+path, nil))
}

// ask makes a request as curl would: no cookie, no origin.
func ask(method, path, body string) *http.Request {
	return httptest.NewRequest(method, ourOrigin+path, strings.NewReader(body))
}

// post sends a form as a page of ours does.
func (b *browser) post(path string, form url.Values) *reply {
	b.t.Helper()
	r := httptest.NewRequest(http.MethodPost, ourOrigin+path, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Origin", ourOrigin)
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	return b.send(r)
}

func (b *browser) send(r *http.Request) *reply {
	b.t.Helper()
	r.RemoteAddr = b.from + ":40000"
	for name, value := range b.cookies {
		r.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	w := httptest.NewRecorder()
	b.handler.ServeHTTP(w, r)
	for _, cookie := range w.Result().Cookies() {
		if b.cookies[cookie.Name] = cookie.Value; cookie.MaxAge < 0 {
			delete(b.cookies, cookie.Name)
		}
	}
	body, err := io.ReadAll(w.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	return &reply{t: b.t, what: r.Method + " " + r.URL.RequestURI(), status: w.Code, header: w.Header(), body: string(body)}
}

// reply is what came back.
type reply struct {
	t      *testing.T
	what   string
	status int
	header http.Header
	body   string
}

func (p *reply) is(status int) *reply {
	p.t.Helper()
	if p.status != status {
		p.t.Fatalf("%s: got %d to %q, want %d; it says:\n%s", p.what, p.status, p.header.Get("Location"), status, p.text())
	}
	return p
}

func (p *reply) goesTo(path string) *reply {
	p.t.Helper()
	if p.is(http.StatusSeeOther); p.header.Get("Location") != path {
		p.t.Fatalf("%s: goes to %q, want %q", p.what, p.header.Get("Location"), path)
	}
	return p
}

func (p *reply) says(texts ...string) *reply {
	p.t.Helper()
	for _, text := range texts {
		if !strings.Contains(p.text(), text) {
			p.t.Errorf("%s does not say %q; it says:\n%s", p.what, text, p.text())
		}
	}
	return p
}

func (p *reply) saysNot(texts ...string) *reply {
	p.t.Helper()
	for _, text := range texts {
		if strings.Contains(p.text(), text) {
			p.t.Errorf("%s says %q", p.what, text)
		}
	}
	return p
}

// document is the parsed page.
func (p *reply) document() *html.Node {
	p.t.Helper()
	node, err := html.Parse(strings.NewReader(p.body))
	if err != nil {
		p.t.Fatal(err)
	}
	return node
}

// text is what a reader without pictures reads of the page, its title first.
func (p *reply) text() string {
	p.t.Helper()
	var words []string
	for node := range p.document().Descendants() {
		if node.Type == html.TextNode {
			words = append(words, strings.Fields(node.Data)...)
		}
	}
	return strings.Join(words, " ")
}

// find lists the elements of a kind, with an attribute if one is named.
func (p *reply) find(kind, attribute string) []*html.Node {
	p.t.Helper()
	var found []*html.Node
	for node := range p.document().Descendants() {
		if node.Type == html.ElementNode && node.Data == kind {
			if _, has := attr(node, attribute); has || attribute == "" {
				found = append(found, node)
			}
		}
	}
	return found
}

func attr(node *html.Node, name string) (string, bool) {
	for _, a := range node.Attr {
		if a.Key == name {
			return a.Val, true
		}
	}
	return "", false
}

// link is where the link of that name leads.
func (p *reply) link(name string) string {
	p.t.Helper()
	for _, link := range p.find("a", "href") {
		for node := range link.Descendants() {
			if node.Type == html.TextNode && node.Data == name {
				path, _ := attr(link, "href")
				return path
			}
		}
	}
	p.t.Fatalf("%s has no link %q", p.what, name)
	return ""
}

// value is what an input of the page's form holds.
func (p *reply) value(name string) string {
	p.t.Helper()
	for _, input := range p.find("input", "name") {
		if is, _ := attr(input, "name"); is == name {
			if kind, _ := attr(input, "type"); kind == "radio" {
				if _, checked := attr(input, "checked"); !checked {
					continue
				}
			}
			value, _ := attr(input, "value")
			return value
		}
	}
	p.t.Fatalf("%s has no input %s", p.what, name)
	return ""
}

// secret is the key that the page shows; "" when it shows none.
func (p *reply) secret() string {
	p.t.Helper()
	for _, code := range p.find("code", "data-secret") {
		return code.FirstChild.Data
	}
	return ""
}

// account finds an account, for tests that look behind the console.
func (s *site) account(slug string) keywright.Account {
	s.t.Helper()
	a, err := s.svc.AccountBySlug(s.t.Context(), keywright.Operator(""), slug)
	if err != nil {
		s.t.Fatal(err)
	}
	return a
}

// issue makes a key behind the console.
func (s *site) issue(account, description string) (keywright.Key, secret.Secret) {
	s.t.Helper()
	owner, err := s.svc.MemberByEmail(s.t.Context(), keywright.Operator(s.account(account).ID), address("owner", account))
	if err != nil {
		s.t.Fatal(err)
	}
	key, text, err := s.svc.Issue(s.t.Context(), owner.By(), keywright.NewKey{Description: description})
	if err != nil {
		s.t.Fatal(err)
	}
	return key, text
}

// verifies asks the service, as a gateway would.
func (s *site) verifies(text string) keywright.Verdict {
	s.t.Helper()
	verdict, err := s.svc.Verify(s.t.Context(), keywright.Request{Text: text})
	if err != nil {
		s.t.Fatal(err)
	}
	return verdict
}
