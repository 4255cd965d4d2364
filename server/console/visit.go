package console

import (
	"errors"
	"mime"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/keywright/keywright"
	"github.com/keywright/keywright/policy"
)

// maxForm is the longest form body in bytes. The longest form has a dozen fields of at most 1,024
// bytes, each up to three times as long when escaped, a hundred networks, and as many ticks as a
// policy has scopes.
const maxForm = 64 << 10

// visit is one request and who makes it. Only its own request's goroutine uses it.
type visit struct {
	*http.Request
	self    keywright.Self // zero while nobody is signed in
	now     time.Time
	request string // id of the request, for people who ask for help
}

// by is who asks.
func (v *visit) by() keywright.Principal { return v.self.By }

func (v *visit) signedIn() bool { return v.self.Member.ID != "" }

// deed reports whether the request wants something done.
func (v *visit) deed() bool { return v.Method != http.MethodGet && v.Method != http.MethodHead }

func (v *visit) mayReadAccount() bool { return v.self.Role.May(policy.ReadAccount) }

// The ways in which a form can be no form of ours. Each is answered without doing anything.
var (
	errFormType     = errors.New("not sent as a form")
	errFormTooLarge = errors.New("form too large")
	errFormFields   = errors.New("form with unknown, repeated or unreadable fields")
)

// form reads the posted form, which may have these fields, each at most once, and no other.
//
// Errors: errFormType, errFormTooLarge, errFormFields.
func (v *visit) form(names ...string) (url.Values, error) { return v.formOf("", names...) }

// formOf is form with one field that may come several times: what is ticked in a list.
func (v *visit) formOf(many string, names ...string) (url.Values, error) {
	media, _, err := mime.ParseMediaType(v.Header.Get("Content-Type"))
	if err != nil || media != "application/x-www-form-urlencoded" {
		return nil, errFormType
	}
	v.Body = http.MaxBytesReader(nil, v.Body, maxForm)
	err = v.ParseForm()
	var tooLarge *http.MaxBytesError
	if errors.As(err, &tooLarge) {
		return nil, errFormTooLarge
	}
	if err != nil {
		return nil, errFormFields
	}
	for name, values := range v.PostForm {
		if name != many && (!slices.Contains(names, name) || len(values) != 1) || name == "" {
			return nil, errFormFields
		}
	}
	return v.PostForm, nil
}

// typed makes what someone typed fit for being shown to him again.
func typed(text string) string { return strings.ToValidUTF8(text, "\uFFFD") }

// localPath brings an address to go to after a deed to a path of our own, or to "". Anything
// that a browser could read as another site is refused, not repaired: "//host", "/\host",
// "/x/..//host", a scheme, and such things encoded. So is every path that is not ASCII.
func localPath(text string) string {
	if !strings.HasPrefix(text, "/") || strings.HasPrefix(text, "//") || len(text) > 2048 {
		return ""
	}
	forbidden := func(r rune) bool { return r <= ' ' || r == '\\' || r >= 0x7f }
	if strings.ContainsFunc(text, forbidden) {
		return ""
	}
	u, err := url.Parse(text)
	if err != nil || u.Scheme != "" || u.Host != "" || path.Clean(u.Path) != u.Path || strings.ContainsFunc(u.Path, forbidden) {
		return ""
	}
	return u.RequestURI()
}
