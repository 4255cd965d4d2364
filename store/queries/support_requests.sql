-- name: SupportRequest :one
SELECT sqlc.embed(support_requests), accounts.slug
FROM support_requests
JOIN accounts ON accounts.id = account_id
WHERE support_requests.id = @id;

-- name: SupportRequests :many
SELECT sqlc.embed(support_requests), accounts.slug
FROM support_requests
JOIN accounts ON accounts.id = account_id
WHERE (support_requests.created_at, support_requests.id) < (CAST(@before_at AS BIGINT), CAST(@before_id AS TEXT))
	AND (CAST(@account AS TEXT) = '' OR account_id = CAST(@account AS TEXT))
ORDER BY support_requests.created_at DESC, support_requests.id DESC
LIMIT @most;

-- name: OpenSupportRequests :many
SELECT sqlc.embed(support_requests), accounts.slug
FROM support_requests
JOIN accounts ON accounts.id = account_id
WHERE (support_requests.created_at, support_requests.id) < (CAST(@before_at AS BIGINT), CAST(@before_id AS TEXT))
	AND (CAST(@account AS TEXT) = '' OR account_id = CAST(@account AS TEXT)) AND answered_at IS NULL
ORDER BY support_requests.created_at DESC, support_requests.id DESC
LIMIT @most;

-- name: SupportRequestsOf :many
SELECT id, account_id, member_id, member_name, page, subject, text, signed, created_at,
	answer, answered_by, answered_at, published_at, seen_at
FROM support_requests
WHERE account_id = @account AND member_id = @member AND (created_at, id) < (CAST(@before_at AS BIGINT), CAST(@before_id AS TEXT))
ORDER BY created_at DESC, id DESC
LIMIT @most;

-- name: PublishedSupport :many
SELECT id, account_id, member_id, member_name, page, subject, text, signed, created_at,
	answer, answered_by, answered_at, published_at, seen_at
FROM support_requests
WHERE page = @page AND published_at IS NOT NULL AND (created_at, id) < (CAST(@before_at AS BIGINT), CAST(@before_id AS TEXT))
ORDER BY created_at DESC, id DESC
LIMIT @most;

-- name: UnseenAnswers :many
SELECT id
FROM support_requests
WHERE account_id = @account AND member_id = @member AND answered_at IS NOT NULL AND seen_at IS NULL
LIMIT @most;

-- name: InsertSupportRequest :exec
-- It begins without an answer.
INSERT INTO support_requests (
	id, account_id, member_id, member_name, page, subject, text, signed, created_at, answer, answered_by
) VALUES (
	@id, @account, @member, @member_name, @page, @subject, @text, @signed, @created_at, '', ''
);

-- name: ChangeSupportRequest :execrows
UPDATE support_requests SET answer = @answer, answered_by = @answered_by, answered_at = @answered_at, published_at = @published_at, seen_at = @seen_at
WHERE id = @id;

-- name: SeeAnswers :exec
UPDATE support_requests SET seen_at = @now
WHERE account_id = @account AND member_id = @member AND answered_at IS NOT NULL AND seen_at IS NULL;
