// Package seeded is for tests of tests: it runs a property of package rapid on something with a
// fault that was put there on purpose, and tells whether the property fails.
package seeded

import (
	"flag"
	"runtime"
	"testing"

	"pgregory.net/rapid"
)

// Found reports whether rapid finds a case for which the property fails. It always tries the same
// cases, and does not look for a shorter one than the first.
func Found(t testing.TB, property func(*rapid.T)) bool {
	t.Helper()
	for name, value := range map[string]string{"rapid.shrinktime": "0s", "rapid.nofailfile": "true", "rapid.seed": "1"} {
		was := flag.Lookup(name).Value.String()
		if err := flag.Set(name, value); err != nil {
			t.Fatal(err)
		}
		defer func() { _ = flag.Set(name, was) }()
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
