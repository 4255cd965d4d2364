-- name: Answer :one
SELECT id, told, secret, at
FROM answers
WHERE id = @id;

-- name: KeepAnswer :exec
INSERT INTO answers (id, told, secret, at)
VALUES (@id, @told, @secret, @at)
ON CONFLICT (id) DO UPDATE SET told = excluded.told, secret = excluded.secret, at = excluded.at;

-- name: ForgetSecretsOfAnswers :exec
UPDATE answers SET secret = NULL
WHERE at <= @until AND secret IS NOT NULL;

-- name: ForgetAnswers :exec
DELETE FROM answers
WHERE at <= @until;
