package keyset

import (
	"fmt"
	"iter"
	"testing"
	"time"

	"github.com/keywright/keywright/internal/seeded"
	"github.com/keywright/keywright/secret"
	"pgregory.net/rapid"
)

// The test of the test: each of these followers has one fault, and histories find it. The faults that
// a Set can't have, as it only sees what it is told, are in package follow.
func TestHistoriesFindEachFault(t *testing.T) {
	for name, faulty := range map[string]func(*follower) subject{
		"expiry is cached with the verdict":                  func(f *follower) subject { return &cachesExpiry{f, map[string]time.Time{}} },
		"no MAC is computed for an id that is not there":     func(f *follower) subject { return skipsMAC{f} },
		"a role change takes a revision but changes nothing": func(f *follower) subject { return missesRoles{f, map[string]Member{}} },
		"a reload is switched to before it is complete":      func(f *follower) subject { return loadsHalf{f} },
	} {
		t.Run(name, func(t *testing.T) {
			keyring := testKeyring(t)
			found := seeded.Found(t, func(t *rapid.T) {
				runHistory(t, keyring, map[Code]int{}, func(rules Rules) subject {
					return faulty(&follower{New(keyring, rules, Options{}), keyring})
				})
			})
			if !found {
				t.Error("no history found it")
			}
		})
	}
}

// cachesExpiry finds out what has expired when a text is first seen, and again after a change.
type cachesExpiry struct {
	*follower
	first map[string]time.Time
}

func (c *cachesExpiry) Verify(text string, r Request, now time.Time, uptime time.Duration) Verdict {
	at := fmt.Sprint(c.Revision(), text)
	if first, ok := c.first[at]; ok {
		now = first
	}
	c.first[at] = now
	return c.follower.Verify(text, r, now, uptime)
}

// skipsMAC tells by its time which ids are there.
type skipsMAC struct{ *follower }

func (s skipsMAC) Verify(text string, r Request, now time.Time, uptime time.Duration) Verdict {
	if _, formed := secret.Split(text); formed && r.MinRevision <= s.Revision() {
		var see sight
		if s.look(keyIDOf(text[len(text)-bodyLen:]), &see); !see.known {
			return Verdict{Code: Unknown, Revision: s.Revision()}
		}
	}
	return s.follower.Verify(text, r, now, uptime)
}

// missesRoles does not hear of a member's new role alone.
type missesRoles struct {
	*follower
	known map[string]Member
}

func (m missesRoles) Apply(revision uint64, changes ...Change) error {
	var heard []Change
	for _, c := range changes {
		if member, ok := c.(Member); ok {
			if was, known := m.known[member.ID]; known && was.Active == member.Active {
				continue
			}
			m.known[member.ID] = member
		}
		heard = append(heard, c)
	}
	return m.follower.Apply(revision, heard...)
}

// loadsHalf takes what came so far for the whole snapshot.
type loadsHalf struct{ *follower }

func (l loadsHalf) reload(rules Rules, s Snapshot) error {
	records := s.Records
	s.Records = func(yield func(Change, error) bool) {
		next, stop := iter.Pull2(records)
		defer stop()
		for range s.Keys {
			if record, err, ok := next(); !ok || !yield(record, err) {
				return
			}
		}
	}
	return l.follower.reload(rules, s)
}
