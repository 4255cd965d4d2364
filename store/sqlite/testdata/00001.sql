-- The statements of the version whose last migration is 00001, as it sends them. It may run
-- beside this one, or after it when someone goes back, so they must go on working.

-- name: Account :one
SELECT id, slug, name, plan, state, created_at, active_keys
FROM accounts
WHERE id = $1;

-- name: AccountBySlug :one
SELECT id, slug, name, plan, state, created_at, active_keys
FROM accounts
WHERE slug = $1;

-- name: Accounts :many
SELECT id, slug, name, plan, state, created_at, active_keys
FROM accounts
WHERE (created_at, id) < (CAST($1 AS BIGINT), CAST($2 AS TEXT))
ORDER BY created_at DESC, id DESC
LIMIT $3;

-- name: CountActiveKey :execrows
UPDATE accounts SET active_keys = active_keys + 1 WHERE id = $1;

-- name: InsertAccount :exec
INSERT INTO accounts (id, slug, name, plan, state, created_at, active_keys)
VALUES ($1, $2, $3, $4, $5, $6, 0);

-- name: SetPlan :execrows
UPDATE accounts SET plan = $1 WHERE id = $2;

-- name: UncountActiveKey :execrows
UPDATE accounts SET active_keys = active_keys - 1 WHERE id = $1;

-- name: NextRevision :one
UPDATE clock SET revision = revision + 1 WHERE id = 1 RETURNING revision;

-- name: NextSequence :one
UPDATE clock SET sequence = sequence + 1 WHERE id = 1 RETURNING sequence;

-- name: Events :many
SELECT sequence, id, revision, at, account_id, actor_kind, actor_id, actor_name,
	action, subject_kind, subject_id, subject_name, details
FROM events
WHERE account_id = $1 AND sequence < $2
ORDER BY sequence DESC
LIMIT $3;

-- name: InsertEvent :exec
INSERT INTO events (
	sequence, id, revision, at, account_id, actor_kind, actor_id, actor_name,
	action, subject_kind, subject_id, subject_name, details
) VALUES (
	$1, $2, $3, $4, $5, $6, $7, $8,
	$9, $10, $11, $12, $13
);

-- name: InsertKeyringCheck :exec
INSERT INTO keyring_checks (version, value) VALUES ($1, $2);

-- name: KeyringChecks :many
SELECT version, value FROM keyring_checks ORDER BY version;

-- name: InsertKey :exec
INSERT INTO keys (
	id, account_id, kind, description, version, brand, env, last_four, once,
	created_at, created_by_kind, created_by_id, created_by_name,
	not_before, expires_at, disabled_at,
	revoked_by_kind, revoked_by_id, revoked_by_name, why_revoked
) VALUES (
	$1, $2, $3, $4, $5, $6, $7, $8, $9,
	$10, $11, $12, $13,
	$14, $15, $16,
	'', '', '', ''
);

-- name: Key :one
SELECT id, account_id, kind, description, version, brand, env, last_four, once,
	created_at, created_by_kind, created_by_id, created_by_name,
	not_before, expires_at, disabled_at,
	revoked_at, revoked_by_kind, revoked_by_id, revoked_by_name, why_revoked, last_used_at
FROM keys
WHERE account_id = $1 AND id = $2;

-- name: KeyByOnce :one
SELECT id FROM keys WHERE account_id = $1 AND once = $2 AND once <> '';

-- name: Keys :many
SELECT id, account_id, kind, description, version, brand, env, last_four, once,
	created_at, created_by_kind, created_by_id, created_by_name,
	not_before, expires_at, disabled_at,
	revoked_at, revoked_by_kind, revoked_by_id, revoked_by_name, why_revoked, last_used_at
FROM keys
WHERE account_id = $1 AND (created_at, id) < (CAST($2 AS BIGINT), CAST($3 AS TEXT))
ORDER BY created_at DESC, id DESC
LIMIT $4;

-- name: RevokeKey :execrows
UPDATE keys SET revoked_at = $1,
	revoked_by_kind = $2, revoked_by_id = $3, revoked_by_name = $4, why_revoked = $5
WHERE account_id = $6 AND id = $7 AND revoked_at IS NULL;

-- name: Sealed :many
SELECT keys.id, keys.account_id, keys.kind, keys.description, keys.version, keys.brand, keys.env, keys.last_four, keys.once, keys.created_at, keys.created_by_kind, keys.created_by_id, keys.created_by_name, keys.not_before, keys.expires_at, keys.disabled_at, keys.revoked_at, keys.revoked_by_kind, keys.revoked_by_id, keys.revoked_by_name, keys.why_revoked, keys.last_used_at, accounts.id, accounts.slug, accounts.name, accounts.plan, accounts.state, accounts.created_at, accounts.active_keys, seals.mac, seals.pepper, seals.created_at AS sealed_at
FROM keys
JOIN accounts ON accounts.id = keys.account_id
JOIN seals ON seals.key_id = keys.id
WHERE keys.id = $1
ORDER BY seals.mac;

-- name: SetLastUsed :exec
UPDATE keys SET last_used_at = $1
WHERE id = $2 AND (last_used_at IS NULL OR last_used_at < $1);

-- name: EndLinks :exec
UPDATE links SET expires_at = $1
WHERE purpose = $2 AND member_id = $3 AND spent_at IS NULL AND expires_at > $1;

-- name: InsertLink :exec
INSERT INTO links (hash, purpose, account_id, member_id, expires_at, spent_at)
VALUES ($1, $2, $3, $4, $5, $6);

-- name: Link :one
SELECT hash, purpose, account_id, member_id, expires_at, spent_at
FROM links
WHERE hash = $1;

-- name: SpendLink :execrows
UPDATE links SET spent_at = $1
WHERE hash = $2 AND spent_at IS NULL AND expires_at > $1;

-- name: ActiveMembersIn :many
SELECT id
FROM members
WHERE account_id = $1 AND role = $2 AND state = 'active';

-- name: InsertMember :exec
INSERT INTO members (id, account_id, email, name, role, state, created_at)
VALUES ($1, $2, $3, $4, $5, $6, $7);

-- name: Member :one
SELECT id, account_id, email, name, role, state, created_at
FROM members
WHERE account_id = $1 AND id = $2;

-- name: MemberByEmail :one
SELECT id, account_id, email, name, role, state, created_at
FROM members
WHERE account_id = $1 AND email = $2 AND state <> 'removed';

-- name: Members :many
SELECT id, account_id, email, name, role, state, created_at
FROM members
WHERE account_id = $1 AND state <> 'removed' AND (created_at, id) < (CAST($2 AS BIGINT), CAST($3 AS TEXT))
ORDER BY created_at DESC, id DESC
LIMIT $4;

-- name: Memberships :many
SELECT id, account_id, email, name, role, state, created_at
FROM members
WHERE email = $1 AND state = 'active'
ORDER BY created_at, id;

-- name: SetMemberState :execrows
UPDATE members SET state = $1 WHERE account_id = $2 AND id = $3;

-- name: SetRole :execrows
UPDATE members SET role = $1 WHERE account_id = $2 AND id = $3;

-- name: DeleteUnusedPassword :exec
DELETE FROM passwords
WHERE passwords.email = $1
AND NOT EXISTS (SELECT 1 FROM members WHERE members.email = passwords.email AND members.state <> 'removed');

-- name: PasswordHash :one
SELECT hash FROM passwords WHERE email = $1;

-- name: SetPasswordHash :exec
INSERT INTO passwords (email, hash, changed_at) VALUES ($1, $2, $3)
ON CONFLICT (email) DO UPDATE SET hash = excluded.hash, changed_at = excluded.changed_at;

-- name: InsertSeal :exec
INSERT INTO seals (key_id, mac, pepper, created_at) VALUES ($1, $2, $3, $4);

-- name: DeleteExpiredSessions :exec
DELETE FROM sessions WHERE expires_at <= $1;

-- name: DeleteSession :exec
DELETE FROM sessions WHERE token = $1;

-- name: SaveSession :exec
INSERT INTO sessions (token, data, expires_at) VALUES ($1, $2, $3)
ON CONFLICT (token) DO UPDATE SET data = excluded.data, expires_at = excluded.expires_at;

-- name: Session :one
SELECT data FROM sessions WHERE token = $1 AND expires_at > $2;
