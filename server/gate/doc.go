// Package gate is the data plane: it answers whether a key is good for a request to the
// protected API.
//
//	POST /v1/verify        to the protected API itself, as JSON: a verdict, good or not, is a 200
//	POST /v1/verify/batch  to the same, many at once
//	POST /v1/introspect    to one that speaks OAuth 2.0 (RFC 7662)
//	ANY /forward-auth      to a gateway that asks before it forwards: nginx, Traefik, Caddy
//	ANY /refusal           to an end client that nginx has to refuse, because nginx can pass on
//	                       neither the status nor the body of what /forward-auth answered
//
// It decides nothing: that is the verifier, which is asked once at most for each question, and
// not at all when there is no key in it. verify.go, batch.go, introspect.go and forward.go are
// the ways to ask, and caller.go knows who may. Of a request that a gateway asks about,
// credential.go finds the key, original.go the method and the path, address.go the end
// client. problem.go says each reason in words, refusal.go says them to an end client or to
// nginx, and offer.go is the policy that all of this goes by.
//
// Without Options.Callers it asks its own callers for no credential, so it belongs on a loopback
// address or a network where only gateways are.
package gate
