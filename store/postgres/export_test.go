package postgres

import (
	"context"
	"database/sql"
	"testing/fstest"
)

// Up applies other migrations than those of this version.
func Up(ctx context.Context, db *sql.DB, files map[string]string) error {
	all := fstest.MapFS{}
	for name, text := range files {
		all[name] = &fstest.MapFile{Data: []byte(text)}
	}
	return up(ctx, db, all)
}

// Keys is the query for all keys.
const Keys = keys
