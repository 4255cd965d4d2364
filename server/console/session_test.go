package console

import (
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"testing"
	"testing/synctest"
	"time"
)

// The session's clock is the library's, time.Now, so these run in a bubble of their own time.

func TestASessionEndsWhenItIsNotUsedForAnHour(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newSite(t).as("owner", "acme")
		for range 3 {
			time.Sleep(sessionIdle - time.Second)
			b.get("/api-access").is(http.StatusOK)
		}
		time.Sleep(sessionIdle)
		b.get("/api-access").goesTo("/sign-in?next=%2Fapi-access")
	})
}

func TestASessionEndsADayAfterSignInHoweverBusy(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newSite(t).as("owner", "acme")
		for passed := time.Duration(0); passed < sessionTotal-30*time.Minute; passed += 30 * time.Minute {
			b.get("/api-access").is(http.StatusOK)
			time.Sleep(30 * time.Minute)
		}
		time.Sleep(30*time.Minute - time.Second)
		b.get("/api-access").is(http.StatusOK)
		time.Sleep(time.Second)
		b.get("/api-access").goesTo("/sign-in?next=%2Fapi-access")
	})
}

// TestLookingNextDoorDoesNotProlongASession: Principal reads and writes nothing.
func TestLookingNextDoorDoesNotProlongASession(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSite(t)
		b := s.as("owner", "acme")
		r := ask(http.MethodGet, "/v1/self", "")
		r.AddCookie(&http.Cookie{Name: "keywright", Value: b.cookies["keywright"]})
		time.Sleep(sessionIdle - time.Second)
		if _, ok := s.console.Principal(r); !ok {
			t.Error("the session ended early")
		}
		time.Sleep(time.Second)
		if _, ok := s.console.Principal(r); ok {
			t.Error("the session was prolonged")
		}
	})
}

// TestASessionOfAnotherReleaseIsNone: its owner signs in again and is not shut out.
func TestASessionOfAnotherReleaseIsNone(t *testing.T) {
	s := newSite(t)
	b := s.as("owner", "acme")
	sum := sha256.Sum256([]byte(b.cookies["keywright"]))
	stored := base64.RawURLEncoding.EncodeToString(sum[:]) // as scs names it in the store
	if _, found, err := s.store.Sessions().FindCtx(t.Context(), stored); err != nil || !found {
		t.Fatalf("the session isn't where the test looks: %v", err)
	}
	if err := s.store.Sessions().CommitCtx(t.Context(), stored, []byte("\x00gob"), time.Now().Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	b.get("/api-access").goesTo("/sign-in?next=%2Fapi-access")
	b.post("/sign-in", credentials(address("owner", "acme"), passphrase)).goesTo("/api-access")
	b.get("/api-access").is(http.StatusOK)
}

func TestASessionThatIsNoneOfOursIsNotRead(t *testing.T) {
	for name, data := range map[string]string{"junk": "\x00\x01", "values of another type": `{"values":{"member":1}}`} {
		if _, _, err := (jsonCodec{}).Decode([]byte(data)); err == nil {
			t.Errorf("%s: was read", name)
		}
	}
	if _, err := (jsonCodec{}).Encode(time.Time{}, map[string]any{"member": 1}); err == nil {
		t.Error("a value that isn't a string was written")
	}
}
