package e2e

import (
	"encoding/json"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/keywright/keywright/store/postgres/postgrestest"
)

// TestConnectionLostInCommit resets the connection to PostgreSQL at the very commit, before the
// server has it, after it has done it, or in between. Clients send each request again with its
// Idempotency-Key until it is answered: nothing is lost, nothing is done twice.
func TestConnectionLostInCommit(t *testing.T) {
	server := postgrestest.Start(t, postgrestest.Options{})
	database := server.New(t)
	line := newRelay(t, server)
	n := join(t, nil, line.url(database), nil, "--log-level", "info")
	n.acme(t)
	resets := int64(times(30, 1000))
	var cut [amidCommit + 1]atomic.Int64
	total := func() (sum int64) {
		for i := beforeCommit; i <= amidCommit; i++ {
			sum += cut[i].Load()
		}
		return sum
	}
	line.set(func(r *relay) {
		r.commit = func() breakup {
			if total() >= resets || rand.IntN(2) == 0 {
				return noBreakup
			}
			what := beforeCommit + breakup(rand.IntN(int(amidCommit)))
			cut[what].Add(1)
			return what
		}
	})
	var mu sync.Mutex
	var keys []key
	var clients sync.WaitGroup
	var unknown, replayed atomic.Int64
	revoked := map[string]bool{}
	for range 4 {
		clients.Go(func() {
			for total() < resets && !t.Failed() {
				var k key
				text := again(t, n, "http://operator/v1/keys", `{"description":"sent until it is answered"}`, http.StatusCreated, &unknown, &replayed)
				if err := json.Unmarshal(text, &k); err != nil || k.Secret == "" {
					t.Errorf("an answer without a secret: %v", err)
					return
				}
				ends := rand.IntN(2) == 0
				if ends {
					again(t, n, "http://operator/v1/keys/"+k.ID+"/revoke", `{"reason":"sent until it is answered"}`, http.StatusOK, &unknown, &replayed)
				}
				mu.Lock()
				keys, revoked[k.ID] = append(keys, k), ends
				mu.Unlock()
			}
		})
	}
	clients.Wait()
	line.set(func(r *relay) { r.commit = nil })
	seen := map[string]bool{}
	for _, k := range keys {
		if seen[k.ID] {
			t.Errorf("two requests were answered with the key %s", k.ID)
		}
		seen[k.ID] = true
		remember(t, k.Secret)
		want := "valid"
		if revoked[k.ID] {
			want = "revoked"
		}
		agree(t, []*node{n}, []key{k}, want)
	}
	wantWhole(t, database)
	if n := count(t, database, `SELECT count(*) FROM keys`); n != len(keys) {
		t.Errorf("%d keys were answered, and there are %d", len(keys), n)
	}
	t.Logf("%d resets: %d before the commit, %d after it, %d amid it; %d unknown outcomes, %d answered again; %d keys",
		total(), cut[beforeCommit].Load(), cut[afterCommit].Load(), cut[amidCommit].Load(), unknown.Load(), replayed.Load(), len(keys))
	if unknown.Load() == 0 || replayed.Load() == 0 {
		t.Error("no outcome was unknown, or none was resolved by its Idempotency-Key: the resets did not hit what they should")
	}
}

// again sends a request until it is answered as it should be.
func again(t *testing.T, n *node, url, body string, want int, unknown, replayed *atomic.Int64) []byte {
	once := newDoubt(t).once
	for try := 0; try < 1000; try++ {
		request, err := http.NewRequest(http.MethodPost, url, strings.NewReader(body))
		if err != nil {
			t.Error(err)
			return nil
		}
		request.Header.Set("Content-Type", "application/json")
		request.Header.Set("Keywright-Account", "acme")
		request.Header.Set("Idempotency-Key", once)
		a, text := read(n.manager, request)
		switch {
		case a.status == want:
			if a.replayed {
				replayed.Add(1)
			}
			return text
		case a.status == http.StatusServiceUnavailable && a.code == "outcome_unknown":
			unknown.Add(1)
		case a.status != http.StatusServiceUnavailable && a.code != "idempotency_in_flight":
			t.Errorf("sent again and answered %d %s", a.status, a.code)
			return nil
		}
	}
	t.Error("sent a thousand times and never answered")
	return nil
}

// reply is the beginning of an answer of the REST API.
type reply struct {
	status   int // 0: there was none
	code     string
	replayed bool
}

func read(client *http.Client, request *http.Request) (reply, []byte) {
	response, err := client.Do(request)
	if err != nil {
		return reply{code: err.Error()}, nil
	}
	defer response.Body.Close()
	var raw json.RawMessage
	if err := json.NewDecoder(response.Body).Decode(&raw); err != nil {
		return reply{code: err.Error()}, nil
	}
	var said struct{ Code string }
	_ = json.Unmarshal(raw, &said)
	return reply{response.StatusCode, said.Code, response.Header.Get("Idempotent-Replayed") == "true"}, raw
}
