-- +goose Up

-- The tables of store/sqlite, with the same names and rules. Ids, slugs and addresses have the
-- collation "C": they are compared and ordered by their bytes, whatever the database's own is.
-- Who may do what is in ../grants.sql; what the triggers forbid, they forbid to the owner too.

CREATE TABLE clock (
	id       BIGINT PRIMARY KEY CHECK (id = 1),
	revision BIGINT NOT NULL, -- of the last transaction that changed something
	sequence BIGINT NOT NULL  -- of the last event
);

INSERT INTO clock (id, revision, sequence) VALUES (1, 0, 0);

CREATE TABLE accounts (
	id          TEXT   COLLATE "C" PRIMARY KEY,
	slug        TEXT   COLLATE "C" NOT NULL UNIQUE,
	name        TEXT   NOT NULL,
	plan        TEXT   NOT NULL,
	state       TEXT   NOT NULL,
	created_at  BIGINT NOT NULL,
	active_keys BIGINT NOT NULL CHECK (active_keys >= 0)
);

CREATE INDEX accounts_by_time ON accounts (created_at, id);

CREATE TABLE members (
	id         TEXT   COLLATE "C" PRIMARY KEY,
	account_id TEXT   COLLATE "C" NOT NULL REFERENCES accounts (id),
	email      TEXT   COLLATE "C" NOT NULL,
	name       TEXT   NOT NULL,
	role       TEXT   NOT NULL,
	state      TEXT   NOT NULL,
	created_at BIGINT NOT NULL
);

CREATE UNIQUE INDEX members_one_per_email ON members (account_id, email) WHERE state <> 'removed';
CREATE INDEX members_by_time ON members (account_id, created_at, id) WHERE state <> 'removed';
CREATE INDEX members_by_role ON members (account_id, role) WHERE state = 'active';
CREATE INDEX members_by_email ON members (email, created_at, id);

CREATE TABLE passwords (
	email      TEXT   COLLATE "C" PRIMARY KEY,
	hash       TEXT   NOT NULL,
	changed_at BIGINT NOT NULL
);

CREATE TABLE links (
	hash       BYTEA  PRIMARY KEY CHECK (octet_length(hash) = 32), -- SHA-256
	purpose    TEXT   NOT NULL,
	account_id TEXT   COLLATE "C" NOT NULL, -- '' where none is meant
	member_id  TEXT   COLLATE "C" NOT NULL, -- the same
	expires_at BIGINT NOT NULL,
	spent_at   BIGINT
);

CREATE INDEX links_by_member ON links (purpose, member_id);

CREATE TABLE keys (
	id              TEXT   COLLATE "C" PRIMARY KEY,
	account_id      TEXT   COLLATE "C" NOT NULL REFERENCES accounts (id),
	kind            TEXT   NOT NULL,
	description     TEXT   NOT NULL,
	version         TEXT   NOT NULL,
	brand           TEXT   NOT NULL,
	env             TEXT   NOT NULL,
	last_four       TEXT   NOT NULL,
	once            TEXT   COLLATE "C" NOT NULL, -- '' where the caller gave none
	created_at      BIGINT NOT NULL,
	created_by_kind TEXT   NOT NULL,
	created_by_id   TEXT   NOT NULL,
	created_by_name TEXT   NOT NULL,
	not_before      BIGINT,
	expires_at      BIGINT,
	disabled_at     BIGINT,
	revoked_at      BIGINT,
	revoked_by_kind TEXT   NOT NULL,
	revoked_by_id   TEXT   NOT NULL,
	revoked_by_name TEXT   NOT NULL,
	why_revoked     TEXT   NOT NULL,
	last_used_at    BIGINT
);

CREATE INDEX keys_by_time ON keys (account_id, created_at, id);
CREATE UNIQUE INDEX keys_once ON keys (account_id, once) WHERE once <> '';

CREATE TABLE seals (
	key_id     TEXT   COLLATE "C" NOT NULL REFERENCES keys (id),
	mac        BYTEA  NOT NULL CHECK (octet_length(mac) = 32), -- HMAC-SHA-256
	pepper     BIGINT NOT NULL,
	created_at BIGINT NOT NULL,
	PRIMARY KEY (key_id, mac) INCLUDE (pepper) -- for the snapshot: see keys_whole
);

CREATE TABLE events (
	sequence     BIGINT PRIMARY KEY,
	id           TEXT   COLLATE "C" NOT NULL UNIQUE,
	revision     BIGINT NOT NULL,
	at           BIGINT NOT NULL,
	account_id   TEXT   COLLATE "C" NOT NULL REFERENCES accounts (id),
	actor_kind   TEXT   NOT NULL,
	actor_id     TEXT   NOT NULL,
	actor_name   TEXT   NOT NULL,
	action       TEXT   NOT NULL,
	subject_kind TEXT   NOT NULL,
	subject_id   TEXT   NOT NULL,
	subject_name TEXT   NOT NULL,
	details      TEXT   NOT NULL
);

CREATE INDEX events_by_account ON events (account_id, sequence);

CREATE TABLE sessions (
	token      TEXT   COLLATE "C" PRIMARY KEY,
	data       BYTEA  NOT NULL,
	expires_at BIGINT NOT NULL
);

CREATE INDEX sessions_by_end ON sessions (expires_at);

CREATE TABLE keyring_checks (
	version BIGINT PRIMARY KEY,
	value   BYTEA  NOT NULL
);

-- forbid is for a trigger that says in its argument what can not be done.
-- +goose StatementBegin
CREATE FUNCTION forbid() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	RAISE EXCEPTION '%', TG_ARGV[0] USING ERRCODE = 'integrity_constraint_violation';
END $$;
-- +goose StatementEnd

-- Cloudflare, 24 January 2023: an update of "last seen" wrote a redacted secret back and
-- ended service tokens for two hours. Here no update can.
CREATE TRIGGER seals_are_fixed BEFORE UPDATE ON seals
FOR EACH ROW EXECUTE FUNCTION forbid('a seal can not be changed');

CREATE TRIGGER keys_are_fixed BEFORE UPDATE OF
	id, account_id, kind, description, brand, env, last_four, once,
	created_at, created_by_kind, created_by_id, created_by_name
ON keys FOR EACH ROW EXECUTE FUNCTION forbid('what a key was issued with can not be changed');

CREATE TRIGGER keys_stay_revoked BEFORE UPDATE OF
	revoked_at, revoked_by_kind, revoked_by_id, revoked_by_name, why_revoked
ON keys FOR EACH ROW WHEN (OLD.revoked_at IS NOT NULL)
EXECUTE FUNCTION forbid('a revoked key stays revoked');

CREATE TRIGGER keys_are_kept BEFORE DELETE ON keys
FOR EACH ROW EXECUTE FUNCTION forbid('a key can not be deleted');

CREATE TRIGGER accounts_are_kept BEFORE DELETE ON accounts
FOR EACH ROW EXECUTE FUNCTION forbid('an account can not be deleted');

CREATE TRIGGER members_are_kept BEFORE DELETE ON members
FOR EACH ROW EXECUTE FUNCTION forbid('a member can not be deleted');

CREATE TRIGGER events_are_fixed BEFORE UPDATE ON events
FOR EACH ROW EXECUTE FUNCTION forbid('an event can not be changed');

CREATE TRIGGER events_are_kept BEFORE DELETE ON events
FOR EACH ROW EXECUTE FUNCTION forbid('an event can not be deleted');

CREATE TRIGGER clock_goes_forward BEFORE UPDATE ON clock
FOR EACH ROW WHEN (NEW.revision < OLD.revision OR NEW.sequence < OLD.sequence)
EXECUTE FUNCTION forbid('the clock can not go back');

CREATE TRIGGER clock_is_kept BEFORE DELETE ON clock
FOR EACH ROW EXECUTE FUNCTION forbid('the clock can not be deleted');

CREATE TRIGGER keyring_checks_are_fixed BEFORE UPDATE ON keyring_checks
FOR EACH ROW EXECUTE FUNCTION forbid('a check value can not be changed');

-- TRUNCATE fires no trigger on rows.
CREATE TRIGGER accounts_are_not_emptied BEFORE TRUNCATE ON accounts EXECUTE FUNCTION forbid('accounts can not be deleted');
CREATE TRIGGER members_are_not_emptied BEFORE TRUNCATE ON members EXECUTE FUNCTION forbid('members can not be deleted');
CREATE TRIGGER keys_are_not_emptied BEFORE TRUNCATE ON keys EXECUTE FUNCTION forbid('keys can not be deleted');
CREATE TRIGGER seals_are_not_emptied BEFORE TRUNCATE ON seals EXECUTE FUNCTION forbid('seals can not be emptied');
CREATE TRIGGER events_are_not_emptied BEFORE TRUNCATE ON events EXECUTE FUNCTION forbid('events can not be deleted');
CREATE TRIGGER clock_is_not_emptied BEFORE TRUNCATE ON clock EXECUTE FUNCTION forbid('the clock can not be deleted');
