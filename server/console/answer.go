package console

import (
	"bytes"
	"cmp"
	"mime"
	"net/http"

	"github.com/a-h/templ"
)

// answer is what a handler gives back: a page for the frame, or the way to one.
type answer struct {
	status int    // 0: 200
	title  string // what the page is about: the first part of the browser's title
	body   templ.Component
	narrow bool // a page with one column of text or one form
	bare   bool // a page without menu, although someone is signed in

	file     []byte // sent as it is instead of a page
	media    string // of file
	filename string // to save file by; empty: it is no download

	to     string // 303 See Other to this path of ours; there is no page then
	notice string // for the next page: what was done
	clear  string // Clear-Site-Data

	retryAfter string // seconds
	allow      string // the methods that the path has
}

// show answers a page.
func show(title string, body templ.Component) answer { return answer{title: title, body: body} }

// file answers something that is no page.
func file(media, name string, body []byte) answer {
	return answer{file: body, media: media, filename: name}
}

// goTo answers a deed: the browser fetches path next, so that Back and reload don't repeat
// the deed.
func goTo(path string) answer { return answer{to: path} }

// noting leaves a notice for the next page.
func (a answer) noting(text string) answer { a.notice = text; return a }

// with sets the status of a page.
func (a answer) with(status int) answer { a.status = status; return a }

// inOneColumn sets a page in a narrow column: forms, texts.
func (a answer) inOneColumn() answer { a.narrow = true; return a }

// write sends an answer. The page is rendered first and as a whole, so that a failure in the
// middle becomes an error page instead of half a page. It isn't compressed: a page that
// holds a secret beside what someone else chose would tell of it by its length (BREACH).
func (c *Console) write(w http.ResponseWriter, v *visit, a answer) {
	h := w.Header()
	if a.notice != "" {
		c.sessions.Put(v.Context(), sessionNotice, a.notice)
	}
	if a.clear != "" {
		h.Set("Clear-Site-Data", a.clear)
	}
	if a.to != "" {
		c.saveSession(v.Context(), w)
		h.Set("Location", a.to)
		w.WriteHeader(http.StatusSeeOther)
		return
	}
	if a.media != "" {
		c.saveSession(v.Context(), w)
		h.Set("Content-Type", a.media)
		if a.filename != "" {
			h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": a.filename}))
		}
		_, _ = w.Write(a.file)
		return
	}
	var body bytes.Buffer
	if err := frame(c.page(v, a), a.body).Render(v.Context(), &body); err != nil {
		c.options.Log.ErrorContext(v.Context(), "render a page", "error", err, "path", v.Pattern, "request", v.request)
		http.Error(w, "The page could not be made. What you asked for may have been done: look before you repeat it.", http.StatusInternalServerError)
		return
	}
	c.saveSession(v.Context(), w)
	h.Set("Content-Type", "text/html; charset=utf-8")
	if a.retryAfter != "" {
		h.Set("Retry-After", a.retryAfter)
	}
	if a.allow != "" {
		h.Set("Allow", a.allow)
	}
	w.WriteHeader(cmp.Or(a.status, http.StatusOK))
	if v.Method != http.MethodHead {
		_, _ = w.Write(body.Bytes()) // a reader who left needs no answer
	}
}
