-- name: Events :many
SELECT sequence, id, revision, at, account_id, actor_kind, actor_id, actor_name,
	action, subject_kind, subject_id, subject_name, details
FROM events
WHERE account_id = @account AND sequence < @before
ORDER BY sequence DESC
LIMIT @most;

-- name: AllEvents :many
SELECT sequence, id, revision, at, account_id, actor_kind, actor_id, actor_name,
	action, subject_kind, subject_id, subject_name, details
FROM events
WHERE sequence < @before
ORDER BY sequence DESC
LIMIT @most;

-- name: InsertEvent :exec
INSERT INTO events (
	sequence, id, revision, at, account_id, actor_kind, actor_id, actor_name,
	action, subject_kind, subject_id, subject_name, details
) VALUES (
	@sequence, @id, @revision, @at, @account, @actor_kind, @actor_id, @actor_name,
	@action, @subject_kind, @subject_id, @subject_name, @details
);
