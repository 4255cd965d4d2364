package e2e

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"
)

// sighting is what a node said of a key, and when it was asked.
type sighting struct {
	sent, came time.Time
	key        int // which of the probe's
	status     int // 0: there was no answer
	code       string
	revision   uint64
	retry      string // Retry-After
	stale      bool   // the answer says that it rests on stale keys
}

func (a sighting) accepts() bool { return a.status == http.StatusOK && a.code == "valid" }

// look asks a node once about a key.
func (n *node) look(text string) sighting { return n.lookSince(text, 0) }

// lookSince is look for one who has been told of a revision.
func (n *node) lookSince(text string, revision uint64) sighting {
	body, _ := json.Marshal(map[string]any{"credential": text, "min_revision": revision})
	request, err := http.NewRequest(http.MethodPost, n.verify+"/v1/verify", strings.NewReader(string(body)))
	if err != nil {
		return sighting{}
	}
	request.Header.Set("Content-Type", "application/json")
	return n.send(request)
}

// pass asks as a proxy does, at /forward-auth.
func (n *node) pass(text string) sighting {
	request, err := http.NewRequest(http.MethodGet, n.verify+"/forward-auth", nil)
	if err != nil {
		return sighting{}
	}
	request.Header.Set("Authorization", "Bearer "+text)
	a := n.send(request)
	if a.status == http.StatusOK {
		a.code = "valid"
	}
	return a
}

func (n *node) send(request *http.Request) sighting {
	a := sighting{sent: time.Now()}
	response, err := n.client.Do(request)
	if err != nil {
		a.code = err.Error()
		return a
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		a.code = err.Error()
		return a
	}
	var said struct {
		Code     string
		Revision uint64
	}
	_ = json.Unmarshal(text, &said) // an answer of forward-auth may have no body
	a.came, a.status, a.code, a.revision, a.retry = time.Now(), response.StatusCode, said.Code, said.Revision, response.Header.Get("Retry-After")
	a.stale = response.Header.Get("Keywright-Stale") == "true"
	return a
}

// probe asks one node about keys, one after the other and by turns in both ways, until it is
// ended.
type probe struct {
	stop, done chan struct{}
	ended      sync.Once
	mu         sync.Mutex
	answers    []sighting
}

// watch begins a probe, which leaves the processor some time between its requests.
func (n *node) watch(t *testing.T, keys []key, pause time.Duration) *probe {
	p := &probe{stop: make(chan struct{}), done: make(chan struct{})}
	go func() {
		defer close(p.done)
		tick := time.NewTicker(pause)
		defer tick.Stop()
		for i := 0; ; i++ {
			select {
			case <-p.stop:
				return
			case <-tick.C:
			}
			which := i % len(keys)
			ask := n.look
			if i/len(keys)%2 == 1 {
				ask = n.pass
			}
			a := ask(keys[which].Secret)
			a.key = which
			p.mu.Lock()
			p.answers = append(p.answers, a)
			p.mu.Unlock()
		}
	}()
	t.Cleanup(func() { p.end() })
	return p
}

// so answers what has come so far.
func (p *probe) so() []sighting {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.answers[:len(p.answers):len(p.answers)]
}

// end ends the probe and answers all that came.
func (p *probe) end() []sighting {
	p.ended.Do(func() { close(p.stop) })
	<-p.done
	return p.so()
}

// since are the answers to what was asked after a moment.
func since(answers []sighting, from time.Time) []sighting {
	for i, a := range answers {
		if a.sent.After(from) {
			return answers[i:]
		}
	}
	return nil
}

// lastAccept is how long after a moment a key was last asked for and accepted; negative when
// never after it.
func lastAccept(answers []sighting, from time.Time) time.Duration {
	last := -time.Nanosecond
	for _, a := range answers {
		if a.accepts() {
			last = max(last, a.sent.Sub(from))
		}
	}
	return last
}

// firstAccept is how long after a moment the first accept came.
func firstAccept(answers []sighting, from time.Time) time.Duration {
	for _, a := range answers {
		if a.accepts() {
			return max(0, a.came.Sub(from))
		}
	}
	return -time.Nanosecond
}
