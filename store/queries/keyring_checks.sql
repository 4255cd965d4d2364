-- name: KeyringChecks :many
SELECT version, value FROM keyring_checks ORDER BY version;

-- name: InsertKeyringCheck :exec
INSERT INTO keyring_checks (version, value) VALUES (@version, @value);
