-- +goose Up

-- Times are milliseconds since 1970 in UTC; NULL is the zero time. JSON is kept as text.
-- What the triggers below forbid, no statement of ours does: they are there for the day on
-- which one does by mistake, and for whoever reaches the database by another way.

CREATE TABLE clock (
	id       INTEGER PRIMARY KEY CHECK (id = 1),
	revision INTEGER NOT NULL, -- of the last transaction that changed something
	sequence INTEGER NOT NULL  -- of the last event
) STRICT;

INSERT INTO clock (id, revision, sequence) VALUES (1, 0, 0);

CREATE TABLE accounts (
	id          TEXT    NOT NULL PRIMARY KEY,
	slug        TEXT    NOT NULL UNIQUE,
	name        TEXT    NOT NULL,
	plan        TEXT    NOT NULL,
	state       TEXT    NOT NULL,
	created_at  INTEGER NOT NULL,
	active_keys INTEGER NOT NULL CHECK (active_keys >= 0)
) STRICT;

CREATE INDEX accounts_by_time ON accounts (created_at, id);

CREATE TABLE members (
	id         TEXT    NOT NULL PRIMARY KEY,
	account_id TEXT    NOT NULL REFERENCES accounts (id),
	email      TEXT    NOT NULL,
	name       TEXT    NOT NULL,
	role       TEXT    NOT NULL,
	state      TEXT    NOT NULL,
	created_at INTEGER NOT NULL
) STRICT;

CREATE UNIQUE INDEX members_one_per_email ON members (account_id, email) WHERE state <> 'removed';
CREATE INDEX members_by_time ON members (account_id, created_at, id) WHERE state <> 'removed';
CREATE INDEX members_by_role ON members (account_id, role) WHERE state = 'active';
CREATE INDEX members_by_email ON members (email, created_at, id);

CREATE TABLE passwords (
	email      TEXT    NOT NULL PRIMARY KEY,
	hash       TEXT    NOT NULL,
	changed_at INTEGER NOT NULL
) STRICT;

CREATE TABLE links (
	hash       BLOB    NOT NULL PRIMARY KEY CHECK (length(hash) = 32), -- SHA-256
	purpose    TEXT    NOT NULL,
	account_id TEXT    NOT NULL, -- '' where none is meant
	member_id  TEXT    NOT NULL, -- the same
	expires_at INTEGER NOT NULL,
	spent_at   INTEGER
) STRICT;

CREATE INDEX links_by_member ON links (purpose, member_id);

CREATE TABLE keys (
	id              TEXT    NOT NULL PRIMARY KEY,
	account_id      TEXT    NOT NULL REFERENCES accounts (id),
	kind            TEXT    NOT NULL,
	description     TEXT    NOT NULL,
	version         TEXT    NOT NULL,
	brand           TEXT    NOT NULL,
	env             TEXT    NOT NULL,
	last_four       TEXT    NOT NULL,
	once            TEXT    NOT NULL, -- '' where the caller gave none
	created_at      INTEGER NOT NULL,
	created_by_kind TEXT    NOT NULL,
	created_by_id   TEXT    NOT NULL,
	created_by_name TEXT    NOT NULL,
	not_before      INTEGER,
	expires_at      INTEGER,
	disabled_at     INTEGER,
	revoked_at      INTEGER,
	revoked_by_kind TEXT    NOT NULL,
	revoked_by_id   TEXT    NOT NULL,
	revoked_by_name TEXT    NOT NULL,
	why_revoked     TEXT    NOT NULL,
	last_used_at    INTEGER
) STRICT;

CREATE INDEX keys_by_time ON keys (account_id, created_at, id);
CREATE UNIQUE INDEX keys_once ON keys (account_id, once) WHERE once <> '';

CREATE TABLE seals (
	key_id     TEXT    NOT NULL REFERENCES keys (id),
	mac        BLOB    NOT NULL CHECK (length(mac) = 32), -- HMAC-SHA-256
	pepper     INTEGER NOT NULL,
	created_at INTEGER NOT NULL,
	PRIMARY KEY (key_id, mac)
) STRICT, WITHOUT ROWID;

CREATE TABLE events (
	sequence     INTEGER NOT NULL PRIMARY KEY,
	id           TEXT    NOT NULL UNIQUE,
	revision     INTEGER NOT NULL,
	at           INTEGER NOT NULL,
	account_id   TEXT    NOT NULL REFERENCES accounts (id),
	actor_kind   TEXT    NOT NULL,
	actor_id     TEXT    NOT NULL,
	actor_name   TEXT    NOT NULL,
	action       TEXT    NOT NULL,
	subject_kind TEXT    NOT NULL,
	subject_id   TEXT    NOT NULL,
	subject_name TEXT    NOT NULL,
	details      TEXT    NOT NULL
) STRICT;

CREATE INDEX events_by_account ON events (account_id, sequence);

CREATE TABLE sessions (
	token      TEXT    NOT NULL PRIMARY KEY,
	data       BLOB    NOT NULL,
	expires_at INTEGER NOT NULL
) STRICT;

CREATE INDEX sessions_by_end ON sessions (expires_at);

CREATE TABLE keyring_checks (
	version INTEGER NOT NULL PRIMARY KEY,
	value   BLOB    NOT NULL
) STRICT;

-- Cloudflare, 24 January 2023: an update of "last seen" wrote a redacted secret back and
-- ended service tokens for two hours. Here no update can.
-- +goose StatementBegin
CREATE TRIGGER seals_are_fixed BEFORE UPDATE ON seals
BEGIN SELECT RAISE(ABORT, 'a seal can not be changed'); END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER keys_are_fixed BEFORE UPDATE OF
	id, account_id, kind, description, brand, env, last_four, once,
	created_at, created_by_kind, created_by_id, created_by_name
ON keys
BEGIN SELECT RAISE(ABORT, 'what a key was issued with can not be changed'); END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER keys_stay_revoked BEFORE UPDATE OF
	revoked_at, revoked_by_kind, revoked_by_id, revoked_by_name, why_revoked
ON keys WHEN OLD.revoked_at IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'a revoked key stays revoked'); END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER keys_are_kept BEFORE DELETE ON keys
BEGIN SELECT RAISE(ABORT, 'a key can not be deleted'); END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER accounts_are_kept BEFORE DELETE ON accounts
BEGIN SELECT RAISE(ABORT, 'an account can not be deleted'); END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER members_are_kept BEFORE DELETE ON members
BEGIN SELECT RAISE(ABORT, 'a member can not be deleted'); END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER events_are_fixed BEFORE UPDATE ON events
BEGIN SELECT RAISE(ABORT, 'an event can not be changed'); END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER events_are_kept BEFORE DELETE ON events
BEGIN SELECT RAISE(ABORT, 'an event can not be deleted'); END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER clock_goes_forward BEFORE UPDATE ON clock
WHEN NEW.revision < OLD.revision OR NEW.sequence < OLD.sequence
BEGIN SELECT RAISE(ABORT, 'the clock can not go back'); END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER clock_is_kept BEFORE DELETE ON clock
BEGIN SELECT RAISE(ABORT, 'the clock can not be deleted'); END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER keyring_checks_are_fixed BEFORE UPDATE ON keyring_checks
BEGIN SELECT RAISE(ABORT, 'a check value can not be changed'); END;
-- +goose StatementEnd
