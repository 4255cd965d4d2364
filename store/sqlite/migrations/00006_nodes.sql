-- +goose Up

-- A row for each process that answers from memory, where several share a database. On SQLite
-- there is one process and no row; the table is here so that the queries are.
CREATE TABLE nodes (
	id           TEXT    NOT NULL PRIMARY KEY,
	name         TEXT    NOT NULL,
	version      TEXT    NOT NULL,
	address      TEXT    NOT NULL,
	bound        INTEGER NOT NULL, -- in milliseconds
	serves_stale INTEGER NOT NULL CHECK (serves_stale IN (0, 1)),
	started_at   INTEGER NOT NULL,
	seen_at      INTEGER NOT NULL, -- both by the node's own clock
	polls        INTEGER NOT NULL,
	applied      INTEGER NOT NULL  -- the revision up to which it has everything
) STRICT;

-- What was proved of a change, where someone has waited for it.
CREATE TABLE receipts (
	revision   INTEGER NOT NULL PRIMARY KEY,
	account_id TEXT    NOT NULL, -- '' for the operator's own
	subject_id TEXT    NOT NULL,
	safe       INTEGER NOT NULL CHECK (safe IN (0, 1)),
	receipt    TEXT    NOT NULL -- a JSON object
) STRICT;

CREATE INDEX receipts_by_subject ON receipts (account_id, subject_id, revision);

-- +goose StatementBegin
CREATE TRIGGER receipts_are_fixed BEFORE UPDATE ON receipts WHEN OLD.safe = 1
BEGIN SELECT RAISE(ABORT, 'a receipt that says safe can not be changed'); END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER receipts_are_kept BEFORE DELETE ON receipts
BEGIN SELECT RAISE(ABORT, 'a receipt can not be deleted'); END;
-- +goose StatementEnd
