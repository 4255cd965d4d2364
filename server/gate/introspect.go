package gate

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/keywright/keywright"
	"github.com/keywright/keywright/api"
)

// introspect answers POST /v1/introspect (RFC 7662): whether a key is active, for servers that
// know OAuth 2.0 and not us. Every key that is not active gets the same answer, byte for byte.
//
// There is no third answer, so what is neither is told by the status, as never a false "not
// active": 503 when it can't be said, 429 when the plan's rate is used up.
//
// The request that the key came with is not known here. Two parameters of our own say more of
// it: client_ip, without which a key with allowed networks is not active, and method,
// without which a read-only key is not: whoever ignores that it is one would let it write.
func (g *Gate) introspect(w http.ResponseWriter, r *http.Request) {
	body, problem := read(w, r, formType, MaxBody)
	if problem != nil {
		g.problem(w, problem)
		return
	}
	c, request, problem := introspected(string(body))
	if problem != nil {
		g.problem(w, problem)
		return
	}
	o := g.offer.Load()
	var verdict keywright.Verdict
	if err := g.judge(r.Context(), c, request, &verdict); err != nil {
		g.decline(w, g.undecided(r.Context(), err))
		return
	}
	switch verdict.Reason {
	case keywright.Stale, keywright.OverLimit, keywright.OverQuota:
		g.decline(w, o.refusalOf(&verdict))
		return
	}
	confess(w.Header(), &verdict)
	g.answer(w, http.StatusOK, jsonType, g.active(&verdict))
}

// introspected reads the form. What it does not know it ignores, the token's hint too (section
// 2.1): there is one kind of token. A parameter twice is refused, and one without a value is
// none (RFC 6749, section 3.2).
func introspected(body string) (credential, keywright.Request, *api.Problem) {
	malformed := func(why string) (credential, keywright.Request, *api.Problem) {
		return credential{}, keywright.Request{}, api.NewProblem(http.StatusBadRequest, api.CodeInvalid, "Invalid request", why)
	}
	form, err := url.ParseQuery(body)
	if err != nil {
		return malformed("The body is no form: name=value, percent-encoded, with & between them.")
	}
	for _, name := range []string{"token", "token_type_hint", "method", "client_ip"} {
		if len(form[name]) > 1 {
			return malformed("The parameter " + name + " is given twice.")
		}
	}
	if form.Get("token") == "" {
		return malformed("The parameter token is missing.")
	}
	request := keywright.Request{Method: form.Get("method")}
	if text := form.Get("client_ip"); text != "" {
		address, ok := readAddress(text)
		if !ok {
			return malformed("The parameter client_ip is not one IPv4 or IPv6 address, without port, zone or leading zeros.")
		}
		request.ClientIP = address
	}
	return credential{text: form.Get("token")}, request, nil
}

func (g *Gate) active(v *keywright.Verdict) api.Introspection {
	if !v.Valid {
		return api.Introspection{}
	}
	a := api.Introspection{
		Active: true, Scope: strings.Join(v.Scopes, " "), ClientID: string(v.Key.ID), TokenType: "Bearer",
		Subject: string(v.Account.ID), Issuer: g.publicURL,
		Account: v.Account.Slug, AccountID: string(v.Account.ID), APIVersion: v.Version.Name,
	}
	if v.Key.Member != "" {
		a.Subject = string(v.Key.Member)
	}
	if !v.Key.Expires.IsZero() {
		a.Expires = v.Key.Expires.Unix()
	}
	return a
}
