package keywright_test

import (
	"fmt"
	"reflect"
	"testing"
	"time"

	"github.com/keywright/keywright"
)

// Each reminder comes once, whoever looks and how often; none comes with the key itself, and a
// change of the end begins anew.
func TestRemindersOfAnEnd(t *testing.T) {
	h := open(t, "standard")
	owner := h.members["owner"].By()
	keys := map[keywright.KeyID]string{}
	issue := func(name, expires string) keywright.Key {
		key, _, err := h.Issue(t.Context(), owner, keywright.NewKey{Description: name, Expires: expires})
		if err != nil {
			t.Fatal(err)
		}
		keys[key.ID] = name
		return key
	}
	issue("90d", "90d")
	issue("5d", "5d")
	issue("12h", "12h")
	issue("never", keywright.Never)
	moved := issue("moved", "20d")
	ended := issue("ended", "20d")
	begun := h.now
	var told []string
	for hours := 0; hours <= 91*24; hours += 6 {
		h.now = begun.Add(time.Duration(hours) * time.Hour)
		switch hours {
		case 19*24 + 12: // it was reminded of two ends by now
			expires := "40d"
			if _, _, err := h.Change(t.Context(), owner, moved.ID, keywright.KeyChange{Expires: &expires}); err != nil {
				t.Fatal(err)
			}
		case 10 * 24:
			if _, _, err := h.Revoke(t.Context(), owner, ended.ID, ""); err != nil {
				t.Fatal(err)
			}
		}
		n, err := h.Remind(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if again, err := h.Remind(t.Context()); again != 0 || err != nil {
			t.Fatalf("a second time: %d, %v", again, err)
		}
		events, _, err := h.Events(t.Context(), owner, keywright.Page{Limit: max(n, 1)})
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range events[:n] {
			if e.Action != keywright.KeyExpiring {
				t.Fatalf("got %+v", e)
			}
			told = append(told, fmt.Sprintf("%s %s on day %g", keys[keywright.KeyID(e.Subject.ID)], e.Details["days"], float64(hours)/24))
		}
	}
	want := []string{"5d 1 on day 4", "moved 7 on day 13", "moved 1 on day 19", "moved 30 on day 29.5", "moved 7 on day 52.5", "moved 1 on day 58.5", "90d 30 on day 60", "90d 7 on day 83", "90d 1 on day 89"}
	if !reflect.DeepEqual(told, want) {
		t.Errorf("got  %q\nwant %q", told, want)
	}
}
