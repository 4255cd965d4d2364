package secret

import (
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"strings"
)

const (
	keyringHeader = "keywright-keyring-v1"
	keyringNotice = "# Peppers. Without this file no key verifies: keep a copy, apart from the database's backup."
)

// Encode gives the text of the keyring, for a file of mode 0600 or an environment variable:
//
//	keywright-keyring-v1
//	# blank lines and comments are skipped
//	1 <32 bytes in standard base64>
//	2 <32 bytes in standard base64>
func (k *Keyring) Encode() []byte {
	out := fmt.Appendln(nil, keyringHeader)
	out = fmt.Appendln(out, keyringNotice)
	for _, version := range k.Versions() {
		out = fmt.Appendln(out, version, base64.StdEncoding.EncodeToString(k.peppers[version].key[:]))
	}
	return out
}

// ParseKeyring reads what Encode writes, in any order of versions. Comments have a line of
// their own, and spaces around a line do not matter.
//
// Errors name the line and never quote it.
func ParseKeyring(text []byte) (*Keyring, error) {
	lines := strings.Split(string(text), "\n")
	if strings.TrimSpace(lines[0]) != keyringHeader {
		return nil, fmt.Errorf("keyring line 1: want %s", keyringHeader)
	}
	k := &Keyring{peppers: map[int]*pepper{}}
	for i, line := range lines[1:] {
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		version, key, err := parsePepper(line)
		if err == nil {
			err = k.add(version, key)
		}
		if err != nil {
			return nil, fmt.Errorf("keyring line %d: %w", i+2, err)
		}
	}
	if k.current == 0 {
		return nil, errors.New("keyring: no pepper in it")
	}
	return k, nil
}

// parsePepper keeps the errors of strconv and base64 to itself: they quote what they read.
func parsePepper(line string) (version int, key []byte, err error) {
	fields := strings.Fields(line)
	if len(fields) != 2 {
		return 0, nil, errors.New("want a version, a space and a pepper")
	}
	version, err = strconv.Atoi(fields[0])
	if err != nil || strconv.Itoa(version) != fields[0] {
		return 0, nil, errors.New("the version is not a whole number")
	}
	key, err = base64.StdEncoding.Strict().DecodeString(fields[1])
	if err != nil {
		return 0, nil, errors.New("the pepper is not in standard base64")
	}
	return version, key, nil
}
