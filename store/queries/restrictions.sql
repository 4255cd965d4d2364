-- name: RestrictedAccounts :many
-- This and the next three: each that changed and was there before, as it is now.
SELECT id, plan, state
FROM accounts
WHERE id IN (SELECT entity_id FROM changes WHERE revision > @since AND changes.kind = 'account' AND changes.restricts = 1);

-- name: RestrictedMembers :many
SELECT id, account_id, role, state
FROM members
WHERE id IN (SELECT entity_id FROM changes WHERE revision > @since AND changes.kind = 'member' AND changes.restricts = 1);

-- name: RestrictedKeys :many
SELECT id, account_id, disabled_at, enables_at, expires_at, rotated_at, scopes, revoked_at, revoked_by_kind, revoked_by_id, revoked_by_name, why_revoked
FROM keys
WHERE id IN (SELECT entity_id FROM changes WHERE revision > @since AND changes.kind = 'key' AND changes.restricts = 1);

-- name: RestrictedTokens :many
SELECT id, revoked_at, revoked_by_kind, revoked_by_id, revoked_by_name, why_revoked
FROM operator_tokens
WHERE id IN (SELECT entity_id FROM changes WHERE revision > @since AND changes.kind = 'token' AND changes.restricts = 1);
