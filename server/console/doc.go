// Package console is the web console: pages for people, rendered on the server, complete
// without script. It asks package keywright for everything and decides nothing itself; it
// never sees the database, and the REST API is next door in server/rest.
//
// Start at [New], then routes.go, which is the table of every page. A request goes through
// serve.go: session, who asks, what he may, handler, answer.
//
// How to add a page: write a typed view struct and its templ component in NAME.templ
// (begin it with @head, which makes the h1), and in NAME.go a handler
//
//	func (c *Console) name(v *visit) (answer, error)
//
// that reads v, calls c.svc with v.by() and returns show(title, component), goTo(path) or
// an error. Add what it calls to the service interface in console.go and one line to
// routes.go; whoever lacks the route's right gets the refusal before the handler runs. A
// form is read with v.form(names…), its field errors come from fieldErrors(err), and a deed
// answers goTo(path).noting("what happened"). Errors are returned as they are: errors.go is
// the one place that turns them into pages. Run `make generate`, add the page to the
// golden pages of pages_test.go and look at it.
package console
