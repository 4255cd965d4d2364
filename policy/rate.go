package policy

import (
	"regexp"
	"strconv"
	"time"

	"github.com/keywright/keywright/limit"
)

// MaxRate is the most that a rate can allow in one of its units, and as a burst.
const MaxRate = 1_000_000

var rateForm = regexp.MustCompile(`^([1-9][0-9]{0,6})/(s|min|h|d)(?: burst ([1-9][0-9]{0,6}))?$`)

// ParseRate reads "60/min" or "60/min burst 20": 60 in each minute, of which at most 20 at
// once; without a burst, all 60 at once. The units are s, min, h and d.
func ParseRate(text string) (limit.Rate, bool) {
	part := rateForm.FindStringSubmatch(text)
	if part == nil {
		return limit.Rate{}, false
	}
	count, _ := strconv.Atoi(part[1])
	burst := count
	if part[3] != "" {
		burst, _ = strconv.Atoi(part[3])
	}
	if count > MaxRate || burst > MaxRate {
		return limit.Rate{}, false
	}
	unit := map[string]time.Duration{"s": time.Second, "min": time.Minute, "h": time.Hour, "d": 24 * time.Hour}[part[2]]
	// Rounded up: 7/min shall not become a hair more than 7 in a minute.
	every := (unit + time.Duration(count) - 1) / time.Duration(count)
	return limit.Rate{Every: every, Burst: burst}, true
}
