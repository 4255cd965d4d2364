package secret_test

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"hash/crc32"
	"math/big"
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"
	"unicode"

	"github.com/keywright/keywright/secret"
)

// form and referenceCheck are the format said a second time, in other words: a regular
// expression, the library's CRC, big numbers.
var form = regexp.MustCompile(`\A[a-z][a-z0-9]{1,11}_(?:live|test)_[0-9A-Za-z]{48}\z`)

func reference(text string) bool {
	return form.MatchString(text) && strings.HasSuffix(text, referenceCheck(text[:len(text)-6]))
}

func referenceCheck(before string) string {
	return referenceDigits(crc32.ChecksumIEEE([]byte(before)))
}

func referenceDigits(sum uint32) string {
	number := swapCase(big.NewInt(int64(sum)).Text(62)) // math/big has a to z before A to Z
	return strings.Repeat("0", 6-len(number)) + number
}

func swapCase(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLower(r) {
			return unicode.ToUpper(r)
		}
		return unicode.ToLower(r)
	}, s)
}

func referenceMAC(pepper []byte, account, text string) []byte {
	var message bytes.Buffer
	message.WriteString("keywright/key/v1")
	binary.Write(&message, binary.BigEndian, uint32(len(account)))
	message.WriteString(account)
	binary.Write(&message, binary.BigEndian, uint32(len(text)))
	message.WriteString(text)
	h := hmac.New(sha256.New, pepper)
	h.Write(message.Bytes())
	return h.Sum(nil)
}

// seeded is a random source that gives the same bytes in every run.
func seeded(seed byte) *rand.ChaCha8 {
	return rand.NewChaCha8([32]byte{seed})
}

func mustMake(t testing.TB, brand string, env secret.Env, random *rand.ChaCha8) secret.Secret {
	t.Helper()
	s, err := secret.Make(brand, env, random)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// keyring has the peppers as versions 1, 2, and so on.
func keyring(t testing.TB, peppers ...[]byte) *secret.Keyring {
	t.Helper()
	m := map[int][]byte{}
	for i, p := range peppers {
		m[i+1] = p
	}
	k, err := secret.NewKeyring(m)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func unhex(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}
