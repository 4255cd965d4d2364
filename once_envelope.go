package keywright

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"io"
)

// envelope keeps the answer to one request of one caller. What opens it is made of the pepper
// and of the caller's idempotency key, which is stored nowhere: who has the database reads
// nothing, with the keyring neither, unless he guesses that key.
type envelope struct {
	id      []byte
	opener  []byte // what the keys of AES are derived from
	guarded bool   // the idempotency key is long enough for a secret
}

// envelope finds the one of by and his Once, under the pepper of that version:
//
//	id     = HMAC-SHA-256(derive("once/id"), "keywright/once/v1" ‖ len ‖ caller ‖ len ‖ key)
//	opener = derive("once/seal") ‖ key
func (s *Service) envelope(version int, by Principal) envelope {
	naming, _ := s.keyring.DeriveFrom(version, "once/id")
	sealing, _ := s.keyring.DeriveFrom(version, "once/seal")
	id := hmac.New(sha256.New, naming)
	io.WriteString(id, "keywright/once/v1")
	for _, part := range []string{by.caller(), by.Once.Key} {
		id.Write(binary.BigEndian.AppendUint32(nil, uint32(len(part))))
		io.WriteString(id, part)
	}
	return envelope{id: id.Sum(nil), opener: append(sealing, by.Once.Key...), guarded: len(by.Once.Key) >= MinOnceKey}
}

// lock seals a text under a key that seals nothing else, for it depends on a salt drawn here.
//
//	salt ‖ AES-256-GCM(key, nonce, text, id), key ‖ nonce = HKDF-SHA-256(opener, salt, "keywright/once/v1/" ‖ part)
func (e envelope) lock(random io.Reader, part string, text []byte) ([]byte, error) {
	salt := make([]byte, sha256.Size)
	if _, err := io.ReadFull(random, salt); err != nil {
		return nil, err
	}
	aead, nonce, err := e.cipher(salt, part)
	if err != nil {
		return nil, err
	}
	return aead.Seal(salt, nonce, text, e.id), nil
}

func (e envelope) unlock(part string, sealed []byte) ([]byte, error) {
	if len(sealed) < sha256.Size {
		return nil, errors.New("a kept answer is cut off")
	}
	aead, nonce, err := e.cipher(sealed[:sha256.Size], part)
	if err != nil {
		return nil, err
	}
	return aead.Open(nil, nonce, sealed[sha256.Size:], e.id)
}

func (e envelope) cipher(salt []byte, part string) (cipher.AEAD, []byte, error) {
	const keyLen, nonceLen = 32, 12
	key, err := hkdf.Key(sha256.New, e.opener, salt, "keywright/once/v1/"+part, keyLen+nonceLen)
	if err != nil {
		return nil, nil, err
	}
	block, err := aes.NewCipher(key[:keyLen])
	if err != nil {
		return nil, nil, err
	}
	aead, err := cipher.NewGCM(block)
	return aead, key[keyLen:], err
}
