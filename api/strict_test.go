package api

import (
	"errors"
	"strings"
	"testing"
)

func TestUnmarshalIsStrict(t *testing.T) {
	for _, test := range []struct{ name, body, pointer, why string }{
		{"a member given twice", `{"description":"a","description":"b"}`, "/description", "twice"},
		{"a member given twice, once with an escape", `{"description":"a","descripti\u006fn":"b"}`, "/description", "twice"},
		{"an unknown member", `{"description":"a","scope":"all"}`, "/scope", "not known"},
		{"a member in another letter case", `{"Description":"a"}`, "/Description", "not known"},
		{"a number for a string", `{"description":5}`, "/description", "wrong type"},
		{"null for a string", `{"description":null}`, "/description", "wrong type"},
		{"a list for an object", `[]`, "", "wrong type"},
		{"null for an object", `null`, "", "wrong type"},
		{"data after the value", `{"description":"a"}{}`, "", "not valid JSON"},
		{"a comment", `{"description":"a"}//`, "", "not valid JSON"},
		{"a comma too many", `{"description":"a",}`, "", "not valid JSON"},
		{"invalid UTF-8", "{\"description\":\"\xff\"}", "/description", "not valid JSON"},
		{"half a surrogate pair", `{"description":"\ud800"}`, "/description", "not valid JSON"},
		{"a byte order mark", "\ufeff{}", "", "not valid JSON"},
		{"UTF-16", "{\x00}\x00", "", "not valid JSON"},
		{"a number that nothing can hold", `{"description":1e99999}`, "/description", "wrong type"},
		{"no end", `{"description":"a"`, "", "not valid JSON"},
		{"nothing", ``, "", "not valid JSON"},
		{"only blanks", "  \n", "", "not valid JSON"},
		{"lists 100,000 deep", strings.Repeat("[", 100_000) + strings.Repeat("]", 100_000), "", ""},
		{"objects 100,000 deep", strings.Repeat(`{"description":`, 100_000) + "1" + strings.Repeat("}", 100_000), "/description/description/description/description", ""},
		{"a name that none of ours would be", `{"kw_live_o6p4Zq81LmT3ABCDEFGHIJKLMNOPQRSTUVWXYZ012345":1}`, "", "not known"},
		{"a name with signs in it", `{"<script>":1}`, "", "not known"},
	} {
		t.Run(test.name, func(t *testing.T) {
			var into NewKey
			err := Unmarshal([]byte(test.body), &into)
			var syntax *SyntaxError
			if !errors.As(err, &syntax) {
				t.Fatalf("got %v, want a *SyntaxError", err)
			}
			if syntax.Pointer != test.pointer || !strings.Contains(syntax.Why, test.why) {
				t.Errorf("got %q %q, want %q and %q", syntax.Pointer, syntax.Why, test.pointer, test.why)
			}
		})
	}
}

func TestUnmarshalTakesWhatIsRight(t *testing.T) {
	var key NewKey
	if err := Unmarshal([]byte(" {\"description\":\"Nächtlicher Export \\ud83d\\ude00\"}\n"), &key); err != nil || key.Description != "Nächtlicher Export 😀" {
		t.Errorf("got %q and %v", key.Description, err)
	}
	var page KeyPage
	if err := Unmarshal([]byte(`{"keys":[],"next_cursor":null}`), &page); err != nil || page.NextCursor != nil {
		t.Errorf("null for a pointer: got %v and %v", page.NextCursor, err)
	}
}

func TestASyntaxErrorNeverHoldsAValue(t *testing.T) {
	for _, body := range []string{`{"description":"canary"`, `{"description":["canary"]}`, `{"owner":"canary"}`, `"canary"`, `{"plan":"a","plan":"canary"}`} {
		var into NewAccount
		if err := Unmarshal([]byte(body), &into); err == nil || strings.Contains(err.Error(), "canary") {
			t.Errorf("%s: got %v", body, err)
		}
	}
}
