package e2e

import (
	"encoding/json"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// TestAnOlderCopyIsRefused puts an older copy of the database in the place of the one in which keys
// were revoked, by turns with `keywright restore` and by hand: nothing serves it, and after the
// journal is replayed the keys are refused, however one asks.
func TestAnOlderCopyIsRefused(t *testing.T) {
	t.Parallel()
	n := &node{keywright: &keywright{data: folder(t)}, client: http.DefaultClient}
	n.manager = n.operator()
	defer n.manager.CloseIdleConnections()
	n.begin(t)
	t.Cleanup(func() { n.stop(t) })
	n.acme(t)
	rounds := times(10, 100)
	refused, replayed := 0, 0
	for round := range rounds {
		good, gone := n.made(t, 1), n.made(t, 3)
		file := path("%s-%d.copy", filepath.Base(n.data), round)
		byHand := round%2 == 1
		if byHand {
			n.copyTo(t, file)
		} else {
			n.run(t, "", "backup", file)
			searched(file)
		}
		n.revoke(t, gone)
		n.stop(t)
		n.aside(t, round)
		if byHand {
			if err := os.Rename(file, filepath.Join(n.data, "keywright.db")); err != nil {
				t.Fatal(err)
			}
		} else {
			n.run(t, "", "restore", file)
		}
		if n.wontServe(t, gone) {
			refused++
		}
		n.run(t, "", "restore", "replay", "--yes")
		n.begin(t)
		if !n.acceptsAny(t, gone, "revoked") && n.accepts(t, good[0].Secret, "valid") == 4 {
			replayed++
		}
	}
	t.Logf("an older copy on SQLite: refused %d of %d times; after the replay, revoked keys were refused %d of %d times", refused, rounds, replayed, rounds)
	if refused != rounds || replayed != rounds {
		t.Error("not each time")
	}

	// Who accepts it gets what he was told: the keys work again, and the journal is kept as it was.
	gone, file := n.made(t, 2), path("%s-last.copy", filepath.Base(n.data))
	n.run(t, "", "backup", file)
	n.revoke(t, gone)
	n.stop(t)
	n.aside(t, rounds)
	n.run(t, "", "restore", file)
	n.wontServe(t, gone)
	n.run(t, "", "restore", "accept", "--yes")
	n.begin(t)
	for _, k := range gone {
		if n.accepts(t, k.Secret, "valid") != 4 {
			t.Errorf("key %s does not work in a database that was accepted", k.ID)
		}
	}
	kept, err := filepath.Glob(filepath.Join(n.data, "journal.jsonl.*"))
	if err != nil || len(kept) != 1 {
		t.Errorf("the journal as it was: %v, %v", kept, err)
	}
	searched(append(kept, file, filepath.Join(n.data, "journal.jsonl"), filepath.Join(n.data, "mark.json"))...)

	// The control: a node that has forgotten what it saw serves the copy.
	gone, file = n.made(t, 1), path("%s-control.copy", filepath.Base(n.data))
	n.copyTo(t, file)
	n.revoke(t, gone)
	n.stop(t)
	n.aside(t, rounds+1)
	for _, err := range []error{
		os.Rename(file, filepath.Join(n.data, "keywright.db")),
		os.Rename(filepath.Join(n.data, "mark.json"), path("%s-mark", filepath.Base(n.data))),
		os.Rename(filepath.Join(n.data, "journal.jsonl"), path("%s-journal", filepath.Base(n.data))),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	n.begin(t)
	if n.accepts(t, gone[0].Secret, "valid") != 4 {
		t.Error("the older copy is not served by a node that has seen nothing: the test proves nothing")
	}
}

// copyTo makes a copy of the database's file, as it is now.
func (k *keywright) copyTo(t *testing.T, file string) {
	t.Helper()
	db := k.database(t)
	defer db.Close()
	if _, err := db.ExecContext(t.Context(), "VACUUM INTO ?", file); err != nil {
		t.Fatal(err)
	}
}

// aside does with the database of a stopped server what the guide says.
func (k *keywright) aside(t *testing.T, round int) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(k.data, "keywright.db*"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no database to put aside: %v", err)
	}
	to := filepath.Join(k.data, "aside", strconv.Itoa(round))
	if err := os.MkdirAll(to, 0o700); err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		if err := os.Rename(file, filepath.Join(to, filepath.Base(file))); err != nil {
			t.Fatal(err)
		}
	}
}

// wontServe reports whether the server doesn't start, and says why, and a replay that is only asked
// for names each of these keys.
func (k *keywright) wontServe(t *testing.T, gone []key, replay ...string) bool {
	t.Helper()
	serve := exec.CommandContext(t.Context(), binary, append([]string{"serve", "--data", k.data, "--listen", "127.0.0.1:0", "--verify-listen", "127.0.0.1:0"}, k.args...)...)
	serve.Env = k.environment()
	text, err := serve.CombinedOutput()
	said := err != nil && strings.Contains(string(text), "the database is refused: ")
	_, shown, err := k.try(t, "", append([]string{"restore", "replay"}, replay...)...)
	said = said && err != nil && strings.Contains(shown, "nothing was changed")
	for _, key := range gone {
		said = said && strings.Contains(shown, "…"+key.LastFour)
	}
	if !said {
		t.Errorf("keywright serve: %s\nkeywright restore replay: %v\n%s", text, err, shown)
	}
	return said
}

// acceptsAny reports whether a node accepts one of these keys in any way, and wants it to say why
// not.
func (n *node) acceptsAny(t *testing.T, keys []key, why string) bool {
	t.Helper()
	for _, k := range keys {
		if n.accepts(t, k.Secret, why) > 0 {
			t.Errorf("key %s is accepted", k.ID)
			return true
		}
	}
	return false
}

// accepts is in how many of the four ways to ask a node says that a key is good. The ways that say
// why not must say this.
func (n *node) accepts(t *testing.T, text, why string) (ways int) {
	t.Helper()
	one, pass := n.look(text), n.pass(text)
	var batch struct{ Verdicts []verdict }
	var introspected struct{ Active bool }
	body, _ := json.Marshal(map[string]any{"requests": []map[string]string{{"credential": text}}})
	n.asked(t, "/v1/verify/batch", "application/json", string(body), &batch)
	n.asked(t, "/v1/introspect", "application/x-www-form-urlencoded", "token="+text, &introspected)
	for _, code := range append([]verdict{{Code: one.code}}, batch.Verdicts...) {
		if code.Code != why {
			t.Errorf("asked about a key, it says %q, want %q", code.Code, why)
		}
	}
	for _, accepted := range []bool{one.accepts(), pass.accepts(), len(batch.Verdicts) > 0 && batch.Verdicts[0].Valid, introspected.Active} {
		if accepted {
			ways++
		}
	}
	return ways
}

// asked asks the data plane for an answer, which may be none.
func (n *node) asked(t *testing.T, at, contentType, body string, into any) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, n.verify+at, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", contentType)
	response, err := n.client.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if err := json.NewDecoder(response.Body).Decode(into); err != nil {
		t.Fatalf("%s: %d %v", at, response.StatusCode, err)
	}
}
