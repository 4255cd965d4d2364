package gate_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"log/slog"
	"net/http"
	"net/netip"
	"sync/atomic"
	"testing"
	"time"

	"github.com/keywright/keywright"
	"github.com/keywright/keywright/keyset"
	"github.com/keywright/keywright/policy"
	"github.com/keywright/keywright/secret"
	"github.com/keywright/keywright/server/gate"
)

// townRules is a policy with versions in every state, scopes, routes and a plan with a rate.
const townRules = `
product: {name: Acme, brand: kw, vendor: acme}
versions:
  - {name: v1, label: One, hint: Take it., documentation: /help/api-versions, base_path: /api/v1/, accept: "1", presentations: [token, bearer, x-api-key, basic], preselected: true, override: true}
  - {name: v2, label: Two, hint: For new code., documentation: /help/api-versions, base_path: /, accept: "2", presentations: [token, bearer, x-api-key], override: true,
     state: deprecated, deprecated: "2026-01-01", sunset: "2026-07-01", notice: "https://developer.example.com/after-v2"}
  - {name: v3, label: Three, hint: Gone., documentation: /help/api-versions, base_path: /api/v3/, accept: "3", presentations: [bearer], override: true,
     state: "off", deprecated: "2025-01-01", sunset: "2025-07-01"}
scopes:
  - {name: "incidents:read", description: See incidents}
  - {name: "incidents:write", description: Change incidents}
  - {name: "users:read", description: See people}
roles:
  - {name: owner, label: Owner, about: Everything., owner: true, rights: ["*"], scopes: ["*"]}
  - {name: user, label: User, about: Works., rights: ["members:read"], scopes: ["incidents:*"]}
  - {name: guest, label: Guest, about: Looks.}
plans:
  - {name: lite, label: Lite}
  - {name: small, label: Small, api_access: true, rate: 7/min burst 1}
  - {name: standard, label: Standard, api_access: true, personal_keys: true}
routes:
  - GET /incidents/** -> incidents:read
  - GET /api/v1/incidents/** -> incidents:read
  - POST,PUT,PATCH,DELETE /incidents/** -> incidents:write
  - POST,DELETE /api/v1/incidents/** -> incidents:write
  - GET /health -> none
  - "* /admin/** -> *"
`

// errorForms are the forms in which end clients can be refused.
func errorForms() map[string]string {
	return map[string]string{
		"problem+json": "",
		"pagerduty":    "errors: {format: pagerduty}\n",
		"template":     "errors: {format: template, content_type: application/json, body: '{\"e\":\"{{.Code}}\",\"s\":{{.Status}},\"m\":\"{{.Detail}}\"}'}\n",
	}
}

func readPolicy(t testing.TB, text string) *policy.Policy {
	t.Helper()
	p, err := policy.Parse([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// town is a Gate over a keyset, whose records are all that there is: no database.
type town struct {
	*gate.Gate
	set   *keyset.Set
	ring  *secret.Keyring
	asked *counted
	log   *bytes.Buffer
	text  string // of a good key of account acme, with every scope
	last  uint64 // revision
}

// counted counts the questions that reach the verifier.
type counted struct {
	inner *keywright.Verifier
	calls atomic.Int64
}

func (c *counted) Verify(ctx context.Context, r keywright.Request) (keywright.Verdict, error) {
	c.calls.Add(1)
	return c.inner.Verify(ctx, r)
}

// startUp is the reading of the clock of the lease; it is good for an hour.
const startUp = time.Hour

func settle(t testing.TB, o gate.Options) *town {
	t.Helper()
	ring, err := secret.MakeKeyring(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	if o.Policy == nil {
		o.Policy = readPolicy(t, townRules)
	}
	w := &town{ring: ring, set: keyset.New(ring, keywright.Rules(o.Policy), keyset.Options{}), log: &bytes.Buffer{}}
	w.set.Extend(startUp, time.Hour)
	w.asked = &counted{inner: w.verifier(o.Policy, startUp)}
	o.Log = slog.New(slog.NewTextHandler(w.log, nil))
	w.Gate = gate.New(w.asked, o)
	w.apply(t, keyset.Account{ID: "acct_acme", Slug: "acme", Plan: "standard"})
	w.text = w.key(t, "acct_acme", nil)
	return w
}

func (w *town) verifier(p *policy.Policy, uptime time.Duration) *keywright.Verifier {
	return keywright.NewVerifier(w.set, func() *policy.Policy { return p }, func() time.Duration { return uptime }, keywright.Options{Now: noon})
}

func (w *town) apply(t testing.TB, changes ...keyset.Change) {
	t.Helper()
	w.last++
	if err := w.set.Apply(w.last, changes...); err != nil {
		t.Fatal(err)
	}
}

// key puts a key into the set and answers its text.
func (w *town) key(t testing.TB, account string, change func(*keyset.Key)) string {
	t.Helper()
	text, err := secret.Make("kw", secret.Live, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	mac, _ := w.ring.MAC(w.ring.Current(), account, text.Reveal())
	k := keyset.Key{ID: text.ID(), Account: account, Kind: keyset.AccountKey, Version: "v1", Seals: []keyset.Seal{{MAC: mac, Pepper: w.ring.Current()}}}
	if change != nil {
		change(&k)
	}
	w.apply(t, k)
	return text.Reveal()
}

// account puts an account of its own into the set, with one key.
func (w *town) account(t testing.TB, a keyset.Account) string {
	t.Helper()
	a.ID = "acct_" + a.Slug
	w.apply(t, a)
	return w.key(t, a.ID, nil)
}

// personal puts a member with a personal key into the set.
func (w *town) personal(t testing.TB, id, role string, active bool) string {
	t.Helper()
	w.apply(t, keyset.Member{ID: id, Account: "acct_acme", Role: role, Active: active})
	return w.key(t, "acct_acme", func(k *keyset.Key) { k.Kind, k.Member = keyset.PersonalKey, id })
}

// refusing is a request that is refused for one reason, as a gateway asks about it.
type refusing struct {
	http.Handler
	authorization string
	method, path  string // of the end client; "GET" and "/incidents" by default
	proved        bool   // the end client holds the key
}

func (c refusing) headers() []string {
	headers := []string{"X-Original-Method", c.method, "X-Original-URI", c.path}
	if c.authorization != "" {
		headers = append(headers, "Authorization", c.authorization)
	}
	return headers
}

// refusals are one request for each reason there is.
func (w *town) refusals(t testing.TB, o gate.Options) map[keywright.Reason]refusing {
	t.Helper()
	bearer := func(text string) refusing { return refusing{authorization: "Bearer " + text, proved: true} }
	change := func(f func(*keyset.Key)) refusing { return bearer(w.key(t, "acct_acme", f)) }
	small := w.account(t, keyset.Account{Slug: "small", Plan: "small"})
	if got := do(w, "GET", "/forward-auth", "", "X-Original-Method", "GET", "X-Original-URI", "/health", "Authorization", "Bearer "+small); got.Code != 200 {
		t.Fatalf("the first request of a plan with a rate: got %d, want 200", got.Code)
	}
	if o.Policy == nil {
		o.Policy = readPolicy(t, townRules)
	}
	quota := keywright.Verdict{Reason: keywright.OverQuota, Key: keywright.Key{ID: "key_quota"}}
	environment := keywright.Verdict{Reason: keywright.EnvironmentNotAllowed, Key: keywright.Key{ID: "key_environment", Env: secret.Test}}
	all := map[keywright.Reason]refusing{
		keywright.NoCredential:          {},
		keywright.AmbiguousCredential:   {authorization: "Bearer " + w.text + ", Bearer " + w.text},
		keywright.Malformed:             {authorization: "Bearer " + w.text[1:]},
		keywright.Stale:                 {authorization: "Bearer " + w.text, Handler: gate.New(w.verifier(o.Policy, startUp+2*time.Hour), o)},
		keywright.Unknown:               {authorization: "Bearer " + withCheck(replaceAt(w.text, 40))},
		keywright.Revoked:               change(func(k *keyset.Key) { k.Revoked = true }),
		keywright.Disabled:              change(func(k *keyset.Key) { k.Disabled = true }),
		keywright.NotYetValid:           change(func(k *keyset.Key) { k.NotBefore = noon().Add(time.Hour) }),
		keywright.Expired:               change(func(k *keyset.Key) { k.Expires = noon() }),
		keywright.AccountIsSuspended:    bearer(w.account(t, keyset.Account{Slug: "suspended", Plan: "standard", Suspended: true})),
		keywright.PlanNotEntitled:       bearer(w.account(t, keyset.Account{Slug: "lite", Plan: "lite"})),
		keywright.MemberInactive:        bearer(w.personal(t, "mem_gone", "owner", false)),
		keywright.NetworkNotAllowed:     change(func(k *keyset.Key) { k.Networks = []netip.Prefix{netip.MustParsePrefix("192.0.2.0/24")} }),
		keywright.EnvironmentNotAllowed: {authorization: "Bearer " + w.text, proved: true, Handler: gate.New(answers{environment}, o)},
		keywright.VersionNotAllowed:     change(func(k *keyset.Key) { k.Version = "v0" }),
		keywright.VersionOff:            change(func(k *keyset.Key) { k.Version = "v3" }),
		keywright.ReadOnly:              change(func(k *keyset.Key) { k.Kind = keyset.ReadOnlyKey }),
		keywright.OutOfScope:            change(func(k *keyset.Key) { k.Scopes = []string{"users:read"} }),
		keywright.OverLimit:             bearer(small),
		keywright.OverQuota:             {authorization: "Bearer " + w.text, proved: true, Handler: gate.New(answers{quota}, o)},
	}
	for reason, c := range all {
		if c.Handler == nil {
			c.Handler = w
		}
		c.method, c.path = "GET", "/incidents"
		if reason == keywright.ReadOnly {
			c.method = "DELETE"
		}
		all[reason] = c
	}
	return all
}

// A reason that somebody adds to the domain is missed by the tests until it is added here.
func TestThereIsARefusalForEveryReason(t *testing.T) {
	all := settle(t, gate.Options{}).refusals(t, gate.Options{})
	for _, reason := range keywright.Reasons() {
		if _, ok := all[reason]; !ok {
			t.Errorf("%s: no request is refused for it", reason)
		}
	}
	if len(all) != len(keywright.Reasons()) {
		t.Errorf("got %d, want %d", len(all), len(keywright.Reasons()))
	}
}
