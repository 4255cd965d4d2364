package gate

import (
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/keywright/keywright"
	"github.com/keywright/keywright/limit"
	"github.com/keywright/keywright/policy"
)

// The challenges of a refusal (RFC 6750, section 3.1): no error where no key was known, so
// that missing, malformed and unknown are the same.
const (
	challenge         = `Bearer realm="api"`
	invalidToken      = challenge + `, error="invalid_token"`
	invalidRequest    = challenge + `, error="invalid_request"`
	insufficientScope = challenge + `, error="insufficient_scope"`
)

// explanation is a reason in words, with its status for the end client.
type explanation struct {
	status        int
	title, detail string
	challenge     string
	retryAfter    int // seconds; 0: waiting does not help
}

// explain has a case for every reason. The details tell what to do, and of the key and its
// account only to whoever proved that he holds the key.
func (o *offer) explain(v *keywright.Verdict) explanation {
	refused := func(status int, title, detail string) explanation {
		return explanation{status: status, title: title, detail: detail}
	}
	unauthenticated := func(title, detail, challenge string) explanation {
		return explanation{status: http.StatusUnauthorized, title: title, detail: detail, challenge: challenge}
	}
	switch v.Reason {
	case keywright.NoCredential:
		if proved(v) {
			return unauthenticated("Wrong way to send the API key", "API version "+v.Version.Name+" takes a key as "+ways(v.Version)+".", challenge)
		}
		return unauthenticated("No API key", "The request carries no key where one is read: not in the URL, but in a header.", challenge)
	case keywright.AmbiguousCredential:
		return explanation{http.StatusBadRequest, "More than one API key", "Send one key, once, in one header and not in the URL.", invalidRequest, 0}
	case keywright.Malformed:
		return unauthenticated("Not an API key", "The text is not that of a key: a character is wrong, missing or too many.", challenge)
	case keywright.Stale:
		return explanation{http.StatusServiceUnavailable, "Not up to date", "Whether the key is good can't be said right now. Keep it, and try again.", "", 1}
	case keywright.Unknown:
		return unauthenticated("Unknown API key", "There is no such key.", challenge)
	case keywright.Revoked:
		return unauthenticated("API key deleted", "This key was deleted and will not work again. Use another one.", invalidToken)
	case keywright.Disabled:
		return disabled(v)
	case keywright.NotYetValid:
		return unauthenticated("API key not valid yet", "This key does not work yet"+at(": it begins at ", v.Key.NotBefore)+".", invalidToken)
	case keywright.Expired:
		if !v.Ends.IsZero() && !v.At.Before(v.Ends) {
			return unauthenticated("API key replaced", "This key was given a new text, and the old one ended"+at(" at ", v.Ends)+". Use the new one.", invalidToken)
		}
		return unauthenticated("API key expired", "This key's time is over"+at(": it ended at ", v.Key.Expires)+". Use another one.", invalidToken)
	case keywright.AccountIsSuspended:
		return refused(http.StatusForbidden, "Account suspended", "The account of this key is suspended; its keys work again when that ends.")
	case keywright.PlanNotEntitled:
		return refused(http.StatusPaymentRequired, "Not in the plan", o.planDetail(v.Account.Plan, v.Key.Kind))
	case keywright.MemberInactive:
		return refused(http.StatusForbidden, "Member inactive", "The member as whom this key acts is not active in the account. Use a key that does not depend on one person.")
	case keywright.NetworkNotAllowed:
		return refused(http.StatusForbidden, "Network not allowed", "This key may not be used from the address that the request came from.")
	case keywright.EnvironmentNotAllowed:
		return refused(http.StatusForbidden, "Environment not allowed", "This is a "+string(v.Key.Env)+" key, and a key for the other environment is needed here.")
	case keywright.VersionNotAllowed:
		return refused(http.StatusForbidden, "API version not allowed", "The API version that was asked for does not exist, or this key may not be used for it. There is "+o.offered()+".")
	case keywright.VersionOff:
		return refused(http.StatusGone, "API version switched off", o.offDetail(v.Version))
	case keywright.ReadOnly:
		return refused(http.StatusForbidden, "Read-only key", "This key may only read: GET, HEAD and OPTIONS. Use one that may write.")
	case keywright.OutOfScope:
		return outOfScope(v.Missing)
	case keywright.OverLimit:
		return overLimit(v.Limit.RetryAfter)
	case keywright.OverQuota:
		return explanation{http.StatusTooManyRequests, "Quota used up", "What the plan allows in this period is used up. Wait for the next one, or ask for a larger plan.", "", seconds(v.Limit.RetryAfter)}
	}
	// A verifier that knows more than we do is still obeyed.
	return refused(http.StatusForbidden, "Refused", "This key may not be used for this request.")
}

// disabled tells of a brownout that it is one: whoever still uses the key finds out so, and that it
// comes back.
func disabled(v *keywright.Verdict) explanation {
	e := explanation{http.StatusUnauthorized, "API key disabled", "This key is switched off. An admin of the account can switch it on again.", invalidToken, 0}
	if !v.Key.Enables.IsZero() {
		e.detail = "This key is switched off for a while" + at(" and works again at ", v.Key.Enables) + ". Whoever manages the account's keys wants to know who still uses it."
		e.retryAfter = seconds(v.Key.Enables.Sub(v.At))
	}
	return e
}

// proved reports whether the end client has proved that it holds the key of the verdict.
func proved(v *keywright.Verdict) bool { return v.Key.ID != "" }

func (o *offer) planDetail(plan string, kind keywright.KeyKind) string {
	lacks := keywright.NotEntitled(o.Policy, plan, kind)
	if lacks == nil { // by the policy of this moment
		return "For this key's account, the plan has no API access. The key works again after an upgrade."
	}
	return "For this key's account, " + lacks.Error() + ". The key works again after an upgrade."
}

func (o *offer) offDetail(v policy.Version) string {
	detail := "API version " + v.Name + " was switched off."
	if offered := o.offered(); offered != "" {
		detail += " There is " + offered + "."
	}
	if where := o.documentation(v); where != "" {
		detail += " See " + where + " for what to do."
	}
	return detail
}

// outOfScope names the scope that is missing, for people and for machines (RFC 6750, section 3).
func outOfScope(missing string) explanation {
	e := explanation{status: http.StatusForbidden, title: "Out of scope", detail: "The scopes of this key do not cover the request.", challenge: insufficientScope}
	if isScope(missing) { // and so can neither end the quotes nor the line
		e.detail = "This key lacks the scope " + missing + ". Use one that has it."
		e.challenge += `, scope="` + missing + `"`
	}
	return e
}

func overLimit(wait time.Duration) explanation {
	e := explanation{
		status: http.StatusTooManyRequests, title: "Too many requests",
		detail: "The request costs more than the plan's rate ever has room for.", retryAfter: seconds(wait),
	}
	if e.retryAfter > 0 {
		e.detail = fmt.Sprintf("The plan's rate is used up for now. Try again after %d s.", e.retryAfter)
	}
	return e
}

// seconds is how long to wait as a header says it: rounded up, so that whoever waits as long as
// he is told finds room, and 1 at least. It is 0 where waiting does not help.
func seconds(wait time.Duration) int {
	if wait == limit.Never {
		return 0
	}
	return int(max((wait+time.Second-1)/time.Second, 1))
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

// at says when, if that is known: a key that was replaced has no end of its own.
func at(words string, t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return words + t.UTC().Format(time.RFC3339)
}
