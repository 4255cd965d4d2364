package console

import (
	"context"
	"errors"
	"net/http"

	"github.com/keywright/keywright"
)

// errCrossOrigin is a deed that none of our pages asked for.
var errCrossOrigin = errors.New("asked for by another site")

// trouble is what an error page says.
type trouble struct {
	kind    error
	status  int
	title   string
	what    string // what happened
	ends    bool   // what ends with what the error says of a field
	changed string // whether anything was changed
	advice  string // what to do
	path    string // where to go on; empty: nowhere
	link    string
}

// failed answers an error with the page that explains it. It is the one place where errors
// become pages; what is wrong with single fields becomes text at the field, by fieldErrors.
func (c *Console) failed(v *visit, err error) answer {
	var forbidden *keywright.ForbiddenError
	var notEntitled *keywright.NotEntitledError
	var issued *keywright.AlreadyIssuedError
	var method *methodError
	var tries *tooManyTries
	switch {
	case errors.As(err, &forbidden):
		return c.refused(v, forbidden)
	case errors.As(err, &notEntitled):
		return planNotice(v, notEntitled)
	case errors.As(err, &issued):
		return alreadyIssued(v, issued.Key)
	case errors.As(err, &method):
		a := explain(v, troubleOf(err))
		a.allow = method.allow
		return a
	case errors.As(err, &tries):
		return throttled(v, tries)
	}
	t := troubleOf(err)
	if t.status >= http.StatusInternalServerError && !errors.Is(err, context.Canceled) {
		c.options.Log.ErrorContext(v.Context(), "answer a page", "error", err, "route", v.Pattern, "request", v.request)
	}
	return explain(v, t)
}

// throttled answers someone who gave too many wrong passwords.
func throttled(v *visit, tries *tooManyTries) answer {
	a := explain(v, trouble{
		status: http.StatusTooManyRequests, title: "Too many tries",
		what: "There were too many wrong passwords from your network address.", changed: unchanged,
		advice: "Wait " + roughly(tries.wait) + ", then try again. The password still works, and signing in from elsewhere isn't affected.",
		path:   "/sign-in", link: "Sign in",
	})
	a.retryAfter = tries.seconds()
	return a
}

// explain answers an error page.
func explain(v *visit, t trouble) answer {
	return show(t.title, troublePage(t, v.request)).with(t.status).inOneColumn()
}

// troubleOf finds the words for an error.
func troubleOf(err error) trouble {
	for _, t := range troubles() {
		if errors.Is(err, t.kind) {
			if t.ends {
				t.what += reason(err)
			}
			return t
		}
	}
	return unknownTrouble()
}

func unknownTrouble() trouble {
	return trouble{
		status: http.StatusInternalServerError, title: "Something failed here",
		what:    "The console couldn't finish this. The reason lies here, not with you.",
		changed: "What you asked for may have been done, or not.",
		advice:  "Look before you repeat it. If it happens again, tell whoever runs this service the request id below.",
		path:    "/api-access", link: "API Access",
	}
}

// reason is what an error says about a field, without the field's technical name.
func reason(err error) string {
	var conflict *keywright.ConflictError
	if errors.As(err, &conflict) {
		return "it " + conflict.Why
	}
	for _, one := range keywright.Invalids(err) {
		return "it " + one.Why
	}
	return "it is not valid"
}

// fieldErrors are the texts that a form shows at its fields, by field name. It is nil for an
// error that isn't about fields.
func fieldErrors(err error) map[string]string {
	texts := map[string]string{}
	for _, one := range keywright.Invalids(err) {
		if _, said := texts[one.Field]; !said {
			texts[one.Field] = one.Why
		}
	}
	var conflict *keywright.ConflictError
	if errors.As(err, &conflict) {
		texts[conflict.Field] = conflict.Why
	}
	if len(texts) == 0 {
		return nil
	}
	return texts
}

// isGone reports whether a member or what he asks for is no longer there.
func isGone(err error) bool { return errors.Is(err, keywright.ErrNotFound) }
