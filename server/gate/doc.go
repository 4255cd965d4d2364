// Package gate is the data plane: it answers whether a key is good for a request to the
// protected API.
//
//	POST /v1/verify    to the protected API itself, as JSON: a verdict, good or not, is a 200
//	ANY /forward-auth  to a gateway that asks before it forwards: nginx, Traefik, Caddy
//	ANY /refusal       to an end client that nginx has to refuse, because nginx can pass on
//	                   neither the status nor the body of what /forward-auth answered
//
// It decides nothing: that is keywright.Service.Verify. verify.go and forward.go are the two
// ways to ask, credential.go finds the key in a request, problem.go says each reason in words,
// refusal.go says them to an end client or to nginx.
//
// It asks its own callers for no credential, so it belongs on a loopback address or a
// network where only gateways are.
package gate
