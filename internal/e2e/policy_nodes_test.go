package e2e

import (
	"encoding/json"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/keywright/keywright/store/postgres/postgrestest"
)

// TestThePolicyIsThatOfAllNodes: two nodes with a file each follow one policy. A reload on one
// counts on both, from its revision on and with a receipt; a file that was superseded does not come
// back by itself, and one that leaves someone with nothing is refused at the start too.
func TestThePolicyIsThatOfAllNodes(t *testing.T) {
	t.Parallel()
	database := postgrestest.New(t).URL(postgrestest.Service)
	fileOne, changeOne := policyFile(t)
	fileTwo, changeTwo := policyFile(t)
	one := join(t, nil, database, nil, "--policy", fileOne, "--node-name", "eu-1", "--log-level", "info")
	two := join(t, one, database, nil, "--policy", fileTwo, "--node-name", "eu-2", "--log-level", "info")
	one.account(t, "acme", "standard")
	old := one.issue(t, "acme", "old integration", "v1")
	agree(t, []*node{one, two}, []key{old}, "valid")

	changeOne(retire("\"off\"")...)
	one.hangUp(t, "the policy counts on all 2 nodes after")
	for i, n := range []*node{one, two} {
		if v := n.ask(t, old.Secret); v.Code != "version_off" {
			t.Errorf("node %d says %q after the receipt", i+1, v.Code)
		}
		if status, _, body := through(t, n.verify+"/forward-auth", "Authorization", "Token token="+old.Secret); status != 410 {
			t.Errorf("the gate of node %d answers %d %s after the receipt", i+1, status, body)
		}
	}
	inForce := one.policy(t)
	if got := two.policy(t); got != inForce {
		t.Errorf("two nodes, two policies: since %d and since %d", inForce.Since, got.Since)
	}
	if out := one.run(t, "", "audit"); !strings.Contains(out, "policy.replaced") {
		t.Errorf("the audit log does not say so: %s", out)
	}

	two.stop(t)
	two.begin(t) // with the file that it had
	if v := two.ask(t, old.Secret); v.Code != "version_off" || two.policy(t) != inForce {
		t.Errorf("a restart with an old file brought the old policy back: %q", v.Code)
	}
	if !strings.Contains(two.log(), "the policy file of this machine is an old one") {
		t.Error("nobody is told that the file does not count")
	}

	changeTwo("  - name: limited_user\n", "  - name: helper\n")
	two.hangUp(t, "the policy stays as it was")
	two.stop(t)
	out, err := exec.Command(binary, append([]string{"serve", "--data", two.data, "--listen", "127.0.0.1:0", "--verify-listen", "127.0.0.1:0"}, two.args...)...).CombinedOutput()
	if err == nil || !strings.Contains(string(out), "it has no role limited_user, which is in use by limited_user@acme.example in acme") {
		t.Errorf("a start with a policy that orphans a member: %v %s", err, out)
	}
	if got := one.policy(t); got != inForce {
		t.Error("a refused policy is in force")
	}

	if err := os.WriteFile(fileTwo, []byte(inForce.Text), 0o600); err != nil { // what the warning says to do
		t.Fatal(err)
	}
	two.begin(t)
	if got := one.policy(t); got != inForce {
		t.Error("the same text was put in force once more")
	}
	changeTwo()
	two.hangUp(t, "the policy counts on all 2 nodes after") // on purpose, an old text may come back
	agree(t, []*node{one, two}, []key{old}, "valid")
}

// governs is what `policy show --json` prints.
type governs struct {
	Text  string `json:"text"`
	Since uint64 `json:"since_revision"`
}

func (k *keywright) policy(t *testing.T) (p governs) {
	t.Helper()
	if err := json.Unmarshal([]byte(k.run(t, "", "policy", "show", "--json")), &p); err != nil || p.Text == "" || p.Since == 0 {
		t.Fatalf("policy show --json: %v %v", p.Since, err)
	}
	return p
}
