-- name: Identity :one
SELECT database, quarantined FROM identity WHERE id = 1;

-- name: SetDatabase :exec
UPDATE identity SET database = @database WHERE id = 1;

-- name: SetQuarantined :exec
UPDATE identity SET quarantined = @quarantined WHERE id = 1;

-- name: Decisions :many
SELECT revision, after, at, choice FROM decisions ORDER BY revision;

-- name: InsertDecision :exec
INSERT INTO decisions (revision, after, at, choice) VALUES (@revision, @after, @at, @choice);
