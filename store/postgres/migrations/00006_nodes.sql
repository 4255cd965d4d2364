-- +goose Up

-- A row for each process that answers from memory. Each one polls once a second and more, which
-- leaves a dead row behind each time: a page that is kept half empty takes them up, and no index
-- has to be told.
CREATE TABLE nodes (
	id           TEXT   COLLATE "C" PRIMARY KEY,
	name         TEXT   NOT NULL,
	version      TEXT   NOT NULL,
	address      TEXT   NOT NULL,
	bound        BIGINT NOT NULL, -- in milliseconds
	serves_stale BIGINT NOT NULL CHECK (serves_stale IN (0, 1)),
	started_at   BIGINT NOT NULL,
	seen_at      BIGINT NOT NULL, -- both by the node's own clock
	polls        BIGINT NOT NULL,
	applied      BIGINT NOT NULL  -- the revision up to which it has everything
) WITH (fillfactor = 50);

-- What was proved of a change, where someone has waited for it.
CREATE TABLE receipts (
	revision   BIGINT PRIMARY KEY,
	account_id TEXT   COLLATE "C" NOT NULL, -- '' for the operator's own
	subject_id TEXT   COLLATE "C" NOT NULL,
	safe       BIGINT NOT NULL CHECK (safe IN (0, 1)),
	receipt    TEXT   NOT NULL -- a JSON object
);

CREATE INDEX receipts_by_subject ON receipts (account_id, subject_id, revision);

CREATE TRIGGER receipts_are_fixed BEFORE UPDATE ON receipts
FOR EACH ROW WHEN (OLD.safe = 1) EXECUTE FUNCTION forbid('a receipt that says safe can not be changed');

CREATE TRIGGER receipts_are_kept BEFORE DELETE ON receipts
FOR EACH ROW EXECUTE FUNCTION forbid('a receipt can not be deleted');
