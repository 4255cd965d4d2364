package postgres

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/keywright/keywright"
)

// connector says of each failure to connect that the database is not available. It takes the
// driver's own error apart: that one holds the configuration, and so the password.
type connector struct{ driver.Connector }

func (c connector) Connect(ctx context.Context) (driver.Conn, error) {
	conn, err := c.Connector.Connect(ctx)
	if err == nil {
		return conn, nil
	}
	var failure *pgconn.ConnectError
	if errors.As(err, &failure) {
		err = failure.Unwrap()
	}
	return nil, fmt.Errorf("connect: %w: %w", keywright.ErrUnavailable, err)
}
