package keywright_test

import (
	"errors"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/keywright/keywright"
)

// life is all that is to be known of a key to say what a verification must answer.
type life struct {
	revoked, disabled bool
	enables, expires  time.Time
	texts             []string
	ends              map[string]time.Time // of a text that another one has replaced
	gone              map[string]bool      // replaced twice
	narrowed          bool
}

func (l *life) reason(text string, now time.Time) keywright.Reason {
	ends, replaced := l.ends[text]
	switch {
	case l.gone[text]:
		return keywright.Unknown
	case l.revoked:
		return keywright.Revoked
	case l.disabled && (l.enables.IsZero() || now.Before(l.enables)):
		return keywright.Disabled
	case !l.expires.IsZero() && !now.Before(l.expires), replaced && !now.Before(ends):
		return keywright.Expired
	}
	return ""
}

// rotate makes text the newest one.
func (l *life) rotate(text string, ends time.Time) {
	for t := range l.ends {
		l.gone[t] = true
	}
	clear(l.ends)
	l.ends[l.texts[len(l.texts)-1]] = ends
	l.texts = append(l.texts, text)
}

// After any run of a key's verbs, the database and the keyset answer for each text that it ever had
// what a model of thirty lines says: revoked is final, two texts work in a grace period alone, and
// what was narrowed stays so. A verb that is refused changes nothing.
func TestAnyRunOfAKeysVerbs(t *testing.T) {
	h := open(t, "standard")
	data := h.verifier(t)
	owner := h.members["owner"].By()
	rapid.Check(t, func(r *rapid.T) {
		key, text, err := h.Issue(t.Context(), owner, keywright.NewKey{Description: "any"})
		if err != nil {
			r.Fatal(err)
		}
		l := &life{texts: []string{text.Reveal()}, ends: map[string]time.Time{}, gone: map[string]bool{}}
		did := func(err error) bool {
			if errors.Is(err, keywright.ErrRevoked) != l.revoked || err != nil && !l.revoked && !errors.Is(err, keywright.ErrInvalid) {
				r.Fatalf("revoked: %v, got %v", l.revoked, err)
			}
			return err == nil
		}
		span := rapid.SampledFrom([]time.Duration{0, time.Second, time.Minute, time.Hour, 48 * time.Hour})
		r.Repeat(map[string]func(*rapid.T){
			"time passes": func(r *rapid.T) { h.now = h.now.Add(span.Draw(r, "time") + time.Millisecond) },
			"disable": func(r *rapid.T) {
				while := span.Draw(r, "for")
				if _, _, err := h.Disable(t.Context(), owner, key.ID, "", while); did(err) {
					l.disabled, l.enables = true, time.Time{}
					if while > 0 {
						l.enables = h.now.Add(while)
					}
				}
			},
			"enable": func(*rapid.T) {
				if _, _, err := h.Enable(t.Context(), owner, key.ID); did(err) {
					l.disabled = false
				}
			},
			"rotate": func(r *rapid.T) {
				grace := span.Draw(r, "grace")
				if _, text, _, err := h.Rotate(t.Context(), owner, key.ID, grace); did(err) {
					l.rotate(text.Reveal(), h.now.Add(grace))
				}
			},
			"rotate itself": func(*rapid.T) {
				_, text, _, err := h.RotateSelf(t.Context(), key.By(), time.Hour)
				if err == nil {
					l.rotate(text.Reveal(), h.now.Add(time.Hour))
				} else if newest := l.reason(l.texts[len(l.texts)-1], h.now); newest == "" {
					r.Fatalf("a key that works can't rotate itself: %v", err)
				}
			},
			"end the grace": func(*rapid.T) {
				if _, _, err := h.EndGrace(t.Context(), owner, key.ID); did(err) {
					for text, ends := range l.ends {
						if h.now.Before(ends) {
							l.ends[text] = h.now
						}
					}
				}
			},
			"move its end": func(r *rapid.T) {
				in := span.Draw(r, "in")
				expires := h.now.Add(in).Format(time.RFC3339Nano)
				if _, _, err := h.Change(t.Context(), owner, key.ID, keywright.KeyChange{Expires: &expires}); did(err) {
					l.expires = h.now.Add(in)
				}
			},
			"narrow": func(*rapid.T) {
				if _, _, err := h.Change(t.Context(), owner, key.ID, keywright.KeyChange{Scopes: &[]string{"incidents:read"}}); did(err) {
					l.narrowed = true
				}
			},
			"widen": func(*rapid.T) {
				if _, _, err := h.Change(t.Context(), owner, key.ID, keywright.KeyChange{Scopes: &[]string{"*"}}); did(err) && l.narrowed {
					r.Fatal("a narrowed key was widened")
				}
			},
			"revoke": func(r *rapid.T) {
				if rapid.IntRange(0, 3).Draw(r, "dice") > 0 {
					return
				}
				if _, _, err := h.Revoke(t.Context(), owner, key.ID, ""); did(err) {
					l.revoked = true
				}
			},
			"": func(*rapid.T) {
				for i, text := range l.texts {
					want := l.reason(text, h.now)
					stored, err := h.Verify(t.Context(), keywright.Request{Text: text})
					if err != nil || stored.Reason != want {
						r.Fatalf("text %d, by the database: got %q %v, want %q", i, stored.Reason, err, want)
					}
					kept, err := data.Verify(t.Context(), keywright.Request{Text: text, Method: "GET"})
					if err != nil || kept.Reason != want || want == "" && (len(kept.Scopes) == 1) != l.narrowed {
						r.Fatalf("text %d, from memory: got %q with %v, %v, want %q", i, kept.Reason, kept.Scopes, err, want)
					}
				}
			},
		})
	})
}
