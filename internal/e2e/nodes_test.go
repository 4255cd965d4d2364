package e2e

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/keywright/keywright/store/postgres/postgrestest"
)

// nodes are so many processes on one PostgreSQL database, with the same keyring.
func nodes(t *testing.T, count int, args ...string) []*keywright {
	t.Helper()
	database := postgrestest.New(t)
	var all []*keywright
	for i := range count {
		data, err := os.MkdirTemp(artefacts, "d")
		if err != nil {
			t.Fatal(err)
		}
		k := &keywright{data: data, postgres: database, args: append([]string{"--node-name", fmt.Sprintf("eu-%d", i+1)}, args...)}
		if i > 0 {
			ring, err := os.ReadFile(filepath.Join(all[0].data, "keyring"))
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(data, "keyring"), ring, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		k.begin(t)
		t.Cleanup(func() { k.stop(t) })
		all = append(all, k)
	}
	return all
}

// proof is what a test reads of an answer to ?wait=.
type proof struct {
	Receipt struct {
		Safe    bool
		TookMS  float64 `json:"took_ms"`
		Summary string
		Nodes   []struct {
			Name, State string
			AfterMS     *float64 `json:"after_ms"`
		}
	}
}

// revoke ends a key and waits for the receipt.
func (k *keywright) revoke(t *testing.T, id string) proof {
	t.Helper()
	client := k.operator()
	client.Timeout = time.Minute
	defer client.CloseIdleConnections()
	status, answer := call(client, "http://operator/v1/keys/"+id+"/revoke?wait=all", "{}")
	var p proof
	if err := json.Unmarshal(answer, &p); err != nil || status != 200 {
		t.Fatalf("revoke answered %d %s", status, answer)
	}
	return p
}

// TestAfterAReceiptTheOtherNodeRefuses: after a receipt no node accepts the key, not once.
func TestAfterAReceiptTheOtherNodeRefuses(t *testing.T) {
	both := nodes(t, 2, "--staleness-bound", "3s")
	one, other := both[0], both[1]
	one.account(t, "acme", "enterprise")
	client := one.operator()
	defer client.CloseIdleConnections()
	var acknowledged []float64
	accepted := 0
	for range times(300, 10_000) {
		status, answer := call(client, "http://operator/v1/keys", `{"description":"soon dead"}`)
		var made key
		if json.Unmarshal(answer, &made) != nil || status != 201 {
			t.Fatalf("issue answered %d", status)
		}
		p := one.revoke(t, made.ID)
		if other.ask(t, made.Secret).Valid || one.ask(t, made.Secret).Valid {
			accepted++
		}
		if !p.Receipt.Safe || len(p.Receipt.Nodes) != 2 {
			t.Fatalf("got %+v", p)
		}
		for _, n := range p.Receipt.Nodes {
			if n.Name == "eu-2" && n.AfterMS != nil {
				acknowledged = append(acknowledged, *n.AfterMS)
			}
		}
	}
	slices.Sort(acknowledged)
	if accepted > 0 || len(acknowledged) == 0 {
		t.Fatalf("%d revoked keys were accepted after their receipt; %d acknowledged", accepted, len(acknowledged))
	}
	at := func(q float64) float64 { return acknowledged[int(q*float64(len(acknowledged)-1))] }
	t.Logf("%d revocations, 0 accepted; acknowledged by the other node after p50 %.1f ms, p99 %.1f ms, max %.1f ms", len(acknowledged), at(0.5), at(0.99), at(1))
}

// TestANodeThatStandsStillIsNamed stops a node with SIGSTOP: the receipt names it and ends in time,
// and the node accepts the key never again.
func TestANodeThatStandsStillIsNamed(t *testing.T) {
	both := nodes(t, 2, "--staleness-bound", "3s")
	one, other := both[0], both[1]
	one.account(t, "acme", "enterprise")
	made := one.issue(t, "acme", "leaked", "v1")
	eventually(t, "the other node knows the key", func() bool { return other.ask(t, made.Secret).Valid })
	if err := other.command.Process.Signal(syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	p := one.revoke(t, made.ID)
	if err := other.command.Process.Signal(syscall.SIGCONT); err != nil {
		t.Fatal(err)
	}
	if !p.Receipt.Safe || !strings.Contains(p.Receipt.Summary, "eu-2 did not answer") {
		t.Errorf("got %+v", p.Receipt)
	}
	if p.Receipt.TookMS > 4000 {
		t.Errorf("it took %.0f ms, with a bound of 3 s", p.Receipt.TookMS)
	}
	for range 200 {
		body := fmt.Sprintf(`{"credential":%q}`, made.Secret)
		if _, answer := post(t, http.DefaultClient, other.verify+"/v1/verify", body); bytes.Contains([]byte(answer), []byte(`"valid":true`)) {
			t.Fatal("a node accepted a key after its receipt, when it went on")
		}
	}
	eventually(t, "the node is one again", func() bool { return strings.Count(one.run(t, "", "nodes"), " live ") == 2 })
}
