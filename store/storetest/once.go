package storetest

import (
	"bytes"
	"context"
	"crypto/sha256"
	"maps"
	"reflect"
	"slices"
	"sync"
	"time"

	"github.com/keywright/keywright"
)

// onceKey is an idempotency key that is long enough for a secret.
const onceKey = "0f5c9c1e-7a57-4d8b-9d3e-3f1f6e0c7a11"

// sending is by with a Once, as it comes with each sending of one request.
func sending(by keywright.Principal, key, request string) keywright.Principal {
	by.Once = &keywright.Once{Key: key, Request: sha256.Sum256([]byte(request))}
	return by
}

// answered is what an operation answers, in a form that can be compared.
type answered struct {
	things []any
	secret string
}

// writing are the operations that change something, and who asks for them.
func writing(s *test, svc *keywright.Service, a keywright.Account, owner keywright.Member) map[string]writer {
	add := func(name string) keywright.Member {
		m, _, err := svc.AddMember(s.ctx, owner.By(), keywright.NewMember{Email: name + "@acme.example", Role: "user"})
		s.wantError("add "+name, err, nil)
		return m
	}
	join := func(name string) keywright.Member {
		m, _, err := svc.AddMember(s.ctx, owner.By(), keywright.NewMember{Email: name + "@acme.example", Role: "user", Password: "a good password"})
		s.wantError("add "+name, err, nil)
		return m
	}
	key, invited, leaving := s.key(a, keyOne), add("invited"), add("leaving")
	active, away, heir := join("active"), join("away"), join("heir")
	_, _, err := svc.DeactivateMember(s.ctx, owner.By(), away.ID, "")
	s.wantError("deactivate", err, nil)
	second, _, err := svc.SetRole(s.ctx, owner.By(), join("second").ID, "owner")
	s.wantError("make a second owner", err, nil)
	operator := keywright.Operator("")
	token, _, err := svc.IssueOperatorToken(s.ctx, operator, keywright.NewOperatorToken{Description: "a gateway", Use: keywright.UseVerify})
	s.wantError("issue a token", err, nil)
	asked := func() keywright.KeyRequest {
		r, err := svc.RequestKey(s.ctx, owner.By(), keywright.NewKeyRequest{Description: "CI", Scopes: []string{"*"}})
		s.wantError("ask for a key", err, nil)
		return r
	}
	toApprove, toDecline, toWithdraw, toCollect := asked(), asked(), asked(), asked()
	_, err = svc.ApproveRequest(s.ctx, owner.By(), toCollect.ID, keywright.Reach{})
	s.wantError("approve", err, nil)
	question := func(answer bool) keywright.SupportRequest {
		r, err := svc.AskSupport(s.ctx, owner.By(), keywright.NewSupportRequest{Page: "using-a-key", Text: "Why?"})
		s.wantError("ask the operator", err, nil)
		if answer {
			r, err = svc.AnswerSupport(s.ctx, operator, r.ID, keywright.NewAnswer{Text: "So."})
			s.wantError("answer", err, nil)
		}
		return r
	}
	toAnswer, toPublish, published := question(false), question(true), question(true)
	_, err = svc.PublishSupport(s.ctx, operator, published.ID)
	s.wantError("publish", err, nil)
	return map[string]writer{
		"RequestKey": {owner.By(), func(by keywright.Principal) (answered, error) {
			r, err := svc.RequestKey(s.ctx, by, keywright.NewKeyRequest{Description: "another", Scopes: []string{"*"}})
			return answered{[]any{r}, ""}, err
		}},
		"ApproveRequest": {owner.By(), func(by keywright.Principal) (answered, error) {
			r, err := svc.ApproveRequest(s.ctx, by, toApprove.ID, keywright.Reach{Days: 5})
			return answered{[]any{r}, ""}, err
		}},
		"DeclineRequest": {owner.By(), func(by keywright.Principal) (answered, error) {
			r, err := svc.DeclineRequest(s.ctx, by, toDecline.ID, "not now")
			return answered{[]any{r}, ""}, err
		}},
		"WithdrawRequest": {owner.By(), func(by keywright.Principal) (answered, error) {
			r, err := svc.WithdrawRequest(s.ctx, by, toWithdraw.ID)
			return answered{[]any{r}, ""}, err
		}},
		"CollectRequest": {owner.By(), func(by keywright.Principal) (answered, error) {
			r, key, text, err := svc.CollectRequest(s.ctx, by, toCollect.ID)
			return answered{[]any{r, key}, text.Reveal()}, err
		}},
		"AskSupport": {owner.By(), func(by keywright.Principal) (answered, error) {
			r, err := svc.AskSupport(s.ctx, by, keywright.NewSupportRequest{Subject: "An invoice", Text: "Where?"})
			return answered{[]any{r}, ""}, err
		}},
		"AnswerSupport": {operator, func(by keywright.Principal) (answered, error) {
			r, err := svc.AnswerSupport(s.ctx, by, toAnswer.ID, keywright.NewAnswer{Text: "So.", Publish: true})
			return answered{[]any{r}, ""}, err
		}},
		"PublishSupport": {operator, func(by keywright.Principal) (answered, error) {
			r, err := svc.PublishSupport(s.ctx, by, toPublish.ID)
			return answered{[]any{r}, ""}, err
		}},
		"UnpublishSupport": {operator, func(by keywright.Principal) (answered, error) {
			r, err := svc.UnpublishSupport(s.ctx, by, published.ID)
			return answered{[]any{r}, ""}, err
		}},
		"Issue": {owner.By(), func(by keywright.Principal) (answered, error) {
			key, text, err := svc.Issue(s.ctx, by, keywright.NewKey{Description: "CI"})
			return answered{[]any{key}, text.Reveal()}, err
		}},
		"Revoke": {owner.By(), func(by keywright.Principal) (answered, error) {
			key, commit, err := svc.Revoke(s.ctx, by, key.ID, "leaked")
			return answered{[]any{key, undated(commit)}, ""}, err
		}},
		"AddMember": {owner.By(), func(by keywright.Principal) (answered, error) {
			m, link, err := svc.AddMember(s.ctx, by, keywright.NewMember{Email: "new@acme.example", Role: "user"})
			return answered{[]any{m}, link.Reveal()}, err
		}},
		"SetRole": {owner.By(), func(by keywright.Principal) (answered, error) {
			m, commit, err := svc.SetRole(s.ctx, by, invited.ID, "admin")
			return answered{[]any{m, undated(commit)}, ""}, err
		}},
		"RemoveMember": {owner.By(), func(by keywright.Principal) (answered, error) {
			m, commit, err := svc.RemoveMember(s.ctx, by, leaving.ID, "")
			return answered{[]any{m, undated(commit)}, ""}, err
		}},
		"DeactivateMember": {owner.By(), func(by keywright.Principal) (answered, error) {
			m, commit, err := svc.DeactivateMember(s.ctx, by, active.ID, "")
			return answered{[]any{m, undated(commit)}, ""}, err
		}},
		"ActivateMember": {owner.By(), func(by keywright.Principal) (answered, error) {
			m, commit, err := svc.ActivateMember(s.ctx, by, away.ID)
			return answered{[]any{m, undated(commit)}, ""}, err
		}},
		"TransferOwnership": {owner.By(), func(by keywright.Principal) (answered, error) {
			t, commit, err := svc.TransferOwnership(s.ctx, by, heir.ID, second.ID)
			return answered{[]any{t, undated(commit)}, ""}, err
		}},
		"RenewInvitation": {owner.By(), func(by keywright.Principal) (answered, error) {
			m, link, err := svc.RenewInvitation(s.ctx, by, invited.ID)
			return answered{[]any{m}, link.Reveal()}, err
		}},
		"SetPlan": {keywright.Operator(a.ID), func(by keywright.Principal) (answered, error) {
			account, commit, err := svc.SetPlan(s.ctx, by, "basic")
			return answered{[]any{account, undated(commit)}, ""}, err
		}},
		"CreateAccount": {operator, func(by keywright.Principal) (answered, error) {
			account, m, link, err := svc.CreateAccount(s.ctx, by, keywright.NewAccount{
				Slug: "other", Name: "Other", Plan: "standard", Owner: keywright.NewMember{Email: "zoe@other.example"},
			})
			return answered{[]any{account, m}, link.Reveal()}, err
		}},
		"IssueOperatorToken": {operator, func(by keywright.Principal) (answered, error) {
			token, text, err := svc.IssueOperatorToken(s.ctx, by, keywright.NewOperatorToken{Description: "another gateway", Use: keywright.UseVerify})
			return answered{[]any{token}, text.Reveal()}, err
		}},
		"RevokeOperatorToken": {operator, func(by keywright.Principal) (answered, error) {
			token, commit, err := svc.RevokeOperatorToken(s.ctx, by, token.ID, "leaked")
			return answered{[]any{token, undated(commit)}, ""}, err
		}},
	}
}

type writer struct {
	by keywright.Principal
	do func(by keywright.Principal) (answered, error)
}

// undated is a commit without the time at which it was known to stand.
func undated(c keywright.Commit) keywright.Commit {
	c.At = time.Time{}
	return c
}

// notWriting are the operations of someone that change nothing in the store that a second
// sending could do twice.
var notWriting = []string{
	"Account", "AccountBySlug", "AccountOfKey", "Accounts", "Events", "Foresee", "Govern", "History", "Key", "KeyRequest", "KeyRequests", "Keys",
	"Member", "MemberByEmail", "Members", "OperatorToken", "OperatorTokens", "OwnSupportRequests", "PreviewLeave", "PreviewPlan", "PreviewRole", "Published", "Receipt", "ReceiptOf",
	"Secrets", "SeeAnswers", "SupportRequest", "SupportRequests", "Waiting", "Whoami", "WouldRevoke",
}

func onceCases() []testCase {
	return append([]testCase{
		{"every operation that changes something takes effect once, and is answered again as it was", func(s *test) {
			svc, a, owner := s.service()
			operations := writing(s, svc, a, owner)
			maps.Copy(operations, writingKeys(s, svc, owner))
			for m := range reflect.TypeFor[*keywright.Service]().Methods() {
				asked := m.Type.NumIn() > 2 && m.Type.In(2) == reflect.TypeFor[keywright.Principal]()
				if _, ok := operations[m.Name]; asked && ok == slices.Contains(notWriting, m.Name) {
					s.Errorf("%s: nobody has said whether it changes something", m.Name)
				}
			}
			for name, o := range operations {
				by := sending(o.by, onceKey+name, name)
				first, err := o.do(by)
				if err != nil || by.Once.Replayed() {
					s.Fatalf("%s: got error %v, replayed: %v", name, err, by.Once.Replayed())
				}
				revision, events := s.revision(), s.events(a)
				s.now = s.now.Add(time.Second)
				by = sending(o.by, onceKey+name, name)
				second, err := o.do(by)
				want(s, name+" again", first)(second, err)
				want(s, name+" is known to be answered again", true)(by.Once.Replayed(), nil)
				want(s, "the revision after "+name, revision)(s.revision(), nil)
				want(s, "the events after "+name, events)(s.events(a), nil)
				if _, err := o.do(by); err == nil {
					s.Errorf("%s: one sending was used twice", name)
				}
			}
		}},
		{"of a hundred sendings at once one takes effect, and all get its secret", func(s *test) {
			svc, a, owner := s.service()
			for round := range 3 {
				var sendings sync.WaitGroup
				keys, texts := make([]keywright.Key, 100), make([]string, 100)
				for i := range keys {
					sendings.Go(func() {
						key, text, err := svc.Issue(s.ctx, sending(owner.By(), onceKey+string(rune('a'+round)), "issue"), keywright.NewKey{Description: "CI"})
						if err != nil {
							s.Error(err)
						}
						keys[i], texts[i] = key, text.Reveal()
					})
				}
				sendings.Wait()
				if texts[0] == "" || len(slices.Compact(texts)) != 1 || len(slices.CompactFunc(keys, sameKey)) != 1 {
					s.Errorf("round %d: got %d keys and %d secrets", round, len(slices.CompactFunc(keys, sameKey)), len(slices.Compact(texts)))
				}
				want(s, "keys", int64(round+1))(s.number("SELECT COUNT(*) FROM keys"), nil)
				want(s, "events", round+3)(len(s.events(a)), nil)
			}
		}},
	}, append(onceRefusals(), onceLives()...)...)
}

func sameKey(a, b keywright.Key) bool { return reflect.DeepEqual(a, b) }

// issueOnce issues a key with a Once and answers its id and its secret's text.
func (s *test) issueOnce(svc *keywright.Service, by keywright.Principal, description string) (keywright.KeyID, string, error) {
	key, text, err := svc.Issue(context.WithoutCancel(s.ctx), by, keywright.NewKey{Description: description})
	return key.ID, text.Reveal(), err
}

// hides fails if a kept answer shows any of these texts, or a part of one.
func (s *test) hides(texts ...string) {
	s.Helper()
	rows, err := s.Beside.QueryContext(s.ctx, "SELECT id, told, secret FROM answers")
	if err != nil {
		s.Fatal(err)
	}
	defer rows.Close() //nolint:errcheck // it was only read
	n := 0
	for ; rows.Next(); n++ {
		var id, told, hidden []byte
		if err := rows.Scan(&id, &told, &hidden); err != nil {
			s.Fatal(err)
		}
		for _, text := range texts {
			for i := 0; i+8 <= len(text); i++ {
				for _, column := range [][]byte{id, told, hidden} {
					if bytes.Contains(column, []byte(text[i:i+8])) {
						s.Errorf("a kept answer shows a part of what it hides")
					}
				}
			}
		}
	}
	if err := rows.Err(); err != nil || n == 0 {
		s.Errorf("got %d kept answers, %v", n, err)
	}
}
