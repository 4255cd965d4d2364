package e2e

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	_ "modernc.org/sqlite"
)

// ledger is what the clients know for sure: which keys they were answered, and what became
// of each. A revocation that was sent and not answered may stand or not.
type ledger struct {
	sync.Mutex
	keys map[string]*fate // by id
}

type fate struct {
	text              string
	revoking, revoked bool
}

// TestKillLosesNothing kills the process with SIGKILL again and again while clients issue
// and revoke: every answered key verifies, every answered revocation stands, nothing is half
// done, and the audit log has one line for each change.
func TestKillLosesNothing(t *testing.T) {
	k := start(t)
	k.account(t, "acme", "standard")
	known := &ledger{keys: map[string]*fate{}}
	kills := times(15, 500)
	for range kills {
		burst([]*keywright{k}, known, shortly, k.kill)
		k.begin(t)
	}
	if len(known.keys) == 0 {
		t.Fatal("no call got through")
	}
	active, revoked := known.hold(t, k)
	k.stop(t)
	wholeStates(t, k)
	t.Logf("%d kills, %d answered keys: %d active, %d revoked", kills, len(known.keys), active, revoked)
}

// shortly is enough for a dozen calls.
const shortly = 60 * time.Millisecond

// hold wants a keywright to know what the clients know, and counts the keys.
func (l *ledger) hold(t *testing.T, k *keywright) (active, revoked int) {
	t.Helper()
	for id, f := range l.keys {
		remember(t, f.text)
		switch v := k.ask(t, f.text); {
		case f.revoked && v.Code != "revoked":
			t.Errorf("the answered revocation of %s was lost: %+v", id, v)
		case !f.revoking && !v.Valid:
			t.Errorf("the answered key %s was lost: %+v", id, v)
		case v.Valid:
			active++
		default:
			revoked++
		}
	}
	return active, revoked
}

// burst lets four clients of each server issue and revoke until something is killed, after a random
// time up to most.
func burst(on []*keywright, known *ledger, most time.Duration, kill func()) {
	var calls sync.WaitGroup
	var killed atomic.Bool
	for _, k := range on {
		client := k.operator()
		defer client.CloseIdleConnections()
		for range 4 {
			calls.Go(func() {
				for !killed.Load() {
					id, ok := issueOne(client, known)
					if !ok {
						return
					}
					if rand.IntN(2) == 0 && !revokeOne(client, known, id) {
						return
					}
				}
			})
		}
	}
	time.Sleep(5*time.Millisecond + rand.N(most)) // the moment of the kill is the input of this test, not a wait for something
	kill()
	killed.Store(true)
	calls.Wait()
}

func call(client *http.Client, url, body string) (int, []byte) {
	request, err := http.NewRequest(http.MethodPost, url, bytes.NewReader([]byte(body)))
	if err != nil {
		return 0, nil
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Keywright-Account", "acme")
	response, err := client.Do(request)
	if err != nil {
		return 0, nil
	}
	defer response.Body.Close()
	var answer bytes.Buffer
	if _, err := answer.ReadFrom(response.Body); err != nil {
		return 0, nil // cut off before the end: not an answer
	}
	return response.StatusCode, answer.Bytes()
}

func issueOne(client *http.Client, known *ledger) (string, bool) {
	status, answer := call(client, "http://operator/v1/keys", `{"description":"made under fire"}`)
	var made key
	if status != http.StatusCreated || json.Unmarshal(answer, &made) != nil {
		return "", false
	}
	known.Lock()
	defer known.Unlock()
	known.keys[made.ID] = &fate{text: made.Secret}
	return made.ID, true
}

func revokeOne(client *http.Client, known *ledger, id string) bool {
	known.Lock()
	f := known.keys[id]
	f.revoking = true
	known.Unlock()
	status, _ := call(client, "http://operator/v1/keys/"+id+"/revoke", `{"reason":"under fire"}`)
	known.Lock()
	defer known.Unlock()
	f.revoked = status == http.StatusOK
	return f.revoked
}

// wholeStates looks into the database itself: a seal for every key, a line in the audit log
// for each change and no other, counters that agree.
func wholeStates(t *testing.T, k *keywright) {
	t.Helper()
	db := k.database(t)
	for what, query := range amiss() {
		var n int
		if err := db.QueryRow(query).Scan(&n); err != nil {
			t.Errorf("%s: %v", what, err)
		} else if n != 0 {
			t.Errorf("%d %s", n, what)
		}
	}
	if k.postgres != nil {
		return // a server of its own, which nobody has killed
	}
	var verdict string
	if err := db.QueryRow(`PRAGMA integrity_check`).Scan(&verdict); err != nil || verdict != "ok" {
		t.Error(fmt.Errorf("integrity: %s %w", verdict, err))
	}
}

// amiss are questions to the database, of either kind, that a whole one answers with 0.
func amiss() map[string]string {
	return map[string]string{
		"keys without a seal":                    `SELECT count(*) FROM keys WHERE id NOT IN (SELECT key_id FROM seals)`,
		"seals without a key":                    `SELECT count(*) FROM seals WHERE key_id NOT IN (SELECT id FROM keys)`,
		"keys without one line for their issue":  `SELECT count(*) FROM keys k WHERE (SELECT count(*) FROM events e WHERE e.subject_id = k.id AND e.action = 'key.issued') <> 1`,
		"keys whose end and its line disagree":   `SELECT count(*) FROM keys k WHERE (SELECT count(*) FROM events e WHERE e.subject_id = k.id AND e.action = 'key.revoked') <> CASE WHEN k.revoked_at IS NULL THEN 0 ELSE 1 END`,
		"lines about keys that are not there":    `SELECT count(*) FROM events WHERE subject_kind = 'key' AND subject_id NOT IN (SELECT id FROM keys)`,
		"accounts that count their keys wrongly": `SELECT count(*) FROM accounts a WHERE a.active_keys <> (SELECT count(*) FROM keys k WHERE k.account_id = a.id AND k.revoked_at IS NULL)`,
		"gaps in the audit log":                  `SELECT max(sequence) - count(*) FROM events`,
	}
}
