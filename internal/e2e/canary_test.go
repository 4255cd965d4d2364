package e2e

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// issued remembers the secret part of every key that a test was shown (F12), and which files the
// canary must find to look into.
var issued struct {
	sync.Mutex
	secrets []string
	files   []string
}

// searched has the canary fail unless it looks into these files.
func searched(files ...string) {
	issued.Lock()
	defer issued.Unlock()
	issued.files = append(issued.files, files...)
}

// remember keeps a key's text for the canary and answers it.
func remember(t testing.TB, text string) string {
	t.Helper()
	body := text[strings.LastIndexByte(text, '_')+1:]
	if len(body) != 48 {
		t.Fatalf("a key's text has a body of %d characters, want 48", len(body))
	}
	issued.Lock()
	defer issued.Unlock()
	issued.secrets = append(issued.secrets, body[12:42])
	return text
}

const piece = 12 // characters of a secret that nothing may hold

// needles are the spellings of every piece of the secrets, by their length.
func needles(secrets []string) map[int]map[string]bool {
	all := map[int]map[string]bool{}
	add := func(spelling string) {
		if all[len(spelling)] == nil {
			all[len(spelling)] = map[string]bool{}
		}
		all[len(spelling)][spelling] = true
	}
	for _, secret := range secrets {
		for i := 0; i+piece <= len(secret); i++ {
			part := secret[i : i+piece]
			add(part)
			add(hex.EncodeToString([]byte(part)))
			add(strings.ToUpper(hex.EncodeToString([]byte(part))))
			for shift := range 3 { // base64 spells a text in three ways, by where it begins
				encoded := base64.RawStdEncoding.EncodeToString([]byte(strings.Repeat("\x00", shift) + part))
				first := (shift*8 + 5) / 6 // the characters before this one also hold what stands before
				whole := (shift + piece) * 8 / 6
				add(encoded[first:whole])
			}
		}
	}
	return all
}

// search answers where content holds a needle, -1 for nowhere.
func search(content []byte, all map[int]map[string]bool) int {
	for length, spellings := range all {
		for i := 0; i+length <= len(content); i++ {
			if spellings[string(content[i:i+length])] {
				return i
			}
		}
	}
	return -1
}

// peppers are those of every keyring in a folder.
func peppers(folder string) (all []string, err error) {
	err = filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.Name() != keyringFile || !entry.Type().IsRegular() {
			return err
		}
		text, err := os.ReadFile(path)
		for _, field := range strings.Fields(string(text)) {
			if pepper, err := base64.StdEncoding.DecodeString(field); err == nil && len(pepper) == 32 {
				all = append(all, string(pepper))
			}
		}
		return err
	})
	return all, err
}

const keyringFile = "keyring"

// canary searches everything that the tests left for every secret that they were shown, and all but
// the keyrings for what is in those.
func canary() error {
	issued.Lock()
	defer issued.Unlock()
	if len(issued.secrets) == 0 {
		return nil // no test that issues was run: there is nothing to look for
	}
	all := needles(issued.secrets)
	kept, err := peppers(artefacts)
	if err != nil {
		return err
	}
	apart := needles(kept)
	var found []error
	files, size, missed := 0, 0, map[string]bool{}
	for _, file := range issued.files {
		missed[file] = true
	}
	err = filepath.WalkDir(artefacts, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() || path == binary {
			return err
		}
		content, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		files, size = files+1, size+len(content)
		delete(missed, path)
		name, _ := filepath.Rel(artefacts, path)
		if at := search(content, all); at >= 0 {
			found = append(found, fmt.Errorf("%s holds a piece of a secret at byte %d", name, at))
		}
		if at := search(content, apart); at >= 0 && entry.Name() != keyringFile {
			found = append(found, fmt.Errorf("%s holds a piece of a keyring at byte %d", name, at))
		}
		return nil
	})
	for file := range missed {
		found = append(found, fmt.Errorf("%s was not looked into", file))
	}
	fmt.Printf("canary: looked for %d secrets and %d peppers in %d files, %d KiB\n", len(issued.secrets), len(kept), files, size>>10)
	return errors.Join(append(found, err)...)
}

// The test of the canary: it finds each spelling, wherever it stands.
func TestTheCanaryFindsEachSpelling(t *testing.T) {
	secret := "Zq81LmT3pWx9Kd02VbNc7RfGh5JyQs"
	all := needles([]string{secret})
	for name, content := range map[string]string{
		"plain":                     "x" + secret + "y",
		"a piece of 12":             "…" + secret[9:21] + "…",
		"hex":                       hex.EncodeToString([]byte("key=" + secret)),
		"upper-case hex":            strings.ToUpper(hex.EncodeToString([]byte(secret))),
		"base64":                    base64.StdEncoding.EncodeToString([]byte(secret)),
		"base64, one byte further":  base64.StdEncoding.EncodeToString([]byte("a" + secret)),
		"base64, two bytes further": base64.StdEncoding.EncodeToString([]byte("ab" + secret)),
		"base64 for URLs":           base64.RawURLEncoding.EncodeToString([]byte("user:" + secret)),
	} {
		if search([]byte(content), all) < 0 {
			t.Errorf("%s was not found", name)
		}
	}
	if at := search(bytes.Repeat([]byte("kw_live_o6p4…QZ1x, nothing secret; "), 100), all); at >= 0 {
		t.Errorf("found something at %d where nothing is", at)
	}
}
