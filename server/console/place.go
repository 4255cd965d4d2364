package console

import (
	"net/url"

	"github.com/keywright/keywright"
	"github.com/keywright/keywright/policy"
)

// place is a list of keys with the pages below it: the account's, or the member's own personal
// ones (F18). The pages are the same; what differs is which keys are there and who may come.
type place struct {
	path, title string
	right       policy.Right
	own         bool
}

func apiAccess() place {
	return place{path: "/api-access", title: "API Access", right: policy.ManageKeys}
}

func personalKeys() place {
	return place{path: "/personal-keys", title: "Personal keys", right: policy.OwnKeys, own: true}
}

// place is where the request is.
func (v *visit) place() place {
	if under(v.URL.Path, personalKeys().path) {
		return personalKeys()
	}
	return apiAccess()
}

// routes are the pages and deeds of a place.
func (p place) routes() []route {
	return []route{
		{"GET " + p.path, holders, p.right, (*Console).keys},
		{"GET " + p.path + "/export", holders, p.right, (*Console).exportKeys},
		{"GET " + p.path + "/delete", holders, p.right, (*Console).deleteManyForm},
		{"POST " + p.path + "/delete", holders, p.right, (*Console).deleteMany},
		{"GET " + p.path + "/new", holders, p.right, (*Console).newKeyForm},
		{"POST " + p.path + "/new", holders, p.right, (*Console).issueKey},
		{"POST " + p.path + "/new/readback", holders, p.right, (*Console).readNewKeyBack},
		{"GET " + p.path + "/{id}", holders, p.right, (*Console).key},
		{"POST " + p.path + "/{id}/close", holders, p.right, (*Console).closeKey},
		{"GET " + p.path + "/{id}/rotate", holders, p.right, (*Console).rotateForm},
		{"POST " + p.path + "/{id}/rotate", holders, p.right, (*Console).rotateKey},
		{"POST " + p.path + "/{id}/finish", holders, p.right, (*Console).endGrace},
		{"GET " + p.path + "/{id}/limits", holders, p.right, (*Console).limitsForm},
		{"POST " + p.path + "/{id}/limits", holders, p.right, (*Console).changeLimits},
		{"GET " + p.path + "/{id}/disable", holders, p.right, (*Console).disableForm},
		{"POST " + p.path + "/{id}/disable", holders, p.right, (*Console).disableKey},
		{"POST " + p.path + "/{id}/enable", holders, p.right, (*Console).enableKey},
		{"GET " + p.path + "/{id}/delete", holders, p.right, (*Console).deleteKeyForm},
		{"POST " + p.path + "/{id}/delete", holders, p.right, (*Console).deleteKey},
	}
}

// key is the page of a key in this place.
func (p place) key(id keywright.KeyID) string { return p.path + "/" + url.PathEscape(string(id)) }

// crumb leads back to the list.
func (p place) crumb() crumb { return crumb{p.title, p.path} }

// has reports whether a key belongs here: each has one page for those who see only their own.
func (p place) has(v *visit, key keywright.Key) bool {
	return !p.own || key.Kind == keywright.PersonalKey && key.Member == v.self.Member.ID
}

// keyPath is the page of a key among the account's.
func keyPath(id keywright.KeyID) string { return apiAccess().key(id) }
