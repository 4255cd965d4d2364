package console

import (
	"net/http"
	"strconv"

	"github.com/keywright/keywright"
)

// refusalWords explain one refusal to whoever sent the key.
type refusalWords struct {
	code   string // in the answer's body
	status int
	means  string
	remedy string
}

// refusalFor has words for every reason. Who has not proved that he holds a key is told one
// and the same, whatever the reason.
func refusalFor(reason keywright.Reason) refusalWords {
	code := string(reason)
	switch reason {
	case keywright.Malformed, keywright.Unknown:
		return refusalWords{
			"unauthenticated", http.StatusUnauthorized, "There was no key in a header, or what came is none: mistyped, cut off, or not known here.",
			"Check the header's form, and the key from its first to its last character: a blank or a line end is easily taken along.",
		}
	case keywright.NoCredential:
		return refusalWords{code, http.StatusUnauthorized, "The key is known, but its API version doesn't take it in this header.", "Send it in one of the ways that the version takes."}
	case keywright.AmbiguousCredential:
		return refusalWords{code, http.StatusBadRequest, "More than one key was sent, or one in the URL.", "Send one key, once, in one header."}
	case keywright.Revoked:
		return refusalWords{code, http.StatusUnauthorized, "The key was deleted. That is final.", "Use another key."}
	case keywright.Disabled:
		return refusalWords{code, http.StatusUnauthorized, "The key is switched off.", "Ask whoever manages the account's keys to switch it on again."}
	case keywright.NotYetValid:
		return refusalWords{code, http.StatusUnauthorized, "The key's time has not begun.", "Wait until it has; the answer says when."}
	case keywright.Expired:
		return refusalWords{code, http.StatusUnauthorized, "The key's time is over.", "Use another key."}
	case keywright.AccountIsSuspended:
		return refusalWords{code, http.StatusForbidden, "The account is suspended.", "Keep the key: it works again when that ends."}
	case keywright.PlanNotEntitled:
		return refusalWords{code, http.StatusPaymentRequired, "The account's plan has no API access.", "Keep the key: it works again after an upgrade."}
	case keywright.VersionNotAllowed:
		return refusalWords{code, http.StatusForbidden, "The request asks for an API version that there isn't.", "Correct the Accept header, or leave it out."}
	case keywright.VersionOff:
		return refusalWords{code, http.StatusGone, "The API version that the request is for was switched off.", "Move to a version that is offered; the key stays as it is."}
	case keywright.MemberInactive:
		return refusalWords{code, http.StatusForbidden, "The member whom the key acts as is not active.", "Use a key that doesn't end with one person."}
	case keywright.NetworkNotAllowed:
		return refusalWords{code, http.StatusForbidden, "The key may not be used from this address.", "Send from an allowed network, or use another key."}
	case keywright.EnvironmentNotAllowed:
		return refusalWords{code, http.StatusForbidden, "A test key where a live one is needed, or the other way round.", "Use a key for the other environment."}
	case keywright.ReadOnly:
		return refusalWords{code, http.StatusForbidden, "The key may only read.", "Use one that may write."}
	case keywright.OutOfScope:
		return refusalWords{code, http.StatusForbidden, "The key's scopes don't cover the request; the answer names what is missing.", "Use a key that reaches it."}
	case keywright.OverLimit:
		return refusalWords{code, http.StatusTooManyRequests, "Too many requests for now.", "Wait as long as Retry-After says, then go on."}
	case keywright.OverQuota:
		return refusalWords{code, http.StatusTooManyRequests, "What the plan allows in this period is used up.", "Wait for the next one, or ask for a larger plan."}
	case keywright.Stale:
		return refusalWords{code, http.StatusServiceUnavailable, "Whether the key is good can't be said right now.", "Keep the key, and try again in a second."}
	}
	return refusalWords{}
}

// refusalTable lists what a request can be refused with, in the order of the checks.
func refusalTable() string {
	rows := [][]string{{"Code and status", "What it means, and what to do"}}
	told := map[string]bool{}
	for _, reason := range keywright.Reasons() {
		w := refusalFor(reason)
		if !told[w.code] {
			told[w.code] = true
			rows = append(rows, []string{"`" + w.code + "` " + strconv.Itoa(w.status), w.means + " " + w.remedy})
		}
	}
	rows = append(rows, []string{"`unavailable` " + strconv.Itoa(http.StatusServiceUnavailable), "Whether the key is good can't be found out at the moment; that says nothing about the key. Try again after the seconds in `Retry-After`."})
	return tableOf(rows)
}
