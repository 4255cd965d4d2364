package store

import (
	"context"
	"database/sql"
	"errors"
	"sync"
	"time"

	"github.com/keywright/keywright"
	"github.com/keywright/keywright/store/queries"
)

// Store keeps everything in one database. Its methods may be called from many goroutines.
type Store struct {
	reader
	write, read *sql.DB
	statements  *prepared
	dialect     Dialect
	options     Options

	turn      chan struct{}             // holds one token while someone writes; those who wait are served in order
	broken    chan struct{}             // closed under the turn
	followers []func(keywright.Changes) // under the turn
	close     func() error
}

var _ keywright.Store = (*Store)(nil)

// Dialect is what differs between databases where the SQL does not. All of it is required.
type Dialect struct {
	// Clash says which kind of uniqueness a failed statement would have broken.
	Clash func(error) Clash

	// Refused reports whether a commit that failed with this error has surely left nothing
	// behind. What it does not know, it must not claim.
	Refused func(error) bool

	// Keys is the query for every seal with what a keyset needs of its key, those of a key
	// next to each other. It answers two columns. The first is one text, its parts between
	// Separators: the key's id, account, kind and version, the seal's pepper, and the key's
	// not_before, expires_at, disabled_at and revoked_at, empty for NULL. The second is the MAC.
	Keys string
}

// Clash is what a new row has in common with one that is already there.
type Clash int

// The kinds of clash.
const (
	NoClash   Clash = iota
	SameID          // the primary key
	SameValue       // another unique column
)

// Options are the settings of a Store. The zero value is right for production.
type Options struct {
	Now     func() time.Time // decides which sessions have ended, and when a change was; default time.Now
	Release func() error     // called last by Close; default nothing
}

// New makes a Store on a database whose tables are there. write must hold one connection,
// whose transactions exclude each other from their beginning; read as many as may read at
// once. The Store closes both.
func New(write, read *sql.DB, d Dialect, o Options) *Store {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Release == nil {
		o.Release = func() error { return nil }
	}
	statements := &prepared{db: read}
	s := &Store{
		reader: reader{queries.New(statements)},
		write:  write, read: read, statements: statements,
		dialect: d, options: o,
		turn: make(chan struct{}, 1), broken: make(chan struct{}),
	}
	s.close = sync.OnceValue(s.closeOnce)
	return s
}

// Broken is closed when a commit failed in a way that leaves open whether it stands. The
// Store writes no more; the process should end, and its next start finds out.
func (s *Store) Broken() <-chan struct{} { return s.broken }

// Ping reports whether the Store can answer, and whether it can still write.
func (s *Store) Ping(ctx context.Context) error {
	select {
	case <-s.broken:
		return errBroken
	default:
		return s.read.PingContext(ctx)
	}
}

// Close waits for whoever is writing and closes the database. A second call only answers
// what the first did.
func (s *Store) Close() error { return s.close() }

func (s *Store) closeOnce() error {
	s.turn <- struct{}{}
	defer func() { <-s.turn }()
	// The writer is last: SQLite folds its log into the file when the last connection closes.
	return errors.Join(s.statements.close(), s.read.Close(), s.write.Close(), s.options.Release())
}

// reader reads by whatever its queries run on: the pool, or one transaction.
type reader struct{ q *queries.Queries }
