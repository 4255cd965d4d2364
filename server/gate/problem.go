package gate

import (
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/keywright/keywright"
	"github.com/keywright/keywright/policy"
)

// The challenges of a refusal (RFC 6750, section 3.1): no error where no key was known, so
// that missing, malformed and unknown are the same.
const (
	challenge      = `Bearer realm="api"`
	invalidToken   = challenge + `, error="invalid_token"`
	invalidRequest = challenge + `, error="invalid_request"`
)

// explanation is a reason in words, with its status for the end client.
type explanation struct {
	status        int
	title, detail string
	challenge     string
}

// explain has a case for every reason. The details tell what to do, and of the key and its
// account only to whoever proved that he holds the key.
func (g *Gate) explain(v keywright.Verdict) explanation {
	switch v.Reason {
	case keywright.NoCredential:
		if proved(v) {
			return explanation{http.StatusUnauthorized, "Wrong way to send the API key", "API version " + v.Version.Name + " takes a key as " + ways(v.Version) + ".", challenge}
		}
		return explanation{http.StatusUnauthorized, "No API key", "The request carries no key where one is read: not in the URL, but in a header.", challenge}
	case keywright.AmbiguousCredential:
		return explanation{http.StatusBadRequest, "More than one API key", "Send one key, once, in one header and not in the URL.", invalidRequest}
	case keywright.Malformed:
		return explanation{http.StatusUnauthorized, "Not an API key", "The text is not that of a key: a character is wrong, missing or too many.", challenge}
	case keywright.Unknown:
		return explanation{http.StatusUnauthorized, "Unknown API key", "There is no such key.", challenge}
	case keywright.Revoked:
		return explanation{http.StatusUnauthorized, "API key deleted", "This key was deleted and will not work again. Use another one.", invalidToken}
	case keywright.Disabled:
		return explanation{http.StatusUnauthorized, "API key disabled", "This key is switched off. An admin of the account can switch it on again.", invalidToken}
	case keywright.NotYetValid:
		return explanation{http.StatusUnauthorized, "API key not valid yet", "This key begins to work at " + instant(v.Key.NotBefore) + ".", invalidToken}
	case keywright.Expired:
		return explanation{http.StatusUnauthorized, "API key expired", "This key ended at " + instant(v.Key.Expires) + ". Use another one.", invalidToken}
	case keywright.AccountIsSuspended:
		return explanation{http.StatusForbidden, "Account suspended", "The account of this key is suspended; its keys work again when that ends.", ""}
	case keywright.PlanNotEntitled:
		return explanation{http.StatusPaymentRequired, "Not in the plan", g.planDetail(v.Account.Plan), ""}
	case keywright.VersionNotAllowed:
		return explanation{http.StatusForbidden, "API version not allowed", "The API version that was asked for does not exist. There is " + g.versions() + ".", ""}
	}
	// A verifier that knows more than we do is still obeyed.
	return explanation{http.StatusForbidden, "Refused", "This key may not be used for this request.", ""}
}

// proved reports whether the end client has proved that it holds the key of the verdict.
func proved(v keywright.Verdict) bool { return v.Key.ID != "" }

func (g *Gate) planDetail(name string) string {
	plan, ok := g.policy.Plan(name)
	if !ok {
		plan.Label = name
	}
	lacks := keywright.NotEntitledError{Plan: plan, Need: g.policy.PlansWithAPIAccess()}
	return "For this key's account, " + lacks.Error() + ". The key works again after an upgrade."
}

func (g *Gate) versions() string {
	names := make([]string, len(g.policy.Versions))
	for i, v := range g.policy.Versions {
		names[i] = v.Name
	}
	return strings.Join(names, ", ")
}

// ways names the ways in which a version takes a key.
func ways(v policy.Version) string {
	text := make([]string, len(v.Presentations))
	for i, way := range v.Presentations {
		switch way {
		case policy.PresentToken:
			text[i] = "Authorization: Token token=KEY"
		case policy.PresentBearer:
			text[i] = "Authorization: Bearer KEY"
		case policy.PresentBasic:
			text[i] = "Authorization: Basic with the key as user"
		case policy.PresentHeader:
			text[i] = "X-API-Key: KEY"
		default:
			text[i] = fmt.Sprintf("%q", string(way))
		}
	}
	return strings.Join(text, " or ")
}

func instant(t time.Time) string { return t.UTC().Format(time.RFC3339) }
