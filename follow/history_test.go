package follow_test

import (
	"crypto/rand"
	"errors"
	"strings"
	"testing"

	"github.com/keywright/keywright"
	"github.com/keywright/keywright/follow"
	"github.com/keywright/keywright/policy"
	"github.com/keywright/keywright/secret"
	"pgregory.net/rapid"
)

// Any history of changes gives the same verdicts as the model: to one who hears of each commit, to
// one who polls now and then, for the revision that he has reached, to one who has only loaded
// the end, and to the Service, which asks the database.
func TestAnyHistoryGivesTheVerdictsOfTheModel(t *testing.T) {
	seen := map[keywright.Reason]int{}
	rapid.Check(t, histories(t, seams{}, seen))
	for _, reason := range []keywright.Reason{
		"", keywright.NoCredential, keywright.Malformed, keywright.Stale, keywright.Unknown, keywright.Revoked, keywright.Disabled,
		keywright.NotYetValid, keywright.Expired, keywright.AccountIsSuspended, keywright.PlanNotEntitled, keywright.VersionNotAllowed, keywright.VersionOff,
	} {
		if seen[reason] == 0 {
			t.Errorf("no history came upon %q", reason)
		}
	}
}

// perStage is after how many histories another database begins: snapshots have those of all.
const perStage = 25

// histories is the property, of the real thing or with the fault that is in the seams. A history
// that fails leaves a stage that the next one can't begin on.
func histories(t *testing.T, s seams, seen map[keywright.Reason]int) func(*rapid.T) {
	var st *stage
	left := 0
	return func(rt *rapid.T) {
		if left == 0 {
			if st != nil {
				_ = st.store.Close()
			}
			st, left = newStage(t, s), perStage
		}
		well := left - 1
		left = 0
		h := begin(rt, st, seen)
		rt.Repeat(h.steps())
		h.end(rt)
		left = well
	}
}

// history is one run: the worlds that there were, one for each revision.
type history struct {
	*stage
	worlds []*world

	// All that there were, in the order in which they came: maps have none, and a history must
	// be the same when it is run again.
	accounts []keywright.AccountID
	members  []keywright.MemberID
	texts    []string // of keys

	seen map[keywright.Reason]int
}

// begin makes two accounts, each with a member and a key. Everyone knows of them.
func begin(t *rapid.T, st *stage, seen map[keywright.Reason]int) *history {
	if st.Policy() != st.first {
		_, _, err := st.Govern(t.Context(), keywright.Operator(""), st.first)
		must(t, err)
	}
	h := &history{stage: st, seen: seen}
	revision, err := st.store.Revision(t.Context())
	must(t, err)
	h.worlds = []*world{{
		revision, st.Policy(), map[keywright.AccountID]keywright.Account{}, map[keywright.MemberID]keywright.Member{}, map[string]keywright.Key{},
	}}
	h.write(t, append(h.newAccount(t, "a"), h.newAccount(t, "b")...)...)
	h.poll(t)
	return h
}

// last is the world as it is.
func (h *history) last() *world { return h.worlds[len(h.worlds)-1] }

// became notes that a write has changed the world, and taken a revision for it.
func (h *history) became(change func(w *world)) {
	w := h.last().next()
	change(w)
	h.worlds = append(h.worlds, w)
}

func (h *history) check(t *rapid.T) { h.compare(t, h.request(t)) }

func (h *history) compare(t *rapid.T, r keywright.Request) {
	h.ask(t, "who hears of commits", h.here, r, h.last())
	reached := h.elsewhere.Applied() - h.worlds[0].revision
	if reached >= uint64(len(h.worlds)) {
		t.Fatalf("who polls has reached revision %d, and there are %d", h.elsewhere.Applied(), h.last().revision)
	}
	h.ask(t, "who polls", h.elsewhere, r, h.worlds[reached])
	r.MinRevision = 0 // the Service is never behind
	got, err := h.Verify(t.Context(), r)
	must(t, err)
	h.same(t, "the Service", r, got, h.last())
}

// ask asks one who follows for the verdict of a world.
func (h *history) ask(t *rapid.T, who string, f *follow.Follower, r keywright.Request, w *world) {
	got, err := h.judges[f].Verify(t.Context(), r)
	must(t, err)
	if got.Revision != w.revision {
		t.Fatalf("%s: is at revision %d, want %d", who, got.Revision, w.revision)
	}
	h.same(t, who, r, got, w)
}

func (h *history) same(t *rapid.T, who string, r keywright.Request, got keywright.Verdict, w *world) {
	want := w.verdict(r, h.now)
	h.seen[want]++
	if got.Reason != want || got.Valid != (want == "") {
		t.Fatalf("%s: at revision %d, %+v\ngot %q, valid %t, want %q", who, w.revision, r, got.Reason, got.Valid, want)
	}
	key, known := w.keys[r.Text]
	if !known || want == keywright.Stale {
		key = keywright.Key{}
	}
	if got.Key.ID != key.ID || got.Key.LastFour != key.LastFour || !got.Key.Expires.Equal(key.Expires) ||
		got.Account.ID != key.Account || got.Account.Plan != w.accounts[key.Account].Plan {
		t.Fatalf("%s: %q: got %+v of %+v, want %+v of %+v", who, want, got.Key, got.Account, key, w.accounts[key.Account])
	}
}

// end asks everyone about everything, and someone new too.
func (h *history) end(t *rapid.T) {
	fresh, err := h.fresh(t.Context())
	must(t, err)
	h.judges[fresh] = h.judge(fresh)
	defer delete(h.judges, fresh)
	other := keywright.Request{Text: made(t).Reveal()}
	if !makes(func() { h.ask(t, "someone new", fresh, other, h.last()) }) {
		t.Fatal("no MAC was computed for an id that is not there")
	}
	h.poll(t)
	for _, text := range h.texts {
		h.compare(t, keywright.Request{Text: text})
		h.ask(t, "someone new", fresh, keywright.Request{Text: text}, h.last())
	}
}

// request is about a key that is there, most of the time.
func (h *history) request(t *rapid.T) keywright.Request {
	r := keywright.Request{Text: h.text(t), Method: "GET"}
	r.Way = rapid.SampledFrom([]policy.Presentation{"", policy.PresentBearer, policy.PresentToken, policy.PresentBasic}).Draw(t, "way")
	r.Version = rapid.SampledFrom([]string{"", "", "", "v1", "v2", "v9"}).Draw(t, "version")
	if rapid.IntRange(0, 3).Draw(t, "asks for a revision") == 0 {
		r.MinRevision = h.last().revision + uint64(rapid.IntRange(0, 1).Draw(t, "ahead"))
	}
	return r
}

func (h *history) text(t *rapid.T) string {
	switch rapid.IntRange(0, 11).Draw(t, "text") {
	case 0:
		return ""
	case 1:
		return made(t).Reveal()
	case 2:
		return strings.ToUpper(h.texts[0])
	}
	return rapid.SampledFrom(h.texts).Draw(t, "of a key")
}

// made is a secret that no key has, unless it is given to one.
func made(t *rapid.T) secret.Secret {
	s, err := secret.Make("kw", secret.Live, rand.Reader)
	must(t, err)
	return s
}

// must is for what can't fail in any history.
func must(t *rapid.T, err error, unless ...error) bool {
	t.Helper()
	for _, expected := range unless {
		if errors.Is(err, expected) {
			return false
		}
	}
	if err != nil {
		t.Fatal(err)
	}
	return true
}
