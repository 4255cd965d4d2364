package console

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/keywright/keywright"
	"github.com/keywright/keywright/policy"
)

// faulty is a service of which one call fails.
type faulty struct {
	*keywright.Service
	fails error
}

func (f faulty) Keys(context.Context, keywright.Principal, keywright.KeyFilter, keywright.Page) ([]keywright.Key, keywright.Cursor, error) {
	return nil, keywright.Cursor{}, f.fails
}

// TestEveryErrorHasAPage walks the errors of the domain: none may end as "something failed".
func TestEveryErrorHasAPage(t *testing.T) {
	s := newSite(t)
	cookies := s.as("owner", "acme").cookies
	for _, kind := range keywright.Errors() {
		s.serve(faulty{s.svc, fmt.Errorf("list the keys: %w", kind)})
		b := s.browser()
		b.cookies = cookies
		p := b.get("/api-access")
		if p.status == http.StatusInternalServerError || p.status < 400 {
			t.Errorf("%v: got %d", kind, p.status)
		}
		if strings.Contains(p.body, "list the keys") {
			t.Errorf("%v: the page says where it came from", kind)
		}
	}
}

func TestEveryErrorWithDetailsSaysThem(t *testing.T) {
	s := newSite(t)
	cookies := s.as("owner", "acme").cookies
	p := policy.Default()
	for says, err := range map[string]error{
		"it holds a bad thing":             &keywright.InvalidError{Field: "cursor", Why: "holds a bad thing"},
		"it is taken":                      &keywright.ConflictError{Field: "slug", Why: "is taken"},
		"can't change who belongs":         &keywright.ForbiddenError{Right: policy.ManageMembers, Who: p.RolesWith(policy.ManageMembers)},
		"No role in this account includes": &keywright.ForbiddenError{},
		"The Standard plan has API access": &keywright.NotEntitledError{Plan: p.Plans[0], Need: p.Plans[2:3]},
		"No plan has API access":           &keywright.NotEntitledError{Plan: p.Plans[0]},
		"No second key was made":           &keywright.AlreadyIssuedError{Key: "key_000000000000"},
	} {
		s.serve(faulty{s.svc, fmt.Errorf("list the keys: %w", err)})
		b := s.browser()
		b.cookies = cookies
		b.get("/api-access").says(says)
	}
}

func TestEveryRefusalSaysWhatAndWhy(t *testing.T) {
	unknown := refusalOf("")
	for _, right := range policy.Rights() {
		if view := refusalOf(right); view.what == unknown.what || view.why == unknown.why {
			t.Errorf("%s has no words of its own", right)
		}
	}
}

func TestAnUnknownErrorIsLoggedAndTellsNothing(t *testing.T) {
	s := newSite(t)
	cookies := s.as("owner", "acme").cookies
	s.serve(faulty{s.svc, errors.New("disk sda1 says no")})
	b := s.browser()
	b.cookies = cookies
	p := b.get("/api-access").is(http.StatusInternalServerError).says("Something failed here", "Look before you repeat it", "REQUESTID")
	if strings.Contains(p.body, "sda1") {
		t.Error("the page tells the cause")
	}
	if log := s.log.String(); strings.Count(log, "sda1") != 1 || !strings.Contains(log, "request=REQUESTID") {
		t.Errorf("the log: %q", log)
	}
}

func TestAnOutcomeThatIsNotKnownIsCalledThat(t *testing.T) {
	s := newSite(t)
	cookies := s.as("owner", "acme").cookies
	s.serve(faulty{s.svc, keywright.ErrOutcomeUnknown})
	b := s.browser()
	b.cookies = cookies
	b.get("/api-access").is(http.StatusServiceUnavailable).says("may have been made, or not").saysNot("Nothing was changed")
	if !strings.Contains(s.log.String(), "outcome unknown") {
		t.Error("it isn't in the log")
	}
}

// TestAReaderWhoLeftIsNoFault: a cancelled request isn't logged as one.
func TestAReaderWhoLeftIsNoFault(t *testing.T) {
	s := newSite(t)
	cookies := s.as("owner", "acme").cookies
	s.serve(faulty{s.svc, context.Canceled})
	b := s.browser()
	b.cookies = cookies
	b.get("/api-access")
	if log := s.log.String(); log != "" {
		t.Errorf("the log: %q", log)
	}
}

func TestTheSessionsOfAStoreThatFailed(t *testing.T) {
	s := newSite(t)
	b := s.as("owner", "acme")
	if err := s.store.Close(); err != nil {
		t.Fatal(err)
	}
	b.get("/api-access").is(http.StatusInternalServerError).says("Something failed here").saysNot("acme")
	s.browser().post("/sign-in", credentials("x@acme.example", passphrase)).is(http.StatusInternalServerError)
	s.browser().get("/sign-in").is(http.StatusOK)
}
