package console

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/alexedwards/scs/v2"

	"github.com/keywright/keywright"
)

// How long a session lives (NIST SP 800-63B-4, 2.2.3: at most 24 h, and 1 h unused).
const (
	sessionIdle  = time.Hour      // without a request
	sessionTotal = 24 * time.Hour // since sign-in, however busy
)

// What a session holds. All values are strings, so that they read back from JSON as they
// were. It holds no right and no role: those are looked up again on each request.
const (
	sessionAccount     = "account"     // the account that is acted in
	sessionMember      = "member"      // the member of it
	sessionBegun       = "begun"       // when the password was given: milliseconds since 1970
	sessionMemberships = "memberships" // what the password opened: "acct_… mem_… acct_… mem_…"
	sessionNotice      = "notice"      // what the last deed did, for the next page
)

// newSessions makes the keeper of sessions. Over https the cookie's name begins with
// __Host-, which a browser takes only from this very host, over https, for all paths
// (RFC 6265bis, 4.1.3.2). Plain http is for loopback, where a browser refuses that prefix.
func newSessions(store scs.CtxStore, https bool) *scs.SessionManager {
	cookie := scs.SessionCookie{Name: "keywright", HttpOnly: true, Path: "/", SameSite: http.SameSiteLaxMode}
	if https {
		cookie.Name, cookie.Secure = "__Host-keywright", true
	}
	// Not scs.New, which starts a goroutine for a store in memory.
	return &scs.SessionManager{
		Store:            store,
		Codec:            jsonCodec{},
		HashTokenInStore: true, // who reads the database can't take over a session
		IdleTimeout:      sessionIdle,
		Lifetime:         sessionTotal,
		Cookie:           cookie,
	}
}

// cookie is the session's token; "" when there is none, or more than one: then someone else
// has set one of them, and nobody can tell which.
func (c *Console) cookie(r *http.Request) string {
	found := r.CookiesNamed(c.sessions.Cookie.Name)
	if len(found) != 1 {
		return ""
	}
	return found[0].Value
}

// signedIn is who the session of ctx belongs to.
func (c *Console) signedIn(ctx context.Context) (keywright.Principal, bool) {
	m := keywright.Member{
		Account: keywright.AccountID(c.sessions.GetString(ctx, sessionAccount)),
		ID:      keywright.MemberID(c.sessions.GetString(ctx, sessionMember)),
	}
	return c.sessionOf(ctx, m), m.Account != "" && m.ID != ""
}

// sessionOf is a member as the session of ctx lets him in. A session of an earlier release, which
// did not note when it began, is as old as can be.
func (c *Console) sessionOf(ctx context.Context, m keywright.Member) keywright.Principal {
	begun, _ := strconv.ParseInt(c.sessions.GetString(ctx, sessionBegun), 10, 64)
	by := m.By()
	by.SignedIn = time.UnixMilli(begun)
	return by
}

// startSession signs a member in under a new token, so that a token planted or seen before
// is worth nothing, and saves it: an answer that says "signed in" must be true. since is when he
// gave his password.
func (c *Console) startSession(v *visit, since time.Time, m keywright.Member, memberships []keywright.Member) error {
	ctx := v.Context()
	if err := c.sessions.RenewToken(ctx); err != nil {
		return fmt.Errorf("start a session: %w", err)
	}
	all := make([]string, 0, 2*len(memberships))
	for _, one := range memberships {
		all = append(all, string(one.Account), string(one.ID))
	}
	c.sessions.Put(ctx, sessionAccount, string(m.Account))
	c.sessions.Put(ctx, sessionMember, string(m.ID))
	c.sessions.Put(ctx, sessionBegun, strconv.FormatInt(since.UnixMilli(), 10))
	c.sessions.Put(ctx, sessionMemberships, strings.Join(all, " "))
	if _, _, err := c.sessions.Commit(ctx); err != nil {
		return fmt.Errorf("start a session: %w", err)
	}
	return nil
}

// memberships are the places that the session's password opened, those still open.
func (c *Console) memberships(ctx context.Context) ([]keywright.Self, error) {
	ids := strings.Fields(c.sessions.GetString(ctx, sessionMemberships))
	var open []keywright.Self
	for i := 0; i+1 < len(ids); i += 2 {
		m := keywright.Member{Account: keywright.AccountID(ids[i]), ID: keywright.MemberID(ids[i+1])}
		self, err := c.svc.Whoami(ctx, c.sessionOf(ctx, m))
		if isGone(err) {
			continue
		}
		if err != nil {
			return nil, err
		}
		open = append(open, self)
	}
	return open, nil
}

// saveSession writes what the request did to its session, and the cookie. A session that
// can't be prolonged must not hide what the request did, so a failure is only logged.
func (c *Console) saveSession(ctx context.Context, w http.ResponseWriter) {
	switch c.sessions.Status(ctx) {
	case scs.Modified:
		token, expiry, err := c.sessions.Commit(ctx)
		if err != nil {
			c.options.Log.ErrorContext(ctx, "save a session", "error", err)
			return
		}
		c.sessions.WriteSessionCookie(ctx, w, token, expiry)
	case scs.Destroyed:
		c.sessions.WriteSessionCookie(ctx, w, "", time.Time{})
	}
}

// jsonCodec writes a session as JSON: gob, the default, decodes into whatever type the bytes
// name.
type jsonCodec struct{}

// errUnreadable is a session that an earlier or later release wrote in another way. It counts
// as none: its owner signs in again.
var errUnreadable = errors.New("unreadable session")

type sessionRecord struct {
	Deadline time.Time         `json:"deadline"`
	Values   map[string]string `json:"values"`
}

func (jsonCodec) Encode(deadline time.Time, values map[string]any) ([]byte, error) {
	record := sessionRecord{Deadline: deadline, Values: make(map[string]string, len(values))}
	for name, value := range values {
		text, ok := value.(string)
		if !ok {
			return nil, fmt.Errorf("session value %s is not a string", name)
		}
		record.Values[name] = text
	}
	return json.Marshal(record)
}

func (jsonCodec) Decode(data []byte) (time.Time, map[string]any, error) {
	var record sessionRecord
	if err := json.Unmarshal(data, &record); err != nil {
		return time.Time{}, nil, errUnreadable
	}
	values := make(map[string]any, len(record.Values))
	for name, text := range record.Values {
		values[name] = text
	}
	return record.Deadline, values, nil
}
