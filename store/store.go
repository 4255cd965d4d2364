package store

import (
	"context"
	"database/sql"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"github.com/keywright/keywright"
	"github.com/keywright/keywright/store/queries"
)

// Store keeps everything in one database. Its methods may be called from many goroutines.
type Store struct {
	reader
	pools      Pools
	statements *prepared // on the pool that reads
	following  *prepared // on the pool that follows
	writing    *prepared // on the connection that writes; nil with a server, whose driver does the same
	dialect    Dialect
	options    Options

	queue     queue         // of those who wait for the turn to change something
	turn      chan struct{} // holds one token while someone writes; those who wait are served in order
	broken    chan struct{} // closed under the turn
	crowded   bool          // under the turn, as the next: the last change was not alone
	followers []func(keywright.Changes)
	journals  []func(keywright.Restrictions)
	latest    atomic.Uint64 // written under the turn
	known     known
	untold    atomic.Int64   // commits that no hint was sent of
	telling   sync.WaitGroup // the one that sends hints
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

	// Again reports whether a change that failed with this error is to be run once more: it
	// got into the way of another one, which nobody could have known before.
	Again func(error) bool

	// Server says that the database is not in this process. It can be gone without a word, so
	// everything has a limit of time; and it goes on without us, so a commit of unknown outcome
	// concerns that commit alone: the next transaction waits for it and sees whether it stands.
	// Without a server such a commit breaks the Store.
	Server bool

	// Confirm is a statement that changes nothing, and whose commit confirms all commits before it.
	// A server with a synchronous standby shows a commit for which waiting was given up, although
	// one disk alone has it. Empty: what can be seen is confirmed.
	Confirm string

	// Bulk is a statement with which a transaction that fills the whole database begins. Empty: there
	// is none.
	Bulk string

	// Hasty is a statement after which the commit of a transaction waits for no disk: for what may
	// be lost, and must not hold up what may not. Empty: there is none.
	Hasty string

	// Keys is the query for every seal with what a keyset needs of its key, those of a key
	// next to each other. It answers one column of bytes, in each row any number of records one
	// after the other: a driver takes its time over each row and each column. A record is fifteen
	// texts, each before a Separator, and the 32 bytes of the MAC. The texts are the key's id,
	// account, kind, version, member, scopes and networks, the seal's pepper, the key's not_before,
	// expires_at, disabled_at, enables_at and revoked_at and the seal's ends_at, empty for NULL, and End.
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

	// Tell and Listen are hints between processes, as Store.Listen has them. Default: this is the
	// only process.
	Tell   func(context.Context) error
	Listen func(ctx context.Context, hear func()) error
}

// Pools are the ways to one database. None of them waits for another.
type Pools struct {
	// Write holds one connection. Its transactions and those of every other process exclude
	// each other from NextRevision on, or before.
	Write *sql.DB

	// Read has as many connections as may read at once.
	Read *sql.DB

	// Follow is for snapshots and for changes. It may be Read.
	Follow *sql.DB

	// Nodes is for what the nodes of the database tell of themselves, and so for their polls. It
	// may be Follow, if that can write, or Write.
	Nodes *sql.DB
}

// New makes a Store on a database whose tables are there. The Store closes the pools.
func New(pools Pools, d Dialect, o Options) *Store {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Release == nil {
		o.Release = func() error { return nil }
	}
	statements := &prepared{db: pools.Read}
	s := &Store{
		reader: reader{queries.New(statements)},
		pools:  pools, statements: statements, following: &prepared{db: pools.Follow},
		dialect: d, options: o,
		turn: make(chan struct{}, 1), broken: make(chan struct{}), known: known{lost: make(chan struct{})},
	}
	if !d.Server {
		s.writing = &prepared{db: pools.Write}
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
		return failed("reach", "database", s.pools.Read.PingContext(ctx))
	}
}

// Close waits for whoever is writing and closes the database. A second call only answers
// what the first did.
func (s *Store) Close() error { return s.close() }

func (s *Store) closeOnce() error {
	s.turn <- struct{}{}
	defer func() { <-s.turn }()
	s.telling.Wait()
	// The writer is last: SQLite folds its log into the file when the last connection closes.
	return errors.Join(s.statements.close(), s.following.close(), s.writing.close(), s.pools.Follow.Close(), s.pools.Read.Close(), s.pools.Write.Close(), s.options.Release())
}

// reader reads by whatever its queries run on: the pool, or one transaction.
type reader struct{ q *queries.Queries }
