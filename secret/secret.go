package secret

import (
	"fmt"
	"io"
	"strings"
)

// hidden is what a Secret prints as.
const hidden = "[secret]"

// Secret is the text of a key, shown once. Every verb prints [secret]; it is held by pointer
// because fmt skips methods on another struct's unexported fields, and never follows a pointer to
// a string. Only Reveal gives it away.
//
// == compares pointers and says nothing about the texts. To know a text again, compare MACs.
type Secret struct{ text *string }

// Parse reads a text by the rules of Split and keeps it, without a copy.
//
// Errors: ErrMalformed.
func Parse(text string) (Secret, error) {
	if _, ok := Split(text); !ok {
		return Secret{}, ErrMalformed
	}
	kept := text // so that a refused text is not moved to the heap
	return Secret{&kept}, nil
}

// Reveal gives the text, exactly as it was made or parsed. A call to it is what to look for in
// a review: it may reach the answer that shows a new key, a MAC, and nothing else.
func (s Secret) Reveal() string {
	if s.text == nil {
		return ""
	}
	return *s.text
}

// Brand is the part before the env, such as kw.
func (s Secret) Brand() string { return strings.Clone(s.parts().Brand) }

// Env is Live or Test.
func (s Secret) Env() Env { return Env(strings.Clone(string(s.parts().Env))) }

// ID is the public part: 12 base62 characters that name the key wherever the text must not be.
func (s Secret) ID() string { return strings.Clone(s.parts().ID) }

// LastFour are the last four characters of the text. They are check characters: whoever knows
// them knows nothing of the secret part beyond 24 bits of a sum over it (F12).
func (s Secret) LastFour() string {
	text := s.Reveal()
	return strings.Clone(text[max(0, len(text)-4):])
}

// parts are cloned by its callers: a substring in a record would keep the text in memory.
func (s Secret) parts() Parts {
	p, _ := Split(s.Reveal()) // fails for the zero Secret only, whose parts are empty
	return p
}

// Format prints [secret], whatever the verb.
func (Secret) Format(w fmt.State, _ rune) { io.WriteString(w, hidden) }

// String is for panic, which prints a Stringer without fmt.
func (Secret) String() string { return hidden }

// GoString is for printers other than fmt that ask for it.
func (Secret) GoString() string { return hidden }

// MarshalText is for encoding/json, encoding/xml and the handlers of log/slog. An answer that
// shows a new key has a string field and calls Reveal.
func (Secret) MarshalText() ([]byte, error) { return []byte(hidden), nil }
