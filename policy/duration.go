package policy

import (
	"regexp"
	"strconv"
	"strings"
	"time"
)

// MaxDuration is the longest that ParseDuration reads: a hundred years.
const MaxDuration = 36500 * 24 * time.Hour

var durationForm = regexp.MustCompile(`^(?:[1-9][0-9]{0,8}(?:ms|s|min|m|h|d|w))+$`)

var durationPart = regexp.MustCompile(`([0-9]+)(ms|s|min|m|h|d|w)`)

// ParseDuration reads "90d", "12h" or "1h30min": whole numbers with their units, which are ms, s,
// min (or m), h, d and w. A number without a unit is none: "30" may be seconds or days.
func ParseDuration(text string) (time.Duration, bool) {
	if !durationForm.MatchString(text) {
		return 0, false
	}
	units := map[string]time.Duration{
		"ms": time.Millisecond, "s": time.Second, "min": time.Minute, "m": time.Minute, "h": time.Hour, "d": 24 * time.Hour, "w": 7 * 24 * time.Hour,
	}
	var total time.Duration
	for _, part := range durationPart.FindAllStringSubmatch(text, -1) {
		count, _ := strconv.ParseInt(part[1], 10, 64)
		unit := units[part[2]]
		if time.Duration(count) > (MaxDuration-total)/unit {
			return 0, false
		}
		total += time.Duration(count) * unit
	}
	return total, true
}

// DurationWords is a duration as ParseDuration reads it: "90d", "1h30min". "" for none.
func DurationWords(d time.Duration) string {
	var words strings.Builder
	for _, unit := range []struct {
		name string
		long time.Duration
	}{{"d", 24 * time.Hour}, {"h", time.Hour}, {"min", time.Minute}, {"s", time.Second}, {"ms", time.Millisecond}} {
		if count := d / unit.long; count > 0 {
			words.WriteString(strconv.FormatInt(int64(count), 10) + unit.name)
			d %= unit.long
		}
	}
	return words.String()
}
