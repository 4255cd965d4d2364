package postgres_test

import (
	"context"
	"database/sql"
	"fmt"
	"math/rand/v2"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/keywright/keywright"
	"github.com/keywright/keywright/keyset"
	"github.com/keywright/keywright/store"
	"github.com/keywright/keywright/store/postgres"
	"github.com/keywright/keywright/store/postgres/postgrestest"
)

// feed is a log to which several add at once, and which one follows by its cursor.
type feed interface {
	// add is a transaction of a writer. It calls amid between taking its number and its commit.
	add(ctx context.Context, writer int, name string, amid func()) error

	// after is all that is above the cursor, and the next one.
	after(ctx context.Context, cursor uint64) (names []string, next uint64, err error)
}

const feeders = 3

// Transactions that number their changes at once commit in any order. Whoever follows the numbers of
// a sequence goes past one that commits late, and never hears of it; that is the control. Whoever
// follows the counter row's hears of each change once.
func TestNoChangeIsSkipped(t *testing.T) {
	rounds := 1000
	if os.Getenv("KEYWRIGHT_SOAK") != "" {
		rounds = 10_000
	}
	t.Run("by the counter row", func(t *testing.T) {
		d := postgrestest.New(t)
		f := &counted{reader: open(t, d, postgres.Options{})}
		for range feeders {
			f.writers = append(f.writers, open(t, d, postgres.Options{}))
		}
		if skipped := follow(t, f, rounds); skipped != 0 {
			t.Errorf("%d of %d changes were skipped", skipped, feeders*rounds)
		}
	})
	t.Run("by a sequence", func(t *testing.T) {
		db := beside(t, postgrestest.New(t), postgrestest.Owner)
		db.SetMaxIdleConns(feeders + 1)
		if _, err := db.ExecContext(t.Context(), "CREATE TABLE numbered (number BIGSERIAL PRIMARY KEY, name TEXT NOT NULL)"); err != nil {
			t.Fatal(err)
		}
		if skipped := follow(t, numbered{db}, rounds); skipped == 0 {
			t.Error("none was skipped: the writers did not get into each other's way")
		}
	})
}

// follow counts the changes that one who asks again and again is not told of. In each round all
// writers add at once.
func follow(t *testing.T, f feed, rounds int) (skipped int) {
	t.Helper()
	cursor, told := uint64(0), map[string]int{}
	ask := func() {
		names, next, err := f.after(t.Context(), cursor)
		if err != nil || next < cursor {
			t.Fatalf("after %d: got %d, %v", cursor, next, err)
		}
		cursor = next
		for _, name := range names {
			told[name]++
		}
	}
	for round := range rounds {
		var adding sync.WaitGroup
		for writer := range feeders {
			wait := rand.N(500 * time.Microsecond)
			adding.Go(func() {
				amid := func() { time.Sleep(wait) } // in which order they commit is the input of this test
				if err := f.add(t.Context(), writer, fmt.Sprintf("%d-%d", round, writer), amid); err != nil {
					t.Error(err)
				}
			})
		}
		added := make(chan struct{})
		go func() { adding.Wait(); close(added) }()
		for over := false; !over; {
			select {
			case <-added:
				over = true
			default:
			}
			ask()
		}
	}
	twice := 0
	for _, times := range told {
		twice += times - 1
	}
	skipped = rounds*feeders - len(told)
	t.Logf("%d rounds of %d transactions at once: %d changes skipped", rounds, feeders, skipped)
	if twice > 0 {
		t.Errorf("%d changes were told more than once", twice)
	}
	return skipped
}

// counted is the change log, written to by several processes.
type counted struct {
	reader  *store.Store
	writers []*store.Store
}

func (c *counted) add(ctx context.Context, writer int, name string, amid func()) error {
	return c.writers[writer].Write(ctx, func(tx keywright.Tx) error {
		if err := tx.InsertAccount(ctx, account(name)); err != nil {
			return err
		}
		amid()
		return nil
	})
}

func (c *counted) after(ctx context.Context, cursor uint64) (names []string, next uint64, err error) {
	changes, err := c.reader.ChangesSince(ctx, cursor, 1000)
	for _, record := range changes.Records {
		names = append(names, record.(keyset.Account).Slug)
	}
	return names, changes.Revision, err
}

// numbered is a table whose rows a sequence numbers.
type numbered struct{ *sql.DB }

func (n numbered) add(ctx context.Context, _ int, name string, amid func()) error {
	tx, err := n.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	if _, err := tx.ExecContext(ctx, "INSERT INTO numbered (name) VALUES ($1)", name); err != nil {
		return err
	}
	amid()
	return tx.Commit()
}

func (n numbered) after(ctx context.Context, cursor uint64) (names []string, next uint64, err error) {
	rows, err := n.QueryContext(ctx, "SELECT number, name FROM numbered WHERE number > $1 ORDER BY number", cursor)
	if err != nil {
		return nil, cursor, err
	}
	defer rows.Close()
	for next = cursor; rows.Next(); {
		var name string
		if err := rows.Scan(&next, &name); err != nil {
			return nil, cursor, err
		}
		names = append(names, name)
	}
	return names, next, rows.Err()
}
