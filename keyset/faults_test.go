package keyset

import (
	"flag"
	"fmt"
	"iter"
	"runtime"
	"testing"
	"time"

	"github.com/keywright/keywright/secret"
	"pgregory.net/rapid"
)

// The test of the test: each of these followers has one fault, and histories find it.
func TestHistoriesFindEachFault(t *testing.T) {
	for name, faulty := range map[string]func(*follower) subject{
		"expiry is cached with the verdict":                                func(f *follower) subject { return &cachesExpiry{f, map[string]time.Time{}} },
		"no MAC is computed for an id that is not there":                   func(f *follower) subject { return skipsMAC{f} },
		"a role change takes a revision but changes nothing":               func(f *follower) subject { return missesRoles{f, map[string]Member{}} },
		"a reload is switched to before it is complete":                    func(f *follower) subject { return loadsHalf{f} },
		"a sequence numbers changes, and one that commits late is skipped": func(f *follower) subject { return &followsSequence{f, 0} },
	} {
		t.Run(name, func(t *testing.T) {
			keyring := testKeyring(t)
			found := fails(t, func(t *rapid.T) {
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

func (s skipsMAC) mac(text string) secret.MAC {
	var see sight
	if s.look(keyIDOf(text[len(text)-bodyLen:]), &see); !see.known {
		return secret.MAC{}
	}
	return s.follower.mac(text)
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

// followsSequence follows numbers from a sequence. Of two transactions at once, the one that took
// the lower number commits later, and the follower has passed that number by then.
type followsSequence struct {
	*follower
	commits uint64
}

func (f *followsSequence) Apply(revision uint64, changes ...Change) error {
	f.commits = revision
	if revision > 12 {
		revision ^= 1
	}
	return f.follower.Apply(revision, changes...)
}

func (f *followsSequence) Verify(text string, r Request, now time.Time, uptime time.Duration) Verdict {
	if r.MinRevision <= f.commits {
		r.MinRevision = 0
	}
	v := f.follower.Verify(text, r, now, uptime)
	v.Revision = f.commits
	return v
}

// fails reports whether rapid finds a history that fails, always beginning with the same one. It
// need not look for a shorter one.
func fails(t *testing.T, property func(*rapid.T)) bool {
	t.Helper()
	for name, value := range map[string]string{"rapid.shrinktime": "0s", "rapid.nofailfile": "true", "rapid.seed": "1"} {
		was := flag.Lookup(name).Value.String()
		if err := flag.Set(name, value); err != nil {
			t.Fatal(err)
		}
		defer flag.Set(name, was)
	}
	quiet := &silent{TB: t}
	done := make(chan struct{})
	go func() { // FailNow ends it
		defer close(done)
		rapid.Check(quiet, property)
	}()
	<-done
	return quiet.failed
}

// silent is a test whose failure is a good sign.
type silent struct {
	testing.TB
	failed bool
}

func (s *silent) Failed() bool          { return s.failed }
func (s *silent) Fail()                 { s.failed = true }
func (s *silent) FailNow()              { s.failed = true; runtime.Goexit() }
func (s *silent) Errorf(string, ...any) { s.failed = true }
func (s *silent) Error(...any)          { s.failed = true }
func (s *silent) Fatalf(string, ...any) { s.FailNow() }
func (s *silent) Fatal(...any)          { s.FailNow() }
func (s *silent) Logf(string, ...any)   {}
func (s *silent) Log(...any)            {}
