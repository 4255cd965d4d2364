package policy

import (
	"net/url"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"
)

func twoScopes() []Scope { return []Scope{{Name: "incidents:read"}, {Name: "incidents:write"}} }

func routed(t testing.TB, lines ...string) *Router {
	t.Helper()
	routes := make([]Route, len(lines))
	for i, line := range lines {
		var err error
		if routes[i], err = ParseRoute(line); err != nil {
			t.Fatalf("%s %v", line, err)
		}
	}
	r, err := NewRouter(routes, twoScopes())
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestFind(t *testing.T) {
	r := routed(t,
		"GET /incidents/** → incidents:read",
		"* /incidents/** -> incidents:write",
		"GET /incidents/*/secrets -> *",
		"GET /incidents/*/notes/* -> incidents:read",
		"GET /incidents/7/notes/** -> incidents:write",
		"POST,PUT /reports -> incidents:write",
		"HEAD /reports -> incidents:read",
		"GET /reports/café -> incidents:read",
		"GET /v1:batch -> none",
		"GET / -> none",
	)
	every := []string{"incidents:read", "incidents:write"}
	read, write := every[:1], every[1:]
	for name, c := range map[string]struct {
		method, path string
		need         []string
		how          Routing
	}{
		"the rest":                                      {"GET", "/incidents/1/a/b/c", read, ByRoute},
		"no rest":                                       {"GET", "/incidents", read, ByRoute},
		"a slash at the end":                            {"GET", "/incidents/", read, ByRoute},
		"a query":                                       {"GET", "/incidents?id=/../x", read, ByRoute},
		"a slash and a query":                           {"GET", "/incidents/?x", read, ByRoute},
		"HEAD is as GET":                                {"HEAD", "/incidents/1", read, ByRoute},
		"HEAD with a route of its own":                  {"HEAD", "/reports", read, ByRoute},
		"a method goes before all":                      {"DELETE", "/incidents/1", write, ByRoute},
		"one segment goes before the rest":              {"GET", "/incidents/1/secrets", every, ByRoute},
		"but only the method that it is for":            {"POST", "/incidents/1/secrets", write, ByRoute},
		"a text before one segment, though shorter":     {"GET", "/incidents/7/notes/1", write, ByRoute},
		"one way back out of a dead end":                {"GET", "/incidents/7/secrets", every, ByRoute},
		"all the way back out of a dead end":            {"GET", "/incidents/7/nothing", read, ByRoute},
		"one of several methods":                        {"PUT", "/reports", write, ByRoute},
		"none of them":                                  {"GET", "/reports", every, NoRoute},
		"a method in small letters is another":          {"put", "/reports", every, NoRoute},
		"letter case matters":                           {"PUT", "/Reports", every, NoRoute},
		"a longer path than the route's":                {"PUT", "/reports/1", every, NoRoute},
		"needs nothing":                                 {"GET", "/", nil, ByRoute},
		"the root with a query":                         {"GET", "/?a", nil, ByRoute},
		"a colon":                                       {"GET", "/v1:batch", nil, ByRoute},
		"letters that are encoded needlessly":           {"PUT", "/%72eports", write, ByRoute},
		"letters that must be encoded":                  {"GET", "/reports/caf%C3%A9", read, ByRoute},
		"letters that should be":                        {"GET", "/reports/café", read, ByRoute},
		"encoded, longer than any route":                {"GET", "/%61" + strings.Repeat("a", 300), every, NoRoute},
		"dots inside a segment":                         {"GET", "/incidents/a..b", read, ByRoute},
		"three dots":                                    {"GET", "/incidents/...", read, ByRoute},
		"an encoded blank":                              {"GET", "/incidents/a%20b", read, ByRoute},
		"an encoded semicolon":                          {"GET", "/incidents/a%3Bb", read, ByRoute},
		"up and out":                                    {"GET", "/incidents/../reports", every, Unclear},
		"up at the end":                                 {"GET", "/incidents/..", every, Unclear},
		"up before a query":                             {"GET", "/incidents/..?x", every, Unclear},
		"up, encoded":                                   {"GET", "/incidents/%2e%2E/reports", every, Unclear},
		"up, half encoded":                              {"GET", "/incidents/.%2e/reports", every, Unclear},
		"stay":                                          {"GET", "/incidents/./1", every, Unclear},
		"two slashes":                                   {"GET", "//incidents", every, Unclear},
		"two slashes at the end":                        {"GET", "/incidents//", every, Unclear},
		"an encoded slash":                              {"GET", "/incidents%2F..%2freports", every, Unclear},
		"a backslash":                                   {"GET", `/incidents\..\reports`, every, Unclear},
		"an encoded backslash":                          {"GET", "/incidents%5c1", every, Unclear},
		"encoded twice":                                 {"GET", "/incidents/%252e%252e", every, Unclear},
		"encoded twice, the digits as well":             {"GET", "/incidents/%25%32%65", every, Unclear},
		"a path parameter":                              {"GET", "/incidents;x=1/2", every, Unclear},
		"up with a path parameter":                      {"GET", "/incidents/..;/reports", every, Unclear},
		"a fragment":                                    {"GET", "/incidents#x", every, Unclear},
		"a blank":                                       {"GET", "/incidents /", every, Unclear},
		"a NUL, encoded":                                {"GET", "/incidents%00", every, Unclear},
		"a line end, encoded":                           {"GET", "/incidents%0d%0a", every, Unclear},
		"an overlong slash":                             {"GET", "/incidents%c0%af", every, Unclear},
		"a percent sign alone":                          {"GET", "/incidents/%", every, Unclear},
		"a percent sign with one digit":                 {"GET", "/incidents/%4", every, Unclear},
		"a percent sign with letters that are no digit": {"GET", "/incidents/%zz", every, Unclear},
		"nothing":                                       {"GET", "", every, Unclear},
		"no slash":                                      {"GET", "incidents", every, Unclear},
		"a whole URL":                                   {"GET", "http://a.example/incidents", every, Unclear},
		"the star of OPTIONS":                           {"OPTIONS", "*", every, Unclear},
	} {
		if need, how := r.Find(c.method, c.path); !slices.Equal(need, c.need) || how != c.how {
			t.Errorf("%s: %s %s: got %v %d, want %v %d", name, c.method, c.path, need, how, c.need, c.how)
		}
	}
}

func TestAPolicyWithoutRoutesAsksForNothing(t *testing.T) {
	for name, r := range map[string]*Router{"nil": nil, "empty": routed(t), "the default's": Default().Routes} {
		for _, path := range []string{"/incidents", "/..", ""} {
			if need, how := r.Find("GET", path); need != nil || how != Unrouted {
				t.Errorf("%s: got %v %d, want nothing", name, need, how)
			}
		}
	}
}

func TestARouteIsReadBackAsItIsWritten(t *testing.T) {
	for _, text := range []string{"GET /incidents/** → incidents:read", "* / → none", "GET,POST /a/*/b → *"} {
		r, err := ParseRoute(text)
		if err != nil || r.String() != text {
			t.Errorf("%s: got %s %v", text, r, err)
		}
	}
	if got := routed(t, "GET  /a->incidents:read").Routes()[0].String(); got != "GET /a → incidents:read" {
		t.Errorf("blanks: got %s", got)
	}
}

func TestNewRouterRefuses(t *testing.T) {
	for name, c := range map[string]struct {
		routes []Route
		want   string
	}{
		"an unknown scope":  {[]Route{{nil, "/a", "x"}}, `route * /a needs scope "x", which is not in the policy`},
		"a path of nothing": {[]Route{{nil, "", ""}}, "route *  has a path without a slash at its beginning"},
		"the same twice":    {[]Route{{[]string{"GET", "PUT"}, "/a", ""}, {[]string{"POST", "PUT"}, "/a", "*"}}, "routes GET,PUT /a and POST,PUT /a are for the same method and path"},
	} {
		if _, err := NewRouter(c.routes, twoScopes()); err == nil || err.Error() != c.want {
			t.Errorf("%s: got %v, want %s", name, err, c.want)
		}
	}
}

// model decides like Router.Find, by trying every route on a path that it splits and decodes
// first. It answers the number of the route, -1 for none, -2 for an unclear path.
func model(routes []Route, method, path string) int {
	path, _, _ = strings.Cut(path, "?")
	rest, ok := strings.CutPrefix(path, "/")
	if !ok || strings.ContainsAny(path, `\;# `) {
		return -2
	}
	rest = strings.TrimSuffix(rest, "/")
	var segments []string
	if rest != "" || strings.HasSuffix(path, "//") {
		for raw := range strings.SplitSeq(rest, "/") {
			text, err := url.PathUnescape(raw)
			if err != nil || text == "" || text == "." || text == ".." || !utf8.ValidString(text) ||
				strings.ContainsAny(text, `/\%`) || strings.ContainsFunc(text, func(r rune) bool { return r < ' ' || r == 0x7f }) {
				return -2
			}
			segments = append(segments, text)
		}
	}
	best, rank := -1, []int(nil)
	for i, route := range routes {
		pattern, _ := segmentsOf(route.Path)
		if own := rankOf(route, pattern, method, segments); own != nil && slices.Compare(own, rank) > 0 {
			best, rank = i, own
		}
	}
	return best
}

// rankOf is how specific a route is for a request, nil when it does not match: a number for
// each segment and one for the method, to be compared from the left.
func rankOf(route Route, pattern []string, method string, segments []string) []int {
	var rank []int
	for i, p := range pattern {
		switch {
		case p == "**":
			rank = append(rank, 1)
			return rankOfMethod(route, method, rank)
		case i >= len(segments), p != "*" && p != segments[i]:
			return nil
		case p == "*":
			rank = append(rank, 2)
		default:
			rank = append(rank, 3)
		}
	}
	if len(segments) > len(pattern) {
		return nil
	}
	return rankOfMethod(route, method, append(rank, 4)) // ends where the path ends
}

func rankOfMethod(route Route, method string, rank []int) []int {
	switch {
	case slices.Contains(route.Methods, method):
		return append(rank, 3)
	case method == "HEAD" && slices.Contains(route.Methods, "GET"):
		return append(rank, 2)
	case len(route.Methods) == 0:
		return append(rank, 1)
	}
	return nil
}

func TestFindIsTryingEveryRoute(t *testing.T) {
	scopes := make([]Scope, 40)
	for i := range scopes {
		scopes[i].Name = "s" + strings.Repeat("x", i)
	}
	segment := rapid.SampledFrom([]string{"a", "b", "c", "é", "*", "*"})
	sent := rapid.SampledFrom([]string{
		"a", "a", "b", "b", "c", "c", "%61", "%62", "é", "%C3%A9", "d", "a?b", "...",
		"", ".", "..", "%2e", "%2E.", "%2f", "%5C", "%25", "a;b", "%3b", "a b", "%20", "#", `\`, "%", "%4", "%zz", "%00", "%7f", "%C0%AF",
	})
	rapid.Check(t, func(t *rapid.T) {
		var r *Router
		for range rapid.IntRange(1, 12).Draw(t, "routes") {
			route := Route{
				Methods: rapid.SampledFrom([][]string{nil, {"GET"}, {"HEAD"}, {"POST", "PUT"}, {"GET", "POST"}}).Draw(t, "methods"),
				Path:    "/" + strings.Join(rapid.SliceOfN(segment, 0, 4).Draw(t, "path"), "/"),
			}
			if rapid.Bool().Draw(t, "rest") {
				route.Path = strings.TrimSuffix(route.Path, "/") + "/**"
			}
			routes := r.Routes()
			route.Scope = scopes[len(routes)].Name
			if next, err := NewRouter(append(routes, route), scopes); err == nil {
				r = next // else the same method and path stand there already
			}
		}
		routes := r.Routes()
		if len(routes) > 1 { // the order does not matter
			shuffled, err := NewRouter(rapid.Permutation(routes).Draw(t, "order"), scopes)
			if err != nil {
				t.Fatal(err)
			}
			r = shuffled
		}
		for range 10 {
			method := rapid.SampledFrom([]string{"GET", "HEAD", "POST", "PUT", "DELETE", "get"}).Draw(t, "method")
			path := "/" + strings.Join(rapid.SliceOfN(sent, 0, 5).Draw(t, "sent"), "/")
			need, how := r.Find(method, path)
			switch want := model(routes, method, path); want {
			case -2:
				if how != Unclear || len(need) != len(scopes) {
					t.Fatalf("%s: got %v of %d, want it to be unclear", path, how, len(need))
				}
			case -1:
				if how != NoRoute || len(need) != len(scopes) {
					t.Fatalf("%s %s: got %v of %v, want no route", method, path, how, need)
				}
			default:
				if how != ByRoute || !slices.Equal(need, []string{routes[want].Scope}) {
					t.Fatalf("%s %s: got %v %v, want %s", method, path, how, need, routes[want])
				}
			}
		}
	})
}

// What is most work for a Router: routes that are alike but for their stars, and a path that
// fits all of them but for its end.
func worst(t testing.TB) (r *Router, path string) {
	var lines []string
	for i := range 256 {
		line := "GET "
		for bit := range 8 {
			line += []string{"/a", "/*"}[i>>bit&1]
		}
		lines = append(lines, line+"/end -> none")
	}
	return routed(t, lines...), strings.Repeat("/a", 8) + "/other"
}

func TestFindAllocatesNothing(t *testing.T) {
	r, path := worst(t)
	for _, path := range []string{path, "/a/%61/b", "/..", "/" + strings.Repeat("a/", 4000)} {
		if got := testing.AllocsPerRun(100, func() { r.Find("GET", path) }); got != 0 {
			t.Errorf("%.20s: got %v allocations, want 0", path, got)
		}
	}
}

func BenchmarkFind(b *testing.B) {
	usual := routed(b, "GET /incidents/** → incidents:read", "* /incidents/** -> incidents:write", "GET /incidents/*/notes/* -> incidents:read", "GET /health -> none")
	worst, path := worst(b)
	for _, c := range []struct {
		name   string
		router *Router
		path   string
	}{
		{"usual", usual, "/incidents/PT4KHLK/notes/12?limit=1"},
		{"encoded", usual, "/incidents/PT4%20KHLK/notes/12"},
		{"unclear", usual, "/incidents/../notes"},
		{"worst", worst, path},
		{"long", usual, "/incidents/" + strings.Repeat("a/", 2000)},
	} {
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				c.router.Find("GET", c.path)
			}
		})
	}
}

func FuzzFind(f *testing.F) {
	routes := routed(f, "GET /a/** -> incidents:read", "* /a/b/* -> incidents:write", "GET /é -> none").Routes()
	r, err := NewRouter(routes, twoScopes())
	if err != nil {
		f.Fatal(err)
	}
	for _, seed := range []string{"/a/b", "/a//", "/%c3%a9", "/a/..", "/a?/..", "/%25", ""} {
		f.Add("GET", seed)
	}
	f.Fuzz(func(t *testing.T, method, path string) {
		need, how := r.Find(method, path)
		switch want := model(routes, method, path); {
		case want == -2: // the model asks for UTF-8 throughout
			if how == ByRoute && utf8.ValidString(path) {
				if text, err := url.PathUnescape(path); err == nil && utf8.ValidString(text) {
					t.Errorf("%q: got a route, want it to be unclear", path)
				}
			}
		case want == -1 && how != NoRoute, want >= 0 && how != ByRoute:
			t.Errorf("%s %q: got %d %v, want %d", method, path, how, need, want)
		}
	})
}
