package policy

import (
	"encoding/json"
	"errors"
	"fmt"
	"mime"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// MaxTemplate is the most bytes that the body of a template can have.
const MaxTemplate = 8 << 10

// piece of a template: text as it stands, or a field of the Refusal.
type piece struct{ text, field string }

// templateFields are what can stand between {{ and }}, after a dot.
func templateFields() []string { return []string{"Code", "Detail", "Scope", "Status", "Title"} }

// Template is a form of the operator's own. contentType is application/json or another type
// that ends in +json, or text/plain. In the body, {{.Code}}, {{.Status}}, {{.Title}},
// {{.Detail}} and {{.Scope}} stand for what the Refusal says; in JSON they are escaped for
// where they belong, within quotes. Nothing else is done: no conditions, no loops, no functions.
//
// Errors: *TemplateError.
func Template(contentType, body string) (ErrorFormat, error) {
	media, parameters, err := mime.ParseMediaType(contentType)
	utf8 := len(parameters) == 0 || len(parameters) == 1 && strings.EqualFold(parameters["charset"], "utf-8")
	asJSON := media == "application/json" || strings.HasPrefix(media, "application/") && strings.HasSuffix(media, "+json")
	if err != nil || !utf8 || len(contentType) > 100 || !asJSON && media != "text/plain" {
		return ErrorFormat{}, &TemplateError{"content_type", "is not a type that can be escaped for; write application/json, another one that ends in +json, or text/plain"}
	}
	pieces, err := cutTemplate(body)
	if err != nil {
		return ErrorFormat{}, &TemplateError{"body", err.Error()}
	}
	f := ErrorFormat{name: "template", contentType: contentType, text: body, pieces: pieces, asJSON: asJSON}
	// Texts that are empty, and that need every escape: a body that holds these holds all.
	for _, text := range []string{"", "\"a\"\n\\d"} {
		_, sample := f.Render(Refusal{Status: 403, Code: text, Title: text, Detail: text, Scope: text})
		if asJSON && !json.Valid(sample) {
			return ErrorFormat{}, &TemplateError{"body", "is not JSON once it is filled in; put quotes around each {{…}} but {{.Status}}"}
		}
	}
	return f, nil
}

// TemplateError says what is wrong with a template: its content_type or its body.
type TemplateError struct{ Field, Why string }

func (e *TemplateError) Error() string { return e.Field + " " + e.Why }

// cutTemplate finds the fields in a body. Braces that close without having opened are text:
// JSON ends in them.
func cutTemplate(body string) ([]piece, error) {
	switch {
	case strings.TrimSpace(body) == "":
		return nil, errors.New("is empty; write the answer, with {{.Code}} and {{.Detail}} where they belong")
	case len(body) > MaxTemplate:
		return nil, fmt.Errorf("has more than %d bytes", MaxTemplate)
	}
	var pieces []piece
	for rest := body; ; {
		text, after, opens := strings.Cut(rest, "{{")
		pieces = append(pieces, piece{text: text})
		if !opens {
			return pieces, nil
		}
		inner, tail, closes := strings.Cut(after, "}}")
		field, dotted := strings.CutPrefix(strings.TrimSpace(inner), ".")
		switch {
		case !closes:
			return nil, errors.New("has {{ without }} after it")
		case !dotted || !slices.Contains(templateFields(), field):
			return nil, errors.New("can hold {{.Code}}, {{.Status}}, {{.Title}}, {{.Detail}} and {{.Scope}}, and nothing else between two braces" + didYouMean(field, templateFields()))
		}
		pieces = append(pieces, piece{field: field})
		rest = tail
	}
}

// fill puts a Refusal into a template.
func (f ErrorFormat) fill(r Refusal) []byte {
	var body []byte
	for _, p := range f.pieces {
		switch p.field {
		case "":
			body = append(body, p.text...)
		case "Status":
			body = strconv.AppendInt(body, int64(r.Status), 10)
		case "Code":
			body = append(body, f.escape(r.Code)...)
		case "Title":
			body = append(body, f.escape(r.Title)...)
		case "Detail":
			body = append(body, f.escape(r.Detail)...)
		case "Scope":
			body = append(body, f.escape(r.Scope)...)
		}
	}
	return body
}

func (f ErrorFormat) escape(text string) string {
	if f.asJSON {
		quoted := jsonOf(text)
		return string(quoted[1 : len(quoted)-1])
	}
	return strings.Map(func(r rune) rune { // a text of several lines could pass for several answers
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, text)
}
