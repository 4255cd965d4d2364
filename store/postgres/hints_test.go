package postgres_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/keywright/keywright"
	"github.com/keywright/keywright/store"
	"github.com/keywright/keywright/store/postgres"
	"github.com/keywright/keywright/store/postgres/postgrestest"
)

// listener hears hints until the test ends or it can't any longer.
type listener struct {
	heard chan struct{} // one for each hint
	ended chan error
}

func listen(t *testing.T, s *store.Store) *listener {
	t.Helper()
	l := &listener{make(chan struct{}, 1000), make(chan error, 1)}
	ctx, end := context.WithCancel(t.Context())
	var listening sync.WaitGroup
	listening.Go(func() { l.ended <- s.Listen(ctx, func() { l.heard <- struct{}{} }) })
	t.Cleanup(func() { end(); listening.Wait() })
	return l
}

// wantHint waits for a hint.
func (l *listener) wantHint(t *testing.T, of string) {
	t.Helper()
	select {
	case <-l.heard:
	case err := <-l.ended:
		t.Fatalf("%s: listening ended with %v", of, err)
	case <-time.After(time.Minute):
		t.Fatalf("%s: no hint within a minute", of)
	}
}

func account(slug string) keywright.Account {
	return keywright.Account{ID: keywright.AccountID("acct_" + slug), Slug: slug, Plan: "standard", State: keywright.AccountActive, Created: time.UnixMilli(1)}
}

func insert(t *testing.T, s *store.Store, slug string) {
	t.Helper()
	if err := s.Write(t.Context(), func(tx keywright.Tx) error { return tx.InsertAccount(t.Context(), account(slug)) }); err != nil {
		t.Fatal(err)
	}
}

func TestEveryNodeHearsOfACommit(t *testing.T) {
	d := postgrestest.New(t)
	one, two := open(t, d, postgres.Options{}), open(t, d, postgres.Options{})
	near, far := listen(t, one), listen(t, two)
	near.wantHint(t, "the beginning, near")
	far.wantHint(t, "the beginning, far")
	for _, slug := range []string{"a", "b", "c"} {
		insert(t, one, slug)
		far.wantHint(t, slug)
		if _, err := two.AccountBySlug(t.Context(), slug); err != nil {
			t.Errorf("when the hint came: %v", err)
		}
		near.wantHint(t, slug)
	}
}

func TestListeningEndsWithItsConnection(t *testing.T) {
	d := postgrestest.New(t)
	s := open(t, d, postgres.Options{})
	l := listen(t, s)
	l.wantHint(t, "the beginning")
	cut(t, d, "keywright: listens")
	if err := <-l.ended; !errors.Is(err, keywright.ErrUnavailable) {
		t.Errorf("got error %v, want unavailable", err)
	}
	again := listen(t, s)
	again.wantHint(t, "the beginning")
	insert(t, s, "acme")
	again.wantHint(t, "a commit")
}

// cut has the server end the connections that are for this.
func cut(t *testing.T, d *postgrestest.Database, what string) {
	t.Helper()
	var n int
	err := beside(t, d, "postgres").QueryRowContext(t.Context(),
		"SELECT count(pg_terminate_backend(pid, 5000)) FROM pg_stat_activity WHERE datname = current_database() AND application_name = $1", what).Scan(&n)
	if err != nil || n == 0 {
		t.Fatalf("cut %d connections of %q, %v", n, what, err)
	}
}
