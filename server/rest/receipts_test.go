package rest

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strconv"
	"testing"
	"time"

	"github.com/keywright/keywright"
	"github.com/keywright/keywright/api"
)

func TestEveryOperationThatTakesSomethingAwayWaitsForItsReceipt(t *testing.T) {
	w := newWorld(t)
	spare, _ := w.issue(w.acme, "to be revoked")
	other, _ := w.issue(w.acme, "to be deleted")
	token, _, err := w.svc.IssueOperatorToken(t.Context(), keywright.Operator(""), keywright.NewOperatorToken{Description: "a gateway", Use: keywright.UseVerify})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ operation, method, path, body string }{
		{"revoke a key", "POST", "/v1/keys/" + string(spare.ID) + "/revoke", `{"reason":"leaked"}`},
		{"delete a key", "DELETE", "/v1/keys/" + string(other.ID), ""},
		{"change a role", "PATCH", "/v1/members/" + string(w.members["user"].ID), `{"role":"limited_user"}`},
		{"remove a member", "DELETE", "/v1/members/" + string(w.members["limited_user"].ID), ""},
		{"change the plan", "PATCH", "/v1/account", `{"plan":"lite"}`},
		{"revoke a token", "POST", "/v1/operator/tokens/" + string(token.ID) + "/revoke", ""},
	} {
		t.Run(c.operation, func(t *testing.T) {
			w := w.in(t)
			var got api.Restriction
			answer := w.asOperator(c.method, c.path+"?wait=all", c.body)
			answer.into(http.StatusOK, &got)
			r := got.Receipt
			if r == nil || !r.Safe || r.SafeAt == nil || r.PromiseVoid || r.Wait != "all" || r.StalenessBoundMS != 300_000 || r.Revision != got.Revision || len(r.Nodes) != 1 {
				t.Fatalf("got %s", answer.body)
			}
			if n := r.Nodes[0]; n.Name != "eu-1" || n.State != "applied" || n.AfterMS == nil || n.LeaseEndsAt != nil {
				t.Errorf("got %+v", n)
			}
			if told := answer.header.Get("Keywright-Revision"); told != strconv.FormatUint(got.Revision, 10) || got.Revision != w.store.Latest() {
				t.Errorf("got revision %d, and %q in the header", got.Revision, told)
			}
			var log api.EventPage
			w.do(w.operator, "GET", "/v1/audit?limit=1", "").into(http.StatusOK, &log)
			if kept := log.Events[0].Receipt; kept == nil || kept.Revision != r.Revision || kept.Summary != r.Summary || !kept.Safe {
				t.Errorf("the audit log has %+v", kept)
			}
		})
	}
}

func TestWithoutWaitOnlyTheRevisionIsAnswered(t *testing.T) {
	w := newWorld(t)
	var got struct {
		Revision uint64
		Receipt  *api.Receipt
		State    string
	}
	w.withKey("POST", "/v1/keys/"+string(w.key.ID)+"/revoke", "").into(http.StatusOK, &got)
	if got.Revision == 0 || got.Receipt != nil || got.State != "revoked" {
		t.Errorf("got %+v", got)
	}
	w.asOperator("DELETE", absentKey+"?wait=some", "").problem(http.StatusUnprocessableEntity, api.CodeInvalid)
	issued := w.asOperator("POST", "/v1/keys", newKeyBody)
	if told := issued.header.Get("Keywright-Revision"); told != strconv.FormatUint(got.Revision+1, 10) {
		t.Errorf("after issuing a key: got revision %q in the header", told)
	}
	if told := w.asOperator("GET", "/v1/keys", "").header.Get("Keywright-Revision"); told != "" {
		t.Errorf("after a look: got %q", told)
	}
}

// slowProof is a proof that takes longer than the server's own deadlines.
type slowProof struct {
	takes time.Duration
	ended chan error // how the request stood when the wait was over
}

func (s slowProof) Wait(ctx context.Context, c keywright.Commit, wait keywright.Wait) keywright.Receipt {
	over := time.NewTimer(s.takes)
	defer over.Stop()
	select {
	case <-over.C:
	case <-ctx.Done():
	}
	s.ended <- ctx.Err()
	return keywright.Receipt{Revision: c.Revision, Wait: wait, Safe: true}
}

// serveSlowly serves the operator with short deadlines and a slow proof.
func (w *world) serveSlowly(proof slowProof) {
	server := httptest.NewUnstartedServer(withRequestID(New(w.svc, Options{Operator: true, Now: w.time.Now, Receipts: proof})))
	server.Config.ReadTimeout, server.Config.WriteTimeout = 3*time.Second, 3*time.Second
	server.Start()
	w.t.Cleanup(server.Close)
	w.operator = server
}

func TestAWaitMayTakeLongerThanOtherRequests(t *testing.T) {
	w := newWorld(t)
	proof := slowProof{7 * time.Second, make(chan error, 1)}
	w.serveSlowly(proof)
	var got api.Restriction
	w.asOperator("DELETE", "/v1/keys/"+string(w.key.ID)+"?wait=bound", "").into(http.StatusOK, &got)
	if err := <-proof.ended; err != nil || got.Receipt == nil {
		t.Errorf("the wait ended with %v, the answer has %+v", err, got.Receipt)
	}
}

func TestAWaitEndsWhenTheClientGoes(t *testing.T) {
	w := newWorld(t)
	proof := slowProof{time.Hour, make(chan error, 1)}
	w.serveSlowly(proof)
	ctx, leave := context.WithCancel(t.Context())
	request, err := http.NewRequestWithContext(ctx, "DELETE", w.operator.URL+"/v1/keys/"+string(w.key.ID)+"?wait=all", nil)
	if err != nil {
		t.Fatal(err)
	}
	gone := make(chan struct{})
	go func() {
		defer close(gone)
		if answer, err := http.DefaultClient.Do(request); err == nil {
			_ = answer.Body.Close()
			t.Error("it was answered")
		}
	}()
	for { // until the deed is done, and the wait begins
		if key, err := w.svc.Key(t.Context(), keywright.Operator(w.acme.ID), w.key.ID); err != nil || !key.Revoked.IsZero() {
			break
		}
	}
	leave()
	<-gone
	if err := <-proof.ended; err == nil {
		t.Error("it waited on")
	}
}

func TestNodesAreListed(t *testing.T) {
	w := newWorld(t)
	var got api.Nodes
	w.do(w.operator, "GET", "/v1/operator/nodes", "").into(http.StatusOK, &got)
	if len(got.Nodes) != 1 || got.Revision != w.store.Latest() {
		t.Fatalf("got %+v", got)
	}
	n := got.Nodes[0]
	if n.Name != "eu-1" || n.Version != "1.2.3" || n.Address != "127.0.0.1:8081" || !n.Self || !n.Live || n.Behind != 0 || n.OnStale != "refuse" || n.StalenessBoundMS != 300_000 {
		t.Errorf("got %+v", n)
	}
}
