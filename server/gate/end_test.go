package gate_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/keywright/keywright"
	"github.com/keywright/keywright/api"
)

// A good answer to a text that was replaced, and to a key that expires soon, says until when it
// will do: once in each header, the earliest end.
func TestAGoodAnswerTellsWhatEnds(t *testing.T) {
	h := build(t)
	operator := keywright.Operator(h.account.ID)
	if _, _, _, err := h.Rotate(t.Context(), operator, h.key.ID, time.Hour); err != nil {
		t.Fatal(err)
	}
	expiring := func(in string) string {
		_, text, err := h.Issue(t.Context(), operator, keywright.NewKey{Description: "until soon", Expires: in})
		if err != nil {
			t.Fatal(err)
		}
		return text.Reveal()
	}
	for what, c := range map[string]struct {
		text, deprecation string
		sunset            time.Time
	}{
		"replaced":         {h.text, "@1772366400", noon().Add(time.Hour)},
		"expires in 29d":   {expiring("29d"), "", noon().AddDate(0, 0, 29)},
		"expires in 30d":   {expiring("30d"), "", time.Time{}},
		"expires never":    {expiring("never"), "", time.Time{}},
		"expires in 1 day": {expiring("1d"), "", noon().AddDate(0, 0, 1)},
	} {
		w := do(h, http.MethodGet, "/forward-auth", "", "Authorization", "Bearer "+c.text)
		sunset := ""
		if !c.sunset.IsZero() {
			sunset = c.sunset.Format(http.TimeFormat)
		}
		if w.Code != http.StatusOK || w.Header().Get("Deprecation") != c.deprecation || w.Header().Get("Sunset") != sunset || len(w.Header()["Sunset"]) > 1 {
			t.Errorf("%s: got %d %v", what, w.Code, w.Header())
		}
		v := ask(t, h, api.VerifyRequest{Credential: c.text})
		if (v.Sunset == nil) != c.sunset.IsZero() || v.Sunset != nil && !v.Sunset.Equal(c.sunset) || (v.Deprecation == nil) != (c.deprecation == "") || (v.Key.SecretEndsAt != nil) != (c.deprecation != "") {
			t.Errorf("%s: got %+v %+v", what, v, v.Key)
		}
	}
}

// A key that is disabled for a while is refused with until when, for people and for their clients.
func TestABrownoutSaysUntilWhen(t *testing.T) {
	h := build(t)
	if _, _, err := h.Disable(t.Context(), keywright.Operator(h.account.ID), h.key.ID, "", 10*time.Minute); err != nil {
		t.Fatal(err)
	}
	v := ask(t, h, api.VerifyRequest{Credential: h.text})
	w := do(h, http.MethodGet, "/forward-auth", "", "Authorization", "Bearer "+h.text)
	p := readProblem(t, w)
	for _, detail := range []string{v.Detail, p.Detail} {
		if v.Code != "disabled" || p.Code != "disabled" || !strings.Contains(detail, "for a while and works again at 2026-03-01T12:10:00Z") {
			t.Errorf("got %s %s: %q", v.Code, p.Code, detail)
		}
	}
	if w.Code != http.StatusUnauthorized || w.Header().Get("Retry-After") != "600" {
		t.Errorf("got %d %v", w.Code, w.Header())
	}
}

// A text that another one has replaced is told so when it has ended.
func TestAReplacedTextIsToldSo(t *testing.T) {
	h := build(t)
	if _, _, _, err := h.Rotate(t.Context(), keywright.Operator(h.account.ID), h.key.ID, 0); err != nil {
		t.Fatal(err)
	}
	if v := ask(t, h, api.VerifyRequest{Credential: h.text}); v.Code != "expired" || !strings.Contains(v.Detail, "the old one ended at 2026-03-01T12:00:00Z. Use the new one.") {
		t.Errorf("got %+v", v)
	}
}
