package api

import (
	"errors"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// Unmarshal reads one JSON value into v, strictly: member names match to the letter,
// unknown and duplicate members, trailing data and invalid UTF-8 are refused. encoding/json
// takes all of these, and takes "ID" for "id", so two readers of one body can see two
// different requests (Trail of Bits, "Unexpected security footguns in Go's parsers", 2025).
//
// Errors: *SyntaxError, which names the place and never the value.
func Unmarshal(data []byte, v any) error {
	err := json.Unmarshal(data, v, json.RejectUnknownMembers(true))
	if err == nil {
		return nil
	}
	var semantic *json.SemanticError
	var syntactic *jsontext.SyntacticError
	switch {
	case errors.Is(err, jsontext.ErrDuplicateName) && errors.As(err, &syntactic):
		return &SyntaxError{Pointer: string(syntactic.JSONPointer), Why: "is given twice; give it once"}
	case errors.As(err, &syntactic):
		return &SyntaxError{Pointer: string(syntactic.JSONPointer), Why: "is not valid JSON here"}
	case errors.Is(err, json.ErrUnknownName) && errors.As(err, &semantic):
		return &SyntaxError{Pointer: string(semantic.JSONPointer), Why: "is not known here; check the spelling, letter case matters"}
	case errors.As(err, &semantic):
		return &SyntaxError{Pointer: string(semantic.JSONPointer), Why: "has the wrong type; see the reference"}
	}
	return &SyntaxError{Why: "is not valid JSON"}
}

// SyntaxError says where a body is not the JSON that was asked for.
type SyntaxError struct{ Pointer, Why string }

func (e *SyntaxError) Error() string {
	where := e.Pointer
	if where == "" {
		where = "the body"
	}
	return strings.ToValidUTF8(where, "?") + " " + e.Why
}
