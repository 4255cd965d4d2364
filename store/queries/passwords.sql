-- name: PasswordHash :one
SELECT hash FROM passwords WHERE email = @email;

-- name: SetPasswordHash :exec
INSERT INTO passwords (email, hash, changed_at) VALUES (@email, @hash, @now)
ON CONFLICT (email) DO UPDATE SET hash = excluded.hash, changed_at = excluded.changed_at;

-- name: DeleteUnusedPassword :exec
DELETE FROM passwords
WHERE passwords.email = @email
AND NOT EXISTS (SELECT 1 FROM members WHERE members.email = passwords.email AND members.state <> 'removed');
