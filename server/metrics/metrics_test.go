package metrics_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/keywright/keywright/server/metrics"
)

func TestEverythingOfAReadingIsTold(t *testing.T) {
	reading := metrics.Reading{
		Revision: 7, Behind: 2, Lease: 1500 * time.Millisecond, Poll: 250 * time.Microsecond, Bound: 30 * time.Second, Void: true,
		Keys: 3, Accounts: 1, Members: 4, Verdicts: map[string]uint64{"valid": 9, "unknown": 1}, Dropped: 5,
	}
	h := metrics.New("v1.2.3", func() metrics.Reading { return reading })
	told := scrape(t, h)
	for _, line := range []string{
		`keywright_revision 7`, `keywright_revisions_behind 2`, `keywright_lease_seconds 1.5`, `keywright_staleness_bound_seconds 30`,
		`keywright_serves_stale 1`, `keywright_poll_seconds 0.00025`, `keywright_keys 3`, `keywright_accounts 1`, `keywright_members 4`,
		`keywright_verdicts_total{code="unknown"} 1`, `keywright_verdicts_total{code="valid"} 9`, `keywright_last_used_dropped_total 5`,
		`# TYPE keywright_verdicts_total counter`, `# TYPE keywright_revision gauge`,
	} {
		if !strings.Contains(told, "\n"+line+"\n") {
			t.Errorf("%s is not told", line)
		}
	}
	if !strings.Contains(told, `version="v1.2.3"`) || !strings.Contains(told, "\ngo_goroutines ") {
		t.Error("the version or what Go tells of itself is missing")
	}
	reading = metrics.Reading{Lease: -time.Second, Revision: 8}
	for _, line := range []string{"keywright_lease_seconds 0", "keywright_revision 8"} {
		if told := scrape(t, h); !strings.Contains(told, "\n"+line+"\n") {
			t.Errorf("%s is not told of another reading", line)
		}
	}
}

func scrape(t *testing.T, h http.Handler) string {
	t.Helper()
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/metrics", nil))
	if w.Code != http.StatusOK || !strings.HasPrefix(w.Header().Get("Content-Type"), "text/plain; version=0.0.4") {
		t.Fatalf("got %d %s", w.Code, w.Header().Get("Content-Type"))
	}
	return w.Body.String()
}
