package gate

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/keywright/keywright/policy"
	"github.com/keywright/keywright/secret"
)

// credential is the one key that a request presents, or why there is not one.
type credential struct {
	text string
	way  policy.Presentation // empty: taken from elsewhere than a request
	err  error               // policy.ErrNoCredential or policy.ErrAmbiguousCredential
}

// forwarded finds the credential of a request that a gateway asks about. The gateway passes
// the end client's headers on as they came.
//
// A key in the URL is never taken, as URLs end up in logs and histories; beside one in a
// header it makes two (RFC 6750, section 2).
func forwarded(r *http.Request) credential {
	text, way, err := policy.Presented(r.Header["Authorization"], r.Header["X-Api-Key"])
	if err == nil && keyInURL(r) {
		return credential{err: policy.ErrAmbiguousCredential}
	}
	return credential{text: text, way: way, err: err}
}

// keyInURL reports whether a query string holds a key's text: that of the question itself, or
// that of the end client's request, in whichever header the gateway names it. An end client
// can send these headers too; then it is refused for a key that it did send.
func keyInURL(r *http.Request) bool {
	if holdsKey(r.URL.RawQuery) {
		return true
	}
	for _, name := range []string{"X-Original-Uri", "X-Forwarded-Uri"} {
		for _, uri := range r.Header[name] {
			if _, query, _ := strings.Cut(uri, "?"); holdsKey(query) {
				return true
			}
		}
	}
	return false
}

// holdsKey looks at each name and each value of a query string.
func holdsKey(query string) bool {
	for len(query) >= secret.MinLen { // percent-encoded, a key is only longer
		part := query
		if i := strings.IndexAny(query, "&;="); i >= 0 {
			part, query = query[:i], query[i+1:]
		} else {
			query = ""
		}
		if text, err := url.QueryUnescape(part); err == nil {
			part = text
		}
		if _, ok := secret.Split(part); ok {
			return true
		}
	}
	return false
}
