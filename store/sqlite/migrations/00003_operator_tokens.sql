-- +goose Up

-- The operator's own tokens: of gateways that ask for verdicts, and of his that act from
-- another machine. A token has one seal for good, so its MAC is in its row.
CREATE TABLE operator_tokens (
	id              TEXT    NOT NULL PRIMARY KEY,
	use             TEXT    NOT NULL, -- verify or operate
	description     TEXT    NOT NULL,
	brand           TEXT    NOT NULL,
	last_four       TEXT    NOT NULL,
	mac             BLOB    NOT NULL CHECK (length(mac) = 32), -- HMAC-SHA-256
	pepper          INTEGER NOT NULL,
	created_at      INTEGER NOT NULL,
	created_by_kind TEXT    NOT NULL,
	created_by_id   TEXT    NOT NULL,
	created_by_name TEXT    NOT NULL,
	expires_at      INTEGER,
	revoked_at      INTEGER,
	revoked_by_kind TEXT    NOT NULL,
	revoked_by_id   TEXT    NOT NULL,
	revoked_by_name TEXT    NOT NULL,
	why_revoked     TEXT    NOT NULL,
	last_used_at    INTEGER
) STRICT;

CREATE INDEX operator_tokens_by_time ON operator_tokens (created_at, id);

-- +goose StatementBegin
CREATE TRIGGER operator_tokens_are_fixed BEFORE UPDATE OF
	id, use, description, brand, last_four, mac, pepper, created_at, created_by_kind, created_by_id, created_by_name, expires_at
ON operator_tokens
BEGIN SELECT RAISE(ABORT, 'what a token was issued with can not be changed'); END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER operator_tokens_stay_revoked BEFORE UPDATE OF
	revoked_at, revoked_by_kind, revoked_by_id, revoked_by_name, why_revoked
ON operator_tokens WHEN OLD.revoked_at IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'a revoked token stays revoked'); END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER operator_tokens_are_kept BEFORE DELETE ON operator_tokens
BEGIN SELECT RAISE(ABORT, 'a token can not be deleted'); END;
-- +goose StatementEnd

-- An event without an account is the operator's own, such as that he issued a token. SQLite can't
-- take a NOT NULL back, so the table is made anew; nothing refers to it.
CREATE TABLE events_of_all (
	sequence     INTEGER NOT NULL PRIMARY KEY,
	id           TEXT    NOT NULL UNIQUE,
	revision     INTEGER NOT NULL,
	at           INTEGER NOT NULL,
	account_id   TEXT    REFERENCES accounts (id), -- NULL: of none
	actor_kind   TEXT    NOT NULL,
	actor_id     TEXT    NOT NULL,
	actor_name   TEXT    NOT NULL,
	action       TEXT    NOT NULL,
	subject_kind TEXT    NOT NULL,
	subject_id   TEXT    NOT NULL,
	subject_name TEXT    NOT NULL,
	details      TEXT    NOT NULL
) STRICT;

INSERT INTO events_of_all (
	sequence, id, revision, at, account_id, actor_kind, actor_id, actor_name,
	action, subject_kind, subject_id, subject_name, details
) SELECT
	sequence, id, revision, at, account_id, actor_kind, actor_id, actor_name,
	action, subject_kind, subject_id, subject_name, details
FROM events ORDER BY sequence;

DROP TABLE events; -- which fires no trigger
ALTER TABLE events_of_all RENAME TO events;

CREATE INDEX events_by_account ON events (account_id, sequence);

-- +goose StatementBegin
CREATE TRIGGER events_are_fixed BEFORE UPDATE ON events
BEGIN SELECT RAISE(ABORT, 'an event can not be changed'); END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER events_are_kept BEFORE DELETE ON events
BEGIN SELECT RAISE(ABORT, 'an event can not be deleted'); END;
-- +goose StatementEnd
