package api

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// What Unmarshal takes, the standard library reads alike; what it refuses, it refuses in a
// few words.
func FuzzUnmarshal(f *testing.F) {
	for _, seed := range []string{
		`{"slug":"acme","name":"Acme","plan":"basic","owner":{"email":"a@b.example","name":"A","role":"owner","password":"p"}}`,
		`{"slug":"a","slug":"b"}`, `{"Slug":"a"}`, `{"owner":null}`, `{"owner":{"x":1}}`, `{"name":"\ud83d\ude00\ud800"}`, "{\"name\":\"\xff\"}", `{} {}`, `[[[[`, `1e999`, ``,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var strict, lax NewAccount
		if err := Unmarshal(data, &strict); err != nil {
			var syntax *SyntaxError
			if !errors.As(err, &syntax) || syntax.Why == "" || len(err.Error()) > 300 || strings.Count(syntax.Pointer, "/") > maxDepth {
				t.Fatalf("%q: got %T %.400v", data, err, err)
			}
			return
		}
		if err := json.Unmarshal(data, &lax); err != nil {
			t.Fatalf("%q: taken, but encoding/json refuses it: %v", data, err)
		}
		if diff := cmp.Diff(lax, strict); diff != "" {
			t.Errorf("%q is read in two ways: %s", data, diff)
		}
	})
}
