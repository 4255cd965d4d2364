package console

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/keywright/keywright"
	"github.com/keywright/keywright/policy"
)

// Handler serves every page, deed and static file of the console.
func (c *Console) Handler() http.Handler {
	mux := http.NewServeMux()
	for _, rt := range routes() {
		mux.Handle(rt.pattern, c.serve(rt))
	}
	mux.Handle("GET /static/{name}", c.assets)
	mux.Handle("/", c.serve(route{handle: func(_ *Console, v *visit) (answer, error) {
		return answer{}, nowhere(mux, v)
	}}))
	return c.protect(mux)
}

// serve makes an http.Handler of a route.
func (c *Console) serve(rt route) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		v, err := c.begin(w, r)
		var a answer
		if err == nil {
			a, err = c.answer(v, rt)
		}
		if err != nil {
			a = c.failed(v, err)
		}
		c.write(w, v, a)
	})
}

// begin finds out who asks: the session says which member, the service what he is now.
func (c *Console) begin(w http.ResponseWriter, r *http.Request) (*visit, error) {
	v := &visit{Request: r, now: c.options.Now(), request: w.Header().Get("X-Request-Id")}
	ctx, err := c.sessions.Load(r.Context(), c.cookie(r))
	if err != nil {
		// An empty session instead: the error page must not need what just failed.
		ctx, _ = c.sessions.Load(r.Context(), "")
	}
	v.Request = r.WithContext(ctx)
	if err != nil && !errors.Is(err, errUnreadable) {
		return v, err
	}
	by, ok := c.signedIn(ctx)
	if !ok {
		return v, nil
	}
	self, err := c.svc.Whoami(ctx, by)
	if isGone(err) { // removed since, or deactivated: the session ends with the membership
		return v, c.sessions.Destroy(ctx)
	}
	v.self = self
	return v, err
}

// answer lets in whom the route is for and asks its handler.
func (c *Console) answer(v *visit, rt route) (answer, error) {
	if rt.who == anyone {
		return rt.handle(c, v)
	}
	if !v.signedIn() {
		return goTo(signInFirst(v)), nil
	}
	if rt.who == holders {
		if v.self.Account.State != keywright.AccountActive {
			return answer{}, keywright.ErrSuspended
		}
		if !v.self.Role.May(rt.right) {
			return answer{}, c.refusal(v, rt.right)
		}
	}
	return rt.handle(c, v)
}

// refusal says which right the member lacks, as the service would.
func (c *Console) refusal(v *visit, right policy.Right) error {
	return &keywright.ForbiddenError{Right: right, Role: v.self.Role, Who: c.svc.Policy().RolesWith(right)}
}

// signInFirst is where someone who isn't signed in is sent: he comes back to the page that
// he asked for, or, after a deed that wasn't done, to the page that it was on.
func signInFirst(v *visit) string {
	query := url.Values{}
	if path := localPath(v.URL.RequestURI()); path != "" && path != "/" && (!v.deed() || hasPage(v.Pattern)) {
		query.Set("next", path)
	}
	if v.deed() {
		query.Set("notice", noticeAgain)
	}
	if len(query) == 0 {
		return "/sign-in"
	}
	return "/sign-in?" + query.Encode()
}

// hasPage reports whether a deed's path also has a page.
func hasPage(pattern string) bool {
	_, path, _ := strings.Cut(pattern, " ")
	return slices.ContainsFunc(routes(), func(rt route) bool { return rt.pattern == http.MethodGet+" "+path })
}

// nowhere says what is wrong with a path or method that no route has.
func nowhere(mux *http.ServeMux, v *visit) error {
	var methods []string
	for _, method := range []string{http.MethodGet, http.MethodPost} {
		probe := v.Clone(v.Context())
		probe.Method = method
		if _, pattern := mux.Handler(probe); pattern != "/" {
			methods = append(methods, method)
		}
	}
	if len(methods) == 0 || slices.Contains(methods, v.Method) {
		return keywright.ErrNotFound
	}
	return &methodError{allow: strings.Join(methods, ", ")}
}

// errMethod is a path that is there, but not for this method; *methodError says for which.
var errMethod = errors.New("method not allowed")

type methodError struct{ allow string }

func (*methodError) Error() string      { return errMethod.Error() }
func (*methodError) Is(kind error) bool { return kind == errMethod }

func (c *Console) home(*visit) (answer, error) { return goTo("/api-access"), nil }
