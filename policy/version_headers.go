package policy

import (
	"strconv"
	"strings"
	"time"
)

// Header is one line of an answer's header.
type Header struct{ Name, Value string }

// httpDate is the form of RFC 9110, section 5.6.7.
const httpDate = "Mon, 02 Jan 2006 15:04:05 GMT"

// Headers are what an answer for this version tells its client: Deprecation (RFC 9745) since
// when, Sunset (RFC 8594) until when, and a Link to what can be done. A current version has none.
// Each name is there once, as some gateways pass on the first line of a name only. They change only
// with the policy: compute them once.
func (v Version) Headers() []Header {
	if v.State == Current {
		return nil
	}
	var all []Header
	var links []string
	tell := func(name, value string) {
		all = append(all, Header{name, value})
		if v.Notice != "" {
			links = append(links, "<"+v.Notice+`>; rel="`+strings.ToLower(name)+`"`)
		}
	}
	if !v.Deprecated.IsZero() {
		tell("Deprecation", "@"+strconv.FormatInt(v.Deprecated.Unix(), 10))
	}
	if !v.Sunset.IsZero() {
		tell("Sunset", v.Sunset.UTC().Format(httpDate))
	}
	if links != nil {
		all = append(all, Header{"Link", strings.Join(links, ", ")})
	}
	return all
}

// readDate reads a day, which begins at midnight UTC, or an instant (RFC 3339), between the
// years 1970 and 9999.
func readDate(text string) (time.Time, bool) {
	at, err := time.Parse(time.DateOnly, text)
	if err != nil {
		at, err = time.Parse(time.RFC3339, text)
	}
	at = at.UTC().Truncate(time.Second)
	if err != nil || at.Year() < 1970 || at.Year() > 9999 {
		return time.Time{}, false
	}
	return at, true
}
