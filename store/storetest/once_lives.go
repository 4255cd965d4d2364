package storetest

import (
	"time"

	"github.com/keywright/keywright"
	"github.com/keywright/keywright/secret"
)

// onceRefusals are the cases in which a second sending is not answered like the first.
func onceRefusals() []testCase {
	return []testCase{
		{"another request under the same idempotency key is refused, whatever it is", func(s *test) {
			svc, a, owner := s.service()
			id, _, err := s.issueOnce(svc, sending(owner.By(), onceKey, "issue CI"), "CI")
			s.wantError("first", err, nil)
			revision := s.revision()
			_, _, err = s.issueOnce(svc, sending(owner.By(), onceKey, "issue CD"), "CD")
			s.wantError("another body", err, keywright.ErrReused)
			_, _, err = svc.Revoke(s.ctx, sending(owner.By(), onceKey, "revoke"), id, "")
			s.wantError("another operation", err, keywright.ErrReused)
			want(s, "the revision", revision)(s.revision(), nil)
			want(s, "events", 3)(len(s.events(a)), nil)
		}},
		{"the same idempotency key of another caller is another", func(s *test) {
			svc, a, owner := s.service()
			admin := s.member(a, "admin", "ann@acme.example")
			key := s.key(a, keyOne)
			forOwner := owner.By()
			forOwner.ForOperator = true
			other, _, _, err := svc.CreateAccount(s.ctx, keywright.Operator(""), keywright.NewAccount{Slug: "other", Name: "Other", Plan: "standard", Owner: keywright.NewMember{Email: "zoe@other.example"}})
			s.wantError("create", err, nil)
			texts := map[string]bool{}
			callers := []keywright.Principal{owner.By(), admin.By(), key.By(), keywright.Operator(a.ID), forOwner, keywright.Operator(other.ID)}
			for range 2 {
				for _, by := range callers {
					_, text, err := s.issueOnce(svc, sending(by, onceKey, "issue"), "CI")
					s.wantError(string(by.Kind), err, nil)
					texts[text] = true
				}
			}
			want(s, "secrets", len(callers))(len(texts), nil)
		}},
		{"what was refused is not kept: the next sending is a first one", func(s *test) {
			svc, a, owner := s.service()
			_, _, err := s.issueOnce(svc, sending(owner.By(), onceKey, "bad"), "")
			s.wantError("refused", err, keywright.ErrInvalid)
			want(s, "answers", int64(0))(s.number("SELECT COUNT(*) FROM answers"), nil)
			by := sending(owner.By(), onceKey, "good")
			_, text, err := s.issueOnce(svc, by, "CI")
			want(s, "replayed", false)(by.Once.Replayed() || text == "", err)
			want(s, "events", 3)(len(s.events(a)), nil)
		}},
		{"what changed nothing is answered again too, and changes nothing later", func(s *test) {
			svc, a, _ := s.service()
			operator := keywright.Operator(a.ID)
			first, _, err := svc.SetPlan(s.ctx, sending(operator, onceKey, "standard"), "standard")
			s.wantError("the plan that it has", err, nil)
			_, _, err = svc.SetPlan(s.ctx, operator, "lite")
			s.wantError("another", err, nil)
			again, _, err := svc.SetPlan(s.ctx, sending(operator, onceKey, "standard"), "standard")
			want(s, "again", first)(again, err)
			now, err := s.Store.Account(s.ctx, a.ID)
			want(s, "the plan", "lite")(now.Plan, err)
		}},
		{"whoever may no longer do it is not told again what came of it", func(s *test) {
			svc, a, _ := s.service()
			admin := s.member(a, "admin", "ann@acme.example")
			_, _, err := s.issueOnce(svc, sending(admin.By(), onceKey, "issue"), "CI")
			s.wantError("first", err, nil)
			_, _, err = svc.SetRole(s.ctx, keywright.Operator(a.ID), admin.ID, "user")
			s.wantError("demote", err, nil)
			_, text, err := s.issueOnce(svc, sending(admin.By(), onceKey, "issue"), "CI")
			s.wantError("again", err, keywright.ErrForbidden)
			want(s, "secret", "")(text, nil)
		}},
	}
}

// onceLives are the cases of how long an answer is kept, and under what.
func onceLives() []testCase {
	return []testCase{
		{"the secret is told again for an hour, the rest for a day, and then it is another request", func(s *test) {
			svc, a, owner := s.service()
			begin := s.now
			id, text, err := s.issueOnce(svc, sending(owner.By(), onceKey, "issue"), "CI")
			s.wantError("first", err, nil)
			for _, step := range []struct {
				after  time.Duration
				secret string
			}{{time.Hour - time.Millisecond, text}, {time.Hour, ""}, {24*time.Hour - time.Millisecond, ""}} {
				s.now = begin.Add(step.after)
				again, secret, err := s.issueOnce(svc, sending(owner.By(), onceKey, "issue"), "CI")
				want(s, "the key", id)(again, err)
				want(s, "the secret after "+step.after.String(), step.secret)(secret, nil)
			}
			s.now = begin.Add(24 * time.Hour)
			for range 2 {
				again, secret, err := s.issueOnce(svc, sending(owner.By(), onceKey, "issue"), "CI")
				want(s, "after a day it is the old one", false)(again == id || secret == "" || secret == text, err)
			}
			want(s, "keys", int64(2))(s.number("SELECT COUNT(*) FROM keys"), nil)
			want(s, "events", 4)(len(s.events(a)), nil)
		}},
		{"under an idempotency key that could be guessed no secret is kept", func(s *test) {
			svc, _, owner := s.service()
			for key, kept := range map[string]bool{"1": false, onceKey[:keywright.MinOnceKey-1]: false, onceKey[:keywright.MinOnceKey]: true} {
				id, text, err := s.issueOnce(svc, sending(owner.By(), key, "issue"), "CI")
				s.wantError("first", err, nil)
				if !kept {
					text = ""
				}
				again, secret, err := s.issueOnce(svc, sending(owner.By(), key, "issue"), "CI")
				want(s, "the key", id)(again, err)
				want(s, "the secret under "+key, text)(secret, nil)
			}
			want(s, "kept secrets", int64(1))(s.number("SELECT COUNT(*) FROM answers WHERE secret IS NOT NULL"), nil)
		}},
		{"a new pepper lets what was answered under the old one be told again", func(s *test) {
			svc, _, owner := s.service()
			id, text, err := s.issueOnce(svc, sending(owner.By(), onceKey, "issue"), "CI")
			s.wantError("first", err, nil)
			ring, err := secret.NewKeyring(map[int][]byte{1: []byte("a pepper for tests, 32 bytes...."), 7: []byte("another one for tests, 32 bytes.")})
			s.wantError("keyring", err, nil)
			svc = keywright.New(s.Store, ring, plain{}, keywright.Options{Now: func() time.Time { return s.now }})
			again, same, err := s.issueOnce(svc, sending(owner.By(), onceKey, "issue"), "CI")
			want(s, "the key", id)(again, err)
			want(s, "the secret", text)(same, nil)
		}},
		{"nothing of an answer can be read in the database", func(s *test) {
			svc, _, owner := s.service()
			id, text, err := s.issueOnce(svc, sending(owner.By(), onceKey, "issue"), "a holder of a key")
			s.wantError("issue", err, nil)
			m, link, err := svc.AddMember(s.ctx, sending(owner.By(), onceKey+"2", "add"), keywright.NewMember{Email: "somebody@acme.example", Role: "user"})
			s.wantError("add", err, nil)
			s.hides(string(id), text, "a holder of a key", onceKey, string(owner.ID), string(m.ID), link.Reveal(), "somebody@acme.example")
		}},
	}
}
