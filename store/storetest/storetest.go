// Package storetest is what every keywright.Store must do, whatever database it is on. A
// store's own tests call [Run] and add what only that database can get wrong.
package storetest

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/keywright/keywright"
	"github.com/keywright/keywright/backup"
	"github.com/keywright/keywright/keyset"
	"github.com/keywright/keywright/secret"
)

// Store is all that a store offers.
type Store interface {
	keywright.Store
	SaveLastUsed(ctx context.Context, last map[keywright.KeyID]keywright.Use) error
	SaveSecretsLastUsed(ctx context.Context, last map[keywright.SecretID]keywright.Use) error
	SaveTokensLastUsed(ctx context.Context, last map[keywright.OperatorTokenID]keywright.Use) error
	DeleteExpiredSessions(ctx context.Context, now time.Time) error
	KeyringChecks(ctx context.Context) (map[int][]byte, error)
	SaveKeyringChecks(ctx context.Context, checks map[int][]byte) error
	ForgetAnswers(ctx context.Context, now time.Time) error
	Ping(ctx context.Context) error

	Revision(ctx context.Context) (uint64, error)
	ChangesSince(ctx context.Context, since uint64, most int) (keywright.Changes, error)
	TrimChanges(ctx context.Context, keep int) error
	Snapshot(ctx context.Context, take func(keyset.Snapshot) error) error
	Follow(hear func(keywright.Changes))

	History(ctx context.Context) (keywright.History, error)
	Has(ctx context.Context, p keywright.Point) (has, known bool, err error)
	TouchedSince(ctx context.Context, since uint64) (map[string]bool, error)
	Quarantine(ctx context.Context, why keywright.Quarantine) error
	Expect(at keywright.Point)
	Known() keywright.Point
	Backwards() <-chan struct{}
	RestrictionsSince(ctx context.Context, since uint64, most int) (keywright.Restrictions, error)
	Journal(keep func(keywright.Restrictions))

	Join(ctx context.Context, n keywright.Node) error
	Poll(ctx context.Context, id keywright.NodeID, applied, since uint64, most int) (keywright.Changes, error)
	Acknowledge(ctx context.Context, id keywright.NodeID, applied uint64) error
	Nodes(ctx context.Context) ([]keywright.Node, error)
	Leave(ctx context.Context, id keywright.NodeID) error
	Remove(ctx context.Context, id keywright.NodeID, polls uint64) error

	KeepReceipt(ctx context.Context, c keywright.Commit, r keywright.Receipt) error

	Backup(ctx context.Context, w io.Writer) error
	Restore(ctx context.Context, h backup.Header, r io.Reader) error
}

// Sessions is a store's part for the console's sessions.
type Sessions interface {
	FindCtx(ctx context.Context, token string) ([]byte, bool, error)
	CommitCtx(ctx context.Context, token string, data []byte, expiry time.Time) error
	DeleteCtx(ctx context.Context, token string) error
	Find(token string) ([]byte, bool, error)
	Commit(token string, data []byte, expiry time.Time) error
	Delete(token string) error
}

// Subject is a store under test: fresh and empty.
type Subject struct {
	Store    Store
	Sessions Sessions

	// Beside is another way to the same database, with the rights of the running service:
	// what it can do there, a mistake of ours could do.
	Beside *sql.DB
}

// test is one case, with a store of its own.
type test struct {
	*testing.T
	Subject
	ctx     context.Context
	now     time.Time      // the store's clock
	asked   func()         // what happens when the store looks at it; nil: nothing
	another func() Subject // opens one more, with the same clock
}

type testCase struct {
	name string
	run  func(*test)
}

// Run runs the suite. open makes a Subject whose clock is now, and closes it after the test.
func Run(t *testing.T, open func(t *testing.T, now func() time.Time) Subject) {
	for _, c := range slices.Concat(accountCases(), memberCases(), passwordCases(), linkCases(), keyCases(), sealCases(),
		listCases(), filterCases(), eventCases(), writeCases(), togetherCases(), guardCases(), sessionCases(), lastUsedCases(), keyringCases(), serviceCases(),
		tokenCases(), answerCases(), onceCases(), changeCases(), trimCases(), historyCases(), knownCases(), restrictionCases(), backupCases(),
		followCases(), snapshotCases(), nodeCases(), receiptCases(), policyCases(), requestCases()) {
		t.Run(c.name, func(t *testing.T) {
			s := &test{T: t, ctx: t.Context(), now: instant(0)}
			s.another = func() Subject { return open(t, s.clock) }
			s.Subject = s.another()
			c.run(s)
		})
	}
}

// clock is the store's. It stands still between two steps of a test.
func (s *test) clock() time.Time {
	if s.asked != nil {
		s.asked()
	}
	return s.now
}

// instant is a moment, so many milliseconds after another.
func instant(ms int) time.Time {
	return time.Date(2026, 5, 3, 12, 0, 0, 123e6, time.UTC).Add(time.Duration(ms) * time.Millisecond)
}

// write runs a change that must succeed.
func (s *test) write(change func(tx keywright.Tx) error) {
	s.Helper()
	if err := s.Store.Write(s.ctx, change); err != nil {
		s.Fatalf("write: %v", err)
	}
}

// account inserts an account, made at instant(0), with that slug in its id.
func (s *test) account(slug string) keywright.Account {
	s.Helper()
	a := keywright.Account{
		ID: keywright.AccountID("acct_" + slug), Slug: slug, Name: "Account " + slug, Plan: "standard",
		State: keywright.AccountActive, Created: instant(0),
	}
	s.write(func(tx keywright.Tx) error { return tx.InsertAccount(s.ctx, a) })
	return a
}

// member inserts an active owner.
func (s *test) member(account keywright.Account, id, email string) keywright.Member {
	s.Helper()
	m := keywright.Member{
		ID: keywright.MemberID("mem_" + id), Account: account.ID, Email: email, Name: "Zoë " + id, Role: "owner",
		State: keywright.MemberActive, Created: instant(0),
	}
	s.write(func(tx keywright.Tx) error { return tx.InsertMember(s.ctx, m) })
	return m
}

// newKey is a key's record and its seal, not yet inserted.
func newKey(account keywright.Account, id string) (keywright.Key, keywright.Seal) {
	k := keywright.Key{
		ID: keywright.KeyID("key_" + id), Account: account.ID, Kind: keywright.AccountKey, Description: "CI von Zoë 🚀 " + id,
		Version: "v1", Brand: "kw", Env: secret.Live, LastFour: "QZ1x", Created: instant(0),
		CreatedBy: keywright.Actor{Kind: keywright.PrincipalMember, ID: "mem_1", Name: "Zoë"},
	}
	seal := keywright.Seal{Key: k.ID, Pepper: 1, Created: instant(0), LastFour: k.LastFour}
	copy(seal.MAC[:], id+"………………………………………………………………")
	return k, seal
}

// key inserts a key.
func (s *test) key(account keywright.Account, id string) keywright.Key {
	s.Helper()
	k, seal := newKey(account, id)
	s.write(func(tx keywright.Tx) error { return tx.InsertKey(s.ctx, k, seal, "") })
	return k
}

// newEvent is an event, not yet appended.
func newEvent(account keywright.Account, id string) keywright.Event {
	return keywright.Event{
		ID: keywright.EventID("aud_" + id), At: instant(0), Account: account.ID, Action: keywright.KeyIssued,
		Actor:   keywright.Actor{Kind: keywright.PrincipalOperator, Name: "the operator"},
		Subject: keywright.Subject{Kind: "key", ID: "key_1", Name: "CI"},
	}
}

// wantError fails unless err is of that kind; nil is a kind too.
func (s *test) wantError(what string, got, want error) {
	s.Helper()
	if !errors.Is(got, want) {
		s.Errorf("%s: got error %v, want %v", what, got, want)
	}
}

// wantConflict fails unless err says that field is taken.
func (s *test) wantConflict(what string, err error, field string) {
	s.Helper()
	var conflict *keywright.ConflictError
	if !errors.As(err, &conflict) || conflict.Field != field || conflict.Why == "" {
		s.Errorf("%s: got error %v, want a conflict in %s", what, err, field)
	}
}

// want compares what a read answered: s.want("the account", a)(db.Account(ctx, id)).
func want[T any](s *test, what string, want T) func(got T, err error) {
	s.Helper()
	return func(got T, err error) {
		s.Helper()
		if err != nil {
			s.Errorf("%s: %v", what, err)
		} else if !reflect.DeepEqual(got, want) {
			s.Errorf("%s:\n got %s\nwant %s", what, show(got), show(want))
		}
	}
}

func show(thing any) string { return fmt.Sprintf("%+v", thing) }

// number asks the database beside the store.
func (s *test) number(query string) int64 {
	s.Helper()
	var n int64
	if err := s.Beside.QueryRowContext(s.ctx, query).Scan(&n); err != nil {
		s.Fatalf("%s: %v", query, err)
	}
	return n
}

// moment reads a time as tests write it.
func (s *test) moment(text string) time.Time {
	s.Helper()
	at, err := time.Parse(time.RFC3339Nano, text)
	if err != nil {
		s.Fatal(err)
	}
	return at
}
