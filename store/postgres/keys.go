package postgres

import "github.com/keywright/keywright/store"

// keys reads all keys and their seals side by side, both from an index in the order of the key's
// id, which is where everything that is asked for is.
const keys = `SELECT convert_to(concat_ws('` + store.Separator + `',
	keys.id, keys.account_id, keys.kind, keys.version, seals.pepper,
	coalesce(keys.not_before::text, ''), coalesce(keys.expires_at::text, ''),
	coalesce(keys.disabled_at::text, ''), coalesce(keys.revoked_at::text, ''), '` + store.End + `', ''), 'UTF8') || seals.mac
FROM keys
JOIN seals ON seals.key_id = keys.id
ORDER BY seals.key_id, seals.mac`
