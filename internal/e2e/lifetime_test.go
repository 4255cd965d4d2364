package e2e

import (
	"encoding/json"
	"math/rand/v2"
	"net/http"
	"slices"
	"testing"

	"github.com/anishathalye/porcupine"
)

// lifetime is the history of one key, whose secret is known from its issue on.
type lifetime struct {
	recorder
	*pair
	key key

	// Under the recorder's lock:
	told    uint64         // the highest revision that someone was told
	abreast map[*node]bool // which are known to have the last change
	over    bool           // its revocation is answered
}

func (l *lifetime) issue(t *testing.T, n *node) {
	l.record("issue", func() string {
		l.key = n.made(t, 1)[0]
		return ""
	})
	l.abreast = map[*node]bool{n: true}
	l.verify(t, n, false) // and so is told a revision
}

func (l *lifetime) revoke(t *testing.T, n *node) {
	url := "http://operator/v1/keys/" + l.key.ID + "/revoke"
	all := rand.IntN(3) == 0
	if all {
		url += "?wait=all"
	}
	var said struct {
		Revision uint64
		Receipt  *struct{ Safe bool }
	}
	l.Lock()
	clear(l.abreast)
	l.Unlock()
	l.record("revoke", func() string {
		status, answer := call(n.manager, url, `{}`)
		if err := json.Unmarshal(answer, &said); err != nil || status != http.StatusOK || all != (said.Receipt != nil && said.Receipt.Safe) {
			t.Errorf("revoke answered %d %s", status, answer)
		}
		return ""
	})
	l.Lock()
	defer l.Unlock()
	l.told = max(l.told, said.Revision)
	l.over, l.abreast[n] = true, true
	if all {
		l.abreast[l.near], l.abreast[l.far] = true, true
	}
}

// verify takes down what a node says of the key, strictly or as it is asked most of the time, and
// answers it. That the node is stale says nothing of the key, and is not taken down.
func (l *lifetime) verify(t *testing.T, n *node, strict bool) string {
	l.Lock()
	least, widened := uint64(0), int64(bound)
	if strict {
		least = l.told
	}
	if strict || l.abreast[n] {
		widened = 0
	}
	called, over := l.now(), l.over
	l.Unlock()
	a := n.lookSince(l.key.Secret, least)
	l.Lock()
	defer l.Unlock()
	switch {
	case a.code == "stale":
		return a.code
	case a.status != http.StatusOK:
		t.Errorf("verify answered %d %s", a.status, a.code)
		return a.code
	case over && a.code != "revoked":
		l.needed.Add(1)
	}
	l.told = max(l.told, a.revision)
	l.history = append(l.history, porcupine.Operation{Input: "verify", Call: called - widened, Output: a.code, Return: l.now()})
	return a.code
}

// check looks for an order that explains the history. The test of the test: a verdict from before
// the revocation, too late for an ordinary one or for a strict one, must be found.
func (l *lifetime) check(t *testing.T) {
	t.Helper()
	if !porcupine.CheckOperations(life, l.history) {
		t.Errorf("not linearizable: %+v", l.history)
		return
	}
	revoked := l.history[slices.IndexFunc(l.history, func(o porcupine.Operation) bool { return o.Input == "revoke" })].Return
	for what, widened := range map[string]int64{"an ordinary": int64(bound), "a strict": 0} {
		called := revoked + widened + 1
		stale := append(slices.Clone(l.history), porcupine.Operation{Input: "verify", Call: called - widened, Output: "valid", Return: called + 1})
		if porcupine.CheckOperations(life, stale) {
			t.Errorf("%s verdict that is stale was taken for a good one", what)
		}
	}
}
