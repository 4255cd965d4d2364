package keywright_test

import (
	"context"
	"errors"
	"hash/crc32"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/keywright/keywright"
	"github.com/keywright/keywright/policy"
	"github.com/keywright/keywright/secret"
	"github.com/keywright/keywright/store"
	"github.com/keywright/keywright/store/sqlite"
)

// house is a Service on a real database, with an account that has a member for each role.
type house struct {
	*keywright.Service
	account keywright.Account
	members map[string]keywright.Member // by role
	now     time.Time
	used    []keywright.KeyID

	store      *store.Store
	ring       *secret.Keyring
	tokensUsed []keywright.OperatorTokenID
}

// plain matches passwords without the work, which these tests are not about.
type plain struct{}

func (plain) Hash(_ context.Context, password string) (string, error) {
	return "plain:" + password, nil
}

func (plain) Match(_ context.Context, password, hash string) (bool, error) {
	return hash != "" && hash == "plain:"+password, nil
}

func open(t testing.TB, plan string) *house {
	t.Helper()
	db, err := sqlite.Open(t.Context(), t.TempDir(), sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	ring, err := secret.NewKeyring(map[int][]byte{1: []byte("a pepper for tests, 32 bytes....")})
	if err != nil {
		t.Fatal(err)
	}
	h := &house{members: map[string]keywright.Member{}, store: db, ring: ring, now: time.Date(2026, 5, 3, 12, 0, 0, 0, time.UTC)}
	h.Service = keywright.New(db, ring, plain{}, keywright.Options{
		Now:  func() time.Time { return h.now },
		Used: func(id keywright.KeyID, _ keywright.Use) { h.used = append(h.used, id) },

		TokenUsed: func(id keywright.OperatorTokenID, _ keywright.Use) { h.tokensUsed = append(h.tokensUsed, id) },
	})
	h.account, h.members["owner"] = h.create(t, "acme", plan)
	for _, role := range []string{"admin", "user", "limited_user"} {
		member, _, err := h.AddMember(t.Context(), h.members["owner"].By(), keywright.NewMember{Email: role + "@acme.example", Role: role, Password: "password of " + role})
		if err != nil {
			t.Fatal(err)
		}
		h.members[role] = member
	}
	return h
}

func (h *house) create(t testing.TB, slug, plan string) (keywright.Account, keywright.Member) {
	t.Helper()
	account, owner, _, err := h.CreateAccount(t.Context(), keywright.Operator(""), keywright.NewAccount{
		Slug: slug, Name: strings.ToUpper(slug), Plan: plan,
		Owner: keywright.NewMember{Email: "owner@" + slug + ".example", Name: "Olive Owner", Password: "password of owner"},
	})
	if err != nil {
		t.Fatal(err)
	}
	return account, owner
}

func (h *house) issue(t testing.TB, by keywright.Principal) (keywright.Key, secret.Secret) {
	t.Helper()
	key, text, err := h.Issue(t.Context(), by, keywright.NewKey{Description: "nightly export"})
	if err != nil {
		t.Fatal(err)
	}
	return key, text
}

func (h *house) verify(t testing.TB, r keywright.Request) keywright.Verdict {
	t.Helper()
	verdict, err := h.Verify(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	return verdict
}

func (h *house) is(t testing.TB, text secret.Secret, want keywright.Reason) {
	t.Helper()
	if got := h.verify(t, keywright.Request{Text: text.Reveal()}); got.Reason != want || got.Valid != (want == "") {
		t.Errorf("verdict: got %q, want %q", got.Reason, want)
	}
}

// F1, F16, F17: who may issue, list, read and revoke keys; the refusal says who may and why.
func TestOnlyOwnersAdminsAndKeysReachKeys(t *testing.T) {
	h := open(t, "standard")
	own, _ := h.issue(t, h.members["owner"].By())
	for name, c := range map[string]struct {
		by  keywright.Principal
		may bool
	}{
		"the owner":               {h.members["owner"].By(), true},
		"an admin":                {h.members["admin"].By(), true},
		"a user":                  {h.members["user"].By(), false},
		"a limited user":          {h.members["limited_user"].By(), false},
		"the operator":            {keywright.Operator(h.account.ID), true},
		"the operator for a user": {keywright.Principal{Kind: keywright.PrincipalMember, Account: h.account.ID, Member: h.members["user"].ID, ForOperator: true}, false},
		"an account key":          {own.By(), true},
		"nobody":                  {keywright.Principal{Account: h.account.ID}, false},
	} {
		t.Run(name, func(t *testing.T) {
			key, _, issued := h.Issue(t.Context(), c.by, keywright.NewKey{Description: "x"})
			_, _, listed := h.Keys(t.Context(), c.by, keywright.KeyFilter{}, keywright.Page{})
			if key.ID == "" {
				key = own
			}
			_, read := h.Key(t.Context(), c.by, key.ID)
			_, revoked := error(nil), error(nil)
			if key.ID != own.ID || !c.may {
				_, _, revoked = h.Revoke(t.Context(), c.by, key.ID, "")
			}
			for what, err := range map[string]error{"issue": issued, "list": listed, "read": read, "revoke": revoked} {
				if (err == nil) != c.may {
					t.Errorf("%s: got %v, want may = %v", what, err, c.may)
				}
				if err != nil && (!errors.Is(err, keywright.ErrForbidden) || !strings.Contains(err.Error(), "only an owner or admin may")) {
					t.Errorf("%s: the refusal does not say who may: %v", what, err)
				}
			}
		})
	}
}

// F2: without API access in its plan an account's keys sleep; a better plan wakes them.
func TestPlansDecideAtOnce(t *testing.T) {
	h := open(t, "standard")
	_, text := h.issue(t, h.members["owner"].By())
	for _, c := range []struct {
		plan string
		want keywright.Reason
	}{{"basic", ""}, {"lite", keywright.PlanNotEntitled}, {"enterprise", ""}, {"lite", keywright.PlanNotEntitled}, {"standard", ""}} {
		if _, _, err := h.SetPlan(t.Context(), keywright.Operator(h.account.ID), c.plan); err != nil {
			t.Fatal(err)
		}
		h.is(t, text, c.want)
		_, _, err := h.Issue(t.Context(), h.members["owner"].By(), keywright.NewKey{Description: "x"})
		if refused := errors.Is(err, keywright.ErrNotEntitled); refused != (c.want != "") {
			t.Errorf("issue on %s: got %v", c.plan, err)
		}
		if c.want != "" && !strings.Contains(err.Error(), "begins with the Basic plan") {
			t.Errorf("the refusal does not say which plan has it: %v", err)
		}
	}
	if _, _, err := h.SetPlan(t.Context(), h.members["owner"].By(), "enterprise"); !errors.Is(err, keywright.ErrForbidden) {
		t.Errorf("an owner gave himself a plan: %v", err)
	}
	_, key := h.issue(t, h.members["owner"].By())
	if _, _, err := h.SetPlan(t.Context(), keywright.Operator(h.account.ID), "lite"); err != nil {
		t.Fatal(err)
	}
	if _, _, err := h.Revoke(t.Context(), h.members["admin"].By(), keyOf(t, key), ""); err != nil {
		t.Errorf("an account that sleeps can't end its keys: %v", err)
	}
}

func keyOf(t testing.TB, text secret.Secret) keywright.KeyID {
	t.Helper()
	return keywright.KeyIDOf(text.ID())
}

// F5, F6, F7, F9, F12, F14: what a new key is.
func TestIssue(t *testing.T) {
	h := open(t, "standard")
	key, text, err := h.Issue(t.Context(), h.members["admin"].By(), keywright.NewKey{Description: "  nächtlicher Export 夜間  ", Version: "v2", Env: secret.Test})
	if err != nil {
		t.Fatal(err)
	}
	if key.Description != "nächtlicher Export 夜間" || key.Version != "v2" || key.LastFour != text.LastFour() || !strings.HasPrefix(text.Reveal(), "kw_test_"+key.ID.Public()) {
		t.Errorf("got %+v", key)
	}
	if key.CreatedBy.Name != "admin" || !key.Created.Equal(h.now) || key.State(h.now) != keywright.KeyActive {
		t.Errorf("got created by %q at %v, %s", key.CreatedBy.Name, key.Created, key.State(h.now))
	}
	stored, err := h.Key(t.Context(), h.members["owner"].By(), key.ID)
	if err != nil || !reflect.DeepEqual(stored, key) {
		t.Errorf("read back: got %+v %v, want %+v", stored, err, key)
	}
	if first, _ := h.issue(t, h.members["owner"].By()); first.Version != "v1" {
		t.Errorf("F7: preselected version: got %s, want v1", first.Version)
	}
	account, err := h.Account(t.Context(), h.members["owner"].By())
	if err != nil || account.ActiveKeys != 2 {
		t.Errorf("active keys: got %d %v, want 2", account.ActiveKeys, err)
	}
}

func TestDescriptions(t *testing.T) {
	h := open(t, "standard")
	for name, c := range map[string]struct{ text, why string }{
		"empty":                           {"", "is required"},
		"blanks":                          {" \t ", "is required"},
		"201 characters":                  {strings.Repeat("é", 201), "has 201 characters; shorten it to 200"},
		"200 characters":                  {strings.Repeat("é", 200), ""},
		"200 characters of four bytes":    {strings.Repeat("🔑", 200), ""},
		"right to left":                   {"ייצוא לילי", ""},
		"an emoji of several code points": {"👩‍💻 laptop", ""},
		"a line end":                      {"a\nb", "control character"},
		"a null":                          {"a\x00b", "control character"},
		"an escape":                       {"a\x1b[31mb", "control character"},
		"a line separator":                {"a\u2028b", "control character"},
		"text turned around":              {"key \u202egpj.exe", "direction"},
		"an isolate":                      {"a\u2066b", "direction"},
		"invalid UTF-8":                   {"a\xffb", "UTF-8"},
		"private use":                     {"a\ue000b", "no font"},
		"nothing that shows":              {"\u200b\u200d", "shows nothing"},
		"only combining marks":            {"\u0301\u0301", "shows nothing"},
	} {
		t.Run(name, func(t *testing.T) {
			_, _, err := h.Issue(t.Context(), h.members["owner"].By(), keywright.NewKey{Description: c.text})
			if (err == nil) != (c.why == "") || err != nil && !strings.Contains(err.Error(), c.why) {
				t.Errorf("got %v, want %q", err, c.why)
			}
			if invalid := keywright.Invalids(err); c.why != "" && (len(invalid) != 1 || invalid[0].Field != "description") {
				t.Errorf("got %v, want one wrong field", invalid)
			}
		})
	}
	_, _, err := h.Issue(t.Context(), h.members["owner"].By(), keywright.NewKey{Version: "v9", Env: "prod"})
	if got := len(keywright.Invalids(err)); got != 3 {
		t.Errorf("told of %d mistakes at once, want 3: %v", got, err)
	}
}

// F13, F15: deleting one key stops it at once and leaves the others working.
func TestRevoke(t *testing.T) {
	h := open(t, "standard")
	one, oneText := h.issue(t, h.members["owner"].By())
	_, otherText := h.issue(t, h.members["owner"].By())
	revoked, _, err := h.Revoke(t.Context(), h.members["admin"].By(), one.ID, "leaked in a log")
	if err != nil || revoked.State(h.now) != keywright.KeyRevoked || revoked.WhyRevoked != "leaked in a log" || revoked.RevokedBy.Name != "admin" {
		t.Fatalf("got %+v %v", revoked, err)
	}
	h.is(t, oneText, keywright.Revoked)
	h.is(t, otherText, "")
	first := h.now
	h.now = h.now.Add(time.Hour)
	if _, _, err := h.Revoke(t.Context(), h.members["owner"].By(), one.ID, "again"); !errors.Is(err, keywright.ErrRevoked) {
		t.Errorf("revoking twice: got %v", err)
	}
	if kept, _ := h.Key(t.Context(), h.members["owner"].By(), one.ID); !kept.Revoked.Equal(first) || kept.WhyRevoked != "leaked in a log" {
		t.Errorf("history moved: %+v", kept)
	}
	if _, _, err := h.Issue(t.Context(), one.By(), keywright.NewKey{Description: "x"}); !errors.Is(err, keywright.ErrForbidden) {
		t.Errorf("a revoked key made another: %v", err)
	}
}

// A form that is sent twice makes one key.
func TestOnceMakesOneKey(t *testing.T) {
	h := open(t, "standard")
	n := keywright.NewKey{Description: "x", Once: "f00"}
	key, _, err := h.Issue(t.Context(), h.members["owner"].By(), n)
	if err != nil {
		t.Fatal(err)
	}
	_, text, err := h.Issue(t.Context(), h.members["owner"].By(), n)
	var already *keywright.AlreadyIssuedError
	if !errors.As(err, &already) || already.Key != key.ID || text != (secret.Secret{}) {
		t.Errorf("got %v, want the key of the first time and no secret", err)
	}
}

func TestAnotherAccountsThingsDoNotExist(t *testing.T) {
	h := open(t, "standard")
	_, stranger := h.create(t, "other", "standard")
	key, _ := h.issue(t, h.members["owner"].By())
	for what, err := range map[string]error{
		"key":           second(h.Key(t.Context(), stranger.By(), key.ID)),
		"revoke":        third(h.Revoke(t.Context(), stranger.By(), key.ID, "")),
		"member":        second(h.Member(t.Context(), stranger.By(), h.members["user"].ID)),
		"role":          third(h.SetRole(t.Context(), stranger.By(), h.members["user"].ID, "admin")),
		"remove":        third(h.RemoveMember(t.Context(), stranger.By(), h.members["user"].ID, "")),
		"absent key":    second(h.Key(t.Context(), stranger.By(), "key_000000000000")),
		"absent member": second(h.Member(t.Context(), stranger.By(), "mem_x")),
	} {
		if !errors.Is(err, keywright.ErrNotFound) {
			t.Errorf("%s: got %v, want not found", what, err)
		}
	}
}

func second[T any](_ T, err error) error { return err }

func third[T, U any](_ T, _ U, err error) error { return err }

// F7, F8 and check 8 of the order: the request's version, else the key's; sent as it allows.
func TestVersionsOfARequest(t *testing.T) {
	h := open(t, "standard")
	_, text, err := h.Issue(t.Context(), h.members["owner"].By(), keywright.NewKey{Description: "x", Version: "v2"})
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		request keywright.Request
		version string
		reason  keywright.Reason
	}{
		"the key's own":             {keywright.Request{}, "v2", ""},
		"the request's":             {keywright.Request{Version: "v1"}, "v1", ""},
		"one that is not there":     {keywright.Request{Version: "v9"}, "", keywright.VersionNotAllowed},
		"sent as v2 allows":         {keywright.Request{Way: policy.PresentBearer}, "v2", ""},
		"sent as only v1 allows":    {keywright.Request{Way: policy.PresentBasic}, "v2", keywright.NoCredential},
		"sent as v1 allows, for v1": {keywright.Request{Way: policy.PresentBasic, Version: "v1"}, "v1", ""},
	} {
		c.request.Text = text.Reveal()
		got := h.verify(t, c.request)
		if got.Reason != c.reason || got.Version.Name != c.version {
			t.Errorf("%s: got %q %q, want %q %q", name, got.Reason, got.Version.Name, c.reason, c.version)
		}
	}
	if len(h.used) != 4 {
		t.Errorf("heard of %d uses, want those of the 4 good verdicts", len(h.used))
	}
}

func TestNothingIsToldWithoutPossession(t *testing.T) {
	h := open(t, "standard")
	key, text := h.issue(t, h.members["owner"].By())
	other, err := secret.Make("kw", secret.Live, strings.NewReader(strings.Repeat("another secret ", 100)))
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		text string
		want keywright.Reason
	}{
		"nothing":                        {"", keywright.NoCredential},
		"junk":                           {"junk", keywright.Malformed},
		"a typing error":                 {text.Reveal()[:len(text.Reveal())-1] + "!", keywright.Malformed},
		"an unknown key":                 {other.Reveal(), keywright.Unknown},
		"a known id with another secret": {forged(text.Reveal(), other.Reveal()), keywright.Unknown},
	} {
		got := h.verify(t, keywright.Request{Text: c.text})
		if got.Reason != c.want || !reflect.DeepEqual(got.Key, keywright.Key{}) || got.Account != (keywright.Account{}) {
			t.Errorf("%s: got %+v, want only %q", name, got, c.want)
		}
	}
	if _, _, err := h.Revoke(t.Context(), h.members["owner"].By(), key.ID, ""); err != nil {
		t.Fatal(err)
	}
	h.is(t, text, keywright.Revoked)
}

// forged is one key's id with another's secret part, and check digits that fit.
func forged(id, other string) string {
	return withCheck(id[:len("kw_live_")+12] + other[len("kw_live_")+12:len("kw_live_")+42])
}

// withCheck is a text with check digits that fit.
func withCheck(text string) string {
	sum, check := crc32.ChecksumIEEE([]byte(text)), []byte("000000")
	const digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	for i := len(check) - 1; i >= 0; i-- {
		check[i] = digits[sum%62]
		sum /= 62
	}
	return text + string(check)
}
