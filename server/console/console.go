package console

import (
	"context"
	"crypto/rand"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/alexedwards/scs/v2"

	"github.com/keywright/keywright"
	"github.com/keywright/keywright/policy"
	"github.com/keywright/keywright/secret"
)

// service is what the console asks of a keywright.Service.
type service interface {
	Policy() *policy.Policy
	Whoami(ctx context.Context, by keywright.Principal) (keywright.Self, error)

	SignIn(ctx context.Context, email, password string) ([]keywright.Member, error)
	CheckSetUp(ctx context.Context, token string) error
	SetUp(ctx context.Context, token string, n keywright.NewAccount) (keywright.Account, keywright.Member, error)
	Invitation(ctx context.Context, token string) (keywright.Member, keywright.Account, bool, error)
	Join(ctx context.Context, token, password string) (keywright.Member, error)

	Keys(ctx context.Context, by keywright.Principal, f keywright.KeyFilter, page keywright.Page) ([]keywright.Key, keywright.Cursor, error)
	Key(ctx context.Context, by keywright.Principal, id keywright.KeyID) (keywright.Key, error)
	Issue(ctx context.Context, by keywright.Principal, n keywright.NewKey) (keywright.Key, secret.Secret, error)
	Secrets(ctx context.Context, by keywright.Principal, id keywright.KeyID) (keywright.Key, []keywright.Seal, error)
	Disable(ctx context.Context, by keywright.Principal, id keywright.KeyID, why string, while time.Duration) (keywright.Key, keywright.Commit, error)
	Enable(ctx context.Context, by keywright.Principal, id keywright.KeyID) (keywright.Key, keywright.Commit, error)
	Rotate(ctx context.Context, by keywright.Principal, id keywright.KeyID, grace time.Duration) (keywright.Key, secret.Secret, keywright.Commit, error)
	EndGrace(ctx context.Context, by keywright.Principal, id keywright.KeyID) (keywright.Key, keywright.Commit, error)
	Change(ctx context.Context, by keywright.Principal, id keywright.KeyID, change keywright.KeyChange) (keywright.Key, keywright.Commit, error)
	Revoke(ctx context.Context, by keywright.Principal, id keywright.KeyID, why string) (keywright.Key, keywright.Commit, error)

	Waiting(ctx context.Context, by keywright.Principal) (keywright.Waiting, error)
	RequestKey(ctx context.Context, by keywright.Principal, n keywright.NewKeyRequest) (keywright.KeyRequest, error)
	KeyRequests(ctx context.Context, by keywright.Principal, open bool, page keywright.Page) ([]keywright.KeyRequest, keywright.Cursor, error)
	KeyRequest(ctx context.Context, by keywright.Principal, id keywright.KeyRequestID) (keywright.KeyRequest, keywright.Key, error)
	ApproveRequest(ctx context.Context, by keywright.Principal, id keywright.KeyRequestID, narrow keywright.Reach) (keywright.KeyRequest, error)
	DeclineRequest(ctx context.Context, by keywright.Principal, id keywright.KeyRequestID, why string) (keywright.KeyRequest, error)
	WithdrawRequest(ctx context.Context, by keywright.Principal, id keywright.KeyRequestID) (keywright.KeyRequest, error)
	CollectRequest(ctx context.Context, by keywright.Principal, id keywright.KeyRequestID) (keywright.KeyRequest, keywright.Key, secret.Secret, error)

	AskSupport(ctx context.Context, by keywright.Principal, n keywright.NewSupportRequest) (keywright.SupportRequest, error)
	OwnSupportRequests(ctx context.Context, by keywright.Principal, page keywright.Page) ([]keywright.SupportRequest, keywright.Cursor, error)
	SeeAnswers(ctx context.Context, by keywright.Principal) error
	Published(ctx context.Context, by keywright.Principal, helpPage string, page keywright.Page) ([]keywright.SupportRequest, keywright.Cursor, error)

	WouldRevoke(ctx context.Context, by keywright.Principal, f keywright.KeyFilter) (keywright.Batch, error)
	RevokeMany(ctx context.Context, by keywright.Principal, f keywright.KeyFilter, why, confirm string) (keywright.Batch, keywright.Commit, error)

	Members(ctx context.Context, by keywright.Principal, page keywright.Page) ([]keywright.Member, keywright.Cursor, error)
	Member(ctx context.Context, by keywright.Principal, id keywright.MemberID) (keywright.Member, error)
	MemberByEmail(ctx context.Context, by keywright.Principal, email string) (keywright.Member, error)
	AddMember(ctx context.Context, by keywright.Principal, n keywright.NewMember) (keywright.Member, keywright.Token, error)
	SetRole(ctx context.Context, by keywright.Principal, id keywright.MemberID, role string) (keywright.Member, keywright.Commit, error)
	PreviewRole(ctx context.Context, by keywright.Principal, id keywright.MemberID, role string) (keywright.RoleChange, error)
	PreviewLeave(ctx context.Context, by keywright.Principal, id, responsible keywright.MemberID) (keywright.Leaving, error)
	PreviewPlan(ctx context.Context, by keywright.Principal, plan string) (keywright.PlanChange, error)
	DeactivateMember(ctx context.Context, by keywright.Principal, id, responsible keywright.MemberID) (keywright.Member, keywright.Commit, error)
	ActivateMember(ctx context.Context, by keywright.Principal, id keywright.MemberID) (keywright.Member, keywright.Commit, error)
	TransferOwnership(ctx context.Context, by keywright.Principal, to, from keywright.MemberID) (keywright.Transfer, keywright.Commit, error)
	RemoveMember(ctx context.Context, by keywright.Principal, id, responsible keywright.MemberID) (keywright.Member, keywright.Commit, error)
	RenewInvitation(ctx context.Context, by keywright.Principal, id keywright.MemberID) (keywright.Member, keywright.Token, error)

	Receipt(ctx context.Context, by keywright.Principal, revision uint64) (keywright.Receipt, error)
	ReceiptOf(ctx context.Context, by keywright.Principal, subject string) (keywright.Receipt, error)

	Account(ctx context.Context, by keywright.Principal) (keywright.Account, error)
	History(ctx context.Context, by keywright.Principal, id keywright.KeyID, page keywright.Page) ([]keywright.Event, keywright.Cursor, error)
	Events(ctx context.Context, by keywright.Principal, page keywright.Page) ([]keywright.Event, keywright.Cursor, error)
}

// Options are the settings of a Console. The zero value is right for trying it out on
// loopback.
type Options struct {
	// PublicURL is how browsers reach the console, without a path: "https://keys.example.com".
	// With https the session cookie is __Host- and Secure. Default http://127.0.0.1:8080.
	PublicURL string

	// Receipts waits for the proof that a deed counts on every node. Default: nothing is proved,
	// and nothing is claimed but of this node.
	Receipts receipts

	// ServesStale says that nodes that are cut off go on with what they last knew: what they were
	// not told of, they may accept for as long as that lasts.
	ServesStale bool

	Log    *slog.Logger     // what went wrong, once each; default: nowhere
	Now    func() time.Time // the clock; default time.Now
	Random io.Reader        // one-time form tokens come from here; default crypto/rand

	// Demo says on each page that this is a demonstration, and how to sign in to it.
	Demo bool
}

func (o Options) withDefaults() Options {
	if o.PublicURL == "" {
		o.PublicURL = "http://127.0.0.1:8080"
	}
	o.PublicURL = strings.TrimSuffix(o.PublicURL, "/")
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Random == nil {
		o.Random = rand.Reader
	}
	return o
}

// Console serves the pages. It may be used by many goroutines.
type Console struct {
	svc      service
	sessions *scs.SessionManager
	origin   *http.CrossOriginProtection
	throttle *throttle
	assets   assets
	options  Options
	https    bool
}

// New makes a Console whose sessions are kept in store. It starts nothing.
func New(svc service, store scs.CtxStore, o Options) *Console {
	o = o.withDefaults()
	public, err := url.Parse(o.PublicURL)
	https := err == nil && public.Scheme == "https"
	return &Console{
		svc:      svc,
		sessions: newSessions(store, https),
		origin:   http.NewCrossOriginProtection(),
		throttle: newThrottle(),
		assets:   newAssets(),
		options:  o,
		https:    https,
	}
}

// Principal is the member who is signed in with r's session cookie, for the handlers next
// door that accept one. It answers false for a request that another site made the browser
// send. It doesn't prolong the session.
func (c *Console) Principal(r *http.Request) (keywright.Principal, bool) {
	if c.origin.Check(r) != nil || !fromOurPages(r) {
		return keywright.Principal{}, false
	}
	ctx, err := c.sessions.Load(r.Context(), c.cookie(r))
	if err != nil {
		if !errors.Is(err, errUnreadable) {
			c.options.Log.ErrorContext(r.Context(), "read a session", "error", err)
		}
		return keywright.Principal{}, false
	}
	return c.signedIn(ctx)
}
