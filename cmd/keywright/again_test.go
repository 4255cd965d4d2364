package main

import (
	"net/http"
	"slices"
	"strings"
	"testing"
)

const lostWords = "keywright: no answer came from the server on SOCKET; its log says more\nkeywright: it may have done what was asked or not: look before you ask again\n"

// A change whose answer is lost is asked for again, with the same idempotency key and body.
func TestAChangeInDoubtIsAskedForAgain(t *testing.T) {
	issue := []string{"key", "issue", "--account", "acme", "--description", "x"}
	issued := answering(http.StatusCreated, `{"id":"key_1","description":"x","api_version":"v1","environment":"live","secret":"kw_live_1"}`)
	unknown := answering(http.StatusServiceUnavailable, `{"title":"Outcome unknown","status":503,"code":"outcome_unknown","request_id":"req_7"}`)
	inFlight := answering(http.StatusConflict, `{"title":"Still","status":409,"code":"idempotency_in_flight"}`)
	unavailable := answering(http.StatusServiceUnavailable, `{"title":"Not available","status":503,"code":"unavailable"}`)
	refused := answering(http.StatusConflict, `{"title":"Conflict","status":409,"code":"conflict","detail":"It is there."}`)
	for name, c := range map[string]struct {
		answers  []http.HandlerFunc // the last one stays
		args     []string
		requests int
		words    string // the end of them
		code     int
	}{
		"once, when it is answered":         {[]http.HandlerFunc{issued}, issue, 1, "", exitOK},
		"once, when it is refused":          {[]http.HandlerFunc{refused}, issue, 1, "keywright: it is there.\n", exitFailed},
		"once, when nothing was changed":    {[]http.HandlerFunc{unavailable}, issue, 1, "keywright: not available\n", exitFailed},
		"again, when the answer broke off":  {[]http.HandlerFunc{cutOff, issued}, issue, 2, "", exitOK},
		"again, when the outcome's unknown": {[]http.HandlerFunc{unknown, issued}, issue, 2, "", exitOK},
		"again, behind a proxy":             {[]http.HandlerFunc{answering(http.StatusBadGateway, "<h1>"), issued}, issue, 2, "", exitOK},
		"until the first is done":           {[]http.HandlerFunc{cutOff, inFlight, unavailable, unknown, issued}, issue, 5, "", exitOK},
		"until it is refused":               {[]http.HandlerFunc{cutOff, refused}, issue, 2, "keywright: it is there.\n", exitFailed},
		"as long as there is patience":      {[]http.HandlerFunc{cutOff}, append(issue, "--retry-for", "150ms"), 3, lostWords, exitFailed},
		"not at all without patience":       {[]http.HandlerFunc{unknown}, append(issue, "--retry-for", "0s"), 1, "at request req_7\nkeywright: it may have done what was asked or not: look before you ask again\n", exitFailed},
		"a question, never":                 {[]http.HandlerFunc{cutOff}, []string{"key", "list", "--account", "acme"}, 1, "", exitFailed},
	} {
		t.Run(name, func(t *testing.T) {
			answers := c.answers
			got := against(t, func(w http.ResponseWriter, r *http.Request) {
				answer := answers[0]
				if len(answers) > 1 {
					answers = answers[1:]
				}
				answer(w, r)
			}, c.args...)
			for _, word := range strings.Fields(got.words) {
				if strings.HasSuffix(word, "/keywright.sock;") {
					got.words = strings.ReplaceAll(got.words, word, "SOCKET;")
				}
			}
			if got.code != c.code || len(got.requests) != c.requests || !strings.HasSuffix(got.words, c.words) {
				t.Errorf("got %d after %d requests and\n%s\nwant %d after %d and\n%s", got.code, len(got.requests), got.words, c.code, c.requests, c.words)
			}
			var keys []string
			for _, r := range got.requests {
				if values := r.Header.Values("Idempotency-Key"); r.Method != http.MethodGet && (len(values) != 1 || len(values[0]) < 24) || r.Method == http.MethodGet && len(values) > 0 {
					t.Errorf("%s was sent with idempotency keys %q", r.Method, values)
				}
				keys = append(keys, r.Header.Get("Idempotency-Key"))
			}
			if len(slices.Compact(keys)) != 1 {
				t.Error("one change was sent with several idempotency keys")
			}
		})
	}
}

func TestTwoChangesHaveTwoIdempotencyKeys(t *testing.T) {
	var keys []string
	for range 2 {
		got := against(t, answering(http.StatusOK, `{}`), "key", "revoke", "key_o6p4Zq81LmT3", "--yes")
		keys = append(keys, got.requests[0].Header.Get("Idempotency-Key"))
	}
	if keys[0] == keys[1] {
		t.Error("they have the same")
	}
}
