package sqlite

import (
	"context"
	"testing"

	"github.com/keywright/keywright"
	"github.com/keywright/keywright/store"
)

func TestCommitsWhileAHintIsSentShareTheNext(t *testing.T) {
	begun, sent := make(chan struct{}, 100), make(chan struct{})
	s, _ := fromParts(t, store.Options{Tell: func(context.Context) error {
		begun <- struct{}{}
		<-sent
		return context.DeadlineExceeded // which is nobody's concern
	}})
	fill(t, s, "a", 1)
	<-begun
	for range 20 {
		if err := s.Write(t.Context(), func(tx keywright.Tx) error { return tx.SetPlan(t.Context(), acme, "basic") }); err != nil {
			t.Fatal(err)
		}
	}
	if n := len(begun); n != 0 {
		t.Errorf("%d hints more while one was sent", n)
	}
	sent <- struct{}{}
	<-begun // about all of them
	close(sent)
	if err := s.Close(); err != nil { // which waits for hints
		t.Fatal(err)
	}
	if n := len(begun); n != 0 {
		t.Errorf("%d hints more than one for what was committed meanwhile", n)
	}
}
