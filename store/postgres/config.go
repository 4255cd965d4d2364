package postgres

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"net/netip"
	neturl "net/url"
	"os"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"
)

// config is how to reach a database.
type config struct{ *pgx.ConnConfig }

// parse reads a URL. What the driver has to say about a bad one can hold parts of it, and so of
// the password: none of that is passed on, but the name of a file that can't be read.
func parse(url string) (*config, error) {
	u, err := neturl.Parse(url)
	if err != nil || (u.Scheme != "postgres" && u.Scheme != "postgresql") {
		return nil, errors.New("the database URL can't be read; it must be like postgres://USER:PASSWORD@HOST:5432/NAME?sslmode=verify-full, with characters such as / and % in the password written as %2F and %25")
	}
	query := u.Query()
	if !query.Has("sslmode") && os.Getenv("PGSSLMODE") == "" {
		query.Set("sslmode", "verify-full") // the driver's own default goes on in clear when TLS fails
		if u.Hostname() != "" && local(u.Hostname()) || strings.HasPrefix(query.Get("host"), "/") {
			query.Set("sslmode", "disable")
		}
	}
	if !query.Has("connect_timeout") && os.Getenv("PGCONNECT_TIMEOUT") == "" {
		query.Set("connect_timeout", "2")
	}
	u.RawQuery = query.Encode()
	parsed, err := pgx.ParseConfig(u.String())
	var file *fs.PathError
	switch {
	case errors.As(err, &file):
		return nil, errors.New("the database URL names a file that can't be read: " + file.Error())
	case err != nil:
		return nil, errors.New("the database URL has a part that is not known, or a value that it does not take; see https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-PARAMKEYWORDS")
	}
	// A standby knows less than what is true.
	parsed.ValidateConnect = pgconn.ValidateConnectTargetSessionAttrsPrimary
	fatal := parsed.OnPgError
	parsed.OnPgError = func(c *pgconn.PgConn, e *pgconn.PgError) bool {
		return fatal(c, e) && e.Code != readOnly // a server that became a standby is left
	}
	return &config{parsed}, nil
}

// where adds to an error which database it is of.
func (c *config) where(err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("database %s on %s: %w", c.Database, c.Host, err)
}

// local reports whether a host is this machine.
func local(host string) bool {
	address, err := netip.ParseAddr(host)
	return host == "localhost" || strings.HasPrefix(host, "/") || err == nil && address.IsLoopback()
}

// readable reports whether someone between here and the server could read along, or be it.
func (c *config) readable() bool {
	open := c.TLSConfig == nil || c.TLSConfig.InsecureSkipVerify
	for _, f := range c.Fallbacks {
		open = open || f.TLSConfig == nil
	}
	return open && !local(c.Host)
}

// use is what a pool is for: how many connections it has, and the settings of each.
type use struct {
	most     int
	settings map[string]string
}

// No statement may wait for ever. A process that stops in the middle of a transaction holds up
// the writers of all others, so the server ends it soon. A commit is one too: when it waits for a
// standby, the end of its time counts as success. By then the store has given up on it.
func writing() use {
	return use{1, map[string]string{
		"application_name": "keywright: writes", "statement_timeout": "15s", "lock_timeout": "8s",
		"idle_in_transaction_session_timeout": "5s", "default_transaction_isolation": "read committed",
	}}
}

func reading(most int) use {
	return use{most, map[string]string{
		"application_name": "keywright: reads", "statement_timeout": "10s", "default_transaction_read_only": "on",
		"idle_in_transaction_session_timeout": "60s",
	}}
}

// following has a connection for a snapshot, which may take its time, and some for what must not
// wait for it. A node that stopped in the middle of a poll can't be removed for now: whoever tries
// gives up soon.
func following() use {
	return use{4, map[string]string{
		"application_name": "keywright: follows", "statement_timeout": "0", "lock_timeout": "300ms",
		"idle_in_transaction_session_timeout": "60s",
	}}
}

func migrating() use {
	return use{2, map[string]string{"application_name": "keywright: migrates", "statement_timeout": "0", "lock_timeout": "10s"}}
}

// pool opens no connection yet.
func (c *config) pool(u use) *sql.DB {
	one := c.Copy()
	maps.Copy(one.RuntimeParams, u.settings)
	db := sql.OpenDB(connector{stdlib.GetConnector(*one, stdlib.OptionShouldPing(dead))})
	db.SetMaxOpenConns(u.most)
	db.SetMaxIdleConns(u.most)
	return db
}

// dead reports whether a connection that was idle is to be tried by the driver, which takes
// another one when that fails. It is tried here first, so that it does not take longer than a
// second to find out; one that does not answer is closed then. One that was idle for less than a
// second is tried when something came on it: a server that was started again has cut it off.
func dead(ctx context.Context, p stdlib.ShouldPingParams) bool {
	if p.IdleDuration < time.Second && !readable(p.Conn.PgConn().Conn()) {
		return false
	}
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	return p.Conn.Ping(ctx) != nil
}
