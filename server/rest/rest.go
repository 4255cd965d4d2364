package rest

import (
	"context"
	"log/slog"
	"net/http"
	"net/netip"
	"path"
	"reflect"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"github.com/keywright/keywright"
	"github.com/keywright/keywright/limit"
	"github.com/keywright/keywright/policy"
	"github.com/keywright/keywright/secret"
)

// Options are the settings of the API. The zero value is right for a public listener without
// a console beside it.
type Options struct {
	// Operator says that whoever reaches this handler is the operator: it is for a socket that
	// nobody else can open. Elsewhere he sends a token of his. The header Keywright-Account then
	// names the account that is acted in, by its slug, and Keywright-Act-As the member in whose
	// place, by e-mail address. A path that names a key needs no account.
	Operator bool

	// Session finds the member who is signed in to the console with the same browser. It is
	// asked only when a request sends no key. Default: nobody.
	Session func(*http.Request) (keywright.Principal, bool)

	// Receipts waits for the proof that a change counts on every node. Default: an answer has none.
	Receipts receipts

	// Nodes lists the processes that answer for the keys. Default: none.
	Nodes func(context.Context) ([]keywright.Neighbour, error)

	// Revision is the last one that is known here, and so no earlier than that of a write that was
	// just done. It is told in a header of each answer to one. Default: it is not told.
	Revision func() uint64

	PublicURL string           // where people reach the console, for invitations
	Now       func() time.Time // the clock; default time.Now
	Log       *slog.Logger     // hears of errors that nobody foresaw; default nobody
}

// service is what the API does with a request that it has understood.
type service interface {
	Policy() *policy.Policy
	InForce() policy.InForce
	Foresee(ctx context.Context, by keywright.Principal, next *policy.Policy) ([]keywright.Effect, error)
	Verify(ctx context.Context, r keywright.Request) (keywright.Verdict, error)
	Whoami(ctx context.Context, by keywright.Principal) (keywright.Self, error)

	Issue(ctx context.Context, by keywright.Principal, n keywright.NewKey) (keywright.Key, secret.Secret, error)
	Keys(ctx context.Context, by keywright.Principal, f keywright.KeyFilter, page keywright.Page) ([]keywright.Key, keywright.Cursor, error)
	Secrets(ctx context.Context, by keywright.Principal, id keywright.KeyID) (keywright.Key, []keywright.Seal, error)
	Change(ctx context.Context, by keywright.Principal, id keywright.KeyID, c keywright.KeyChange) (keywright.Key, keywright.Commit, error)
	Disable(ctx context.Context, by keywright.Principal, id keywright.KeyID, why string, while time.Duration) (keywright.Key, keywright.Commit, error)
	Enable(ctx context.Context, by keywright.Principal, id keywright.KeyID) (keywright.Key, keywright.Commit, error)
	Rotate(ctx context.Context, by keywright.Principal, id keywright.KeyID, grace time.Duration) (keywright.Key, secret.Secret, keywright.Commit, error)
	EndGrace(ctx context.Context, by keywright.Principal, id keywright.KeyID) (keywright.Key, keywright.Commit, error)
	Revoke(ctx context.Context, by keywright.Principal, id keywright.KeyID, why string) (keywright.Key, keywright.Commit, error)
	WouldRevoke(ctx context.Context, by keywright.Principal, f keywright.KeyFilter) (keywright.Batch, error)
	RevokeMany(ctx context.Context, by keywright.Principal, f keywright.KeyFilter, why, confirm string) (keywright.Batch, keywright.Commit, error)
	RotateSelf(ctx context.Context, by keywright.Principal, grace time.Duration) (keywright.Key, secret.Secret, keywright.Commit, error)
	RevokeSelf(ctx context.Context, by keywright.Principal, why string) (keywright.Key, keywright.Commit, error)
	RevokeFound(ctx context.Context, text string) (bool, error)

	RequestKey(ctx context.Context, by keywright.Principal, n keywright.NewKeyRequest) (keywright.KeyRequest, error)
	KeyRequests(ctx context.Context, by keywright.Principal, open bool, page keywright.Page) ([]keywright.KeyRequest, keywright.Cursor, error)
	KeyRequest(ctx context.Context, by keywright.Principal, id keywright.KeyRequestID) (keywright.KeyRequest, keywright.Key, error)
	ApproveRequest(ctx context.Context, by keywright.Principal, id keywright.KeyRequestID, narrow keywright.Reach) (keywright.KeyRequest, error)
	DeclineRequest(ctx context.Context, by keywright.Principal, id keywright.KeyRequestID, why string) (keywright.KeyRequest, error)
	WithdrawRequest(ctx context.Context, by keywright.Principal, id keywright.KeyRequestID) (keywright.KeyRequest, error)
	CollectRequest(ctx context.Context, by keywright.Principal, id keywright.KeyRequestID) (keywright.KeyRequest, keywright.Key, secret.Secret, error)

	AskSupport(ctx context.Context, by keywright.Principal, n keywright.NewSupportRequest) (keywright.SupportRequest, error)
	SupportRequests(ctx context.Context, by keywright.Principal, open bool, page keywright.Page) ([]keywright.SupportRequest, keywright.Cursor, error)
	SupportRequest(ctx context.Context, by keywright.Principal, id keywright.SupportID) (keywright.SupportRequest, error)
	AnswerSupport(ctx context.Context, by keywright.Principal, id keywright.SupportID, n keywright.NewAnswer) (keywright.SupportRequest, error)
	PublishSupport(ctx context.Context, by keywright.Principal, id keywright.SupportID) (keywright.SupportRequest, error)
	UnpublishSupport(ctx context.Context, by keywright.Principal, id keywright.SupportID) (keywright.SupportRequest, error)

	OperatorBy(ctx context.Context, text string) (keywright.Principal, keywright.Reason, error)
	IssueOperatorToken(ctx context.Context, by keywright.Principal, n keywright.NewOperatorToken) (keywright.OperatorToken, secret.Secret, error)
	OperatorTokens(ctx context.Context, by keywright.Principal, page keywright.Page) ([]keywright.OperatorToken, keywright.Cursor, error)
	OperatorToken(ctx context.Context, by keywright.Principal, id keywright.OperatorTokenID) (keywright.OperatorToken, error)
	RevokeOperatorToken(ctx context.Context, by keywright.Principal, id keywright.OperatorTokenID, why string) (keywright.OperatorToken, keywright.Commit, error)

	History(ctx context.Context, by keywright.Principal, id keywright.KeyID, page keywright.Page) ([]keywright.Event, keywright.Cursor, error)
	Events(ctx context.Context, by keywright.Principal, page keywright.Page) ([]keywright.Event, keywright.Cursor, error)

	Account(ctx context.Context, by keywright.Principal) (keywright.Account, error)
	SetPlan(ctx context.Context, by keywright.Principal, plan string) (keywright.Account, keywright.Commit, error)
	CreateAccount(ctx context.Context, by keywright.Principal, n keywright.NewAccount) (keywright.Account, keywright.Member, keywright.Token, error)
	Accounts(ctx context.Context, by keywright.Principal, page keywright.Page) ([]keywright.Account, keywright.Cursor, error)
	AccountBySlug(ctx context.Context, by keywright.Principal, slug string) (keywright.Account, error)
	AccountOfKey(ctx context.Context, by keywright.Principal, id keywright.KeyID) (keywright.Account, error)

	Members(ctx context.Context, by keywright.Principal, page keywright.Page) ([]keywright.Member, keywright.Cursor, error)
	Member(ctx context.Context, by keywright.Principal, id keywright.MemberID) (keywright.Member, error)
	MemberByEmail(ctx context.Context, by keywright.Principal, email string) (keywright.Member, error)
	AddMember(ctx context.Context, by keywright.Principal, n keywright.NewMember) (keywright.Member, keywright.Token, error)
	SetRole(ctx context.Context, by keywright.Principal, id keywright.MemberID, role string) (keywright.Member, keywright.Commit, error)
	PreviewLeave(ctx context.Context, by keywright.Principal, id, responsible keywright.MemberID) (keywright.Leaving, error)
	PreviewRole(ctx context.Context, by keywright.Principal, id keywright.MemberID, role string) (keywright.RoleChange, error)
	PreviewPlan(ctx context.Context, by keywright.Principal, plan string) (keywright.PlanChange, error)
	DeactivateMember(ctx context.Context, by keywright.Principal, id, responsible keywright.MemberID) (keywright.Member, keywright.Commit, error)
	ActivateMember(ctx context.Context, by keywright.Principal, id keywright.MemberID) (keywright.Member, keywright.Commit, error)
	TransferOwnership(ctx context.Context, by keywright.Principal, to, from keywright.MemberID) (keywright.Transfer, keywright.Commit, error)
	RemoveMember(ctx context.Context, by keywright.Principal, id, responsible keywright.MemberID) (keywright.Member, keywright.Commit, error)
	RenewInvitation(ctx context.Context, by keywright.Principal, id keywright.MemberID) (keywright.Member, keywright.Token, error)
}

// handler serves the API. But for its flights and finders it is immutable once New has returned it.
type handler struct {
	svc     service
	options Options
	origins http.CrossOriginProtection
	mux     *http.ServeMux
	flights flights
	finders finders

	api      huma.API
	requests map[reflect.Type]bool // the types of bodies, for the document
}

// New makes the handler of everything under /v1/.
func New(svc service, o Options) http.Handler {
	if o.Session == nil {
		o.Session = func(*http.Request) (keywright.Principal, bool) { return keywright.Principal{}, false }
	}
	if o.Nodes == nil {
		o.Nodes = func(context.Context) ([]keywright.Neighbour, error) { return nil, nil }
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	o.PublicURL = strings.TrimSuffix(o.PublicURL, "/")
	h := &handler{svc: svc, options: o, mux: http.NewServeMux(), requests: map[reflect.Type]bool{}, flights: flights{open: map[flight]bool{}}, finders: finders{buckets: map[netip.Prefix]limit.Bucket{}}}
	h.api = humago.New(h.mux, h.config())
	h.api.UseMiddleware(h.enter)
	h.keys()
	h.keyRequests()
	h.keyLife()
	h.keyBatches()
	h.found()
	h.members()
	h.leavers()
	h.previews()
	h.account()
	h.operators()
	h.operatorTokens()
	h.support()
	h.nodes()
	h.audit()
	h.policies()
	h.self()
	h.document()
	h.elsewhere()
	return h
}

// ServeHTTP answers a path that is not in its one spelling with 404: the mux would redirect,
// and put into a Location header and an HTML page whatever the caller sent.
func (h *handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "no-store")
	asked := r.URL.EscapedPath()
	if !strings.HasPrefix(asked, "/v1/") || path.Clean(asked) != strings.TrimSuffix(asked, "/") {
		h.notFound(w, r)
		return
	}
	h.mux.ServeHTTP(w, r)
}

// elsewhere answers the paths that are not there, and the methods that a path does not have.
func (h *handler) elsewhere() {
	h.mux.HandleFunc("/v1/", h.notFound)
	for pattern, item := range h.api.OpenAPI().Paths {
		if pattern == batchPath {
			continue
		}
		h.mux.HandleFunc(pattern, h.notAllowed(methods(item)))
	}
	h.mux.HandleFunc(documentPath, h.notAllowed("GET, HEAD, OPTIONS"))
}

func (h *handler) notFound(w http.ResponseWriter, r *http.Request) {
	h.refuse(w, r, &visit{requestID: requestID(w)}, noSuchPath())
}

func (h *handler) notAllowed(allow string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Allow", allow)
		if r.Method == http.MethodOptions {
			w.WriteHeader(http.StatusNoContent)
			return
		}
		h.refuse(w, r, &visit{requestID: requestID(w)}, methodNotAllowed(allow))
	}
}

// methods lists what a path has, as the Allow header does.
func methods(item *huma.PathItem) string {
	var allow []string
	for _, one := range []struct {
		name string
		op   *huma.Operation
	}{{"GET, HEAD", item.Get}, {"POST", item.Post}, {"PATCH", item.Patch}, {"DELETE", item.Delete}} {
		if one.op != nil {
			allow = append(allow, one.name)
		}
	}
	return strings.Join(append(allow, "OPTIONS"), ", ")
}
