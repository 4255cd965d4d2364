//go:build !linux

package sqlite

import (
	"os"
	"testing"
)

// asNobody runs do as a user who is bound by modes.
func asNobody(t *testing.T, do func()) {
	t.Helper()
	if os.Geteuid() == 0 {
		t.Fatal("root may write anywhere; run the tests as another user")
	}
	do()
}
