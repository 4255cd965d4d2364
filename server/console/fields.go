package console

import (
	"net/url"

	"github.com/a-h/templ"
)

// field is one field of a form as it is shown: what it is for, what was typed, and what is
// wrong with it.
type field struct {
	name  string // as posted, and as the domain's errors call it
	label string // begins the sentence about what is wrong: "Description is required."
	hint  string
	value string
	why   string // the rest of that sentence; empty: nothing is wrong

	kind         string // of the input: text, email, password, date; textarea for what people write; or lines, for several entries
	autocomplete string // what a browser may fill in; empty: nothing
	optional     bool
	options      []option // a choice from these instead of text
}

// textarea is the kind of a field for several lines.
const textarea = "textarea"

// option is one of a field's choices.
type option struct{ value, label string }

// wrong is what to say at the field and in the summary.
func (f field) wrong() string {
	if f.why == "" {
		return ""
	}
	return f.label + " " + f.why + "."
}

// describedBy lists the ids of the texts that explain the field.
func (f field) describedBy() string {
	switch {
	case f.why != "" && f.hint != "":
		return f.name + "-error " + f.name + "-hint"
	case f.why != "":
		return f.name + "-error"
	case f.hint != "":
		return f.name + "-hint"
	}
	return ""
}

// filled puts into fields what was typed and what is wrong with it. Passwords are not shown
// again.
func filled(fields []field, form url.Values, wrong map[string]string) []field {
	for i, f := range fields {
		if form.Has(f.name) && f.kind != "password" {
			fields[i].value = typed(form.Get(f.name))
		}
		fields[i].why = wrong[f.name]
	}
	return fields
}

// anyWrong reports whether the page has an error to say.
func anyWrong(fields []field) bool {
	for _, f := range fields {
		if f.why != "" {
			return true
		}
	}
	return false
}

// wrongTitle puts the bad news first, for those who hear the title and nothing else.
func wrongTitle(title string, fields []field) string {
	if anyWrong(fields) {
		return "Error: " + title
	}
	return title
}

func (f field) inputType() string {
	if f.kind == "" {
		return "text"
	}
	return f.kind
}

// attributes are those that only some fields have. There is no maxlength: a browser would
// cut off silently what was pasted, where the server says how much too long it is.
func (f field) attributes() templ.Attributes {
	a := templ.Attributes{}
	if ids := f.describedBy(); ids != "" {
		a["aria-describedby"] = ids
	}
	if f.why != "" {
		a["aria-invalid"] = "true"
	}
	if !f.optional && f.options == nil {
		a["aria-required"] = "true"
	}
	if f.autocomplete != "" {
		a["autocomplete"] = f.autocomplete
	} else if f.options == nil {
		a["autocomplete"] = "off"
	}
	if f.kind == "email" {
		a["spellcheck"] = "false"
		a["autocapitalize"] = "none"
	}
	return a
}
