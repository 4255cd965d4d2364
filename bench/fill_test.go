package bench

import (
	"crypto/rand"
	"database/sql"
	"fmt"
	"log/slog"
	"path/filepath"
	"testing"

	"github.com/keywright/keywright/keyring"
	"github.com/keywright/keywright/secret"
	"github.com/keywright/keywright/store/sqlite"
)

// perAccount is how many keys an account has.
const perAccount = 100

// fill makes a data folder with so many active keys and answers their texts, one a line. The rows
// go past the store, which would take minutes for a million.
func fill(b *testing.B, folder string, keys int) []byte {
	b.Helper()
	ring := prepare(b, folder)
	db, err := sql.Open("sqlite", filepath.Join(folder, "keywright.db"))
	must(b, err)
	defer db.Close()
	tx, err := db.Begin()
	must(b, err)
	account := insert(b, tx, `INSERT INTO accounts (id, slug, name, plan, state, created_at, active_keys)
		VALUES (?1, ?2, 'Acme', 'enterprise', 'active', 0, ?3)`)
	key := insert(b, tx, `INSERT INTO keys (id, account_id, kind, description, version, brand, env, last_four, once,
			created_at, created_by_kind, created_by_id, created_by_name, revoked_by_kind, revoked_by_id, revoked_by_name, why_revoked)
		VALUES (?1, ?2, 'account', 'nightly export', 'v1', 'kw', 'live', ?3, '', ?4, 'operator', '', '', '', '', '', '')`)
	seal := insert(b, tx, `INSERT INTO seals (key_id, mac, pepper, created_at) VALUES (?1, ?2, ?3, 0)`)
	var texts []byte
	for i := range keys {
		owner := fmt.Sprintf("acct_%020d", i/perAccount)
		if i%perAccount == 0 {
			account(owner, fmt.Sprint("a", i/perAccount), min(perAccount, keys-i))
		}
		text := random(b)
		mac, _ := ring.MAC(ring.Current(), owner, text.Reveal())
		key("key_"+text.ID(), owner, text.LastFour(), i)
		seal("key_"+text.ID(), mac[:], ring.Current())
		texts = append(append(texts, text.Reveal()...), '\n')
	}
	must(b, tx.Commit())
	return texts
}

// prepare makes the database's tables and the keyring, as a first start does.
func prepare(b *testing.B, folder string) *secret.Keyring {
	b.Helper()
	db, err := sqlite.Open(b.Context(), folder, sqlite.Options{Log: slog.New(slog.DiscardHandler)})
	must(b, err)
	ring, err := keyring.Open(b.Context(), filepath.Join(folder, "keyring"), "", db, rand.Reader)
	must(b, err)
	must(b, db.Close())
	return ring
}

func insert(b *testing.B, tx *sql.Tx, text string) func(values ...any) {
	b.Helper()
	statement, err := tx.Prepare(text) //nolint:sqlclosecheck // closed with the transaction
	must(b, err)
	return func(values ...any) {
		_, err := statement.Exec(values...)
		must(b, err)
	}
}

// unknown are texts that are well formed and nobody's, malformed ones that have a wrong check.
func unknown(b *testing.B, n int) (texts []byte) {
	for range n {
		texts = append(append(texts, random(b).Reveal()...), '\n')
	}
	return texts
}

func malformed(b *testing.B, n int) []byte {
	texts := unknown(b, n)
	for end := width - 2; end < len(texts); end += width {
		texts[end] ^= 1 // 'a' to 'x' and '0' to '9' stay letters and digits
	}
	return texts
}

// width is how long a line of texts is.
const width = len("kw_live_") + 48 + 1

func random(b *testing.B) secret.Secret {
	b.Helper()
	text, err := secret.Make("kw", secret.Live, rand.Reader)
	must(b, err)
	return text
}

func must(b *testing.B, err error) {
	b.Helper()
	if err != nil {
		b.Fatal(err)
	}
}
