package policy

import (
	"errors"
	"strings"
	"testing"
)

const k = "kw_live_0123456789AB"

func TestPresented(t *testing.T) {
	type lines = []string
	for name, c := range map[string]struct {
		authorization, apiKey lines
		text                  string
		way                   Presentation
		err                   error
	}{
		"token with a parameter, as the founding page's clients send it": {lines{"Token token=" + k}, nil, k, PresentToken, nil},
		"token with a quoted parameter, as Rails sends it":               {lines{`Token token="` + k + `"`}, nil, k, PresentToken, nil},
		"token alone":                              {lines{"Token " + k}, nil, k, PresentToken, nil},
		"bearer":                                   {lines{"Bearer " + k}, nil, k, PresentBearer, nil},
		"the scheme in any letter case":            {lines{"bEaReR " + k}, nil, k, PresentBearer, nil},
		"two blanks after the scheme":              {lines{"Bearer  " + k}, nil, k, PresentBearer, nil},
		"basic with the key as user":               {lines{"Basic " + "a3dfbGl2ZV8wMTIzNDU2Nzg5QUI6"}, nil, k, PresentBasic, nil},
		"the header of its own":                    {nil, lines{k}, k, PresentHeader, nil},
		"nothing":                                  {nil, nil, "", "", ErrNoCredential},
		"an empty header":                          {lines{""}, nil, "", "", ErrNoCredential},
		"a scheme alone":                           {lines{"Bearer"}, nil, "", "", ErrNoCredential},
		"a scheme that carries no key":             {lines{"Digest username=x"}, nil, "", "", ErrNoCredential},
		"basic that is not base64":                 {lines{"Basic !!"}, nil, "", "", ErrNoCredential},
		"an empty quoted parameter":                {lines{`Token token=""`}, nil, "", "", ErrNoCredential},
		"two header lines that are equal":          {lines{"Bearer " + k, "Bearer " + k}, nil, "", "", ErrAmbiguousCredential},
		"two ways at once":                         {lines{"Bearer " + k}, lines{k}, "", "", ErrAmbiguousCredential},
		"two keys in one line":                     {lines{"Bearer " + k + ", Bearer " + k}, nil, "", "", ErrAmbiguousCredential},
		"two keys in one line, without a blank":    {lines{"Bearer " + k + "," + k}, nil, "", "", ErrAmbiguousCredential},
		"two tokens as parameters":                 {lines{"Token token=" + k + ", token=" + k}, nil, "", "", ErrAmbiguousCredential},
		"an empty line beside a good one":          {lines{"Bearer " + k, ""}, nil, "", "", ErrAmbiguousCredential},
		"a text that is no key is passed on as is": {lines{"Bearer %6B%77"}, nil, "%6B%77", PresentBearer, nil},
	} {
		t.Run(name, func(t *testing.T) {
			text, way, err := Presented(c.authorization, c.apiKey)
			if text != c.text || way != c.way || !errors.Is(err, c.err) {
				t.Errorf("got %q %q %v, want %q %q %v", text, way, err, c.text, c.way, c.err)
			}
		})
	}
}

// FuzzPresented: whatever a header line holds, what is answered as a key is one word, and
// an error never comes with a text.
func FuzzPresented(f *testing.F) {
	for _, seed := range []string{"", "Bearer x", "Token token=\"x\"", "Basic eDo=", "Token token=,", "bearer\tx", "Basic"} {
		f.Add(seed, "")
		f.Add("", seed)
	}
	f.Fuzz(func(t *testing.T, authorization, apiKey string) {
		var a, b []string
		if authorization != "" {
			a = []string{authorization}
		}
		if apiKey != "" {
			b = []string{apiKey}
		}
		text, way, err := Presented(a, b)
		if err != nil && (text != "" || way != "") {
			t.Errorf("an error came with %q %q", text, way)
		}
		if err == nil && (text == "" || strings.ContainsAny(text, ", \t")) {
			t.Errorf("got %q, want one word", text)
		}
		if len(a) == 1 && len(b) == 1 && err == nil {
			t.Error("two header lines were accepted")
		}
	})
}
