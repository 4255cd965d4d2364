package rest

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/keywright/keywright"
	"github.com/keywright/keywright/api"
	"github.com/keywright/keywright/policy"
)

// detailed gives the errors of the domain that have details their details.
func detailed(kind error) error {
	p := policy.Default()
	user, _ := p.Role("user")
	lite, _ := p.Plan("lite")
	for _, err := range []error{
		errors.Join(&keywright.InvalidError{Field: "description", Why: "is required"}, &keywright.InvalidError{Field: "member_name", Why: "shows nothing"}),
		&keywright.ConflictError{Field: "slug", Why: "is already taken"},
		&keywright.ForbiddenError{Right: policy.ManageKeys, Role: user, Who: p.RolesWith(policy.ManageKeys)},
		&keywright.NotEntitledError{Plan: lite, Need: p.PlansWithAPIAccess()},
		&keywright.AlreadyIssuedError{Key: "key_o6p4Zq81LmT3"},
	} {
		if errors.Is(err, kind) {
			return err
		}
	}
	return kind
}

func TestEveryErrorOfTheDomainHasItsProblem(t *testing.T) {
	for _, kind := range keywright.Errors() {
		name := "error_" + strings.NewReplacer(" ", "_", "-", "").Replace(kind.Error())
		t.Run(name, func(t *testing.T) {
			golden(t, name, detailed(kind))
			bare, known := problemOf("", fmt.Errorf("somewhere: %w", kind))
			if !known || bare.Detail == "" {
				t.Errorf("without its details it has no case: %+v", bare)
			}
		})
	}
}

func TestEveryReasonOfAVerdictHasItsProblem(t *testing.T) {
	for _, reason := range keywright.Reasons() {
		t.Run(string(reason), func(t *testing.T) {
			golden(t, "reason_"+string(reason), &refusal{reason: reason, sent: true})
		})
	}
}

// golden holds the problem and the headers for an error against testdata/problem.
func golden(t *testing.T, name string, err error) {
	t.Helper()
	h := New(nil, Options{}).(*handler)
	p, headers := h.problem(t.Context(), &visit{by: keywright.Operator("acct_1")}, fmt.Errorf("somewhere: %w", err))
	if p.Code == api.CodeInternal {
		t.Errorf("%v has no case in problem.go", err)
	}
	var got bytes.Buffer
	encoder := json.NewEncoder(&got)
	encoder.SetIndent("", "  ")
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(struct {
		Headers http.Header `json:"headers"`
		Body    any         `json:"body"`
	}{headers, p}); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join("testdata", "problem", name+".json")
	if *update {
		if err := os.WriteFile(path, got.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got.Bytes(), want) {
		t.Errorf("got %s, want %s", got.Bytes(), want)
	}
}

func TestEveryGoldenProblemHasATest(t *testing.T) {
	files, err := filepath.Glob("testdata/problem/*.json")
	if err != nil {
		t.Fatal(err)
	}
	if want := len(keywright.Errors()) + len(keywright.Reasons()); len(files) != want {
		t.Errorf("testdata/problem has %d files, want %d", len(files), want)
	}
}

// failing is a Service that can't answer.
type failing struct {
	service
	err error
}

func (f failing) Keys(context.Context, keywright.Principal, keywright.KeyFilter, keywright.Page) ([]keywright.Key, keywright.Cursor, error) {
	return nil, keywright.Cursor{}, f.err
}

func (f failing) Verify(ctx context.Context, r keywright.Request) (keywright.Verdict, error) {
	if strings.HasSuffix(r.Text, "?") {
		return keywright.Verdict{}, f.err
	}
	return f.service.Verify(ctx, r)
}

func TestAnErrorThatNobodyForesawIsABare500AndIsLoggedUnderItsID(t *testing.T) {
	w := newWorld(t)
	cause := errors.New("disk I/O error 0xC0FFEE")
	public, operator := w.serve(failing{w.svc, fmt.Errorf("read keys: %w", cause)})
	for name, got := range map[string]*reply{
		"in the operation":  w.do(operator, "GET", "/v1/keys", "", "Keywright-Account: acme"),
		"in authenticating": w.do(public, "GET", "/v1/self", "", "X-API-Key: "+w.secret+"?"),
	} {
		p := got.problem(http.StatusInternalServerError, api.CodeInternal)
		if strings.Contains(string(got.body), "0xC0FFEE") || p.RequestID == "" || p.RequestID != got.header.Get("X-Request-Id") || !strings.Contains(w.log.String(), "request="+p.RequestID) {
			t.Errorf("%s: got %s", name, got.body)
		}
	}
	if log := w.log.String(); strings.Count(log, "0xC0FFEE") != 2 || strings.Contains(log, w.secret[8:40]) {
		t.Errorf("the log has %s", log)
	}
}

func TestAnOutcomeThatNobodyKnowsIsSaidSo(t *testing.T) {
	w := newWorld(t)
	_, operator := w.serve(failing{w.svc, fmt.Errorf("commit: %w", keywright.ErrOutcomeUnknown)})
	got := w.do(operator, "GET", "/v1/keys", "", "Keywright-Account: acme")
	got.problem(http.StatusServiceUnavailable, api.CodeOutcomeUnknown)
	if got.header.Get("Retry-After") == "" {
		t.Error("it does not say when to try again")
	}
}

func TestAClientThatWentAwayIsNoFault(t *testing.T) {
	log := &lockedBuffer{}
	h := New(nil, Options{Log: testLog(log)}).(*handler)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	p, headers := h.problem(ctx, &visit{}, fmt.Errorf("read keys: %w", context.Canceled))
	if p.Status != http.StatusServiceUnavailable || headers.Get("Retry-After") == "" || !strings.Contains(log.String(), "level=INFO") {
		t.Errorf("got %+v, %v and log %s", p, headers, log)
	}
}

func TestAnAccountThatIsSuspendedIsClosedToAllButTheOperator(t *testing.T) {
	w := newWorld(t)
	suspended := w.acme
	suspended.State = keywright.AccountSuspended
	public, operator := w.serve(frozen{w.svc, suspended})
	for way, got := range map[string]*reply{
		"signed in":              w.do(public, "GET", "/v1/keys", "", "Test-Signed-In: owner"),
		"in the operator's name": w.do(operator, "GET", "/v1/keys", "", "Keywright-Account: acme", "Keywright-Act-As: owner@example.com"),
	} {
		if p := got.problem(http.StatusForbidden, api.CodeSuspended); p.Detail == "" {
			t.Error(way)
		}
	}
}

// frozen is a Service whose accounts are suspended: nothing of it can suspend one yet.
type frozen struct {
	service
	account keywright.Account
}

func (f frozen) Whoami(ctx context.Context, by keywright.Principal) (keywright.Self, error) {
	self, err := f.service.Whoami(ctx, by)
	self.Account = f.account
	return self, err
}
