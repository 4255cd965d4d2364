-- name: Link :one
SELECT hash, purpose, account_id, member_id, expires_at, spent_at
FROM links
WHERE hash = @hash;

-- name: InsertLink :exec
INSERT INTO links (hash, purpose, account_id, member_id, expires_at, spent_at)
VALUES (@hash, @purpose, @account, @member, @expires_at, @spent_at);

-- name: SpendLink :execrows
-- No row: never made, used, or past its end; nobody is told which.
UPDATE links SET spent_at = @now
WHERE hash = @hash AND spent_at IS NULL AND expires_at > @now;

-- name: EndLinks :exec
UPDATE links SET expires_at = @now
WHERE purpose = @purpose AND member_id = @member AND spent_at IS NULL AND expires_at > @now;

-- name: EndAllLinks :exec
UPDATE links SET expires_at = @now WHERE spent_at IS NULL AND expires_at > @now;
