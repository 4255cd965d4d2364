package keywright_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/keywright/keywright"
)

func TestF21AQuestionIsAskedAnsweredAndPublished(t *testing.T) {
	h := open(t, "lite") // whatever the plan
	limited, operator := h.members["limited_user"].By(), keywright.Operator("")
	r, err := h.AskSupport(t.Context(), limited, keywright.NewSupportRequest{Page: "using-a-key", Text: "May it stand\r\nin the URL?\n", Sign: keywright.SignedName})
	if err != nil || r.Text != "May it stand\nin the URL?" || r.Signed != "limited_user" {
		t.Fatalf("got %+v %v", r, err)
	}
	if open, _, err := h.SupportRequests(t.Context(), operator, true, keywright.Page{}); err != nil || len(open) != 1 || open[0].Slug != "acme" {
		t.Errorf("not answered: got %+v %v", open, err)
	}
	if _, err := h.PublishSupport(t.Context(), operator, r.ID); !errors.Is(err, keywright.ErrConflict) {
		t.Errorf("published without an answer: %v", err)
	}
	r, err = h.AnswerSupport(t.Context(), operator, r.ID, keywright.NewAnswer{Text: "No: a header.", Publish: true})
	if err != nil || r.AnsweredBy != "Keywright" || r.Published.IsZero() {
		t.Fatalf("got %+v %v", r, err)
	}
	waits(t, h, "limited_user", keywright.Waiting{Answers: 1})
	must(t, h.SeeAnswers(t.Context(), limited))
	waits(t, h, "limited_user", keywright.Waiting{})
	_, stranger := h.create(t, "other", "basic")
	read := func() []keywright.SupportRequest {
		t.Helper()
		all, _, err := h.Published(t.Context(), stranger.By(), "using-a-key", keywright.Page{})
		must(t, err)
		return all
	}
	if got := read(); len(got) != 1 || got[0].Answer != "No: a header." || got[0].Signed != "limited_user" || got[0].Account != "" || got[0].By != (keywright.Actor{}) || got[0].Slug != "" {
		t.Errorf("another account reads %+v", got)
	}
	_, err = h.AnswerSupport(t.Context(), operator, r.ID, keywright.NewAnswer{Text: "No: in a header, always.", By: "Kim"})
	must(t, err)
	if got := read(); len(got) != 1 || got[0].Answer != "No: in a header, always." || got[0].AnsweredBy != "Kim" {
		t.Errorf("after another answer: %+v", got)
	}
	waits(t, h, "limited_user", keywright.Waiting{Answers: 1})
	_, err = h.UnpublishSupport(t.Context(), operator, r.ID)
	must(t, err)
	if got := read(); len(got) != 0 {
		t.Errorf("after it was taken away: %+v", got)
	}
	if _, err := h.UnpublishSupport(t.Context(), operator, r.ID); !errors.Is(err, keywright.ErrConflict) {
		t.Errorf("taken away twice: %v", err)
	}
	events, _, err := h.Events(t.Context(), h.members["owner"].By(), keywright.Page{Limit: 4})
	if err != nil || events[0].Action != keywright.SupportUnpublished || events[1].Action != keywright.SupportAnswered || events[2].Details["published"] != "yes" ||
		events[3].Action != keywright.SupportAsked || events[3].Details["page"] != "using-a-key" {
		t.Errorf("got %+v %v", events, err)
	}
}

func TestAQuestionIsSignedAsItsWriterAllows(t *testing.T) {
	h := open(t, "standard")
	for sign, want := range map[keywright.Signature]string{"": "", keywright.SignedNothing: "", keywright.SignedName: "user", keywright.SignedAccount: "user, " + h.account.Name} {
		r, err := h.AskSupport(t.Context(), h.members["user"].By(), keywright.NewSupportRequest{Page: "using-a-key", Text: "Why?", Sign: sign})
		if err != nil || r.Signed != want {
			t.Errorf("%q: got %q %v, want %q", sign, r.Signed, err, want)
		}
	}
}

func TestWhatNobodyCanAskOrAnswer(t *testing.T) {
	h := open(t, "standard")
	key, text := h.issue(t, keywright.Operator(h.account.ID))
	good := keywright.NewSupportRequest{Subject: "An invoice", Text: "Where is it?"}
	for name, c := range map[string]struct {
		change func(*keywright.NewSupportRequest)
		field  string
	}{
		"no subject":                {func(n *keywright.NewSupportRequest) { n.Subject = " " }, "subject"},
		"121 characters of subject": {func(n *keywright.NewSupportRequest) { n.Subject = strings.Repeat("ü", 121) }, "subject"},
		"two lines of subject":      {func(n *keywright.NewSupportRequest) { n.Subject = "a\nb" }, "subject"},
		"a subject under a page":    {func(n *keywright.NewSupportRequest) { n.Page = "using-a-key" }, "subject"},
		"no text":                   {func(n *keywright.NewSupportRequest) { n.Text = "\n \n" }, "text"},
		"2,001 characters":          {func(n *keywright.NewSupportRequest) { n.Text = strings.Repeat("ü", 2001) }, "text"},
		"a control character":       {func(n *keywright.NewSupportRequest) { n.Text = "a\x1b[31m" }, "text"},
		"turned text":               {func(n *keywright.NewSupportRequest) { n.Text = "a\u202eb" }, "text"},
		"a key":                     {func(n *keywright.NewSupportRequest) { n.Text = "It says\ntoken=" + text.Reveal() + ", why?" }, "text"},
		"a path":                    {func(n *keywright.NewSupportRequest) { n.Page, n.Subject = "../etc", "" }, "page"},
		"a signature of nobody's":   {func(n *keywright.NewSupportRequest) { n.Sign = "email" }, "sign"},
	} {
		n := good
		c.change(&n)
		_, err := h.AskSupport(t.Context(), h.members["user"].By(), n)
		if wrong := keywright.Invalids(err); len(wrong) != 1 || wrong[0].Field != c.field || strings.Contains(err.Error(), text.Reveal()) {
			t.Errorf("%s: %d mistakes", name, len(wrong))
		}
	}
	for name, by := range map[string]keywright.Principal{"the operator": keywright.Operator(h.account.ID), "a key": key.By()} {
		if _, err := h.AskSupport(t.Context(), by, good); !errors.Is(err, keywright.ErrMembersOnly) {
			t.Errorf("%s asked: %v", name, err)
		}
	}
	r, err := h.AskSupport(t.Context(), h.members["user"].By(), good)
	must(t, err)
	for name, c := range map[string]struct {
		n     keywright.NewAnswer
		field string
	}{
		"no answer":        {keywright.NewAnswer{}, "text"},
		"4,001 characters": {keywright.NewAnswer{Text: strings.Repeat("x", 4001)}, "text"},
		"a name of 101":    {keywright.NewAnswer{Text: "x", By: strings.Repeat("x", 101)}, "answered_by"},
		"to be published":  {keywright.NewAnswer{Text: "x", Publish: true}, "publish"},
	} {
		_, err := h.AnswerSupport(t.Context(), keywright.Operator(""), r.ID, c.n)
		if wrong := keywright.Invalids(err); len(wrong) != 1 || wrong[0].Field != c.field {
			t.Errorf("%s: got %v", name, err)
		}
	}
	other, _ := h.create(t, "other", "basic")
	if _, err := h.AnswerSupport(t.Context(), keywright.Operator(other.ID), r.ID, keywright.NewAnswer{Text: "x"}); !errors.Is(err, keywright.ErrNotFound) {
		t.Errorf("answered in another account: %v", err)
	}
	if _, err := h.AnswerSupport(t.Context(), h.members["owner"].By(), r.ID, keywright.NewAnswer{Text: "x"}); !errors.Is(err, keywright.ErrForbidden) {
		t.Errorf("an owner answered: %v", err)
	}
	if _, _, err := h.SupportRequests(t.Context(), h.members["owner"].By(), false, keywright.Page{}); !errors.Is(err, keywright.ErrForbidden) {
		t.Errorf("an owner read what others asked: %v", err)
	}
	if own, _, err := h.OwnSupportRequests(t.Context(), h.members["owner"].By(), keywright.Page{}); err != nil || len(own) != 0 {
		t.Errorf("an owner's own: %d %v", len(own), err)
	}
	for range 9 {
		_, err := h.AskSupport(t.Context(), h.members["user"].By(), good)
		must(t, err)
	}
	if _, err := h.AskSupport(t.Context(), h.members["user"].By(), good); !errors.Is(err, keywright.ErrTooFast) {
		t.Errorf("the 11th in a day: %v", err)
	}
}
