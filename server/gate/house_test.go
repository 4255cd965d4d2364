package gate_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"errors"
	"hash/crc32"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/keywright/keywright"
	"github.com/keywright/keywright/api"
	"github.com/keywright/keywright/password"
	"github.com/keywright/keywright/secret"
	"github.com/keywright/keywright/server/gate"
	"github.com/keywright/keywright/store/sqlite"
)

// house is a real Service on a real database, with the gate in front. Its account acme is on
// plan standard and has one good key of version v1.
type house struct {
	*keywright.Service
	*gate.Gate
	store   keywright.Store
	ring    *secret.Keyring
	log     *bytes.Buffer
	account keywright.Account
	key     keywright.Key
	text    string
}

func noon() time.Time { return time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC) }

func build(t testing.TB) *house {
	t.Helper()
	db, err := sqlite.Open(t.Context(), t.TempDir(), sqlite.Options{Now: noon})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	h := &house{store: db, log: &bytes.Buffer{}}
	if h.ring, err = secret.MakeKeyring(rand.Reader); err != nil {
		t.Fatal(err)
	}
	h.Service = keywright.New(db, h.ring, password.New(password.Options{}), keywright.Options{Now: noon})
	h.Gate = gate.New(h.Service, gate.Options{Policy: h.Service.Policy(), Log: slog.New(slog.NewTextHandler(h.log, nil))})
	h.account, _, _, err = h.CreateAccount(t.Context(), keywright.Operator(""), keywright.NewAccount{
		Slug: "acme", Name: "Acme", Plan: "standard", Owner: keywright.NewMember{Email: "ada@example.com", Name: "Ada"},
	})
	if err != nil {
		t.Fatal(err)
	}
	h.key, h.text = h.issue(t, "nightly export", "v1")
	return h
}

func (h *house) issue(t testing.TB, description, version string) (keywright.Key, string) {
	t.Helper()
	key, text, err := h.Issue(t.Context(), keywright.Operator(h.account.ID), keywright.NewKey{Description: description, Version: version})
	if err != nil {
		t.Fatal(err)
	}
	return key, text.Reveal()
}

// broken is a verifier that can't decide: a fault that the real one answers when its disk is.
type broken struct{ err error }

func (b broken) Verify(context.Context, keywright.Request) (keywright.Verdict, error) {
	return keywright.Verdict{}, b.err
}

// answers is a verifier with one verdict, for those that no Service gives.
type answers struct{ verdict keywright.Verdict }

func (a answers) Verify(context.Context, keywright.Request) (keywright.Verdict, error) {
	return a.verdict, nil
}

func errDisk() error { return errors.New("disk I/O error") }

// do sends one request; headers are name, value, name, value.
func do(h http.Handler, method, target, body string, headers ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, target, strings.NewReader(body))
	for i := 0; i < len(headers); i += 2 {
		r.Header.Add(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

// post sends v as JSON.
func post(t testing.TB, h http.Handler, path string, v any, headers ...string) *httptest.ResponseRecorder {
	t.Helper()
	body, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return do(h, http.MethodPost, path, string(body), append(headers, "Content-Type", "application/json")...)
}

// ask sends a good POST /v1/verify and reads the verdict.
func ask(t testing.TB, h http.Handler, asked api.VerifyRequest) api.Verdict {
	t.Helper()
	w := post(t, h, "/v1/verify", asked)
	if w.Code != http.StatusOK || w.Header().Get("Content-Type") != "application/json" || w.Header().Get("Cache-Control") != "no-store" {
		t.Fatalf("got %d %v, want 200, JSON and no-store", w.Code, w.Header())
	}
	var v api.Verdict
	if err := api.Unmarshal(w.Body.Bytes(), &v); err != nil {
		t.Fatal(err)
	}
	return v
}

// readProblem checks what every problem has.
func readProblem(t testing.TB, w *httptest.ResponseRecorder) api.Problem {
	t.Helper()
	var p api.Problem
	if err := api.Unmarshal(w.Body.Bytes(), &p); err != nil {
		t.Fatalf("the body is no problem: %v", err)
	}
	if p.Status != w.Code || p.Title == "" || p.Detail == "" || p.Type != "urn:keywright:problem:"+string(p.Code) {
		t.Errorf("got %+v for status %d, want one that is complete and agrees", p, w.Code)
	}
	if got := w.Header().Get("Content-Type"); got != api.ProblemType {
		t.Errorf("Content-Type: got %q, want %q", got, api.ProblemType)
	}
	if got := w.Header().Get("Cache-Control"); got != "no-store" {
		t.Errorf("Cache-Control: got %q, want no-store", got)
	}
	return p
}

// withCheck gives a text the check characters that it should have, written anew from the
// format's description.
func withCheck(text string) string {
	const digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	before := text[:len(text)-6]
	sum := crc32.ChecksumIEEE([]byte(before))
	check := []byte("000000")
	for i := 5; i >= 0; i-- {
		check[i] = digits[sum%62]
		sum /= 62
	}
	return before + string(check)
}

func base64Of(text string) string { return base64.StdEncoding.EncodeToString([]byte(text)) }

// replaceAt puts another base62 character at i.
func replaceAt(text string, i int) string {
	c := byte('a')
	if text[i] == c {
		c = 'b'
	}
	return text[:i] + string(c) + text[i+1:]
}
