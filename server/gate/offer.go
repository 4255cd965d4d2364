package gate

import (
	"net/http"
	"strings"

	"github.com/keywright/keywright/api"
	"github.com/keywright/keywright/policy"
)

// offer is a policy, and what follows from it alone.
type offer struct {
	*policy.Policy
	headers   map[string][]policy.Header // of a good answer, by the version's name
	stranger  *refusal                   // of whoever has not proved that he holds a key
	publicURL string
}

func newOffer(p *policy.Policy, publicURL string) *offer {
	o := &offer{Policy: p, headers: map[string][]policy.Header{}, publicURL: publicURL}
	for _, v := range p.Versions {
		o.headers[v.Name] = v.Headers()
	}
	o.stranger = &refusal{Refusal: policy.Refusal{
		Status: http.StatusUnauthorized, Code: string(api.CodeUnauthenticated), Title: "Unauthenticated",
		Detail: "Send a valid API key in a header, such as Authorization: Bearer. A key in the URL is not read.",
	}, challenge: challenge}
	o.stranger.contentType, o.stranger.body = p.Errors.Render(o.stranger.Refusal)
	return o
}

// need lists the scopes that a request needs by the policy's routes, all of them. The caller
// must not change the list. Where there are routes, a request that none is for needs every
// scope, and so does one whose path was not told.
func (o *offer) need(method, path string) []string {
	scopes, _ := o.Routes.Find(method, path)
	return scopes
}

// asked is the version that an Accept header asks for. Most have no parameter at all, and need
// not be taken apart.
func (o *offer) asked(accept string) string {
	if !strings.Contains(accept, "=") {
		return ""
	}
	return o.Requested(accept)
}

// offered names the versions that keys verify for.
func (o *offer) offered() string {
	var names []string
	for _, v := range o.Versions {
		if v.Verifies() {
			names = append(names, v.Name)
		}
	}
	return strings.Join(names, ", ")
}

// documentation is the address of what is written about a version: what to do about its end,
// else what differs in it. It is empty when only the console knows where that is.
func (o *offer) documentation(v policy.Version) string {
	switch {
	case v.Notice != "":
		return v.Notice
	case strings.HasPrefix(v.Documentation, "/") && o.publicURL != "":
		return o.publicURL + v.Documentation
	case strings.HasPrefix(v.Documentation, "/"):
		return ""
	}
	return v.Documentation
}
