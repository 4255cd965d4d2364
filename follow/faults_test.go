package follow_test

import (
	"context"
	"database/sql"
	"fmt"
	"path/filepath"
	"testing"

	"github.com/keywright/keywright"
	"github.com/keywright/keywright/follow"
	"github.com/keywright/keywright/internal/seeded"
	"github.com/keywright/keywright/keyset"
	"github.com/keywright/keywright/secret"
)

// The test of the test: the property that the real thing has fails with each of these faults.
func TestHistoriesFindEachFault(t *testing.T) {
	for name, faulty := range map[string]seams{
		"a sequence numbers the changes, and one that commits late is skipped": {source: numbered},
		"expiry is cached with the verdict":                                    {judge: remembering},
		"no MAC is computed for an id that is not there":                       {judge: skipping},
		"a change of role takes no revision":                                   {setRole: behindTheStore},
		"a reload is applied by half":                                          {rules: halfReloaded()},
	} {
		t.Run(name, func(t *testing.T) {
			if !seeded.Found(t, histories(t, faulty, map[keywright.Reason]int{})) {
				t.Error("no history found it")
			}
		})
	}
}

// sequence is a log whose numbers come from a sequence, so that each transaction has its number
// from its beginning. Of each two, the one with the odd number commits when the other has been
// told of: whoever asks for what is above the even one never hears of it.
type sequence struct {
	*line
	log map[uint64]keywright.Changes
}

func numbered(h *house) source {
	s := &sequence{h.line, map[uint64]keywright.Changes{}}
	h.store.Follow(func(c keywright.Changes) { s.log[c.Revision] = c })
	return s
}

func (s *sequence) ChangesSince(ctx context.Context, since uint64, _ int) (keywright.Changes, error) {
	last, err := s.to.Revision(ctx)
	late := (last - 1) | 1 // the last odd one
	told := keywright.Changes{Since: since, Revision: max(since, last&^1)}
	for n := since + 1; n <= told.Revision; n++ {
		if n != late {
			told.Records = append(told.Records, s.log[n].Records...)
			if s.log[n].Policy.Since > 0 {
				told.Policy = s.log[n].Policy
			}
		}
	}
	return told, err
}

// memory answers as it did before, until there is another revision.
type memory struct {
	judge
	answers map[string]keywright.Verdict
}

func remembering(_ *stage, _ *follow.Follower, j judge) judge {
	return memory{j, map[string]keywright.Verdict{}}
}

func (m memory) Verify(ctx context.Context, r keywright.Request) (keywright.Verdict, error) {
	v, err := m.judge.Verify(ctx, r)
	question := fmt.Sprint(v.Revision, r)
	if before, asked := m.answers[question]; asked {
		return before, err
	}
	m.answers[question] = v
	return v, err
}

// shortcut tells by its time which ids are there.
type shortcut struct {
	judge
	follower *follow.Follower
	ids      map[string]bool
}

func skipping(st *stage, f *follow.Follower, j judge) judge {
	s := shortcut{j, f, map[string]bool{}}
	learn := func(record keyset.Change) {
		if key, ok := record.(keyset.Key); ok {
			s.ids[key.ID] = true
		}
	}
	_ = st.store.Snapshot(context.Background(), func(of keyset.Snapshot) error {
		for record := range of.Records {
			learn(record)
		}
		return nil
	})
	st.store.Follow(func(c keywright.Changes) {
		for _, record := range c.Records {
			learn(record)
		}
	})
	return s
}

func (s shortcut) Verify(ctx context.Context, r keywright.Request) (keywright.Verdict, error) {
	parts, formed := secret.Split(r.Text)
	if formed && !s.ids[parts.ID] && r.MinRevision <= s.follower.Applied() {
		return keywright.Verdict{Reason: keywright.Unknown, Revision: s.follower.Applied()}, nil
	}
	return s.judge.Verify(ctx, r)
}

// behindTheStore changes a role as one might by hand.
func behindTheStore(h *history, m keywright.Member, role string) error {
	db, err := sql.Open("sqlite", filepath.Join(h.dir, "keywright.db"))
	if err != nil {
		return err
	}
	defer db.Close()
	_, err = db.Exec("UPDATE members SET role = $1 WHERE id = $2", role, m.ID)
	return err
}

// halfReloaded takes only the plans from a policy that comes later than the first.
func halfReloaded() func(keyset.Rules) keyset.Rules {
	var first *keyset.Rules
	return func(rules keyset.Rules) keyset.Rules {
		if first == nil {
			first = &rules
		}
		rules.Versions = first.Versions
		return rules
	}
}
