package sqlite

import "github.com/keywright/keywright/store"

// keys reads all keys and their seals side by side, both in the order of the key's id: so each
// seal is on the page that was read last. Left to itself, the planner takes an index that
// leads to the table for each key, and a million keys take 3.5 s more.
//
// The driver locks and unlocks a mutex three times for each column that is not NULL: ten
// columns took 1.9 s, these two take 1.3 s.
const keys = `SELECT concat_ws('` + store.Separator + `',
	keys.id, keys.account_id, keys.kind, keys.version, seals.pepper,
	coalesce(keys.not_before, ''), coalesce(keys.expires_at, ''), coalesce(keys.disabled_at, ''), coalesce(keys.revoked_at, '')),
	seals.mac
FROM keys INDEXED BY keys_whole
CROSS JOIN seals ON seals.key_id = keys.id
ORDER BY keys.id`
