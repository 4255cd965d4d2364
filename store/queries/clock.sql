-- name: NextRevision :one
-- The row's lock makes the order of commits and the order of revisions the same. A sequence
-- would not: a lower number can commit later.
UPDATE clock SET revision = revision + 1, stamp_before = stamp, stamp = @stamp WHERE id = 1
RETURNING revision, stamp_before, horizon;

-- name: NextSequence :one
UPDATE clock SET sequence = sequence + 1 WHERE id = 1 RETURNING sequence;

-- name: Clock :one
SELECT revision, stamp, horizon FROM clock WHERE id = 1;

-- name: RaiseHorizon :exec
UPDATE clock SET horizon = @horizon WHERE id = 1;

-- name: SkipTo :exec
-- Nobody can catch up change by change with what comes after.
UPDATE clock SET revision = @revision, horizon = @revision, stamp_before = 0 WHERE id = 1;

-- name: SetClock :exec
UPDATE clock SET revision = @revision, sequence = @sequence, horizon = @revision, stamp = @stamp, stamp_before = 0 WHERE id = 1;
