package sqlite

import (
	"context"
	"crypto/rand"
	"database/sql"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/keywright/keywright"
	"github.com/keywright/keywright/follow"
	"github.com/keywright/keywright/password"
	"github.com/keywright/keywright/secret"
	"github.com/keywright/keywright/store/queries"
)

// BenchmarkIssue issues keys as the service does, with rights, seal, audit event, change log and the
// keyset that hears of it, in turn with its floor: the same rows by prepared statements and nothing
// else, committed as many at a time as there are callers. Quote the medians, "-benchtime 20x".
func BenchmarkIssue(b *testing.B) {
	for _, callers := range []int{1, 64} {
		b.Run(fmt.Sprint(callers), func(b *testing.B) {
			issue, f := issuer(b), newFloor(b)
			const each = 20
			var ours, floors []time.Duration
			for b.Loop() {
				began := time.Now()
				var all sync.WaitGroup
				for range callers {
					all.Go(func() {
						for range each {
							issue()
						}
					})
				}
				all.Wait()
				ours = append(ours, time.Since(began))
				began = time.Now()
				for range each {
					f.commit(b, callers)
				}
				floors = append(floors, time.Since(began))
			}
			done := float64(each * callers)
			b.ReportMetric(0, "ns/op")
			b.ReportMetric(done/median(ours), "issues/s")
			b.ReportMetric(done/median(floors), "floor/s")
			b.ReportMetric(median(floors)/median(ours), "of-floor")
		})
	}
}

// issuer is a Service on a database of its own, as a process has it, and issues keys.
func issuer(b *testing.B) func() {
	b.Helper()
	ring, err := secret.MakeKeyring(rand.Reader)
	if err != nil {
		b.Fatal(err)
	}
	s := open(b, b.TempDir(), Options{})
	service := keywright.New(s, ring, password.New(password.Options{}), keywright.Options{})
	follower := follow.New(s, ring, service.Adopt, follow.Options{})
	s.Follow(follower.Committed)
	if err := follower.Load(b.Context()); err != nil {
		b.Fatal(err)
	}
	account, _, _, err := service.CreateAccount(b.Context(), keywright.Operator(""), keywright.NewAccount{Slug: "acme", Name: "Acme", Plan: "standard", Owner: keywright.NewMember{Email: "ada@example.com", Name: "Ada"}})
	if err != nil {
		b.Fatal(err)
	}
	return func() {
		if _, _, err := service.Issue(b.Context(), keywright.Operator(account.ID), keywright.NewKey{Description: "nightly export"}); err != nil {
			b.Error(err)
		}
	}
}

// floor is a database to which rows are written and nothing more.
type floor struct {
	db         *sql.DB
	tx         *sql.Tx // nil: each statement is prepared, for later
	statements map[string]*sql.Stmt
	n          int64
}

var _ queries.DBTX = (*floor)(nil)

func newFloor(b *testing.B) *floor {
	b.Helper()
	dir := b.TempDir()
	s := open(b, dir, Options{})
	if err := s.Write(b.Context(), func(tx keywright.Tx) error { return insertAcme(b.Context(), tx) }); err != nil {
		b.Fatal(err)
	}
	if err := s.Close(); err != nil {
		b.Fatal(err)
	}
	f, err := enter(dir)
	if err != nil {
		b.Fatal(err)
	}
	db, err := connect(b.Context(), f.dsn(writing()), 1, writing())
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _, _ = db.Close(), f.leave() })
	bare := &floor{db: db, statements: map[string]*sql.Stmt{}, n: 1}
	bare.rows(b) // which prepares them
	return bare
}

// commit writes the rows of so many keys in one transaction.
func (f *floor) commit(b *testing.B, keys int) {
	b.Helper()
	var err error
	if f.tx, err = f.db.BeginTx(b.Context(), nil); err != nil {
		b.Fatal(err)
	}
	for range keys {
		f.rows(b)
	}
	if err := f.tx.Commit(); err != nil {
		b.Fatal(err)
	}
}

// rows writes those of one key, as issuing it does.
func (f *floor) rows(b *testing.B) {
	b.Helper()
	f.n++
	q, ctx := queries.New(f), context.WithoutCancel(b.Context())
	id := fmt.Sprintf("key_%012d", f.n)
	next, err := q.NextRevision(ctx, f.n)
	if err != nil {
		b.Fatal(err)
	}
	sequence, err := q.NextSequence(ctx)
	if err != nil {
		b.Fatal(err)
	}
	_, err = q.CountActiveKey(ctx, string(acme))
	for _, err := range []error{
		err,
		q.InsertKey(ctx, queries.InsertKeyParams{ID: id, Account: string(acme), Kind: "account", Description: "nightly export", Version: "v1", Brand: "kw", Env: "live", LastFour: "0000", CreatedAt: f.n, CreatedByKind: "operator", CreatedByName: "operator"}),
		q.InsertSeal(ctx, queries.InsertSealParams{KeyID: id, MAC: make([]byte, 32), Pepper: 1, CreatedAt: f.n}),
		q.InsertEvent(ctx, queries.InsertEventParams{Sequence: sequence, ID: fmt.Sprint("aud_", f.n), Revision: next.Revision, At: f.n, Account: sql.NullString{String: string(acme), Valid: true}, ActorKind: "operator", ActorName: "operator", Action: "key.issued", SubjectKind: "key", SubjectID: id, SubjectName: "nightly export", Details: `{"version":"v1"}`}),
		q.InsertChange(ctx, queries.InsertChangeParams{Revision: next.Revision, Kind: "key", Account: string(acme), Entity: id, At: f.n, Stamp: f.n}),
	} {
		if err != nil {
			b.Fatal(err)
		}
	}
}

func (f *floor) PrepareContext(ctx context.Context, text string) (*sql.Stmt, error) {
	if f.tx != nil {
		return f.tx.StmtContext(ctx, f.statements[text]), nil
	}
	statement, err := f.db.PrepareContext(ctx, text)
	f.statements[text] = statement
	return statement, err
}

func (f *floor) ExecContext(ctx context.Context, text string, args ...any) (sql.Result, error) {
	statement, err := f.PrepareContext(ctx, text) //nolint:sqlclosecheck // kept
	if err != nil {
		return nil, err
	}
	return statement.ExecContext(ctx, args...)
}

func (f *floor) QueryContext(ctx context.Context, text string, args ...any) (*sql.Rows, error) {
	statement, err := f.PrepareContext(ctx, text) //nolint:sqlclosecheck // kept
	if err != nil {
		return nil, err
	}
	return statement.QueryContext(ctx, args...)
}

func (f *floor) QueryRowContext(ctx context.Context, text string, args ...any) *sql.Row {
	statement, err := f.PrepareContext(ctx, text) //nolint:sqlclosecheck // kept
	if err != nil {
		return f.db.QueryRowContext(ctx, text, args...) // fails likewise
	}
	return statement.QueryRowContext(ctx, args...)
}
