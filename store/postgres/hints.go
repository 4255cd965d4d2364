package postgres

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/keywright/keywright"
)

const channel = "keywright" // of NOTIFY, within the database

// tell sends a hint. Notifying alone writes nothing that has to reach the disk.
func tell(db *sql.DB) func(context.Context) error {
	return func(ctx context.Context) error {
		_, err := db.ExecContext(ctx, "NOTIFY "+channel)
		return err
	}
}

// listen has hear called at each hint, by a connection that is for nothing else.
func (c *config) listen(ctx context.Context, hear func()) error {
	conn, err := c.connect(ctx)
	if err != nil {
		return err
	}
	defer func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
		defer cancel()
		_ = conn.Close(ctx)
	}()
	for err = within(ctx, hintTime, func(ctx context.Context) error { _, err := conn.Exec(ctx, "LISTEN "+channel); return err }); err == nil; {
		hear()
		err = next(ctx, conn)
	}
	if ctx.Err() != nil {
		return nil
	}
	return fmt.Errorf("listen for hints: %w: %w", keywright.ErrUnavailable, err)
}

const hintTime = 2 * time.Second // for anything but the hint itself

func (c *config) connect(ctx context.Context) (*pgx.Conn, error) {
	one := c.Copy()
	one.RuntimeParams["application_name"] = "keywright: listens"
	conn, err := pgx.ConnectConfig(ctx, one)
	return conn, unreachable(err)
}

// next waits for a hint. As long as none comes it makes sure now and then that one could.
func next(ctx context.Context, conn *pgx.Conn) error {
	for {
		err := within(ctx, 5*time.Second, func(ctx context.Context) error { _, err := conn.WaitForNotification(ctx); return err })
		if err == nil || ctx.Err() != nil || conn.IsClosed() {
			return err
		}
		if err := within(ctx, hintTime, conn.Ping); err != nil {
			return err
		}
	}
}

func within(ctx context.Context, most time.Duration, do func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, most)
	defer cancel()
	return do(ctx)
}
