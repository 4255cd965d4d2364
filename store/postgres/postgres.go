package postgres

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/keywright/keywright/store"
)

// Options are the settings of a database. The zero value is right for production.
type Options struct {
	Owner   string           // URL with the role that owns the tables, to bring them up to date by; default: the role of the first one, when it may
	Readers int              // how many may read at once; default 8
	Release func() error     // called last by the Store's Close; default nothing
	Now     func() time.Time // decides which sessions have ended; default time.Now
	Log     *slog.Logger     // hears what may be a mistake of the operator; default nobody
}

// Open opens the database at a URL such as postgres://keywright@db.example/keywright. With the
// URL of an owner it first does what Migrate does. Without, it brings the tables up to date
// itself when its role may; else it only looks whether Migrate was run.
//
// Each error says what to do about it, and none holds the password.
func Open(ctx context.Context, url string, o Options) (_ *store.Store, err error) {
	if o.Readers <= 0 {
		o.Readers = 8
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	c, err := parse(url)
	if err != nil {
		return nil, err
	}
	if o.Owner != "" {
		if _, err := Migrate(ctx, o.Owner, c.User); err != nil {
			return nil, err
		}
	}
	if c.readable() {
		o.Log.WarnContext(ctx, "the connection to the database is not safe from whoever is in between; say sslmode=verify-full", "host", c.Host)
	}
	pools := store.Pools{Write: c.pool(writing()), Read: c.pool(reading(o.Readers)), Follow: c.pool(following())}
	pools.Nodes = pools.Follow
	defer func() {
		if err != nil {
			_ = errors.Join(pools.Write.Close(), pools.Read.Close(), pools.Follow.Close()) // the error on its way says more
		}
	}()
	if err := prove(ctx, pools.Write); err != nil {
		return nil, c.where(err)
	}
	if err := settle(ctx, pools.Write, c, o.Log); err != nil {
		return nil, c.where(err)
	}
	return store.New(pools, dialect(), store.Options{Now: o.Now, Release: o.Release, Tell: tell(pools.Read), Listen: c.listen}), nil
}

func dialect() store.Dialect {
	return store.Dialect{
		Clash: clash, Refused: refused, Again: again, Keys: keys, Server: true,
		Confirm: "SELECT pg_logical_emit_message(true, 'keywright', '')", Hasty: "SET LOCAL synchronous_commit = off",
	}
}

// settle sees to it that the tables are as this version needs them.
func settle(ctx context.Context, db *sql.DB, c *config, log *slog.Logger) error {
	at, err := version(ctx, db)
	if err != nil {
		return err
	}
	known, err := newest()
	if err != nil {
		return err
	}
	switch {
	case at == known:
		return nil
	case at > known: // as while one node after the other is replaced by a newer one
		log.WarnContext(ctx, "the tables are those of a newer version of keywright, which this one can work with for a while", "tables", at, "known", known)
		return nil
	}
	var may bool
	if err := db.QueryRowContext(ctx, "SELECT current_schema() IS NOT NULL AND has_schema_privilege(current_schema(), 'CREATE')").Scan(&may); err != nil {
		return err
	}
	if !may {
		return fmt.Errorf("its tables are at %d and must be at %d, and role %s may not change them; run keywright migrate with a role that may", at, known, c.User)
	}
	owner := c.pool(migrating())
	defer owner.Close() //nolint:errcheck // nothing is left to be said on it
	return migrate(ctx, owner)
}
