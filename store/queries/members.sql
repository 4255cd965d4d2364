-- name: Member :one
SELECT id, account_id, email, name, role, state, created_at, deactivated_at
FROM members
WHERE account_id = @account AND id = @id;

-- name: MemberByEmail :one
SELECT id, account_id, email, name, role, state, created_at, deactivated_at
FROM members
WHERE account_id = @account AND email = @email AND state <> 'removed';

-- name: Members :many
SELECT id, account_id, email, name, role, state, created_at, deactivated_at
FROM members
WHERE account_id = @account AND state <> 'removed' AND (created_at, id) < (CAST(@before_at AS BIGINT), CAST(@before_id AS TEXT))
ORDER BY created_at DESC, id DESC
LIMIT @most;

-- name: Memberships :many
SELECT id, account_id, email, name, role, state, created_at, deactivated_at
FROM members
WHERE email = @email AND state = 'active'
ORDER BY created_at, id;

-- name: ActiveMembersIn :many
SELECT id, account_id, email, name, role, state, created_at, deactivated_at
FROM members
WHERE account_id = @account AND role = @role AND state = 'active';

-- name: InsertMember :exec
INSERT INTO members (id, account_id, email, name, role, state, created_at)
VALUES (@id, @account, @email, @name, @role, @state, @created_at);

-- name: SetRole :execrows
UPDATE members SET role = @role WHERE account_id = @account AND id = @id;

-- name: SetMemberState :execrows
UPDATE members SET state = @state WHERE account_id = @account AND id = @id;

-- name: DeactivateMember :execrows
UPDATE members SET state = 'deactivated', deactivated_at = @now WHERE account_id = @account AND id = @id;
