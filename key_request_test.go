package keywright_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/keywright/keywright"
	"github.com/keywright/keywright/policy"
	"github.com/keywright/keywright/secret"
)

// ask asks for a key as the user, who may not make one.
func (h *house) ask(t *testing.T) keywright.KeyRequest {
	t.Helper()
	r, err := h.RequestKey(t.Context(), h.members["user"].By(), keywright.NewKeyRequest{
		Description: "nightly export", Version: "v2", Scopes: []string{"incidents:*", "services:read"}, Days: 90,
	})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func (h *house) approved(t *testing.T) keywright.KeyRequest {
	t.Helper()
	r, err := h.ApproveRequest(t.Context(), h.members["admin"].By(), h.ask(t).ID, keywright.Reach{})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestF19ARequestIsMadeApprovedAndCollectedByWhoeverAsked(t *testing.T) {
	h := open(t, "standard")
	user, admin := h.members["user"].By(), h.members["admin"].By()
	r := h.ask(t)
	if r.State(h.now) != keywright.RequestOpen || !r.MadeBy(user) || !slices.Equal(r.Wanted.Scopes, []string{"incidents:*", "services:read"}) {
		t.Fatalf("got %+v", r)
	}
	waits(t, h, "admin", keywright.Waiting{Decide: 1})
	waits(t, h, "user", keywright.Waiting{})
	r, err := h.ApproveRequest(t.Context(), admin, r.ID, keywright.Reach{Scopes: []string{"incidents:read"}, Days: 30})
	if err != nil || r.State(h.now) != keywright.RequestApproved || r.DecidedBy.ID != string(admin.Member) || r.Granted.Days != 30 || !slices.Equal(r.Granted.Scopes, []string{"incidents:read"}) {
		t.Fatalf("got %+v %v", r, err)
	}
	waits(t, h, "admin", keywright.Waiting{})
	waits(t, h, "user", keywright.Waiting{Collect: 1})
	h.now = h.now.Add(keywright.CollectLife - time.Millisecond)
	done, key, text, err := h.CollectRequest(t.Context(), user, r.ID)
	if err != nil || done.State(h.now) != keywright.RequestCollected || done.Key != key.ID || key.Description != "nightly export" || key.Version != "v2" || key.CreatedBy.ID != string(user.Member) {
		t.Fatalf("got %+v %+v %v", done, key, err)
	}
	h.is(t, text, "")
	got, made, err := h.KeyRequest(t.Context(), user, r.ID)
	if err != nil || made.ID != key.ID || got.State(h.now) != keywright.RequestCollected {
		t.Errorf("got %+v %+v %v", got, made, err)
	}
	events, _, err := h.Events(t.Context(), admin, keywright.Page{Limit: 3})
	if err != nil || len(events) != 3 || events[0].Action != keywright.KeyIssued || events[0].Details["approved_by"] != "admin" || events[0].Details["request"] != string(r.ID) ||
		events[1].Action != keywright.RequestApprovedBy || events[1].Details["scopes"] != "incidents:read" || events[2].Action != keywright.KeyRequested || events[2].Details["days"] != "90" {
		t.Errorf("got %+v %v", events, err)
	}
}

func waits(t *testing.T, h *house, role string, want keywright.Waiting) {
	t.Helper()
	if got, err := h.Waiting(t.Context(), h.members[role].By()); err != nil || got != want {
		t.Errorf("for the %s waits %+v %v, want %+v", role, got, err, want)
	}
}

func TestWhatARequestCannotAskFor(t *testing.T) {
	h := open(t, "standard")
	for name, c := range map[string]struct {
		n     keywright.NewKeyRequest
		field string
	}{
		"nothing to do":            {keywright.NewKeyRequest{Description: "x"}, "scopes"},
		"a scope that there isn't": {keywright.NewKeyRequest{Description: "x", Scopes: []string{"incidents:read", "moon:read"}}, "scopes"},
		"a blank in a scope":       {keywright.NewKeyRequest{Description: "x", Scopes: []string{"incidents:read services:read"}}, "scopes"},
		"no description":           {keywright.NewKeyRequest{Scopes: []string{"*"}}, "description"},
		"a version of nobody's":    {keywright.NewKeyRequest{Description: "x", Version: "v9", Scopes: []string{"*"}}, "api_version"},
		"less than no days":        {keywright.NewKeyRequest{Description: "x", Scopes: []string{"*"}, Days: -1}, "days"},
		"eleven years":             {keywright.NewKeyRequest{Description: "x", Scopes: []string{"*"}, Days: 4000}, "days"},
	} {
		_, err := h.RequestKey(t.Context(), h.members["user"].By(), c.n)
		if wrong := keywright.Invalids(err); len(wrong) != 1 || wrong[0].Field != c.field {
			t.Errorf("%s: got %v", name, err)
		}
	}
	if _, err := h.RequestKey(t.Context(), keywright.Operator(h.account.ID), keywright.NewKeyRequest{Description: "x", Scopes: []string{"*"}}); !errors.Is(err, keywright.ErrMembersOnly) {
		t.Errorf("the operator asked: %v", err)
	}
	if all, _, err := h.KeyRequests(t.Context(), h.members["owner"].By(), false, keywright.Page{}); err != nil || len(all) != 0 {
		t.Errorf("%d were kept, %v", len(all), err)
	}
	lite := open(t, "lite")
	if _, err := lite.RequestKey(t.Context(), lite.members["user"].By(), keywright.NewKeyRequest{Description: "x", Scopes: []string{"*"}}); !errors.Is(err, keywright.ErrNotEntitled) {
		t.Errorf("on a plan without API access: %v", err)
	}
}

func TestAnApprovalIsNeverWiderThanWhatWasAskedFor(t *testing.T) {
	h := open(t, "standard")
	r := h.ask(t) // incidents:*, services:read for 90 days
	for name, c := range map[string]struct {
		narrow keywright.Reach
		field  string
	}{
		"everything":                {keywright.Reach{Scopes: []string{"*"}}, "scopes"},
		"one that was not asked":    {keywright.Reach{Scopes: []string{"incidents:read", "users:read"}}, "scopes"},
		"the wildcard of a scope":   {keywright.Reach{Scopes: []string{"services:*"}}, "scopes"},
		"a scope that there is not": {keywright.Reach{Scopes: []string{"incidents:none"}}, "scopes"},
		"a day longer":              {keywright.Reach{Days: 91}, "days"},
		"less than no days":         {keywright.Reach{Days: -1}, "days"},
	} {
		_, err := h.ApproveRequest(t.Context(), h.members["admin"].By(), r.ID, c.narrow)
		if wrong := keywright.Invalids(err); len(wrong) != 1 || wrong[0].Field != c.field {
			t.Errorf("%s: got %v", name, err)
		}
	}
	got, err := h.ApproveRequest(t.Context(), h.members["admin"].By(), r.ID, keywright.Reach{Scopes: []string{"services:read", "incidents:write", "incidents:write"}})
	if err != nil || !slices.Equal(got.Granted.Scopes, []string{"services:read", "incidents:write"}) || got.Granted.Days != 90 {
		t.Errorf("got %+v %v", got.Granted, err)
	}
}

// Whatever was done to a request last, everything that does not go on from there is refused, and
// says why.
func TestWhatCanBeDoneToARequestInEachState(t *testing.T) {
	deeds := map[string]func(*house, keywright.KeyRequestID) error{
		"approve": func(h *house, id keywright.KeyRequestID) error {
			_, err := h.ApproveRequest(t.Context(), h.members["admin"].By(), id, keywright.Reach{})
			return err
		},
		"decline": func(h *house, id keywright.KeyRequestID) error {
			_, err := h.DeclineRequest(t.Context(), h.members["owner"].By(), id, "not now")
			return err
		},
		"withdraw": func(h *house, id keywright.KeyRequestID) error {
			_, err := h.WithdrawRequest(t.Context(), h.members["user"].By(), id)
			return err
		},
		"collect": func(h *house, id keywright.KeyRequestID) error {
			_, _, _, err := h.CollectRequest(t.Context(), h.members["user"].By(), id)
			return err
		},
		"wait 7 days": func(h *house, _ keywright.KeyRequestID) error {
			h.now = h.now.Add(keywright.CollectLife)
			return nil
		},
		"wait 30 days": func(h *house, _ keywright.KeyRequestID) error {
			h.now = h.now.Add(keywright.RequestLife)
			return nil
		},
	}
	h := open(t, "standard")
	for _, c := range []struct {
		done string // with commas
		can  string
		says string // to what can't be done
	}{
		{"", "approve decline withdraw", "is not approved yet"},
		{"wait 7 days", "approve decline withdraw", "is not approved yet"},
		{"wait 30 days", "", "has expired"},
		{"approve", "withdraw collect", "was approved already"},
		{"approve,wait 7 days", "", "has expired"},
		{"decline", "", "was declined already"},
		{"decline,wait 30 days", "", "was declined already"},
		{"withdraw", "", "was withdrawn"},
		{"approve,withdraw", "", "was withdrawn"},
		{"approve,collect", "", "its key was collected"},
		{"approve,collect,wait 30 days", "", "its key was collected"},
	} {
		for _, deed := range []string{"approve", "decline", "withdraw", "collect"} {
			h.now = h.now.Add(24 * time.Hour) // so that it is not too often
			r := h.ask(t)
			for _, step := range strings.Split(c.done, ",") {
				if step != "" {
					if err := deeds[step](h, r.ID); err != nil {
						t.Fatalf("%s: %s: %v", c.done, step, err)
					}
				}
			}
			err := deeds[deed](h, r.ID)
			if slices.Contains(strings.Fields(c.can), deed) {
				if err != nil {
					t.Errorf("%s after %q: %v", deed, c.done, err)
				}
				continue
			}
			if !errors.Is(err, keywright.ErrConflict) || !strings.Contains(err.Error(), c.says) {
				t.Errorf("%s after %q: got %v, want that it %s", deed, c.done, err, c.says)
			}
		}
	}
}

func TestARequestIsSomeoneElses(t *testing.T) {
	h := open(t, "standard")
	r := h.approved(t)
	_, stranger := h.create(t, "other", "standard")
	key, _ := h.issue(t, keywright.Operator(h.account.ID))
	limited, user := h.members["limited_user"].By(), h.members["user"].By()
	inPlace := user
	inPlace.ForOperator = true
	for name, c := range map[string]struct {
		by   keywright.Principal
		want error
	}{
		"the admin who approved":     {h.members["admin"].By(), keywright.ErrRequesterOnly},
		"a member who may not see":   {limited, keywright.ErrNotFound},
		"an owner of another":        {stranger.By(), keywright.ErrNotFound},
		"the operator":               {keywright.Operator(h.account.ID), keywright.ErrRequesterOnly},
		"the operator in his place":  {inPlace, keywright.ErrRequesterOnly},
		"a key with all that it may": {key.By(), keywright.ErrRequesterOnly},
	} {
		_, made, text, err := h.CollectRequest(t.Context(), c.by, r.ID)
		if !errors.Is(err, c.want) || made.ID != "" || text.Reveal() != "" {
			t.Errorf("%s collected: %v, want %v", name, err, c.want)
		}
		if name == "the operator in his place" {
			continue
		}
		if _, err := h.WithdrawRequest(t.Context(), c.by, r.ID); !errors.Is(err, c.want) {
			t.Errorf("%s withdrew: %v, want %v", name, err, c.want)
		}
	}
	for what, err := range map[string]error{
		"decided by whoever asked":            second(h.DeclineRequest(t.Context(), user, r.ID, "x")),
		"decided by someone who may only ask": second(h.ApproveRequest(t.Context(), limited, r.ID, keywright.Reach{})),
	} {
		if !errors.Is(err, keywright.ErrForbidden) {
			t.Errorf("%s: %v", what, err)
		}
	}
	if _, err := h.ApproveRequest(t.Context(), stranger.By(), r.ID, keywright.Reach{}); !errors.Is(err, keywright.ErrNotFound) {
		t.Errorf("approved by another account: %v", err)
	}
	for role, n := range map[string]int{"owner": 1, "user": 1, "limited_user": 0} {
		for _, open := range []bool{false, true} {
			all, _, err := h.KeyRequests(t.Context(), h.members[role].By(), open, keywright.Page{})
			if want := map[bool]int{false: n}[open]; err != nil || len(all) != want { // it is approved, so none is open
				t.Errorf("the %s sees %d, %v, want %d", role, len(all), err, want)
			}
		}
	}
	if _, _, _, err := h.CollectRequest(t.Context(), user, r.ID); err != nil {
		t.Errorf("whoever asked: %v", err)
	}
}

// What was approved rests on whoever approved it, and on the plan and the policy of the moment.
func TestAnApprovalCountsOnlyAsLongAsItCouldBeGiven(t *testing.T) {
	for name, c := range map[string]struct {
		after func(*testing.T, *house)
		want  error
	}{
		"whoever approved was removed": {func(t *testing.T, h *house) {
			must(t, third(h.RemoveMember(t.Context(), h.members["owner"].By(), h.members["admin"].ID, "")))
		}, keywright.ErrConflict},
		"whoever approved has a lower role": {func(t *testing.T, h *house) {
			must(t, third(h.SetRole(t.Context(), h.members["owner"].By(), h.members["admin"].ID, "user")))
		}, keywright.ErrConflict},
		"whoever asked was removed": {func(t *testing.T, h *house) {
			must(t, third(h.RemoveMember(t.Context(), h.members["owner"].By(), h.members["user"].ID, "")))
		}, keywright.ErrForbidden},
		"the plan has no API access": {func(t *testing.T, h *house) {
			must(t, third(h.SetPlan(t.Context(), keywright.Operator(h.account.ID), "lite")))
		}, keywright.ErrNotEntitled},
		"the version takes no new keys": {func(t *testing.T, h *house) {
			h.govern(t, "    accept: \"2\"\n", "    accept: \"2\"\n    state: closed\n    deprecated: 2026-01-01\n")
		}, keywright.ErrInvalid},
	} {
		h := open(t, "standard")
		r := h.approved(t)
		c.after(t, h)
		if _, _, text, err := h.CollectRequest(t.Context(), h.members["user"].By(), r.ID); !errors.Is(err, c.want) || text.Reveal() != "" {
			t.Errorf("%s: got %v, want %v", name, err, c.want)
		}
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// govern puts the built-in policy in force with something in another's place.
func (h *house) govern(t *testing.T, old, new string) {
	t.Helper()
	p, err := policy.Parse([]byte(strings.Replace(policy.Default().Text(), old, new, 1)))
	if err != nil || p.Text() == policy.Default().Text() {
		t.Fatalf("another policy: %v", err)
	}
	_, _, err = h.Govern(t.Context(), keywright.Operator(""), p)
	must(t, err)
}

func TestWhetherAnOwnRequestMayBeApprovedIsThePolicys(t *testing.T) {
	h := open(t, "standard")
	admin := h.members["admin"].By()
	own := func() keywright.KeyRequestID {
		r, err := h.RequestKey(t.Context(), admin, keywright.NewKeyRequest{Description: "mine", Scopes: []string{"*"}})
		must(t, err)
		return r.ID
	}
	_, err := h.ApproveRequest(t.Context(), admin, own(), keywright.Reach{})
	must(t, err)
	h.govern(t, "# requests:\n#   own: false", "requests:\n  own: false")
	id := own()
	if _, err := h.ApproveRequest(t.Context(), admin, id, keywright.Reach{}); !errors.Is(err, keywright.ErrOwnRequest) {
		t.Errorf("an admin approved his own: %v", err)
	}
	personal, _, err := h.Issue(t.Context(), admin, keywright.NewKey{Description: "mine", Kind: keywright.PersonalKey})
	must(t, err)
	if _, err := h.ApproveRequest(t.Context(), personal.By(), id, keywright.Reach{}); !errors.Is(err, keywright.ErrOwnRequest) {
		t.Errorf("an admin approved his own by a personal key: %v", err)
	}
	_, err = h.ApproveRequest(t.Context(), h.members["owner"].By(), id, keywright.Reach{})
	must(t, err)
	_, err = h.DeclineRequest(t.Context(), admin, own(), "a mistake of mine")
	must(t, err)
}

func TestARequestThatIsSentTwiceIsOne(t *testing.T) {
	h := open(t, "standard")
	once := func(by keywright.Principal) keywright.Principal {
		by.Once = &keywright.Once{Key: "0123456789012345678901"}
		return by
	}
	user, admin := h.members["user"].By(), h.members["admin"].By()
	first := h.ask(t)
	for range 2 {
		_, err := h.ApproveRequest(t.Context(), once(admin), first.ID, keywright.Reach{})
		must(t, err)
	}
	var texts []secret.Secret
	for range 2 {
		_, _, text, err := h.CollectRequest(t.Context(), once(user), first.ID)
		must(t, err)
		texts = append(texts, text)
	}
	if texts[0].Reveal() != texts[1].Reveal() || texts[0].Reveal() == "" {
		t.Error("the second answer has another secret than the first")
	}
	if keys, _, err := h.Keys(t.Context(), admin, keywright.KeyFilter{}, keywright.Page{}); err != nil || len(keys) != 1 {
		t.Errorf("%d keys were made, %v", len(keys), err)
	}
}

func TestAMemberCanAskTenTimesADay(t *testing.T) {
	h := open(t, "standard")
	began := h.now
	for range 10 {
		h.now = h.now.Add(time.Minute)
		h.ask(t)
	}
	var tooFast *keywright.TooFastError
	_, err := h.RequestKey(t.Context(), h.members["user"].By(), keywright.NewKeyRequest{Description: "x", Scopes: []string{"*"}})
	if !errors.As(err, &tooFast) || tooFast.Retry != began.Add(24*time.Hour+time.Minute).Sub(h.now) {
		t.Errorf("the 11th: %v", err)
	}
	_, err = h.RequestKey(t.Context(), h.members["limited_user"].By(), keywright.NewKeyRequest{Description: "x", Scopes: []string{"*"}})
	must(t, err)
	h.now = h.now.Add(tooFast.Retry)
	h.ask(t)
}

// The plan and what the approver may hand out bound a requested key, too: when it is approved, and
// when it is collected.
func TestAnApprovalIsBoundedByThePlanAndByWhoeverApproves(t *testing.T) {
	h := open(t, "standard")
	waiting, undecided := h.approved(t), h.ask(t)
	h.govern(t, "    label: Standard\n", "    label: Standard\n    keys_max: 1\n")
	h.issue(t, keywright.Operator(h.account.ID))
	var full *keywright.TooManyKeysError
	if _, err := h.ApproveRequest(t.Context(), h.members["admin"].By(), undecided.ID, keywright.Reach{}); !errors.As(err, &full) {
		t.Errorf("approved in a full account: %v", err)
	}
	if _, _, text, err := h.CollectRequest(t.Context(), h.members["user"].By(), waiting.ID); !errors.As(err, &full) || text.Reveal() != "" {
		t.Errorf("collected in a full account: %v", err)
	}
	h.govern(t, "    rights: [\"*\"]\n    scopes: [\"*\"]\n\n  - name: user", "    rights: [\"*\"]\n    scopes: [services:read]\n\n  - name: user")
	for name, narrow := range map[string]keywright.Reach{"all": {}, "one that he lacks": {Scopes: []string{"incidents:read"}}} {
		_, err := h.ApproveRequest(t.Context(), h.members["admin"].By(), undecided.ID, narrow)
		if wrong := keywright.Invalids(err); len(wrong) != 1 || wrong[0].Field != "scopes" {
			t.Errorf("an admin without %s approved it: %v", name, err)
		}
	}
	if _, _, text, err := h.CollectRequest(t.Context(), h.members["user"].By(), waiting.ID); !errors.Is(err, keywright.ErrInvalid) || text.Reveal() != "" {
		t.Errorf("what the approver may no longer hand out was collected: %v", err)
	}
	_, err := h.ApproveRequest(t.Context(), h.members["admin"].By(), undecided.ID, keywright.Reach{Scopes: []string{"services:read"}})
	must(t, err)
}

// The plan's longest life counts for a request, and its default where none is asked for.
func TestARequestLastsAsLongAsThePlanLetsAKeyLive(t *testing.T) {
	h := open(t, "standard")
	h.govern(t, "    label: Standard\n", "    label: Standard\n    lives:\n      - default: 30d\n        longest: 90d\n")
	ask := func(days int) (keywright.KeyRequest, error) {
		return h.RequestKey(t.Context(), h.members["user"].By(), keywright.NewKeyRequest{Description: "x", Scopes: []string{"*"}, Days: days})
	}
	if r, err := ask(0); err != nil || r.Wanted.Days != 30 {
		t.Errorf("without days: got %d %v", r.Wanted.Days, err)
	}
	if r, err := ask(90); err != nil || r.Wanted.Days != 90 {
		t.Errorf("the longest: got %d %v", r.Wanted.Days, err)
	}
	_, err := ask(91)
	if wrong := keywright.Invalids(err); len(wrong) != 1 || wrong[0].Field != "days" {
		t.Errorf("longer: got %v", err)
	}
}

func TestWhoCollectsManyTimesAtOnceHasOneKey(t *testing.T) {
	h := open(t, "standard")
	r := h.approved(t)
	errs := make(chan error)
	for range 16 {
		go func() {
			_, _, _, err := h.CollectRequest(t.Context(), h.members["user"].By(), r.ID)
			errs <- err
		}()
	}
	made := 0
	for range 16 {
		switch err := <-errs; {
		case err == nil:
			made++
		case !errors.Is(err, keywright.ErrConflict):
			t.Error(err)
		}
	}
	account, err := h.Account(t.Context(), h.members["owner"].By())
	if err != nil || made != 1 || account.ActiveKeys != 1 {
		t.Errorf("%d were told a key, %d keys were made, %v", made, account.ActiveKeys, err)
	}
}
