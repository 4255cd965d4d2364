package console

import (
	"context"
	"encoding/csv"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/keywright/keywright"
	"github.com/keywright/keywright/policy"
)

// issued makes a key behind the console, as the owner.
func (s *site) issued(account string, n keywright.NewKey) keywright.Key {
	s.t.Helper()
	s.now = s.now.Add(time.Second)
	key, _, err := s.svc.Issue(s.t.Context(), s.one("owner", account).By(), n)
	if err != nil {
		s.t.Fatal(err)
	}
	return key
}

// shown are the descriptions that a list has, in its order.
func (p *reply) shown() []string {
	var all []string
	for _, link := range p.find("a", "class") {
		if class, _ := attr(link, "class"); class == "row-link" {
			all = append(all, words(link))
		}
	}
	return all
}

func TestTheListShowsWhatIsChosen(t *testing.T) {
	s := newSite(t)
	s.issued("acme", keywright.NewKey{Description: "alpha", Version: "v2", Expires: "10d"})
	s.issued("acme", keywright.NewKey{Description: "Beta", Kind: keywright.ReadOnlyKey, Env: "test"})
	s.issued("acme", keywright.NewKey{Description: "gamma", Kind: keywright.ServiceKey, Service: "billing sync", Expires: "200d"})
	old := s.issued("acme", keywright.NewKey{Description: "delta", Kind: keywright.PersonalKey})
	if _, _, err := s.svc.Revoke(t.Context(), s.one("owner", "acme").By(), old.ID, ""); err != nil {
		t.Fatal(err)
	}
	b := s.as("owner", "acme")
	for query, want := range map[string]string{
		"sort=description":               "alpha Beta delta gamma",
		"sort=expires":                   "alpha gamma",
		"search=BILL":                    "gamma",
		"state=revoked":                  "delta",
		"kind=read_only":                 "Beta",
		"version=v2":                     "alpha",
		"environment=test":               "Beta",
		"member=me&kind=service":         "gamma",
		"needs=expiring":                 "alpha",
		"state=active&sort=description":  "alpha Beta gamma",
		"search=nobody&sort=description": "",
		"needs=unused":                   "",
		"needs=something":                "delta",
	} {
		p := b.get("/api-access?" + query).is(http.StatusOK)
		if got := strings.Join(p.shown(), " "); !strings.HasPrefix(got, want) || want == "" && got != "" {
			t.Errorf("%s: got %q, want %q", query, got, want)
		}
	}
	b.get("/api-access?search=nobody").says("No key is like that", "Show all keys")
	b.get("/api-access?state=emperor").is(http.StatusBadRequest).says("it is none of active")
	b.get("/api-access").says("1 expiring", "expires in 9 days", "3 active")
	s.now = s.now.Add(aSeason + aDay)
	b.get("/api-access").says("unused for 90 days", "2 unused").saysNot("expiring")
}

func TestASortedListIsReadPageByPageWithWhatWasChosen(t *testing.T) {
	s := newSite(t)
	for i := range keysPerPage + 3 {
		s.issued("acme", keywright.NewKey{Description: fmt.Sprintf("key %03d", i), Version: "v2"})
	}
	s.issue("acme", "another")
	b := s.as("owner", "acme")
	first := b.get("/api-access?sort=description&version=v2")
	second := b.get(first.link("Next page"))
	if got := append(first.shown(), second.shown()...); len(got) != keysPerPage+3 || got[0] != "key 000" || got[keysPerPage] != fmt.Sprintf("key %03d", keysPerPage) {
		t.Errorf("got %v", got)
	}
	second.says("First page").saysNot("Next page")
}

// TestTheListPointsAtAVersionOnItsWayOut: who still calls it is the list, last used first.
func TestTheListPointsAtAVersionOnItsWayOut(t *testing.T) {
	s := newSite(t)
	s.issued("acme", keywright.NewKey{Description: "of the old version", Version: "v1"})
	s.issued("acme", keywright.NewKey{Description: "of the new version", Version: "v2"})
	b := s.as("owner", "acme")
	b.get("/api-access").saysNot("Who still calls")
	s.policy.Versions[0].State, s.policy.Versions[0].Deprecated = policy.Deprecated, start()
	p := b.get("/api-access").says("1 active key is for v1, which is deprecated", "Deprecated since 3 May 2026")
	path := p.link("Who still calls v1")
	if !strings.Contains(path, "sort=last_used") {
		t.Errorf("leads to %s", path)
	}
	if got := b.get(path).shown(); len(got) != 1 || got[0] != "of the old version" {
		t.Errorf("got %v", got)
	}
}

// TestAnExportHasEveryKeyAndNoFormula reads it as a spreadsheet would.
func TestAnExportHasEveryKeyAndNoFormula(t *testing.T) {
	s := newSite(t)
	wanted := []string{`=HYPERLINK("http://x","y")`, "+1", "-1", "@SUM(A1)", `a "quoted", text`, "plain"}
	for _, d := range wanted {
		s.issued("acme", keywright.NewKey{Description: d, Scopes: []string{"incidents:read"}, Networks: []string{"192.0.2.0/24", "::1"}})
	}
	for i := range keywright.MaxPage {
		s.issued("globex", keywright.NewKey{Description: fmt.Sprint("key ", i)})
	}
	s.issued("globex", keywright.NewKey{Description: "one more", Version: "v2"})
	p := s.as("owner", "acme").get("/api-access/export").is(http.StatusOK)
	if got := p.header.Get("Content-Disposition"); got != "attachment; filename=acme-api-access-2026-05-03.csv" {
		t.Errorf("got %s", got)
	}
	rows, err := csv.NewReader(strings.NewReader(p.body)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	if len(rows) != len(wanted)+1 {
		t.Fatalf("got %d rows", len(rows))
	}
	for i, row := range rows[1:] {
		d := wanted[len(wanted)-1-i]
		if strings.ContainsAny(d[:1], "=+-@") {
			d = "'" + d
		}
		if row[0] != d || row[3] != "active" || row[9] != "incidents:read" || row[10] != "192.0.2.0/24 ::1/128" {
			t.Errorf("got %q, want %q", row, d)
		}
	}
	b := s.as("owner", "globex")
	if n := strings.Count(b.get("/api-access/export").body, "\n"); n != keywright.MaxPage+2 {
		t.Errorf("got %d lines", n)
	}
	if n := strings.Count(b.get("/api-access/export?version=v2").body, "\n"); n != 2 {
		t.Errorf("of one version: got %d lines", n)
	}
}

// TestTheOwnerOfAKeyStandsInTheList: also one who has left, and not for those who may not know.
func TestTheOwnerOfAKeyStandsInTheList(t *testing.T) {
	s := newSite(t)
	admin := s.one("admin", "acme")
	s.issued("acme", keywright.NewKey{Description: "sync", Kind: keywright.ServiceKey, Member: admin.ID})
	b := s.as("owner", "acme")
	b.get("/api-access").says("service of Ada Admin · by Olive Owner")
	b.get("/api-access?member=" + url.QueryEscape(string(admin.ID))).says("sync")
}

// forgetful is a service that has lost a member.
type forgetful struct{ *keywright.Service }

func (forgetful) Member(context.Context, keywright.Principal, keywright.MemberID) (keywright.Member, error) {
	return keywright.Member{}, keywright.ErrNotFound
}

func TestAnOwnerWhoHasLeftIsNoError(t *testing.T) {
	s := newSite(t)
	s.issued("acme", keywright.NewKey{Description: "sync", Kind: keywright.ServiceKey, Member: s.one("admin", "acme").ID})
	cookies := s.as("owner", "acme").cookies
	s.serve(forgetful{s.svc})
	b := s.browser()
	b.cookies = cookies
	b.get("/api-access").is(http.StatusOK).says("someone who has left")
}
