package console

import (
	"net/http"
	"net/url"
)

// contentPolicy lets a page load our own files and ask this service, and nothing else: no inline
// script or style, no foreign image, no frame around it, no form to elsewhere.
const contentPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"

// protect wraps everything that the console answers: headers first, then the question
// whether a deed was asked for by one of our own pages.
func (c *Console) protect(next http.Handler) http.Handler {
	refused := c.serve(route{handle: func(*Console, *visit) (answer, error) { return answer{}, errCrossOrigin }})
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", contentPolicy)
		h.Set("X-Content-Type-Options", "nosniff")
		// same-origin, not no-referrer: under that a browser sends "Origin: null" with our own
		// forms (Fetch, "append a request Origin header"), and we could not tell them apart.
		h.Set("Referrer-Policy", "same-origin")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Cache-Control", "no-store") // files of ours say otherwise
		if c.https {
			h.Set("Strict-Transport-Security", "max-age=31536000")
		}
		if c.origin.Check(r) != nil || !fromOurPages(r) {
			refused.ServeHTTP(w, r)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// fromOurPages adds to http.CrossOriginProtection: a hidden origin ("null") must come with
// the browser's word that the page is ours, and an origin must be ours even when that word
// is there. A request with neither passes, as there: it is no browser of the last years, and
// what is no browser carries no victim's cookie.
func fromOurPages(r *http.Request) bool {
	if r.Method == http.MethodGet || r.Method == http.MethodHead || r.Method == http.MethodOptions {
		return true
	}
	site, origin := r.Header.Get("Sec-Fetch-Site"), r.Header.Get("Origin")
	if origin == "" {
		return site == "" || site == "same-origin"
	}
	if origin == "null" {
		return site == "same-origin"
	}
	u, err := url.Parse(origin)
	return err == nil && u.Host == r.Host
}
