package postgres_test

import (
	"context"
	"errors"
	"strconv"
	"sync"
	"testing"

	"github.com/keywright/keywright"
	"github.com/keywright/keywright/store"
	"github.com/keywright/keywright/store/postgres"
	"github.com/keywright/keywright/store/postgres/postgrestest"
	"github.com/keywright/keywright/store/storetest"
)

// openBy opens a store by another way to its database.
func openBy(t *testing.T, url string) *store.Store {
	t.Helper()
	s, err := postgres.Open(t.Context(), url, postgres.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func insertion(ctx context.Context, s *store.Store, slug string) error {
	return s.Write(ctx, func(tx keywright.Tx) error { return tx.InsertAccount(ctx, account(slug)) })
}

// A commit of which nobody knows whether it stands is that for one change. The store goes on,
// and the next one sees what stands.
func TestConnectionLostInACommitIsAnUnknownOutcome(t *testing.T) {
	for how, stands := range map[string]bool{"lost before": false, "lost after": true} {
		t.Run(how, func(t *testing.T) {
			d := postgrestest.New(t)
			l, url := through(t, d)
			s, other := openBy(t, url), open(t, d, postgres.Options{})
			insert(t, s, "first")
			hints := listen(t, other)
			hints.wantHint(t, "the beginning")
			l.fail(how)
			if err := insertion(t.Context(), s, "acme"); !errors.Is(err, keywright.ErrOutcomeUnknown) || errors.Is(err, keywright.ErrUnavailable) {
				t.Fatalf("got error %v, want unknown outcome", err)
			}
			hints.wantHint(t, "a commit of unknown outcome")
			select {
			case <-s.Broken():
				t.Fatal("the store is broken")
			default:
			}
			var conflict *keywright.ConflictError
			if err := insertion(t.Context(), s, "acme"); stands != errors.As(err, &conflict) {
				t.Errorf("again: got error %v, want a conflict: %v", err, stands)
			}
			insert(t, s, "last")
			if got, err := other.Revision(t.Context()); err != nil || got != 3 {
				t.Errorf("got revision %d, %v, want 3", got, err)
			}
			if changes, err := other.ChangesSince(t.Context(), 0, 10); err != nil || changes.Behind || len(changes.Records) != 3 {
				t.Errorf("changes: got %+v, %v", changes, err)
			}
		})
	}
}

// A commit that several changes share is of unknown outcome to each of them, also to one that had
// failed: it may have failed by what it saw of the others.
func TestUnknownOutcomeIsThatOfAllWhoShareTheCommit(t *testing.T) {
	for how, stands := range map[string]int{"lost before": 1, "lost after": 3} {
		t.Run(how, func(t *testing.T) {
			d := postgrestest.New(t)
			l, url := through(t, d)
			s, other := openBy(t, url), open(t, d, postgres.Options{})
			insert(t, s, "a")
			writes := func(slug string) func(keywright.Tx) error {
				return func(tx keywright.Tx) error { return tx.InsertAccount(t.Context(), account(slug)) }
			}
			l.fail(how)
			errs := storetest.Together(t.Context(), s, writes("b"), writes("a"), writes("c"))
			for i, err := range errs {
				if !errors.Is(err, keywright.ErrOutcomeUnknown) {
					t.Errorf("write %d: got error %v, want unknown outcome", i, err)
				}
			}
			if all, err := other.Accounts(t.Context(), keywright.Page{Limit: 10}); err != nil || len(all) != stands {
				t.Errorf("got %d accounts, %v, want %d", len(all), err, stands)
			}
			insert(t, s, "d")
		})
	}
}

// What several changes can't do together each does alone: one that the server cuts off takes no
// other one with it.
func TestOneThatIsCutOffTakesNoOtherWithIt(t *testing.T) {
	d := postgrestest.New(t)
	s := open(t, d, postgres.Options{})
	var runs int
	errs := storetest.Together(t.Context(), s,
		func(tx keywright.Tx) error { return tx.InsertAccount(t.Context(), account("a")) },
		func(tx keywright.Tx) error {
			runs++
			cut(t, d, "keywright: writes")
			return tx.InsertAccount(t.Context(), account("b"))
		},
		func(tx keywright.Tx) error { return tx.InsertAccount(t.Context(), account("c")) })
	if errs[0] != nil || !errors.Is(errs[1], keywright.ErrUnavailable) || errs[2] != nil || runs != 2 {
		t.Errorf("got errors %v after %d runs of the one that was cut off", errs, runs)
	}
}

func TestCommitThatIsNotAnsweredIsGivenUp(t *testing.T) {
	t.Parallel() // it takes as long as a commit may
	d := postgrestest.New(t)
	l, url := through(t, d)
	s := openBy(t, url)
	insert(t, s, "first")
	l.fail("unanswered")
	if err := insertion(t.Context(), s, "acme"); !errors.Is(err, keywright.ErrOutcomeUnknown) {
		t.Fatalf("got error %v, want unknown outcome", err)
	}
	insert(t, s, "last")
}

// The server had ended the transaction before the commit came, and says so.
func TestCommitThatCameTooLateLeavesNothing(t *testing.T) {
	t.Parallel() // it takes as long as a transaction may be idle
	d := postgrestest.New(t)
	l, url := through(t, d)
	s := openBy(t, url)
	insert(t, s, "first")
	l.fail("held")
	if err := insertion(t.Context(), s, "acme"); !errors.Is(err, keywright.ErrUnavailable) || errors.Is(err, keywright.ErrOutcomeUnknown) {
		t.Fatalf("got error %v, want unavailable", err)
	}
	insert(t, s, "acme")
}

// A process that stops in the middle of a write keeps the others from writing for a while only.
func TestWriterThatStopsHoldsUpOthersForAWhile(t *testing.T) {
	t.Parallel() // it takes as long as such a one may hold up others
	d := postgrestest.New(t)
	stopped, other := open(t, d, postgres.Options{}), open(t, d, postgres.Options{})
	err := stopped.Write(t.Context(), func(tx keywright.Tx) error {
		insert(t, other, "other") // which waits until the server has ended this one
		return tx.InsertAccount(t.Context(), account("stopped"))
	})
	if !errors.Is(err, keywright.ErrUnavailable) {
		t.Errorf("the one that had stopped: got error %v, want unavailable", err)
	}
	insert(t, stopped, "stopped")
}

func TestConnectionCutInAChangeLeavesNothing(t *testing.T) {
	d := postgrestest.New(t)
	s := open(t, d, postgres.Options{})
	err := s.Write(t.Context(), func(tx keywright.Tx) error {
		if err := tx.InsertAccount(t.Context(), account("a")); err != nil {
			return err
		}
		cut(t, d, "keywright: writes")
		return tx.InsertAccount(t.Context(), account("b"))
	})
	if !errors.Is(err, keywright.ErrUnavailable) || errors.Is(err, keywright.ErrOutcomeUnknown) {
		t.Errorf("got error %v, want unavailable", err)
	}
	if accounts, err := s.Accounts(t.Context(), keywright.Page{Limit: 10}); err != nil || len(accounts) != 0 {
		t.Errorf("got %v, %v, want no account", accounts, err)
	}
	insert(t, s, "a")
}

func TestConnectionCutBetweenWritesIsMadeAnew(t *testing.T) {
	d := postgrestest.New(t)
	s := open(t, d, postgres.Options{})
	for _, slug := range []string{"a", "b", "c"} {
		insert(t, s, slug)
		cut(t, d, "keywright: writes")
	}
	insert(t, s, "d")
}

// What gets into the way of another transaction is run again, as often as makes sense.
func TestChangeThatGotIntoTheWayIsRunAgain(t *testing.T) {
	for name, c := range map[string]struct {
		state string
		times int
		want  error
	}{
		"a deadlock":                  {"40P01", 1, nil},
		"a serialization failure":     {"40001", 4, nil},
		"one that comes each time":    {"40001", 1000, keywright.ErrUnavailable},
		"something else, which stays": {"22000", 1, errAny},
	} {
		t.Run(name, func(t *testing.T) {
			d := postgrestest.New(t)
			s := open(t, d, postgres.Options{})
			// A sequence goes on whatever becomes of the transaction.
			if _, err := beside(t, d, "postgres").ExecContext(t.Context(), `
				CREATE SEQUENCE runs;
				GRANT USAGE ON runs TO `+postgrestest.Service+`;
				CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS $$
				BEGIN
					IF nextval('runs') <= TG_ARGV[0]::bigint THEN RAISE EXCEPTION 'in the way' USING ERRCODE = TG_ARGV[1]; END IF;
					RETURN NEW;
				END $$;
				CREATE TRIGGER fail BEFORE INSERT ON accounts FOR EACH ROW EXECUTE FUNCTION fail(`+strconv.Itoa(c.times)+`, '`+c.state+`')`); err != nil {
				t.Fatal(err)
			}
			runs := 0
			err := s.Write(t.Context(), func(tx keywright.Tx) error { runs++; return tx.InsertAccount(t.Context(), account("acme")) })
			want := min(c.times+1, 5)
			if c.want == errAny {
				want = 1
			}
			if runs != want || (err == nil) != (c.want == nil) || c.want != nil && c.want != errAny && !errors.Is(err, c.want) {
				t.Errorf("got error %v after %d runs, want %v after %d", err, runs, c.want, want)
			}
			accounts, err := s.Accounts(t.Context(), keywright.Page{Limit: 10})
			if err != nil || len(accounts) != 0 == (c.want != nil) {
				t.Errorf("got %v, %v", accounts, err)
			}
		})
	}
}

func TestServerThatIsStoppedIsUnavailableAndThenThereAgain(t *testing.T) {
	server := postgrestest.Start(t, postgrestest.Options{})
	d := server.New(t)
	s := open(t, d, postgres.Options{})
	insert(t, s, "a")
	server.Stop(t)
	for what, err := range map[string]error{
		"a write":     insertion(t.Context(), s, "b"),
		"a read":      errOf(s.Account(t.Context(), "acct_a")),
		"a list":      errOf(s.Accounts(t.Context(), keywright.Page{Limit: 1})),
		"a poll":      errOf(s.ChangesSince(t.Context(), 0, 10)),
		"a session":   s.Sessions().Delete("token"),
		"a ping":      s.Ping(t.Context()),
		"to listen":   s.Listen(t.Context(), func() { t.Error("a hint") }),
		"all of them": s.Snapshot(t.Context(), nil),
	} {
		if !errors.Is(err, keywright.ErrUnavailable) || errors.Is(err, keywright.ErrOutcomeUnknown) {
			t.Errorf("%s: got error %v, want unavailable", what, err)
		}
	}
	server.Begin(t)
	insert(t, s, "b")
	for what, err := range map[string]error{
		"a read": errOf(s.Account(t.Context(), "acct_b")),
		"a poll": errOf(s.ChangesSince(t.Context(), 0, 10)),
		"a ping": s.Ping(t.Context()),
	} {
		if err != nil {
			t.Errorf("%s when it is back: %v", what, err)
		}
	}
}

var errAny = errors.New("any other")

func errOf[T any](_ T, err error) error { return err }

// A server that was started again has cut off every connection, and the pools hold those that
// nobody used since. None of them costs anyone an answer.
func TestConnectionsCutWhileNobodyUsedThemCostNoAnswer(t *testing.T) {
	d := postgrestest.New(t)
	s := open(t, d, postgres.Options{})
	insert(t, s, "a")
	for round := range 3 {
		var all sync.WaitGroup
		for range 8 {
			all.Go(func() {
				_, err := s.Accounts(t.Context(), keywright.Page{Limit: 10})
				_, other := s.Revision(t.Context())
				if err := errors.Join(err, other); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		for _, name := range []string{"keywright: reads", "keywright: writes", "keywright: follows"} {
			cut(t, d, name)
		}
		for read := range 8 {
			if _, err := s.Accounts(t.Context(), keywright.Page{Limit: 10}); err != nil {
				t.Fatalf("round %d, read %d: %v", round, read, err)
			}
			if _, err := s.Revision(t.Context()); err != nil {
				t.Fatalf("round %d, revision %d: %v", round, read, err)
			}
		}
		insert(t, s, "b"+strconv.Itoa(round))
	}
}
