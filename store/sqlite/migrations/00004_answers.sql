-- +goose Up

-- The answers to requests that came with an idempotency key. The id is a MAC of who asked and
-- of that key, which is stored nowhere; the rest is sealed, and can be opened with it alone.
CREATE TABLE answers (
	id     BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 32),
	told   BLOB    NOT NULL,
	secret BLOB,             -- NULL where there is none, and after an hour
	at     INTEGER NOT NULL  -- when the request was answered
) STRICT;

CREATE INDEX answers_by_time ON answers (at);
CREATE INDEX answers_with_a_secret ON answers (at) WHERE secret IS NOT NULL;
