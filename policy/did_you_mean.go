package policy

import (
	"fmt"
	"regexp"
	"strings"
)

// didYouMean proposes the candidate that text is a slip of the pen for, or nothing.
func didYouMean(text string, candidates []string) string {
	if len(text) > longestShown {
		return ""
	}
	best, least := "", 1+max(1, len(text)/3)
	for _, c := range candidates {
		if d := distance(strings.ToLower(text), strings.ToLower(c), least); d < least {
			best, least = c, d
		}
	}
	if best == "" {
		return ""
	}
	return fmt.Sprintf("; did you mean %s?", best)
}

// distance is how many letters have to be put in, taken out, changed, or swapped with their
// neighbour to make b of a; most if it is that or more.
func distance(a, b string, most int) int {
	if len(a)-len(b) >= most || len(b)-len(a) >= most {
		return most
	}
	var before []int
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := 1; i <= len(a); i++ {
		next := make([]int, len(b)+1)
		next[0] = i
		for j := 1; j <= len(b); j++ {
			change := 1
			if a[i-1] == b[j-1] {
				change = 0
			}
			next[j] = min(row[j]+1, next[j-1]+1, row[j-1]+change)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				next[j] = min(next[j], before[j-2]+1)
			}
		}
		before, row = row, next
	}
	return min(row[len(b)], most)
}

// longestShown is shorter than any key: someone may have pasted one into the wrong place, and
// mistakes end up in logs.
const longestShown = 40

var shownForm = regexp.MustCompile(`^[A-Za-z0-9_.:*-]+$`)

// shown is a word of the file as a mistake may repeat it.
func shown(text, otherwise string) string {
	if len(text) > longestShown || !shownForm.MatchString(text) {
		return otherwise
	}
	return text
}
