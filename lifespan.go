package keywright

import (
	"errors"
	"strings"
	"time"

	"github.com/keywright/keywright/policy"
)

// latest is the last instant that a key can have: dates are written with four digits.
func latest() time.Time { return time.Date(9999, 12, 31, 23, 59, 59, 0, time.UTC) }

// when reads what someone wrote as an instant: a duration from now such as 90d, a date such as
// 2027-01-01, which is its beginning in UTC, or an instant of RFC 3339.
func when(field, text string, now time.Time) (time.Time, error) {
	text = strings.TrimSpace(text)
	if d, ok := policy.ParseDuration(text); ok {
		return now.Add(d), nil
	}
	for _, form := range []string{time.DateOnly, time.RFC3339Nano} {
		if at, err := time.Parse(form, text); err == nil && !at.After(latest()) && at.Year() >= 1970 {
			return at.UTC().Truncate(time.Millisecond), nil
		}
	}
	return time.Time{}, &InvalidError{Field: field, Why: "is neither a duration with its unit, such as 90d or 12h, nor a date such as 2027-01-01, nor an instant such as 2027-01-01T09:00:00Z"}
}

// lifespan reads when a key begins and ends, and holds it to what the plan says of its kind. life is
// the plan's, created when the key was made: the longest life counts from then or from the beginning.
func lifespan(begins, ends string, life policy.Life, created, now time.Time) (begin, end time.Time, _ error) {
	var wrong []error
	var err error
	if begins != "" {
		if begin, err = when("not_before", begins, now); err != nil {
			wrong = append(wrong, err)
		} else if !begin.After(now) {
			begin = time.Time{} // it has begun
		}
	}
	from := created
	if begin.After(from) {
		from = begin
	}
	switch {
	case ends == "" && life.Default > 0:
		end = from.Add(life.Default)
	case ends == "" && life.Longest > 0:
		end = from.Add(life.Longest)
	case ends != "" && ends != Never:
		if end, err = when("expires", ends, now); err != nil {
			wrong = append(wrong, err)
		}
	}
	if len(wrong) > 0 {
		return begin, end, errors.Join(wrong...)
	}
	return begin, end, inOrder(begin, end, from, life, now)
}

// Never is what to say for a key that shall not expire.
const Never = "never"

func inOrder(begin, end, from time.Time, life policy.Life, now time.Time) error {
	switch {
	case end.IsZero() && life.Longest > 0:
		return &InvalidError{Field: "expires", Why: "is never, and the plan lets such a key live for " + policy.DurationWords(life.Longest) + " at most"}
	case end.IsZero():
		return nil
	case !end.After(now):
		return &InvalidError{Field: "expires", Why: "is in the past"}
	case !begin.IsZero() && !end.After(begin):
		return &InvalidError{Field: "expires", Why: "is not after not_before"}
	case end.After(latest()):
		return &InvalidError{Field: "expires", Why: "is after the year 9999"}
	case life.Longest > 0 && end.After(from.Add(life.Longest)):
		return &InvalidError{Field: "expires", Why: "is later than the plan allows: such a key lives for " + policy.DurationWords(life.Longest) + " at most"}
	}
	return nil
}
