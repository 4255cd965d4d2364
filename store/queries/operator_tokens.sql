-- name: OperatorToken :one
SELECT id, use, description, brand, last_four, mac, pepper,
	created_at, created_by_kind, created_by_id, created_by_name, expires_at,
	revoked_at, revoked_by_kind, revoked_by_id, revoked_by_name, why_revoked, last_used_at
FROM operator_tokens
WHERE id = @id;

-- name: OperatorTokens :many
SELECT id, use, description, brand, last_four, mac, pepper,
	created_at, created_by_kind, created_by_id, created_by_name, expires_at,
	revoked_at, revoked_by_kind, revoked_by_id, revoked_by_name, why_revoked, last_used_at
FROM operator_tokens
WHERE (created_at, id) < (CAST(@before_at AS BIGINT), CAST(@before_id AS TEXT))
ORDER BY created_at DESC, id DESC
LIMIT @most;

-- name: InsertOperatorToken :exec
-- A token begins neither revoked nor used.
INSERT INTO operator_tokens (
	id, use, description, brand, last_four, mac, pepper,
	created_at, created_by_kind, created_by_id, created_by_name, expires_at,
	revoked_by_kind, revoked_by_id, revoked_by_name, why_revoked
) VALUES (
	@id, @use, @description, @brand, @last_four, @mac, @pepper,
	@created_at, @created_by_kind, @created_by_id, @created_by_name, @expires_at,
	'', '', '', ''
);

-- name: RevokeOperatorToken :execrows
-- As RevokeKey.
UPDATE operator_tokens SET revoked_at = @now,
	revoked_by_kind = @by_kind, revoked_by_id = @by_id, revoked_by_name = @by_name, why_revoked = @why
WHERE id = @id AND revoked_at IS NULL;

-- name: SetOperatorTokenLastUsed :exec
-- As SetLastUsed.
UPDATE operator_tokens SET last_used_at = CAST(used.value ->> 0 AS BIGINT)
FROM jsonb_each(@used) AS used
WHERE operator_tokens.id = used.key AND (operator_tokens.last_used_at IS NULL OR operator_tokens.last_used_at < CAST(used.value ->> 0 AS BIGINT));
