-- name: KeyRequest :one
SELECT id, account_id, member_id, member_name, description, version, scopes, days, created_at,
	reached, granted_scopes, granted_days, decided_at, decided_by_kind, decided_by_id, decided_by_name, why_declined, ended_at, key_id
FROM key_requests
WHERE account_id = @account AND id = @id;

-- name: KeyRequests :many
SELECT id, account_id, member_id, member_name, description, version, scopes, days, created_at,
	reached, granted_scopes, granted_days, decided_at, decided_by_kind, decided_by_id, decided_by_name, why_declined, ended_at, key_id
FROM key_requests
WHERE account_id = @account AND (created_at, id) < (CAST(@before_at AS BIGINT), CAST(@before_id AS TEXT))
ORDER BY created_at DESC, id DESC
LIMIT @most;

-- name: KeyRequestsOf :many
SELECT id, account_id, member_id, member_name, description, version, scopes, days, created_at,
	reached, granted_scopes, granted_days, decided_at, decided_by_kind, decided_by_id, decided_by_name, why_declined, ended_at, key_id
FROM key_requests
WHERE account_id = @account AND member_id = @member AND (created_at, id) < (CAST(@before_at AS BIGINT), CAST(@before_id AS TEXT))
ORDER BY created_at DESC, id DESC
LIMIT @most;

-- name: OpenKeyRequests :many
-- There are few: each member can ask for ten a day, and each is open for thirty days.
SELECT id, account_id, member_id, member_name, description, version, scopes, days, created_at,
	reached, granted_scopes, granted_days, decided_at, decided_by_kind, decided_by_id, decided_by_name, why_declined, ended_at, key_id
FROM key_requests
WHERE account_id = @account AND (created_at, id) < (CAST(@before_at AS BIGINT), CAST(@before_id AS TEXT))
	AND created_at > @since AND reached = 'open' AND (CAST(@member AS TEXT) = '' OR member_id = CAST(@member AS TEXT))
ORDER BY created_at DESC, id DESC
LIMIT @most;

-- name: OpenKeyRequestIDs :many
SELECT id
FROM key_requests
WHERE account_id = @account AND reached = 'open' AND created_at > @since
LIMIT @most;

-- name: ApprovedKeyRequestIDs :many
SELECT id
FROM key_requests
WHERE account_id = @account AND member_id = @member AND reached = 'approved' AND decided_at > @since
LIMIT @most;

-- name: InsertKeyRequest :exec
-- A request begins undecided.
INSERT INTO key_requests (
	id, account_id, member_id, member_name, description, version, scopes, days, created_at,
	reached, granted_scopes, granted_days, decided_by_kind, decided_by_id, decided_by_name, why_declined, key_id
) VALUES (
	@id, @account, @member, @member_name, @description, @version, @scopes, @days, @created_at,
	'open', '', 0, '', '', '', '', ''
);

-- name: DecideKeyRequest :execrows
UPDATE key_requests SET reached = @reached, granted_scopes = @granted_scopes, granted_days = @granted_days, decided_at = @decided_at,
	decided_by_kind = @by_kind, decided_by_id = @by_id, decided_by_name = @by_name, why_declined = @why
WHERE account_id = @account AND id = @id AND reached = 'open';

-- name: EndKeyRequest :execrows
UPDATE key_requests SET reached = @reached, ended_at = @ended_at, key_id = @key
WHERE account_id = @account AND id = @id AND reached IN ('open', 'approved');
