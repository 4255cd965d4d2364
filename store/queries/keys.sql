-- name: Key :one
SELECT id, account_id, kind, description, version, brand, env, last_four, once,
	created_at, created_by_kind, created_by_id, created_by_name,
	not_before, expires_at, disabled_at,
	revoked_at, revoked_by_kind, revoked_by_id, revoked_by_name, why_revoked, last_used_at,
	member_id, service, scopes, networks, disabled_by_kind, disabled_by_id, disabled_by_name, why_disabled, enables_at, reminded, rotated_at, last_used_from
FROM keys
WHERE account_id = @account AND id = @id;

-- name: KeyByOnce :one
SELECT id FROM keys WHERE account_id = @account AND once = @once AND once <> '';

-- name: Keys :many
SELECT id, account_id, kind, description, version, brand, env, last_four, once,
	created_at, created_by_kind, created_by_id, created_by_name,
	not_before, expires_at, disabled_at,
	revoked_at, revoked_by_kind, revoked_by_id, revoked_by_name, why_revoked, last_used_at,
	member_id, service, scopes, networks, disabled_by_kind, disabled_by_id, disabled_by_name, why_disabled, enables_at, reminded, rotated_at, last_used_from
FROM keys
WHERE account_id = @account AND (created_at, id) < (CAST(@before_at AS BIGINT), CAST(@before_id AS TEXT))
ORDER BY created_at DESC, id DESC
LIMIT @most;

-- name: KeysThatFit :many
-- Without those that can't fit a filter of which '' and 0 are not set. The adapter tells of the
-- rest: what a scope covers and a network holds is not for SQL.
SELECT id, account_id, kind, description, version, brand, env, last_four, once,
	created_at, created_by_kind, created_by_id, created_by_name,
	not_before, expires_at, disabled_at,
	revoked_at, revoked_by_kind, revoked_by_id, revoked_by_name, why_revoked, last_used_at,
	member_id, service, scopes, networks, disabled_by_kind, disabled_by_id, disabled_by_name, why_disabled, enables_at, reminded, rotated_at, last_used_from
FROM keys
WHERE account_id = @account AND (created_at, id) < (CAST(@before_at AS BIGINT), CAST(@before_id AS TEXT))
	AND (CAST(@of_state AS TEXT) = '' OR CAST(@of_state AS TEXT) = CASE
		WHEN revoked_at IS NOT NULL THEN 'revoked'
		WHEN disabled_at IS NOT NULL AND (enables_at IS NULL OR enables_at > CAST(@now AS BIGINT)) THEN 'disabled'
		WHEN not_before > CAST(@now AS BIGINT) THEN 'not_yet_valid'
		WHEN expires_at <= CAST(@now AS BIGINT) THEN 'expired'
		ELSE 'active' END)
	AND (CAST(@of_kind AS TEXT) = '' OR kind = CAST(@of_kind AS TEXT))
	AND (CAST(@of_version AS TEXT) = '' OR version = CAST(@of_version AS TEXT))
	AND (CAST(@of_creator AS TEXT) = '' OR created_by_id = CAST(@of_creator AS TEXT))
	AND (CAST(@expires_before AS BIGINT) = 0 OR expires_at < CAST(@expires_before AS BIGINT))
	AND (CAST(@unused_since AS BIGINT) = 0 OR coalesce(last_used_at, created_at) < CAST(@unused_since AS BIGINT))
ORDER BY created_at DESC, id DESC
LIMIT @most;

-- name: KeysInOrder :many
-- KeysThatFit in another order, by a rank or by the description. All keys of the account are
-- looked at for each page: an index for each order would be written to with each use of a key.
SELECT id, account_id, kind, description, version, brand, env, last_four, once,
	created_at, created_by_kind, created_by_id, created_by_name,
	not_before, expires_at, disabled_at,
	revoked_at, revoked_by_kind, revoked_by_id, revoked_by_name, why_revoked, last_used_at,
	member_id, service, scopes, networks, disabled_by_kind, disabled_by_id, disabled_by_name, why_disabled, enables_at, reminded, rotated_at, last_used_from
FROM keys
WHERE account_id = @account
	AND (CASE CAST(@of_order AS TEXT) WHEN 'last_used' THEN -coalesce(last_used_at, 0) WHEN 'expires' THEN coalesce(expires_at, CAST(@latest AS BIGINT)) ELSE 0 END,
		CASE CAST(@of_order AS TEXT) WHEN 'description' THEN lower(description) ELSE '' END, id)
		> (CAST(@after_rank AS BIGINT), lower(CAST(@after_description AS TEXT)), CAST(@after_id AS TEXT))
	AND (CAST(@of_state AS TEXT) = '' OR CAST(@of_state AS TEXT) = CASE
		WHEN revoked_at IS NOT NULL THEN 'revoked'
		WHEN disabled_at IS NOT NULL AND (enables_at IS NULL OR enables_at > CAST(@now AS BIGINT)) THEN 'disabled'
		WHEN not_before > CAST(@now AS BIGINT) THEN 'not_yet_valid'
		WHEN expires_at <= CAST(@now AS BIGINT) THEN 'expired'
		ELSE 'active' END)
	AND (CAST(@of_kind AS TEXT) = '' OR kind = CAST(@of_kind AS TEXT))
	AND (CAST(@of_version AS TEXT) = '' OR version = CAST(@of_version AS TEXT))
	AND (CAST(@of_creator AS TEXT) = '' OR created_by_id = CAST(@of_creator AS TEXT))
	AND (CAST(@expires_before AS BIGINT) = 0 OR expires_at < CAST(@expires_before AS BIGINT))
	AND (CAST(@unused_since AS BIGINT) = 0 OR coalesce(last_used_at, created_at) < CAST(@unused_since AS BIGINT))
ORDER BY CASE CAST(@of_order AS TEXT) WHEN 'last_used' THEN -coalesce(last_used_at, 0) WHEN 'expires' THEN coalesce(expires_at, CAST(@latest AS BIGINT)) ELSE 0 END,
	CASE CAST(@of_order AS TEXT) WHEN 'description' THEN lower(description) ELSE '' END, id
LIMIT @most;

-- name: KeysOfMember :many
-- Those that act as him, or for which he answers.
SELECT id, account_id, kind, description, version, brand, env, last_four, once,
	created_at, created_by_kind, created_by_id, created_by_name,
	not_before, expires_at, disabled_at,
	revoked_at, revoked_by_kind, revoked_by_id, revoked_by_name, why_revoked, last_used_at,
	member_id, service, scopes, networks, disabled_by_kind, disabled_by_id, disabled_by_name, why_disabled, enables_at, reminded, rotated_at, last_used_from
FROM keys
WHERE member_id = @member AND member_id <> '' AND keys.account_id = @account
	AND (created_at, id) < (CAST(@before_at AS BIGINT), CAST(@before_id AS TEXT))
ORDER BY created_at DESC, id DESC
LIMIT @most;

-- name: ExpiringKeys :many
-- Of which a reminder is due that was not given, and that did not come with the key itself.
SELECT id, account_id, kind, description, version, brand, env, last_four, once,
	created_at, created_by_kind, created_by_id, created_by_name,
	not_before, expires_at, disabled_at,
	revoked_at, revoked_by_kind, revoked_by_id, revoked_by_name, why_revoked, last_used_at,
	member_id, service, scopes, networks, disabled_by_kind, disabled_by_id, disabled_by_name, why_disabled, enables_at, reminded, rotated_at, last_used_from
FROM keys
WHERE revoked_at IS NULL AND expires_at > CAST(@now AS BIGINT) AND expires_at <= CAST(@now AS BIGINT) + 2592000000 AND (
	expires_at - created_at > 2592000000 AND reminded = 0
	OR expires_at <= CAST(@now AS BIGINT) + 604800000 AND expires_at - created_at > 604800000 AND (reminded = 0 OR reminded > 7)
	OR expires_at <= CAST(@now AS BIGINT) + 86400000 AND expires_at - created_at > 86400000 AND (reminded = 0 OR reminded > 1))
ORDER BY expires_at
LIMIT @most;

-- name: SetReminded :execrows
UPDATE keys SET reminded = @reminded WHERE account_id = @account AND id = @id AND revoked_at IS NULL;

-- name: Sealed :many
-- All that a verification needs, in one round trip: one row for each seal.
SELECT sqlc.embed(keys), sqlc.embed(accounts), seals.mac, seals.pepper, seals.created_at AS sealed_at,
	seals.ends_at AS seal_ends_at, seals.last_four AS seal_last_four, seals.last_used_at AS seal_last_used_at
FROM keys
JOIN accounts ON accounts.id = keys.account_id
JOIN seals ON seals.key_id = keys.id
WHERE keys.id = @id
ORDER BY seals.mac;

-- name: InsertKey :exec
-- A key begins neither revoked nor used.
INSERT INTO keys (
	id, account_id, kind, description, version, brand, env, last_four, once,
	created_at, created_by_kind, created_by_id, created_by_name,
	not_before, expires_at, disabled_at,
	revoked_by_kind, revoked_by_id, revoked_by_name, why_revoked,
	member_id, service, scopes, networks, disabled_by_kind, disabled_by_id, disabled_by_name, why_disabled, enables_at, reminded
) VALUES (
	@id, @account, @kind, @description, @version, @brand, @env, @last_four, @once,
	@created_at, @created_by_kind, @created_by_id, @created_by_name,
	@not_before, @expires_at, @disabled_at,
	'', '', '', '',
	@member, @service, @scopes, @networks, @disabled_by_kind, @disabled_by_id, @disabled_by_name, @why_disabled, @enables_at, 0
);

-- name: DisableKey :execrows
-- Anew each time: for longer, for a shorter while, or for another reason.
UPDATE keys SET disabled_at = @now, enables_at = @enables_at,
	disabled_by_kind = @by_kind, disabled_by_id = @by_id, disabled_by_name = @by_name, why_disabled = @why
WHERE account_id = @account AND id = @id AND revoked_at IS NULL;

-- name: EnableKey :execrows
UPDATE keys SET disabled_at = NULL, enables_at = NULL, disabled_by_kind = '', disabled_by_id = '', disabled_by_name = '', why_disabled = ''
WHERE account_id = @account AND id = @id AND revoked_at IS NULL;

-- name: ChangeKey :execrows
-- What can be changed of a key without a new secret.
UPDATE keys SET version = @version, member_id = @member, scopes = @scopes, networks = @networks,
	not_before = @not_before, expires_at = @expires_at, reminded = @reminded
WHERE account_id = @account AND id = @id AND revoked_at IS NULL;

-- name: HandOver :many
UPDATE keys SET member_id = @new_member
WHERE account_id = @account AND member_id = @member AND kind = 'service' AND revoked_at IS NULL
RETURNING id;

-- name: RotateKey :execrows
UPDATE keys SET last_four = @last_four, rotated_at = @now
WHERE account_id = @account AND id = @id AND revoked_at IS NULL;

-- name: RevokeKey :execrows
-- Revoking twice keeps the first time and reason: history must not move.
-- No row: unknown or already revoked; the adapter tells which.
UPDATE keys SET revoked_at = @now,
	revoked_by_kind = @by_kind, revoked_by_id = @by_id, revoked_by_name = @by_name, why_revoked = @why
WHERE account_id = @account AND id = @id AND revoked_at IS NULL;

-- name: SetLastUsed :exec
-- All times in one JSON object by id: a statement for each would be a round trip for each.
-- Batches can arrive in any order: the time never moves backwards.
UPDATE keys SET last_used_at = CAST(used.value ->> 0 AS BIGINT), last_used_from = CAST(used.value ->> 1 AS TEXT)
FROM jsonb_each(@used) AS used
WHERE keys.id = used.key AND (keys.last_used_at IS NULL OR keys.last_used_at < CAST(used.value ->> 0 AS BIGINT));
