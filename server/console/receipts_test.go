package console

import (
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/keywright/keywright"
)

// other is what another node says to a change.
func (s *site) other(name string, state keywright.NodeState) {
	a := keywright.Acknowledgement{Node: keywright.NodeID("node_" + name), Name: name, State: state, After: 3200 * time.Microsecond}
	if state == keywright.NodeSilent {
		a.After, a.Seen, a.LeaseEnds = 0, s.now.Add(-7*time.Second), s.now.Add(30*time.Second)
	}
	s.others = append(s.others, a)
}

// remove deletes a key as the owner of acme.
func (s *site) remove(b *browser, description string) (*reply, keywright.Key) {
	s.t.Helper()
	key, _ := s.issue("acme", description)
	return b.post(keyPath(key.ID)+"/delete", url.Values{"reason": {""}}), key
}

// After a deed, the console claims what was proved, and nothing else.
func TestAfterADeletionThePageSaysWhereTheKeyHasStopped(t *testing.T) {
	s := newSite(t)
	b := s.as("owner", "acme")
	p, key := s.remove(b, "the only node")
	p.goesTo("/api-access")
	b.get("/api-access").says(key.Handle() + " has stopped working.")
	b.get(keyPath(key.ID)).saysNot("Receipt")

	s.other("eu-2", keywright.NodeApplied)
	s.other("eu-3", keywright.NodeApplied)
	p, key = s.remove(b, "three nodes")
	p.goesTo("/api-access")
	b.get("/api-access").says(key.Handle() + " has stopped working on all 3 nodes after 4 ms.")
	b.get(keyPath(key.ID)).says("Proved to count on all 3 nodes after 4 ms.")
	b.get("/audit-log").says("Proved to count on all 3 nodes after 4 ms.")
}

func TestANodeThatIsSilentIsNamedWithTheTimeByWhichItIsSafe(t *testing.T) {
	s := newSite(t)
	b := s.as("owner", "acme")
	s.other("eu-2", keywright.NodeSilent)
	p, key := s.remove(b, "nightly export")
	receipt := p.is(http.StatusSeeOther).header.Get("Location")
	page := b.get(receipt).is(http.StatusOK)
	page.says("It is not yet proved", "on 1 of 2 nodes so far; eu-2 has not answered; safe at 14:02:30 UTC at the latest",
		"not heard of since", "3 May 2026, 14:01:53 UTC", "may accept nothing from", "3 May 2026, 14:02:30 UTC", "Look again", "has stopped working on this node")
	page.saysNot("everywhere since", "counts everywhere now", "on all")
	b.get(keyPath(key.ID)).says("on 1 of 2 nodes so far")

	s.now = s.now.Add(time.Minute) // the wait was broken off
	b.get(receipt).says("It was not proved that this change counts everywhere").saysNot("Look again")

	finished := keywright.Receipt{
		Revision: 1, Committed: start(), Bound: 30 * time.Second, Safe: true, SafeAt: start().Add(30 * time.Second), Took: 30*time.Second + 30*time.Millisecond,
		Nodes: []keywright.Acknowledgement{{Name: "eu-1", State: keywright.NodeApplied}, s.others[0]},
	}
	about := keywright.Commit{Account: key.Account, Subject: keywright.Subject{Kind: "key", ID: string(key.ID)}}
	about.Revision = s.store.Latest()
	finished.Revision = about.Revision
	if err := s.store.KeepReceipt(t.Context(), about, finished); err != nil {
		t.Fatal(err)
	}
	b.get(receipt).says("This change counts everywhere", "on every node after 30.1 s: eu-2 did not answer, and may accept nothing since").saysNot("Look again", "not yet proved")
}

func TestWhereNodesServeStaleKeysNothingIsPromised(t *testing.T) {
	s := newSite(t, func(o *Options) { o.ServesStale = true })
	s.void = true
	s.other("eu-2", keywright.NodeApplied)
	b := s.as("owner", "acme")
	p, key := s.remove(b, "nightly export")
	page := b.get(p.is(http.StatusSeeOther).header.Get("Location"))
	page.says("Nothing is promised of this change", "--on-stale serve").saysNot("everywhere since", "not yet proved")
	other, _ := s.issue("acme", "another")
	b.get(keyPath(other.ID) + "/delete").says("they may accept this key until they are back")
	b.get(keyPath(key.ID)).says("nothing is promised")
}

func TestRolesAndRemovalsAreProvedToo(t *testing.T) {
	s := newSite(t)
	s.other("eu-2", keywright.NodeApplied)
	b := s.as("owner", "acme")
	ada, err := s.svc.MemberByEmail(t.Context(), keywright.Operator(s.account("acme").ID), address("admin", "acme"))
	if err != nil {
		t.Fatal(err)
	}
	b.post(memberPath(ada.ID)+"/role", url.Values{"role": {"user"}}).goesTo(memberPath(ada.ID))
	b.get(memberPath(ada.ID)).says("Ada Admin now has the role User on all 2 nodes after 4 ms.")
	s.other("eu-3", keywright.NodeSilent)
	p := b.post(memberPath(ada.ID)+"/remove", nil)
	b.get(p.is(http.StatusSeeOther).header.Get("Location")).says("was removed and can't sign in to acme any more on this node", "eu-3 has not answered")
}

func TestAReceiptIsForItsAccount(t *testing.T) {
	s := newSite(t)
	s.other("eu-2", keywright.NodeApplied)
	s.remove(s.as("owner", "acme"), "nightly export")
	path := receiptPath(s.store.Latest())
	s.as("limited_user", "acme").get(path).is(http.StatusOK).says("This change counts everywhere")
	s.as("owner", "globex").get(path).is(http.StatusNotFound)
	for _, wrong := range []string{"/receipts/0", "/receipts/x", "/receipts/-1", "/receipts/99999999999999999999"} {
		s.as("owner", "acme").get(wrong).is(http.StatusNotFound)
	}
}
