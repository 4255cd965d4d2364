-- name: InsertSeal :exec
INSERT INTO seals (key_id, mac, pepper, created_at, last_four) VALUES (@key_id, @mac, @pepper, @created_at, @last_four);

-- name: DeleteEndedSeals :exec
-- Those that have an end, whether it has come or not.
DELETE FROM seals WHERE key_id = @key_id AND ends_at IS NOT NULL;

-- name: EndSeal :execrows
UPDATE seals SET ends_at = @ends_at, last_four = CASE last_four WHEN '' THEN CAST(@last_four AS TEXT) ELSE last_four END
WHERE key_id = @key_id AND ends_at IS NULL;

-- name: EndSealEarlier :execrows
UPDATE seals SET ends_at = @ends_at WHERE key_id = @key_id AND ends_at > @ends_at;

-- name: Seals :many
SELECT mac, pepper, created_at, ends_at, last_four, last_used_at FROM seals WHERE key_id = @key_id;

-- name: SetOlderSecretLastUsed :exec
-- As SetLastUsed; of two secrets of a key, the one that has an end.
UPDATE seals SET last_used_at = CAST(used.value ->> 0 AS BIGINT)
FROM jsonb_each(@used) AS used
WHERE seals.key_id = used.key AND seals.ends_at IS NOT NULL
	AND (seals.last_used_at IS NULL OR seals.last_used_at < CAST(used.value ->> 0 AS BIGINT));

-- name: SetNewerSecretLastUsed :exec
-- As the one before; the one that has none.
UPDATE seals SET last_used_at = CAST(used.value ->> 0 AS BIGINT)
FROM jsonb_each(@used) AS used
WHERE seals.key_id = used.key AND seals.ends_at IS NULL
	AND (seals.last_used_at IS NULL OR seals.last_used_at < CAST(used.value ->> 0 AS BIGINT));
