package policy

import (
	"encoding/base64"
	"errors"
	"strings"
)

// Presentation is a way to send a key with a request.
type Presentation string

// The ways to send a key. The query string is not one of them: URLs end up in logs.
const (
	PresentToken  Presentation = "token"     // Authorization: Token token=K, Token token="K" or Token K
	PresentBearer Presentation = "bearer"    // Authorization: Bearer K (RFC 6750)
	PresentBasic  Presentation = "basic"     // Authorization: Basic, K as user, password ignored (RFC 7617)
	PresentHeader Presentation = "x-api-key" // X-API-Key: K
)

// The ways in which a request can fail to present one key.
var (
	ErrNoCredential        = errors.New("no credential")
	ErrAmbiguousCredential = errors.New("more than one credential") // RFC 6750, section 2: one method per request
)

// Presented finds the one key that a request presents. authorization and apiKey are the
// values of all its Authorization and X-API-Key header lines. It answers the key's text as
// it stands there, which may be anything, and the way in which it was sent.
//
// Errors: ErrNoCredential, ErrAmbiguousCredential (two header lines, or two keys in one,
// even when they are equal: a proxy in front may have judged the other one).
func Presented(authorization, apiKey []string) (string, Presentation, error) {
	switch len(authorization) + len(apiKey) {
	case 0:
		return "", "", ErrNoCredential
	case 1:
	default:
		return "", "", ErrAmbiguousCredential
	}
	if len(apiKey) == 1 {
		return one(trim(apiKey[0]), PresentHeader)
	}
	scheme, rest, _ := strings.Cut(trim(authorization[0]), " ")
	rest = trim(rest)
	switch { // RFC 9110, section 11.1: the scheme's letter case does not matter
	case strings.EqualFold(scheme, "bearer"):
		return one(rest, PresentBearer)
	case strings.EqualFold(scheme, "token"):
		return one(tokenParameter(rest), PresentToken)
	case strings.EqualFold(scheme, "basic"):
		return one(basicUser(rest), PresentBasic)
	}
	return "", "", ErrNoCredential
}

// one refuses two keys in one header line: a comma or a blank separates them, and neither
// can be part of a key.
func one(text string, way Presentation) (string, Presentation, error) {
	if text == "" {
		return "", "", ErrNoCredential
	}
	if strings.ContainsAny(text, ", \t") {
		return "", "", ErrAmbiguousCredential
	}
	return text, way, nil
}

// tokenParameter reads what stands after "Token": token=K, token="K", or K alone, as real
// clients of the first product send it.
func tokenParameter(text string) string {
	const name = "token="
	if len(text) >= len(name) && strings.EqualFold(text[:len(name)], name) {
		text = text[len(name):]
	}
	if len(text) >= 2 && text[0] == '"' && text[len(text)-1] == '"' {
		text = text[1 : len(text)-1]
	}
	return text
}

// basicUser reads the user of "Basic"; the password is ignored (curl -u KEY: sends none).
func basicUser(text string) string {
	raw, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		return ""
	}
	user, _, _ := strings.Cut(string(raw), ":")
	return user
}

func trim(text string) string { return strings.Trim(text, " \t") }
