package postgres

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/keywright/keywright"
)

// connector says of each failure to connect that the database is not available.
type connector struct{ driver.Connector }

func (c connector) Connect(ctx context.Context) (driver.Conn, error) {
	conn, err := c.Connector.Connect(ctx)
	return conn, unreachable(err)
}

// unreachable takes the driver's error apart: that one holds the configuration, and so the
// password.
func unreachable(err error) error {
	if err == nil {
		return nil
	}
	var failure *pgconn.ConnectError
	if errors.As(err, &failure) {
		err = oneLine{failure.Unwrap()}
	}
	return fmt.Errorf("connect: %w: %w", keywright.ErrUnavailable, err)
}

// oneLine is an error about several addresses.
type oneLine struct{ error }

func (e oneLine) Error() string { return strings.ReplaceAll(e.error.Error(), "\n", "; ") }
func (e oneLine) Unwrap() error { return e.error }
