package sqlite

import (
	"context"
	"database/sql"
	"fmt"
	"log/slog"
	"runtime"
	"time"

	"modernc.org/sqlite"

	"github.com/keywright/keywright/store"
)

// Options are the settings of a database. The zero value is right for production.
type Options struct {
	Readers int              // how many may read at once; default one for each processor, at least 4
	Now     func() time.Time // decides which sessions have ended; default time.Now
	Log     *slog.Logger     // hears what was done to the file when it was opened; default nobody
}

// Open opens the database in dir, makes both when they are not there, and brings the tables
// up to date. The Store holds dir until its Close: a second Open fails, from whichever
// process. Files are readable by their owner alone.
//
// Each error says what to do about it. The database is as it was, unless a migration failed
// on the way.
func Open(ctx context.Context, dir string, o Options) (_ *store.Store, err error) {
	if o.Readers <= 0 {
		o.Readers = max(4, runtime.NumCPU())
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	f, err := enter(dir)
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			_ = f.leave() // the error on its way says more
		}
	}()
	if err := inspect(ctx, f); err != nil {
		return nil, err
	}
	write, err := writer(ctx, f, o.Log)
	if err != nil {
		return nil, err
	}
	read, err := connect(ctx, f.dsn(reading()), o.Readers, reading())
	if err != nil {
		_ = write.Close()
		return nil, fmt.Errorf("open %s to read: %w", f.database, err)
	}
	return store.New(store.Pools{Write: write, Read: read, Follow: read, Nodes: write}, dialect(), store.Options{Now: o.Now, Release: f.leave}), nil
}

// writer opens the one connection that writes, on a database that is whole and up to date.
func writer(ctx context.Context, f *folder, log *slog.Logger) (_ *sql.DB, err error) {
	db, err := connect(ctx, f.dsn(writing()), 1, writing())
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", f.database, err)
	}
	defer func() {
		if err != nil {
			_ = db.Close()
		}
	}()
	if f.unclean {
		if err := check(ctx, db); err != nil {
			return nil, fmt.Errorf("%s: %w", f.database, readable(err))
		}
		log.Warn("the database was not closed properly; it was checked and is whole", "file", f.database)
	}
	if err := migrate(ctx, db); err != nil {
		return nil, fmt.Errorf("bring %s up to date: %w", f.database, err)
	}
	return db, nil
}

// connect opens a pool and proves one of its connections: they are all made from one DSN.
func connect(ctx context.Context, dsn string, most int, want []pragma) (*sql.DB, error) {
	connector, err := sqlite.NewConnector(dsn)
	if err != nil {
		return nil, err
	}
	db := sql.OpenDB(connector)
	db.SetMaxOpenConns(most)
	db.SetMaxIdleConns(most) // a connection that goes takes its prepared statements with it
	if err := prove(ctx, db, want); err != nil {
		_ = db.Close()
		return nil, err
	}
	return db, nil
}

func dialect() store.Dialect {
	return store.Dialect{
		Clash: clash, Refused: refused, Keys: keys,
		Bulk:  "PRAGMA cache_size = -262144",     // KiB: ids come in no order, so all pages of an index are wanted at all times
		Again: func(error) bool { return false }, // nobody else writes
	}
}
