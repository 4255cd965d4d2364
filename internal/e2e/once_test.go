package e2e

import (
	"bufio"
	"bytes"
	crand "crypto/rand"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// doubt is a request to issue a key, sent until somebody knows what came of it.
type doubt struct{ once, description string }

// newDoubt draws a request. Its idempotency key is one more text that nothing may hold.
func newDoubt(t *testing.T) doubt {
	t.Helper()
	text := crand.Text() + crand.Text()
	return doubt{once: remember(t, "once_"+text[:48]), description: "in doubt " + text[48:] + crand.Text()[:8]}
}

func (d doubt) request(t *testing.T) *http.Request {
	t.Helper()
	body := fmt.Sprintf(`{"description":%q}`, d.description)
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://operator/v1/keys", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Keywright-Account", "acme")
	r.Header.Set("Idempotency-Key", d.once)
	return r
}

// sending is what one sending was answered; the zero one was not.
type sending struct {
	status   int
	body     string
	replayed bool
}

// send sends the request on a connection of its own. Once the answer has begun, begun is called,
// and what has come of it is read.
func (d doubt) send(t *testing.T, k *keywright, begun func()) sending {
	t.Helper()
	var dialer net.Dialer
	conn, err := dialer.DialContext(t.Context(), "unix", filepath.Join(k.data, "keywright.sock"))
	if err != nil {
		return sending{}
	}
	defer conn.Close()
	_ = conn.SetDeadline(time.Now().Add(30 * time.Second))
	r := d.request(t)
	if err := r.Write(conn); err != nil {
		return sending{}
	}
	answer := bufio.NewReader(conn)
	if _, err := answer.Peek(1); err != nil {
		return sending{}
	}
	begun()
	response, err := http.ReadResponse(answer, r)
	if err != nil {
		return sending{}
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		return sending{}
	}
	return sending{response.StatusCode, string(body), response.Header.Get("Idempotent-Replayed") == "true"}
}

// resolve sends the request again to a server that works. If the first sending was answered, the
// answer is the same, byte for byte and with the secret. It answers whether the key was there.
func (d doubt) resolve(t *testing.T, k *keywright, first sending) bool {
	t.Helper()
	again := d.send(t, k, func() {})
	var made key
	if err := json.Unmarshal([]byte(again.body), &made); err != nil || again.status != http.StatusCreated || made.Secret == "" {
		t.Fatalf("sent again: got %d, %v", again.status, err)
	}
	remember(t, made.Secret)
	if first.status == http.StatusCreated && (!again.replayed || again.body != first.body) {
		t.Errorf("an answered request was answered otherwise the second time, replayed: %v", again.replayed)
	}
	if v := k.ask(t, made.Secret); !v.Valid {
		t.Errorf("the key of the second answer does not verify: %s", v.Code)
	}
	return again.replayed
}

// TestAnIssueInDoubtIsDoneOnce lets a server die around the commit of an issue, in four ways, and
// sends the request again to the next one.
func TestAnIssueInDoubtIsDoneOnce(t *testing.T) {
	for _, way := range []struct {
		name    string
		rounds  int
		die     func(t *testing.T, k *keywright) (doubt, sending)
		stood   bool // the key was made each time
		doubted bool // no answer says whether it was
	}{
		{"killed when the answer begins", times(20, 1000), killedAtAnswer, true, false},
		{"killed at any moment", times(20, 1000), killedAnytime, false, false},
		{"killed in the commit", times(5, 200), killedInCommit, true, true},
		{"an I/O error in the commit", times(5, 200), failedInCommit, false, true},
	} {
		t.Run(way.name, func(t *testing.T) {
			k := start(t)
			k.account(t, "acme", "standard")
			stood := 0
			for range way.rounds {
				d, first := way.die(t, k)
				if way.doubted && first.status == http.StatusCreated {
					t.Error("it was answered, although the commit did not end well")
				}
				k.begin(t)
				if d.resolve(t, k, first) {
					stood++
				}
			}
			if way.stood && stood != way.rounds {
				t.Errorf("of %d keys, %d were there when the request was sent again", way.rounds, stood)
			}
			t.Logf("%d rounds; the key was there %d times", way.rounds, stood)
			k.stop(t)
			wholeStates(t, k)
			onceEach(t, k, way.rounds)
		})
	}
}

// onceEach looks into the database: as many keys in doubt as there were requests, each once.
func onceEach(t *testing.T, k *keywright, requests int) {
	t.Helper()
	db := k.database(t)
	var keys, descriptions int
	row := db.QueryRow(`SELECT count(*), count(DISTINCT description) FROM keys WHERE description LIKE 'in doubt %'`)
	if err := row.Scan(&keys, &descriptions); err != nil || keys < requests || keys != descriptions {
		t.Errorf("at least %d requests made %d keys of %d descriptions, %v", requests, keys, descriptions, err)
	}
}

func killedAtAnswer(t *testing.T, k *keywright) (doubt, sending) {
	d := newDoubt(t)
	return d, d.send(t, k, k.kill)
}

func killedAnytime(t *testing.T, k *keywright) (doubt, sending) {
	d := newDoubt(t)
	ended := make(chan sending)
	go func() { ended <- d.send(t, k, func() {}) }()
	time.Sleep(time.Duration(rand.IntN(5000)) * time.Microsecond) // the moment of the kill is the input of this test
	k.kill()
	return d, <-ended
}

// killedInCommit kills the server when it has written a commit, and before it is sure to be on
// the disk and anything can be answered.
func killedInCommit(t *testing.T, k *keywright) (doubt, sending) {
	return inCommit(t, k, "signal=SIGKILL")
}

// failedInCommit lets the disk fail there.
func failedInCommit(t *testing.T, k *keywright) (doubt, sending) { return inCommit(t, k, "error=EIO") }

// inCommit starts the server anew under strace, which makes one of its fsyncs end in that way,
// and issues keys until one is in doubt. The server ends.
func inCommit(t *testing.T, k *keywright, how string) (doubt, sending) {
	t.Helper()
	k.stop(t)
	// Of each thread the same one, by which the server has long started. With --seccomp-bpf strace
	// 6.1 would inject no signal.
	k.under = []string{"strace", "-D", "-f", "-qq", "-o", "/dev/null", "-e", "trace=fsync", "-e", fmt.Sprintf("inject=fsync:%s:when=%d", how, 8+rand.IntN(4))}
	k.begin(t)
	k.under = nil
	for range 1000 {
		d := newDoubt(t)
		if got := d.send(t, k, func() {}); got.status != http.StatusCreated {
			<-k.ended
			k.command = nil
			if got.status != 0 && (got.status != http.StatusServiceUnavailable || !strings.Contains(got.body, `"outcome_unknown"`)) {
				t.Errorf("got %d: %s", got.status, got.body)
			}
			return d, got
		}
	}
	t.Fatal("a thousand keys were issued, and no fsync of the server's ended in that way")
	return doubt{}, sending{}
}

// TestOfAHundredSendingsAtOnceOneTakesEffect sends each request a hundred times at once.
func TestOfAHundredSendingsAtOnceOneTakesEffect(t *testing.T) {
	k := start(t)
	k.account(t, "acme", "standard")
	rounds, refused := times(5, 1000), 0
	for range rounds {
		d := newDoubt(t)
		answers := make([]sending, 100)
		var sendings sync.WaitGroup
		for i := range answers {
			sendings.Go(func() { answers[i] = d.send(t, k, func() {}) })
		}
		sendings.Wait()
		first, took := sending{}, 0
		for _, a := range answers {
			switch {
			case a.status == http.StatusConflict && strings.Contains(a.body, `"idempotency_in_flight"`):
				refused++
				continue
			case a.status != http.StatusCreated:
				t.Fatalf("got %d: %s", a.status, a.body)
			case !a.replayed:
				took++
			}
			if first.status != 0 && a.body != first.body {
				t.Error("two sendings were answered differently")
			}
			first = a
		}
		if took != 1 {
			t.Errorf("%d sendings took effect", took)
		}
		d.resolve(t, k, first)
	}
	t.Logf("%d rounds; %d sendings were told that the first was worked on", rounds, refused)
	k.stop(t)
	wholeStates(t, k)
	onceEach(t, k, rounds)
}

// TestTheCommandLineRidesThroughARestart kills the server under commands that issue keys. Each
// prints its key, and none has made two.
func TestTheCommandLineRidesThroughARestart(t *testing.T) {
	k := start(t)
	k.account(t, "acme", "standard")
	commands := times(10, 100)
	for i := range commands {
		type printed struct {
			text, words string
			err         error
		}
		ended := make(chan printed)
		go func() {
			text, words, err := k.try(t, "", "key", "issue", "--account", "acme", "--description", fmt.Sprint("in doubt ", i))
			ended <- printed{text, words, err}
		}()
		time.Sleep(time.Duration(rand.IntN(60)) * time.Millisecond) // the moment of the kill is the input of this test
		k.kill()
		k.begin(t)
		got := <-ended
		if got.err != nil {
			if !strings.Contains(got.words, "no server on") { // it was begun while there was none
				t.Errorf("%v: %s", got.err, got.words)
			}
			k.run(t, "", "key", "issue", "--account", "acme", "--description", fmt.Sprint("in doubt ", i))
			continue
		}
		if v := k.ask(t, remember(t, string(bytes.TrimSpace([]byte(got.text))))); !v.Valid {
			t.Errorf("the printed key does not verify: %s", v.Code)
		}
	}
	k.stop(t)
	onceEach(t, k, commands)
}
