-- name: InsertChange :exec
INSERT INTO changes (revision, position, kind, account_id, entity_id, at, stamp, restricts)
VALUES (@revision, @position, @kind, @account, @entity, @at, @stamp, @restricts);

-- name: Stamp :one
SELECT stamp FROM changes WHERE revision = @revision AND position = 0;

-- name: Changes :many
SELECT revision, kind, restricts
FROM changes
WHERE revision > @since
ORDER BY revision, position
LIMIT @most;

-- name: ChangedAccounts :many
-- This and the next three: each that changed once, as it is now.
SELECT id, slug, plan, state
FROM accounts
WHERE id IN (SELECT entity_id FROM changes WHERE revision > @since AND changes.kind = 'account');

-- name: ChangedTokens :many
SELECT id, use, mac, pepper, expires_at, revoked_at
FROM operator_tokens
WHERE id IN (SELECT entity_id FROM changes WHERE revision > @since AND changes.kind = 'token');

-- name: ChangedMembers :many
SELECT id, account_id, role, state
FROM members
WHERE id IN (SELECT entity_id FROM changes WHERE revision > @since AND changes.kind = 'member');

-- name: ChangedKeys :many
-- A row for each seal, those of a key together.
SELECT keys.id, keys.account_id, keys.kind, keys.version, keys.member_id, keys.scopes, keys.networks,
	keys.not_before, keys.expires_at, keys.disabled_at, keys.enables_at, keys.revoked_at, seals.mac, seals.pepper, seals.ends_at
FROM keys
JOIN seals ON seals.key_id = keys.id
WHERE keys.id IN (SELECT entity_id FROM changes WHERE revision > @since AND changes.kind = 'key')
ORDER BY keys.id, seals.mac;

-- name: TouchedSince :many
SELECT entity_id FROM changes WHERE revision > @since AND restricts = 1;

-- name: DeleteChanges :exec
DELETE FROM changes WHERE revision <= @horizon;
