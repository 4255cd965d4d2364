package console

import (
	"github.com/keywright/keywright"
	"github.com/keywright/keywright/policy"
	"github.com/keywright/keywright/secret"
)

// revealView is the one page that shows a key (F10 to F12).
type revealView struct {
	keywright.Key
	account string
	path    string
	text    secret.Secret
	old     string     // what becomes of the secret before it, after a rotation
	curl    secretText // a command that asks what the key is; empty when the version takes no key in a header
}

// secretText is a text with a key in it. Like a Secret it does not print.
type secretText struct{ text *string }

// String is for everything that prints.
func (secretText) String() string { return "[secret]" }

func (t secretText) reveal() string {
	if t.text == nil {
		return ""
	}
	return *t.text
}

// curl is a command that can be pasted into a terminal: it presents the key in the first way
// that its version takes, and asks this service what it is.
func curl(publicURL string, version policy.Version, text secret.Secret) secretText {
	for _, way := range version.Presentations {
		header := ""
		switch way {
		case policy.PresentToken:
			header = "Authorization: Token token=" + text.Reveal()
		case policy.PresentBearer:
			header = "Authorization: Bearer " + text.Reveal()
		case policy.PresentHeader:
			header = "X-API-Key: " + text.Reveal()
		case policy.PresentBasic:
			continue
		}
		command := "curl " + publicURL + "/v1/self \\\n  -H '" + header + "'"
		return secretText{&command}
	}
	return secretText{}
}
