-- +goose Up

-- What members ask for who may not make a key (F19). The key is made when it is collected.
CREATE TABLE key_requests (
	id              TEXT    NOT NULL PRIMARY KEY,
	account_id      TEXT    NOT NULL REFERENCES accounts (id),
	member_id       TEXT    NOT NULL, -- who asked
	member_name     TEXT    NOT NULL,
	description     TEXT    NOT NULL,
	version         TEXT    NOT NULL,
	scopes          TEXT    NOT NULL, -- grants, with a blank between two, and so below
	days            INTEGER NOT NULL, -- 0: without end, and so below
	created_at      INTEGER NOT NULL,
	reached         TEXT    NOT NULL, -- open, approved, declined, withdrawn, collected
	granted_scopes  TEXT    NOT NULL,
	granted_days    INTEGER NOT NULL,
	decided_at      INTEGER,
	decided_by_kind TEXT    NOT NULL,
	decided_by_id   TEXT    NOT NULL,
	decided_by_name TEXT    NOT NULL,
	why_declined    TEXT    NOT NULL,
	ended_at        INTEGER, -- withdrawn or collected
	key_id          TEXT    NOT NULL -- '' where none is meant
) STRICT;

CREATE INDEX key_requests_by_time ON key_requests (account_id, created_at, id);
CREATE INDEX key_requests_by_member ON key_requests (account_id, member_id, created_at, id);
CREATE INDEX key_requests_open ON key_requests (account_id, created_at, id) WHERE reached = 'open';

-- +goose StatementBegin
CREATE TRIGGER key_requests_are_fixed BEFORE UPDATE OF
	id, account_id, member_id, member_name, description, version, scopes, days, created_at
ON key_requests
BEGIN SELECT RAISE(ABORT, 'what was asked for can not be changed'); END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER key_requests_stay_decided BEFORE UPDATE OF
	granted_scopes, granted_days, decided_at, decided_by_kind, decided_by_id, decided_by_name, why_declined
ON key_requests WHEN OLD.decided_at IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'a request is decided once'); END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER key_requests_stay_ended BEFORE UPDATE OF
	reached, ended_at, key_id
ON key_requests WHEN OLD.reached NOT IN ('open', 'approved')
BEGIN SELECT RAISE(ABORT, 'a request that is at an end stays so'); END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER key_requests_are_kept BEFORE DELETE ON key_requests
BEGIN SELECT RAISE(ABORT, 'a request can not be deleted'); END;
-- +goose StatementEnd

-- What members ask the operator; with a page, questions under it that can be published (F21).
CREATE TABLE support_requests (
	id           TEXT    NOT NULL PRIMARY KEY,
	account_id   TEXT    NOT NULL REFERENCES accounts (id),
	member_id    TEXT    NOT NULL, -- who asked
	member_name  TEXT    NOT NULL,
	page         TEXT    NOT NULL, -- of the help; '' for none
	subject      TEXT    NOT NULL,
	text         TEXT    NOT NULL,
	signed       TEXT    NOT NULL, -- where it is published; '' for no name
	created_at   INTEGER NOT NULL,
	answer       TEXT    NOT NULL,
	answered_by  TEXT    NOT NULL,
	answered_at  INTEGER,
	published_at INTEGER,
	seen_at      INTEGER
) STRICT;

CREATE INDEX support_requests_by_time ON support_requests (created_at, id);
CREATE INDEX support_requests_by_member ON support_requests (account_id, member_id, created_at, id);
CREATE INDEX support_requests_unseen ON support_requests (account_id, member_id) WHERE answered_at IS NOT NULL AND seen_at IS NULL;
CREATE INDEX support_requests_open ON support_requests (created_at, id) WHERE answered_at IS NULL;
CREATE INDEX support_requests_published ON support_requests (page, created_at, id) WHERE published_at IS NOT NULL;

-- +goose StatementBegin
CREATE TRIGGER support_requests_are_fixed BEFORE UPDATE OF
	id, account_id, member_id, member_name, page, subject, text, signed, created_at
ON support_requests
BEGIN SELECT RAISE(ABORT, 'what was asked can not be changed'); END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER support_requests_are_kept BEFORE DELETE ON support_requests
BEGIN SELECT RAISE(ABORT, 'what was asked can not be deleted'); END;
-- +goose StatementEnd
