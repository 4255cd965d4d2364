-- name: NextRevision :one
-- The row's lock makes the order of commits and the order of revisions the same. A sequence
-- would not: a lower number can commit later.
UPDATE clock SET revision = revision + 1 WHERE id = 1 RETURNING revision;

-- name: NextSequence :one
UPDATE clock SET sequence = sequence + 1 WHERE id = 1 RETURNING sequence;

-- name: Clock :one
SELECT revision, horizon FROM clock WHERE id = 1;

-- name: RaiseHorizon :exec
UPDATE clock SET horizon = @horizon WHERE id = 1;
