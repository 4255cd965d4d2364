-- name: InsertSeal :exec
INSERT INTO seals (key_id, mac, pepper, created_at) VALUES (@key_id, @mac, @pepper, @created_at);
