-- name: Session :one
SELECT data FROM sessions WHERE token = @token AND expires_at > @now;

-- name: SaveSession :exec
INSERT INTO sessions (token, data, expires_at) VALUES (@token, @data, @expires_at)
ON CONFLICT (token) DO UPDATE SET data = excluded.data, expires_at = excluded.expires_at;

-- name: DeleteSession :exec
DELETE FROM sessions WHERE token = @token;

-- name: DeleteExpiredSessions :exec
DELETE FROM sessions WHERE expires_at <= @now;

-- name: DeleteSessions :exec
DELETE FROM sessions;
