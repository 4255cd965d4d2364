-- The tables as PostgreSQL would have them. Nothing runs this file: sqlc checks the queries
-- against it. The tables that run are made by the migrations of store/sqlite.
--
-- Times are milliseconds since 1970 in UTC; NULL is the zero time. JSON is kept as text.

-- One row. revision counts the transactions that changed something, sequence the events.
-- Changes up to the horizon are not kept.
CREATE TABLE clock (
	id           BIGINT PRIMARY KEY,
	revision     BIGINT NOT NULL,
	sequence     BIGINT NOT NULL,
	horizon      BIGINT NOT NULL,
	stamp        BIGINT NOT NULL, -- of the revision; 0 for none, and so below
	stamp_before BIGINT NOT NULL  -- of the revision before
);

-- One row.
CREATE TABLE identity (
	id          BIGINT PRIMARY KEY,
	database    TEXT   NOT NULL,
	quarantined TEXT   NOT NULL -- '' for nothing
);

CREATE TABLE decisions (
	revision BIGINT PRIMARY KEY,
	after    BIGINT NOT NULL,
	at       BIGINT NOT NULL,
	choice   TEXT   NOT NULL
);

CREATE TABLE accounts (
	id          TEXT   PRIMARY KEY,
	slug        TEXT   NOT NULL UNIQUE,
	name        TEXT   NOT NULL,
	plan        TEXT   NOT NULL,
	state       TEXT   NOT NULL,
	created_at  BIGINT NOT NULL,
	active_keys BIGINT NOT NULL,

	new_keys_full_at BIGINT NOT NULL -- nanoseconds
);

CREATE TABLE members (
	id             TEXT   PRIMARY KEY,
	account_id     TEXT   NOT NULL REFERENCES accounts (id),
	email          TEXT   NOT NULL, -- unique in its account where state <> 'removed'
	name           TEXT   NOT NULL,
	role           TEXT   NOT NULL,
	state          TEXT   NOT NULL,
	created_at     BIGINT NOT NULL,
	deactivated_at BIGINT -- the last time
);

CREATE TABLE passwords (
	email      TEXT   PRIMARY KEY,
	hash       TEXT   NOT NULL,
	changed_at BIGINT NOT NULL
);

CREATE TABLE links (
	hash       BYTEA  PRIMARY KEY,
	purpose    TEXT   NOT NULL,
	account_id TEXT   NOT NULL, -- '' where none is meant, and so below
	member_id  TEXT   NOT NULL,
	expires_at BIGINT NOT NULL,
	spent_at   BIGINT
);

CREATE TABLE keys (
	id              TEXT   PRIMARY KEY,
	account_id      TEXT   NOT NULL REFERENCES accounts (id),
	kind            TEXT   NOT NULL,
	description     TEXT   NOT NULL,
	version         TEXT   NOT NULL,
	brand           TEXT   NOT NULL,
	env             TEXT   NOT NULL,
	last_four       TEXT   NOT NULL,
	once            TEXT   NOT NULL, -- unique in its account where it is not ''
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
	last_used_at    BIGINT,

	member_id        TEXT   NOT NULL,
	service          TEXT   NOT NULL,
	scopes           TEXT   NOT NULL, -- with a blank between, as the next; '' for no limit
	networks         TEXT   NOT NULL,
	disabled_by_kind TEXT   NOT NULL,
	disabled_by_id   TEXT   NOT NULL,
	disabled_by_name TEXT   NOT NULL,
	why_disabled     TEXT   NOT NULL,
	enables_at       BIGINT,
	reminded         BIGINT NOT NULL,
	rotated_at       BIGINT,
	last_used_from   TEXT   NOT NULL
);

CREATE TABLE seals (
	key_id       TEXT   NOT NULL REFERENCES keys (id),
	mac          BYTEA  NOT NULL,
	pepper       BIGINT NOT NULL,
	created_at   BIGINT NOT NULL,
	ends_at      BIGINT,
	last_four    TEXT   NOT NULL, -- '' for that of the key
	last_used_at BIGINT,
	PRIMARY KEY (key_id, mac)
);

CREATE TABLE operator_tokens (
	id              TEXT   PRIMARY KEY,
	use             TEXT   NOT NULL, -- verify or operate
	description     TEXT   NOT NULL,
	brand           TEXT   NOT NULL,
	last_four       TEXT   NOT NULL,
	mac             BYTEA  NOT NULL,
	pepper          BIGINT NOT NULL,
	created_at      BIGINT NOT NULL,
	created_by_kind TEXT   NOT NULL,
	created_by_id   TEXT   NOT NULL,
	created_by_name TEXT   NOT NULL,
	expires_at      BIGINT,
	revoked_at      BIGINT,
	revoked_by_kind TEXT   NOT NULL,
	revoked_by_id   TEXT   NOT NULL,
	revoked_by_name TEXT   NOT NULL,
	why_revoked     TEXT   NOT NULL,
	last_used_at    BIGINT
);

CREATE TABLE events (
	sequence     BIGINT PRIMARY KEY,
	id           TEXT   NOT NULL UNIQUE,
	revision     BIGINT NOT NULL,
	at           BIGINT NOT NULL,
	account_id   TEXT   REFERENCES accounts (id), -- NULL: of none
	actor_kind   TEXT   NOT NULL,
	actor_id     TEXT   NOT NULL,
	actor_name   TEXT   NOT NULL,
	action       TEXT   NOT NULL,
	subject_kind TEXT   NOT NULL,
	subject_id   TEXT   NOT NULL,
	subject_name TEXT   NOT NULL,
	details      TEXT   NOT NULL -- a JSON object of texts
);

-- What members ask for who may not make a key (F19). The key is made when it is collected.
CREATE TABLE key_requests (
	id              TEXT   PRIMARY KEY,
	account_id      TEXT   NOT NULL REFERENCES accounts (id),
	member_id       TEXT   NOT NULL, -- who asked
	member_name     TEXT   NOT NULL,
	description     TEXT   NOT NULL,
	version         TEXT   NOT NULL,
	scopes          TEXT   NOT NULL, -- grants, with a blank between two, and so below
	days            BIGINT NOT NULL, -- 0: without end, and so below
	created_at      BIGINT NOT NULL,
	reached         TEXT   NOT NULL, -- open, approved, declined, withdrawn, collected
	granted_scopes  TEXT   NOT NULL,
	granted_days    BIGINT NOT NULL,
	decided_at      BIGINT,
	decided_by_kind TEXT   NOT NULL,
	decided_by_id   TEXT   NOT NULL,
	decided_by_name TEXT   NOT NULL,
	why_declined    TEXT   NOT NULL,
	ended_at        BIGINT, -- withdrawn or collected
	key_id          TEXT   NOT NULL -- '' where none is meant
);

-- What members ask the operator; with a page, questions under it that can be published (F21).
CREATE TABLE support_requests (
	id           TEXT   PRIMARY KEY,
	account_id   TEXT   NOT NULL REFERENCES accounts (id),
	member_id    TEXT   NOT NULL, -- who asked
	member_name  TEXT   NOT NULL,
	page         TEXT   NOT NULL, -- of the help; '' for none
	subject      TEXT   NOT NULL,
	text         TEXT   NOT NULL,
	signed       TEXT   NOT NULL, -- where it is published; '' for no name
	created_at   BIGINT NOT NULL,
	answer       TEXT   NOT NULL,
	answered_by  TEXT   NOT NULL,
	answered_at  BIGINT,
	published_at BIGINT,
	seen_at      BIGINT
);

-- A row for each thing that a revision changed, or one for nothing.
CREATE TABLE changes (
	revision   BIGINT NOT NULL,
	position   BIGINT NOT NULL,
	kind       TEXT   NOT NULL, -- account, member, key, token, policy, or '' for nothing
	account_id TEXT   NOT NULL, -- '' where none is meant, and so below
	entity_id  TEXT   NOT NULL,
	at         BIGINT NOT NULL,
	stamp      BIGINT NOT NULL, -- of the revision
	restricts  BIGINT NOT NULL, -- 1 where the thing was there before
	PRIMARY KEY (revision, position)
);

-- The answers to requests that came with an idempotency key, sealed.
CREATE TABLE answers (
	id     BYTEA  PRIMARY KEY,
	told   BYTEA  NOT NULL,
	secret BYTEA,
	at     BIGINT NOT NULL
);

-- A row for each process that answers from memory, where several share this database.
CREATE TABLE nodes (
	id           TEXT   PRIMARY KEY,
	name         TEXT   NOT NULL,
	version      TEXT   NOT NULL,
	address      TEXT   NOT NULL,
	bound        BIGINT NOT NULL, -- in milliseconds
	serves_stale BIGINT NOT NULL, -- 1 or 0
	started_at   BIGINT NOT NULL,
	seen_at      BIGINT NOT NULL, -- both by the node's own clock
	polls        BIGINT NOT NULL,
	applied      BIGINT NOT NULL  -- the revision up to which it has everything
);

-- What was proved of a change, where someone has waited for it.
CREATE TABLE receipts (
	revision   BIGINT PRIMARY KEY,
	account_id TEXT   NOT NULL, -- '' for the operator's own
	subject_id TEXT   NOT NULL,
	safe       BIGINT NOT NULL, -- 1: it is final; else 0
	receipt    TEXT   NOT NULL  -- a JSON object
);

-- Each policy that was put in force, from which revision on. The last one is in force.
CREATE TABLE policies (
	revision BIGINT PRIMARY KEY,
	text     TEXT   NOT NULL
);

CREATE TABLE sessions (
	token      TEXT   PRIMARY KEY,
	data       BYTEA  NOT NULL,
	expires_at BIGINT NOT NULL
);

CREATE TABLE keyring_checks (
	version BIGINT PRIMARY KEY,
	value   BYTEA  NOT NULL
);
