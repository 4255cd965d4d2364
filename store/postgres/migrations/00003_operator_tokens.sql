-- +goose Up

-- The operator's own tokens: of gateways that ask for verdicts, and of his that act from
-- another machine. A token has one seal for good, so its MAC is in its row.
CREATE TABLE operator_tokens (
	id              TEXT   COLLATE "C" PRIMARY KEY,
	use             TEXT   NOT NULL, -- verify or operate
	description     TEXT   NOT NULL,
	brand           TEXT   NOT NULL,
	last_four       TEXT   NOT NULL,
	mac             BYTEA  NOT NULL CHECK (octet_length(mac) = 32), -- HMAC-SHA-256
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

CREATE INDEX operator_tokens_by_time ON operator_tokens (created_at, id);

CREATE TRIGGER operator_tokens_are_fixed BEFORE UPDATE OF
	id, use, description, brand, last_four, mac, pepper, created_at, created_by_kind, created_by_id, created_by_name, expires_at
ON operator_tokens FOR EACH ROW EXECUTE FUNCTION forbid('what a token was issued with can not be changed');

CREATE TRIGGER operator_tokens_stay_revoked BEFORE UPDATE OF
	revoked_at, revoked_by_kind, revoked_by_id, revoked_by_name, why_revoked
ON operator_tokens FOR EACH ROW WHEN (OLD.revoked_at IS NOT NULL)
EXECUTE FUNCTION forbid('a revoked token stays revoked');

CREATE TRIGGER operator_tokens_are_kept BEFORE DELETE ON operator_tokens
FOR EACH ROW EXECUTE FUNCTION forbid('a token can not be deleted');

CREATE TRIGGER operator_tokens_are_not_emptied BEFORE TRUNCATE ON operator_tokens EXECUTE FUNCTION forbid('tokens can not be deleted');

-- An event without an account is the operator's own, such as that he issued a token.
ALTER TABLE events ALTER COLUMN account_id DROP NOT NULL;
