-- name: Account :one
SELECT id, slug, name, plan, state, created_at, active_keys, new_keys_full_at
FROM accounts
WHERE id = @id;

-- name: AccountBySlug :one
SELECT id, slug, name, plan, state, created_at, active_keys, new_keys_full_at
FROM accounts
WHERE slug = @slug;

-- name: Accounts :many
SELECT id, slug, name, plan, state, created_at, active_keys, new_keys_full_at
FROM accounts
WHERE (created_at, id) < (CAST(@before_at AS BIGINT), CAST(@before_id AS TEXT))
ORDER BY created_at DESC, id DESC
LIMIT @most;

-- name: InsertAccount :exec
INSERT INTO accounts (id, slug, name, plan, state, created_at, active_keys, new_keys_full_at)
VALUES (@id, @slug, @name, @plan, @state, @created_at, 0, 0);

-- name: SetPlan :execrows
UPDATE accounts SET plan = @plan WHERE id = @id;

-- name: SetAccountState :execrows
UPDATE accounts SET state = @state WHERE id = @id;

-- name: NewKeysFullAt :one
SELECT new_keys_full_at FROM accounts WHERE id = @id;

-- name: SetNewKeysFullAt :execrows
UPDATE accounts SET new_keys_full_at = @full_at WHERE id = @id;

-- name: CountActiveKey :execrows
UPDATE accounts SET active_keys = active_keys + 1 WHERE id = @id;

-- name: UncountActiveKey :execrows
UPDATE accounts SET active_keys = active_keys - 1 WHERE id = @id;
