package keywright_test

import (
	"testing"

	"github.com/keywright/keywright"
)

// A change says where it stands, and one that changed nothing where what is there already stands.
func TestChangesSayWhereTheyStand(t *testing.T) {
	h := open(t, "standard")
	key, _ := h.issue(t, h.members["owner"].By())
	account := keywright.Subject{Kind: "account", ID: string(h.account.ID), Name: h.account.Name}
	user := keywright.Subject{Kind: "member", ID: string(h.members["user"].ID), Name: h.members["user"].Name}
	_, before, err := h.Revoke(t.Context(), h.members["owner"].By(), key.ID, "")
	if err != nil || before.Revision == 0 {
		t.Fatalf("got %+v, %v", before, err)
	}
	for i, step := range []struct {
		name    string
		do      func() (keywright.Commit, error)
		later   uint64 // revisions after the revocation
		subject keywright.Subject
	}{
		{"the plan that it is on", func() (keywright.Commit, error) {
			return commit(h.SetPlan(t.Context(), keywright.Operator(h.account.ID), "standard"))
		}, 0, keywright.Subject{}},
		{"another plan", func() (keywright.Commit, error) {
			return commit(h.SetPlan(t.Context(), keywright.Operator(h.account.ID), "lite"))
		}, 1, account},
		{"another role", func() (keywright.Commit, error) {
			return commit(h.SetRole(t.Context(), h.members["owner"].By(), h.members["user"].ID, "admin"))
		}, 2, user},
		{"the role that he has", func() (keywright.Commit, error) {
			return commit(h.SetRole(t.Context(), h.members["owner"].By(), h.members["user"].ID, "admin"))
		}, 2, keywright.Subject{}},
		{"removed", func() (keywright.Commit, error) {
			return commit(h.RemoveMember(t.Context(), h.members["owner"].By(), h.members["user"].ID, ""))
		}, 3, user},
	} {
		got, err := step.do()
		want := keywright.Commit{Revision: before.Revision + step.later, At: h.now, Subject: step.subject}
		if step.subject.ID != "" {
			want.Account = h.account.ID
		}
		if err != nil || got != want {
			t.Errorf("%d, %s: got %+v, %v, want %+v", i, step.name, got, err, want)
		}
	}
}

func commit[T any](_ T, c keywright.Commit, err error) (keywright.Commit, error) { return c, err }
