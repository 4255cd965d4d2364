-- name: InsertPolicy :exec
INSERT INTO policies (revision, text) VALUES (@revision, @text);

-- name: PolicyInForce :one
SELECT revision, text FROM policies ORDER BY revision DESC LIMIT 1;

-- name: HadPolicy :one
SELECT revision FROM policies WHERE text = @text LIMIT 1;

-- name: NamesInUse :many
-- Reads all rows, and is asked only when the policy is replaced.
SELECT CAST('plan' AS TEXT) AS subject, plan AS name FROM accounts
UNION
SELECT CAST('role' AS TEXT), role FROM members WHERE state <> 'removed'
UNION
SELECT CAST('version' AS TEXT), version FROM keys WHERE revoked_at IS NULL;
