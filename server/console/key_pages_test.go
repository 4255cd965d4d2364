package console

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/keywright/keywright"
	"github.com/keywright/keywright/policy"
)

// keyPages are the golden pages about what keys are narrowed to, whose they are and which are
// shown.
func keyPages(t *testing.T) map[string]*reply {
	t.Helper()
	s := newSite(t)
	owner, user := s.as("owner", "acme"), s.as("user", "acme")
	wrong := owner.narrowForm("sync")
	wrong.Set("networks", "192.0.2.0/33")
	wrong["scopes"] = nil
	pages := map[string]*reply{
		"personal-keys-empty": user.get("/personal-keys"),
		"personal-new-key":    user.get("/personal-keys/new"),
		"new-key-narrow":      owner.post("/api-access/new", wrong),
	}
	personal, _, err := s.svc.Issue(t.Context(), s.one("user", "acme").By(), keywright.NewKey{Description: "my script", Kind: keywright.PersonalKey, Expires: "20d"})
	if err != nil {
		t.Fatal(err)
	}
	pages["personal-keys"] = user.get("/personal-keys")
	pages["personal-key"] = user.get(personalKeys().key(personal.ID))
	sync := s.issued("acme", keywright.NewKey{
		Description: "sync", Kind: keywright.ServiceKey, Service: "billing sync", Version: "v2", Env: "test",
		Scopes: []string{"incidents:*", "users:read"}, Networks: []string{"192.0.2.0/24", "2001:db8::7"}, NotBefore: "2026-06-01", Expires: "365d",
	})
	pages["key-narrowed"] = owner.get(keyPath(sync.ID))
	pages["key-disable"] = owner.get(keyPath(sync.ID) + "/disable?for=10min")
	pages["key-limits"] = owner.get(keyPath(sync.ID) + "/limits")
	pages["key-limits-wrong"] = owner.post(keyPath(sync.ID)+"/limits", url.Values{"expires": {"date"}, "networks": {"192.0.2.7/24"}, "api_version": {"v2"}})
	pages["key-rotate"] = owner.get(keyPath(sync.ID) + "/rotate")
	turn := url.Values{"once": {pages["key-rotate"].value("once")}, "grace": {"1d"}}
	pages["key-rotated"] = owner.post(keyPath(sync.ID)+"/rotate", turn)
	pages["key-rotated"].body = strings.ReplaceAll(pages["key-rotated"].body, pages["key-rotated"].secret(), "THE-KEY")
	pages["key-rotated-before"] = owner.post(keyPath(sync.ID)+"/rotate", turn)
	pages["key-rotating"] = owner.get(keyPath(sync.ID))
	busy := s.issued("acme", keywright.NewKey{Description: "busy"})
	s.use(busy.ID, s.now.Add(-time.Minute))
	pages["delete-busy"] = owner.get(keyPath(busy.ID) + "/delete")
	owner.post(keyPath(busy.ID)+"/disable", url.Values{"for": {"10min"}, "reason": {"who uses it?"}})
	pages["key-disabled"] = owner.get(keyPath(busy.ID))
	s.issued("acme", keywright.NewKey{Description: "reports", Kind: keywright.ReadOnlyKey})
	s.policy.Versions[0].State, s.policy.Versions[0].Deprecated = policy.Deprecated, start()
	s.policy.Versions[0].Sunset = start().AddDate(1, 0, 0)
	pages["keys-needing"] = owner.get("/api-access")
	pages["keys-chosen"] = owner.get("/api-access?search=s&kind=service&sort=description")
	pages["delete-many"] = owner.get("/api-access/delete?all=1&kind=read_only")
	pages["keys-none-fit"] = owner.get("/api-access?search=nothing")
	s.now = s.now.Add(100 * 24 * time.Hour)
	pages["keys-unused"] = s.as("owner", "acme").get("/api-access?needs=unused")
	return pages
}
