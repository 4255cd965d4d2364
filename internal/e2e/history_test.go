package e2e

import (
	"encoding/json"
	"net/http"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/anishathalye/porcupine"
)

// life is what one key may do, as porcupine wants to have it: the state is the code that a
// verification of it answers.
var life = porcupine.Model{
	Init: func() any { return "unknown" },
	Step: func(state, did, saw any) (bool, any) {
		switch did {
		case "issue":
			return state == "unknown", "valid"
		case "revoke":
			return state == "valid", "revoked"
		}
		return state == saw, state
	},
}

// recorder takes down what was done with one key, from many goroutines.
type recorder struct {
	start time.Time
	sync.Mutex
	history []porcupine.Operation
}

func (r *recorder) record(did string, do func() string) string {
	called := r.now()
	saw := do()
	returned := r.now()
	r.Lock()
	defer r.Unlock()
	r.history = append(r.history, porcupine.Operation{Input: did, Call: called, Output: saw, Return: returned})
	return saw
}

func (r *recorder) now() int64 { return int64(time.Since(r.start)) }

// TestHistoriesAreLinearizable has many verify a key while it is revoked: each answer must be
// that of one moment between its question and itself. On the node that answers the revocation
// nothing may be staler than that.
func TestHistoriesAreLinearizable(t *testing.T) {
	k := start(t)
	k.account(t, "acme", "standard")
	client := k.operator()
	defer client.CloseIdleConnections()
	histories, operations := times(10, 1000), 0
	for range histories {
		history := k.lifeOfAKey(t, client)
		operations += len(history)
		if !porcupine.CheckOperations(life, history) {
			t.Fatalf("not linearizable: %+v", history)
		}
		// The test of the test: a verdict from before the revocation, given after its answer.
		last := slices.MaxFunc(history, func(a, b porcupine.Operation) int { return int(a.Return - b.Return) })
		stale := append(slices.Clone(history), porcupine.Operation{Input: "verify", Call: last.Return + 1, Output: "valid", Return: last.Return + 2})
		if porcupine.CheckOperations(life, stale) {
			t.Fatal("a stale verdict was taken for a good one")
		}
	}
	t.Logf("%d histories, %d operations", histories, operations)
}

func (k *keywright) lifeOfAKey(t *testing.T, client *http.Client) []porcupine.Operation {
	t.Helper()
	r := &recorder{start: time.Now()}
	var made key
	r.record("issue", func() string {
		status, answer := call(client, "http://operator/v1/keys", `{"description":"of a history"}`)
		if status != http.StatusCreated || json.Unmarshal(answer, &made) != nil {
			t.Fatalf("issue answered %d", status)
		}
		return ""
	})
	remember(t, made.Secret)
	body, _ := json.Marshal(map[string]string{"credential": made.Secret})
	var verifiers sync.WaitGroup
	begun := make(chan struct{}, 4)
	for range 4 {
		verifiers.Go(func() {
			for n, after := 0, 0; n < 2000 && after < 3; n++ {
				code := r.record("verify", func() string {
					var v verdict
					_, answer := call(http.DefaultClient, k.verify+"/v1/verify", string(body))
					_ = json.Unmarshal(answer, &v)
					return v.Code
				})
				if n == 0 {
					begun <- struct{}{}
				}
				if code != "valid" {
					after++
				}
			}
		})
	}
	for range 4 {
		<-begun
	}
	r.record("revoke", func() string {
		if status, _ := call(client, "http://operator/v1/keys/"+made.ID+"/revoke", `{}`); status != http.StatusOK {
			t.Errorf("revoke answered %d", status)
		}
		return ""
	})
	verifiers.Wait()
	return r.history
}
