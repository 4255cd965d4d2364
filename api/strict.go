package api

import (
	"bytes"
	"errors"
	"reflect"
	"regexp"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// Unmarshal reads one JSON value into v, strictly: member names match to the letter,
// unknown and duplicate members, trailing data, invalid UTF-8 and a null where a value is
// due are refused. encoding/json takes all of these, and takes "ID" for "id", so two readers
// of one body can see two different requests (Trail of Bits, "Unexpected security footguns in
// Go's parsers", 2025).
//
// Errors: *SyntaxError, which names the place and never the value.
func Unmarshal(data []byte, v any) error {
	options := []json.Options{json.RejectUnknownMembers(true)}
	if bytes.Contains(data, []byte("null")) { // else there is none, and looking at each value would take twice as long
		options = append(options, json.WithUnmarshalers(json.UnmarshalFromFunc(refuseNull)))
	}
	err := json.Unmarshal(data, v, options...)
	if err == nil {
		return nil
	}
	var semantic *json.SemanticError
	var syntactic *jsontext.SyntacticError
	switch {
	case errors.Is(err, jsontext.ErrDuplicateName) && errors.As(err, &syntactic):
		return &SyntaxError{Pointer: place(syntactic.JSONPointer), Why: "is given twice; give it once"}
	case errors.As(err, &syntactic):
		return &SyntaxError{Pointer: place(syntactic.JSONPointer), Why: "is not valid JSON here"}
	case errors.Is(err, json.ErrUnknownName) && errors.As(err, &semantic):
		return &SyntaxError{Pointer: place(semantic.JSONPointer), Why: "is not known here; check the spelling, letter case matters"}
	case errors.As(err, &semantic):
		return &SyntaxError{Pointer: place(semantic.JSONPointer), Why: "has the wrong type; see the reference"}
	}
	return &SyntaxError{Why: "is not valid JSON"}
}

// place is a pointer as far as it may be told: up to the first name that none of ours would
// be, because someone may have pasted a key there, and up to the depth of our types, because
// 64 KiB of brackets have a pointer as long.
func place(pointer jsontext.Pointer) string {
	told := ""
	for name := range pointer.Tokens() {
		if !plainName.MatchString(name) || strings.Count(told, "/") == maxDepth {
			break
		}
		told += "/" + name
	}
	return told
}

const maxDepth = 4

var plainName = regexp.MustCompile(`^[A-Za-z0-9_-]{1,32}$`)

// refuseNull refuses null but for a pointer, which is how a type says that it takes null.
func refuseNull(d *jsontext.Decoder, v any) error {
	if d.PeekKind() == 'n' && reflect.TypeOf(v).Elem().Kind() != reflect.Pointer {
		return errNull
	}
	return errors.ErrUnsupported // go on as usual
}

var errNull = errors.New("null")

// SyntaxError says where a body is not the JSON that was asked for.
type SyntaxError struct{ Pointer, Why string }

func (e *SyntaxError) Error() string {
	where := e.Pointer
	if where == "" {
		where = "the body"
	}
	return where + " " + e.Why
}
