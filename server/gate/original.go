package gate

import (
	"errors"
	"net/http"
	"slices"
	"strings"

	"github.com/keywright/keywright/secret"
)

// original is the request that a gateway asks about, as far as it told.
type original struct{ method, path string }

// errTwoRequests is when a gateway seems to ask about two different requests at once.
var errTwoRequests = errors.New("two different requests")

// originalOf finds the method and the path in the headers that gateways set: X-Original-Method
// and X-Original-URI from nginx, X-Forwarded-Method and X-Forwarded-Uri from Traefik and Caddy.
//
// A gateway overwrites its own pair and passes the other on, which an end client may have sent
// to be taken for one that reads, or that wants something else. So both pairs must agree.
func originalOf(h http.Header) (original, error) {
	first, err := pair(h["X-Original-Method"], h["X-Original-Uri"])
	if err != nil {
		return original{}, err
	}
	second, err := pair(h["X-Forwarded-Method"], h["X-Forwarded-Uri"])
	switch none := (original{}); {
	case err != nil:
		return none, err
	case second == none:
		return first, nil
	case first == none, first == second:
		return second, nil
	}
	return original{}, errTwoRequests
}

func pair(methods, paths []string) (original, error) {
	if len(methods) > 1 || len(paths) > 1 {
		return original{}, errTwoRequests
	}
	return original{strings.Join(methods, ""), strings.Join(paths, "")}, nil
}

// requireHeader names scopes that the request needs besides what the policy's routes say: one
// or more, with commas or blanks between them. The gateway sets it. An end client who sends it
// can only refuse himself, because nothing that it names is left out.
const requireHeader = "Keywright-Require-Scope"

// environmentHeader names the environment that the key must be for. The gateway sets it.
const environmentHeader = "Keywright-Require-Environment"

func isEnvironment(text string) bool {
	return text == "" || text == string(secret.Live) || text == string(secret.Test)
}

var errNoScope = errors.New("what can't be a scope")

// required adds to need the scopes that the gateway named.
func required(need, lines []string) ([]string, error) {
	for _, line := range lines {
		for _, scope := range strings.FieldsFunc(line, func(r rune) bool { return r == ',' || r == ' ' || r == '\t' }) {
			if !isScope(scope) {
				return nil, errNoScope
			}
			need = append(slices.Clip(need), scope) // never into the router's own list
		}
	}
	return need, nil
}

// isScope reports whether a text can be the name of a scope. A wildcard is none: it is for
// those who grant.
func isScope(text string) bool {
	return text != "" && len(text) <= 64 && strings.Trim(text, "abcdefghijklmnopqrstuvwxyz0123456789_.-:") == ""
}
