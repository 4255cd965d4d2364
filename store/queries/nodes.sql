-- name: HoldClock :exec
-- Nothing changes but that every writer, and whoever wants to become a node, waits.
UPDATE clock SET revision = revision WHERE id = 1;

-- name: InsertNode :exec
INSERT INTO nodes (id, name, version, address, bound, serves_stale, started_at, seen_at, polls, applied)
VALUES (@id, @name, @version, @address, @bound, @serves_stale, @started_at, @seen_at, 0, 0);

-- name: CountPoll :execrows
-- No row: no member any more. The row's lock keeps the node from being removed until the commit.
UPDATE nodes SET polls = polls + 1, applied = @applied, seen_at = @now WHERE id = @id;

-- name: Acknowledge :exec
-- Only where the database has a point that the node has seen of it since: the number alone may be
-- that of a history that was lost.
UPDATE nodes SET applied = @applied
WHERE nodes.id = @id AND EXISTS (
	SELECT 1 FROM clock
	LEFT JOIN changes ON changes.revision = @revision AND changes.position = 0
	WHERE clock.id = 1 AND clock.revision >= @revision AND (
		CAST(@stamp AS BIGINT) = 0
		OR COALESCE(CASE WHEN clock.revision = @revision THEN clock.stamp ELSE changes.stamp END, 0) IN (0, @stamp)
	)
);

-- name: Nodes :many
SELECT id, name, version, address, bound, serves_stale, started_at, seen_at, polls, applied FROM nodes;

-- name: DeleteNode :exec
DELETE FROM nodes WHERE id = @id;

-- name: DeleteSilentNode :exec
-- One that has polled since stays.
DELETE FROM nodes WHERE id = @id AND polls = @polls;
