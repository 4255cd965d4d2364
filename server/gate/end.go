package gate

import (
	"net/http"
	"strconv"
	"time"

	"github.com/keywright/keywright"
	"github.com/keywright/keywright/policy"
)

// nearExpiry is how long before a key expires its client is told.
const nearExpiry = 30 * 24 * time.Hour

// end is what a good answer says of what will not stay: of the version, of a text that another one
// has replaced, and of a key that expires soon.
type end struct {
	deprecated, sunset time.Time // zero: not
	key                bool      // one of them is of the key, so that the version's headers do not say it
}

// endOf joins what there is to say. The earliest end counts, as each header comes once.
func (o *offer) endOf(v *keywright.Verdict) (e end) {
	if v.Version.State != policy.Current {
		e.deprecated, e.sunset = v.Version.Deprecated, v.Version.Sunset
	}
	expires := v.Key.Expires
	if expires.IsZero() || expires.Sub(v.At) >= nearExpiry {
		expires = time.Time{}
	}
	for _, at := range []time.Time{expires, v.Ends} {
		if !at.IsZero() && (e.sunset.IsZero() || at.Before(e.sunset)) {
			e.sunset, e.key = at, true
		}
	}
	if !v.Ends.IsZero() && e.deprecated.IsZero() {
		e.deprecated, e.key = v.At, true // it is so by now; since when, the keys in memory do not know
	}
	return e
}

// tell sets the headers that the version alone does not have right.
func (e end) tell(h http.Header) {
	if !e.key {
		return
	}
	if !e.deprecated.IsZero() {
		h.Set("Deprecation", "@"+strconv.FormatInt(e.deprecated.Unix(), 10))
	}
	h.Set("Sunset", e.sunset.UTC().Format(http.TimeFormat))
}
