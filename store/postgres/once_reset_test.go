package postgres_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"testing"

	"github.com/keywright/keywright"
	"github.com/keywright/keywright/store/postgres"
	"github.com/keywright/keywright/store/postgres/postgrestest"
)

// A connection that is lost in a commit leaves a request in doubt, and sending it again resolves
// that: nothing is lost, nothing is done twice, whether the commit had arrived or not.
func TestARequestWhoseCommitWasCutOffIsDoneOnce(t *testing.T) {
	d := postgrestest.New(t)
	l, url := through(t, d)
	cut, other := node(t, openBy(t, url)), node(t, open(t, d, postgres.Options{}))
	by := operatorOf(t, cut)
	resets, texts := 100, map[string]bool{}
	if os.Getenv("KEYWRIGHT_SOAK") != "" {
		resets = 1000
	}
	for i := range resets {
		once := fmt.Sprintf("%036d", i)
		l.fail([]string{"lost before", "lost after"}[rand.IntN(2)])
		if _, err := issueOnce(t.Context(), cut, by, once); !errors.Is(err, keywright.ErrOutcomeUnknown) {
			t.Fatalf("got error %v, want unknown outcome", err)
		}
		again := []*keywright.Service{cut, other}[rand.IntN(2)]
		for _, svc := range []*keywright.Service{again, cut, other} {
			text, err := issueOnce(t.Context(), svc, by, once)
			if err != nil || text == "" {
				t.Fatalf("sent again: got error %v", err)
			}
			texts[text] = true
		}
	}
	keys := beside(t, d, postgrestest.Service).QueryRowContext(t.Context(), "SELECT count(*), count(DISTINCT description) FROM keys")
	var made, different int
	if err := keys.Scan(&made, &different); err != nil || made != resets || different != resets || len(texts) != resets {
		t.Errorf("%d requests made %d keys of %d descriptions and told %d secrets, %v", resets, made, different, len(texts), err)
	}
}
