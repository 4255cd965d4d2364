package keywright_test

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/keywright/keywright"
	"github.com/keywright/keywright/follow"
	"github.com/keywright/keywright/secret"
)

func (h *house) token(t testing.TB, use keywright.TokenUse, expires time.Time) (keywright.OperatorToken, secret.Secret) {
	t.Helper()
	token, text, err := h.IssueOperatorToken(t.Context(), keywright.Operator(""), keywright.NewOperatorToken{Description: "edge gateway", Use: use, Expires: expires})
	if err != nil {
		t.Fatal(err)
	}
	return token, text
}

// operates checks what a text is good for where the operator is asked for.
func (h *house) operates(t testing.TB, text string, want keywright.Reason) keywright.Principal {
	t.Helper()
	by, reason, err := h.OperatorBy(t.Context(), text)
	if err != nil || reason != want || (by != keywright.Principal{}) != (want == "") {
		t.Errorf("operates: got %+v, %q, %v, want %q", by, reason, err, want)
	}
	return by
}

// flip is another base62 character.
func flip(c byte) string {
	if c == 'x' {
		return "y"
	}
	return "x"
}

// verifier is a data plane that follows the house.
func (h *house) verifier(t testing.TB) *keywright.Verifier {
	t.Helper()
	f := follow.New(h.store, h.ring, h.Adopt, follow.Options{Bound: keywright.MaxBound})
	h.store.Follow(f.Committed)
	if err := f.Load(t.Context()); err != nil {
		t.Fatal(err)
	}
	return keywright.NewVerifier(f.Set(), h.Policy, f.Uptime, keywright.Options{
		Now: func() time.Time { return h.now }, TokenUsed: func(id keywright.OperatorTokenID, _ keywright.Use) { h.tokensUsed = append(h.tokensUsed, id) },
	})
}

func TestATokenOpensWhatItIsForUntilItEnds(t *testing.T) {
	h := open(t, "standard")
	before, beforeText := h.token(t, keywright.UseVerify, time.Time{}) // is in the snapshot
	data := h.verifier(t)
	asks := func(text string, want keywright.Reason) {
		t.Helper()
		if got, err := data.Caller(t.Context(), text); err != nil || got != want {
			t.Errorf("asks for verdicts: got %q, %v, want %q", got, err, want)
		}
	}
	asks(beforeText.Reveal(), "")
	operate, operateText := h.token(t, keywright.UseOperate, h.now.Add(time.Hour))
	for _, token := range []struct {
		keywright.OperatorToken
		text    string
		operate keywright.Reason
	}{{before, beforeText.Reveal(), keywright.OutOfScope}, {operate, operateText.Reveal(), ""}} {
		if !strings.HasPrefix(token.text, "kwop_live_") || token.ID != keywright.OperatorTokenIDOf(token.text[10:22]) || token.Handle() != "kwop_live_"+token.text[10:14]+"…"+token.text[len(token.text)-4:] {
			t.Errorf("the token %s is not named after its text: %s", token.ID, token.Handle())
		}
		asks(token.text, "")
		h.operates(t, token.text, token.operate)
		if verdict := h.verify(t, keywright.Request{Text: token.text}); verdict.Reason != keywright.Unknown || !reflect.DeepEqual(verdict, keywright.Verdict{Reason: keywright.Unknown, At: h.now}) {
			t.Errorf("as a key: got %+v, want unknown and no more", verdict)
		}
		if verdict, err := data.Verify(t.Context(), keywright.Request{Text: token.text}); err != nil || verdict.Reason != keywright.Unknown || verdict.Key.ID != "" {
			t.Errorf("as a key, from memory: got %+v, %v, want unknown", verdict, err)
		}
	}
	if want := []keywright.OperatorTokenID{before.ID, before.ID, operate.ID, operate.ID}; !slices.Equal(h.tokensUsed, want) {
		t.Errorf("used: got %v, want %v", h.tokensUsed, want)
	}
	h.now = h.now.Add(time.Hour) // the first instant at which it is over
	asks(operateText.Reveal(), keywright.Expired)
	h.operates(t, operateText.Reveal(), keywright.Expired)
	if _, _, err := h.RevokeOperatorToken(t.Context(), keywright.Operator(""), before.ID, "leaked"); err != nil {
		t.Fatal(err)
	}
	asks(beforeText.Reveal(), keywright.Revoked)
	h.operates(t, beforeText.Reveal(), keywright.Revoked)
	if len(h.used) > 0 || len(h.tokensUsed) != 4 {
		t.Errorf("a refused use counted: %v, %v", h.used, h.tokensUsed)
	}
}

func TestNothingElseIsAToken(t *testing.T) {
	h := open(t, "standard")
	_, text := h.token(t, keywright.UseOperate, time.Time{})
	_, key := h.issue(t, h.members["owner"].By())
	good, data := text.Reveal(), h.verifier(t)
	for name, c := range map[string]struct {
		text string
		want keywright.Reason
	}{
		"nothing":                   {"", keywright.Malformed},
		"an account's key":          {key.Reveal(), keywright.Unknown},
		"a blank behind it":         {good + " ", keywright.Malformed},
		"a wrong check":             {good[:len(good)-1] + "~", keywright.Malformed},
		"another secret":            {withCheck(good[:30] + flip(good[30]) + good[31:len(good)-6]), keywright.Unknown},
		"another id":                {withCheck(good[:12] + flip(good[12]) + good[13:len(good)-6]), keywright.Unknown},
		"the brand of a key":        {withCheck("kw" + good[4:len(good)-6]), keywright.Unknown},
		"another environment":       {withCheck(strings.Replace(good, "_live_", "_test_", 1)[:len(good)-6]), keywright.Unknown},
		"a key's id with its brand": {withCheck("kwop" + key.Reveal()[2:len(key.Reveal())-6]), keywright.Unknown},
	} {
		t.Run(name, func(t *testing.T) {
			h.operates(t, c.text, c.want)
			want := c.want
			if c.text == "" {
				want = keywright.NoCredential
			}
			if got, err := data.Caller(t.Context(), c.text); err != nil || got != want {
				t.Errorf("asks for verdicts: got %q, %v, want %q", got, err, want)
			}
		})
	}
	h.operates(t, good, "")
}

// A token that ends is gone at once: for what it began before that and would commit after it too.
func TestATokenCountsInTheTransaction(t *testing.T) {
	h := open(t, "standard")
	token, text := h.token(t, keywright.UseOperate, h.now.Add(time.Hour))
	by := h.operates(t, text.Reveal(), "")
	in := by
	in.Account = h.account.ID
	as := h.members["admin"].By()
	as.ForOperator, as.Token = true, by.Token

	operations := map[string]func() error{
		"list accounts":    func() error { _, _, err := h.Accounts(t.Context(), by, keywright.Page{}); return err },
		"find an account":  func() error { _, err := h.AccountBySlug(t.Context(), by, "acme"); return err },
		"set the plan":     func() error { _, _, err := h.SetPlan(t.Context(), in, "standard"); return err },
		"issue a key":      func() error { _, _, err := h.Issue(t.Context(), in, keywright.NewKey{Description: "x"}); return err },
		"for a member":     func() error { _, _, err := h.Issue(t.Context(), as, keywright.NewKey{Description: "y"}); return err },
		"read the log":     func() error { _, _, err := h.Events(t.Context(), by, keywright.Page{}); return err },
		"list tokens":      func() error { _, _, err := h.OperatorTokens(t.Context(), by, keywright.Page{}); return err },
		"read a token":     func() error { _, err := h.OperatorToken(t.Context(), by, token.ID); return err },
		"foresee a policy": func() error { _, err := h.Foresee(t.Context(), by, h.Policy()); return err },
		"see who he is":    func() error { _, err := h.Whoami(t.Context(), by); return err },
		"issue another token": func() error {
			_, _, err := h.IssueOperatorToken(t.Context(), by, keywright.NewOperatorToken{Description: "z", Use: keywright.UseVerify})
			return err
		},
	}
	for name, do := range operations {
		if err := do(); err != nil {
			t.Errorf("%s: got %v", name, err)
		}
	}
	acting := "the operator (" + string(token.ID) + ")"
	var names []string
	events, _, err := h.Events(t.Context(), keywright.Operator(""), keywright.Page{})
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range events {
		names = append(names, string(e.Action)+" by "+e.Actor.Name)
	}
	for _, want := range []string{"key.issued by " + acting, "key.issued by " + acting + " for admin", "token.issued by " + acting, "token.issued by the operator"} {
		if !slices.Contains(names, want) {
			t.Errorf("the log lacks %q: %q", want, names)
		}
	}
	if self, err := h.Whoami(t.Context(), by); err != nil || self.Token.ID != token.ID {
		t.Errorf("who he is: got %+v, %v", self, err)
	}

	h.now = h.now.Add(time.Hour)
	delete(operations, "see who he is") // tells of what was, and changes nothing
	for name, do := range operations {
		if err := do(); !errors.Is(err, keywright.ErrForbidden) {
			t.Errorf("%s, once the token has expired: got %v, want forbidden", name, err)
		}
	}
	h.now = h.now.Add(-time.Hour)
	if _, _, err := h.RevokeOperatorToken(t.Context(), by, token.ID, ""); err != nil {
		t.Errorf("ends itself: got %v", err)
	}
	for name, do := range operations {
		if err := do(); !errors.Is(err, keywright.ErrForbidden) {
			t.Errorf("%s, once the token is revoked: got %v, want forbidden", name, err)
		}
	}
	verify, _ := h.token(t, keywright.UseVerify, time.Time{})
	if _, _, err := h.SetPlan(t.Context(), keywright.Principal{Kind: keywright.PrincipalOperator, Account: h.account.ID, Token: verify.ID}, "lite"); !errors.Is(err, keywright.ErrForbidden) {
		t.Errorf("by a token that may only ask: got %v, want forbidden", err)
	}
}

func TestOnlyTheOperatorReachesTokens(t *testing.T) {
	h := open(t, "standard")
	token, _ := h.token(t, keywright.UseVerify, time.Time{})
	key, _ := h.issue(t, h.members["owner"].By())
	for name, by := range map[string]keywright.Principal{
		"an owner": h.members["owner"].By(), "an account's key": key.By(), "nobody": {},
		"the operator for an owner": {Kind: keywright.PrincipalMember, Account: h.account.ID, Member: h.members["owner"].ID, ForOperator: true},
	} {
		_, _, issued := h.IssueOperatorToken(t.Context(), by, keywright.NewOperatorToken{}) // nor is he told what is wrong with it
		_, _, listed := h.OperatorTokens(t.Context(), by, keywright.Page{})
		_, read := h.OperatorToken(t.Context(), by, token.ID)
		_, _, revoked := h.RevokeOperatorToken(t.Context(), by, token.ID, "")
		for what, err := range map[string]error{"issue": issued, "list": listed, "read": read, "revoke": revoked} {
			if !errors.Is(err, keywright.ErrForbidden) || errors.Is(err, keywright.ErrInvalid) {
				t.Errorf("%s: %s: got %v, want forbidden", name, what, err)
			}
		}
	}
}

func TestATokenLeavesItsTraceWithoutItsText(t *testing.T) {
	h := open(t, "standard")
	token, text := h.token(t, keywright.UseVerify, time.Time{})
	operator := keywright.Operator("")
	before, err := h.store.Revision(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	_, commit, err := h.RevokeOperatorToken(t.Context(), operator, token.ID, "leaked in a log")
	if want := (keywright.Commit{Revision: before + 1, At: h.now, Subject: keywright.Subject{Kind: "token", ID: string(token.ID), Name: "edge gateway"}}); err != nil || commit != want {
		t.Fatalf("revoke: got %+v, %v, want %+v", commit, err, want)
	}
	if _, _, err := h.RevokeOperatorToken(t.Context(), operator, token.ID, "again"); !errors.Is(err, keywright.ErrRevoked) {
		t.Errorf("again: got %v, want revoked", err)
	}
	if _, _, err := h.RevokeOperatorToken(t.Context(), operator, "tok_000000000000", ""); !errors.Is(err, keywright.ErrNotFound) {
		t.Errorf("one that is not there: got %v, want not found", err)
	}
	got, err := h.OperatorToken(t.Context(), operator, token.ID)
	if err != nil || got.WhyRevoked != "leaked in a log" || !got.Revoked.Equal(h.now) || got.State(h.now) != keywright.KeyRevoked {
		t.Errorf("the record: got %+v, %v", got, err)
	}
	events, _, err := h.Events(t.Context(), operator, keywright.Page{Limit: 2})
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []keywright.Event{
		{Action: keywright.TokenRevoked, Details: map[string]string{"why": "leaked in a log"}},
		{Action: keywright.TokenIssued, Details: map[string]string{"use": "verify"}},
	} {
		e := events[i]
		if e.Action != want.Action || e.Account != "" || !reflect.DeepEqual(e.Details, want.Details) || e.Subject != (keywright.Subject{Kind: "token", ID: string(token.ID), Name: "edge gateway"}) {
			t.Errorf("event %d: got %+v", i, e)
		}
	}
	if e, _, err := h.Events(t.Context(), keywright.Operator(h.account.ID), keywright.Page{}); err != nil || slices.ContainsFunc(e, func(e keywright.Event) bool { return e.Account == "" }) {
		t.Errorf("the account's log has %+v, %v", e, err)
	}
	if list, _, err := h.OperatorTokens(t.Context(), operator, keywright.Page{}); err != nil || !reflect.DeepEqual(list, []keywright.OperatorToken{got}) {
		t.Errorf("the list: got %+v, %v", list, err)
	}
	for _, e := range events {
		if strings.Contains(fmt.Sprintf("%+v", e), text.Reveal()[22:40]) {
			t.Error("the log holds a token")
		}
	}
}

func TestWhatATokenCannotBe(t *testing.T) {
	h := open(t, "standard")
	late := time.Date(9999, 12, 31, 23, 0, 0, 0, time.FixedZone("", -2*3600)) // in UTC a year that JSON can't say
	for name, c := range map[string]struct {
		n      keywright.NewOperatorToken
		fields []string
	}{
		"nothing":                 {keywright.NewOperatorToken{}, []string{"description", "use"}},
		"an unknown use":          {keywright.NewOperatorToken{Description: "x", Use: "Verify"}, []string{"use"}},
		"expired when it is made": {keywright.NewOperatorToken{Description: "x", Use: keywright.UseVerify, Expires: h.now}, []string{"expires_at"}},
		"less than a millisecond": {keywright.NewOperatorToken{Description: "x", Use: keywright.UseVerify, Expires: h.now.Add(999 * time.Microsecond)}, []string{"expires_at"}},
		"all of it wrong":         {keywright.NewOperatorToken{Description: "a\nb", Use: "x", Expires: time.Unix(0, 0)}, []string{"description", "use", "expires_at"}},
		"after the year 9999":     {keywright.NewOperatorToken{Description: "x", Use: keywright.UseVerify, Expires: late}, []string{"expires_at"}},
	} {
		t.Run(name, func(t *testing.T) {
			_, _, err := h.IssueOperatorToken(t.Context(), keywright.Operator(""), c.n)
			var fields []string
			for _, wrong := range keywright.Invalids(err) {
				fields = append(fields, wrong.Field)
			}
			if !slices.Equal(fields, c.fields) {
				t.Errorf("got %v, want %v wrong", err, c.fields)
			}
		})
	}
	if _, _, err := h.OperatorTokens(t.Context(), keywright.Operator(""), keywright.Page{Limit: 201}); !errors.Is(err, keywright.ErrInvalid) {
		t.Errorf("a page too large: got %v", err)
	}
}
