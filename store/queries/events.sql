-- name: Events :many
SELECT sequence, id, events.revision, at, events.account_id, actor_kind, actor_id, actor_name,
	action, subject_kind, events.subject_id, subject_name, details, receipts.receipt
FROM events
LEFT JOIN receipts ON receipts.revision = events.revision AND receipts.subject_id = events.subject_id
WHERE events.account_id = @account AND sequence < @before
ORDER BY sequence DESC
LIMIT @most;

-- name: EventsOf :many
SELECT sequence, id, events.revision, at, events.account_id, actor_kind, actor_id, actor_name,
	action, subject_kind, events.subject_id, subject_name, details, receipts.receipt
FROM events
LEFT JOIN receipts ON receipts.revision = events.revision AND receipts.subject_id = events.subject_id
WHERE events.account_id = @account AND events.subject_id = @subject AND sequence < @before
ORDER BY sequence DESC
LIMIT @most;

-- name: AllEvents :many
SELECT sequence, id, events.revision, at, events.account_id, actor_kind, actor_id, actor_name,
	action, subject_kind, events.subject_id, subject_name, details, receipts.receipt
FROM events
LEFT JOIN receipts ON receipts.revision = events.revision AND receipts.subject_id = events.subject_id
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
