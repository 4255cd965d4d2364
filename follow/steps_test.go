package follow_test

import (
	"slices"
	"time"

	"github.com/keywright/keywright"
	"github.com/keywright/keywright/policy"
	"pgregory.net/rapid"
)

// steps are what can happen. Those that change something say what the world has become then; one
// that cannot happen now, such as the revocation of a key that is revoked, does nothing.
func (h *history) steps() map[string]func(*rapid.T) {
	return map[string]func(*rapid.T){
		"":                h.check,
		"time passes":     h.wait,
		"poll":            h.poll,
		"load anew":       h.load,
		"trim the log":    h.trim,
		"issue":           h.issue,
		"issue for hours": func(t *rapid.T) { h.write(t, h.issueFor(t, h.account(t), h.soon(t), h.soon(t))) },
		"revoke":          h.revoke,
		"change the plan": h.changePlan,
		"change a role":   h.changeRole,
		"join":            h.join,
		"leave":           h.leave,
		"reload":          h.reload,
		"one change":      func(t *rapid.T) { h.write(t, h.change(t)) },
		"two at once":     func(t *rapid.T) { h.write(t, h.change(t), h.change(t)) },
	}
}

// wait asks the same before and after: what begins and ends does so without a change.
func (h *history) wait(t *rapid.T) {
	text, _ := h.key(t)
	h.compare(t, keywright.Request{Text: text})
	h.now = h.now.Add(time.Duration(rapid.IntRange(1, 90).Draw(t, "minutes")) * time.Minute)
	h.compare(t, keywright.Request{Text: text})
}

// poll is for who does not hear of commits.
func (h *history) poll(t *rapid.T) { must(t, h.elsewhere.Poll(t.Context())) }
func (h *history) load(t *rapid.T) { must(t, h.elsewhere.Load(t.Context())) }
func (h *history) trim(t *rapid.T) { must(t, h.store.TrimChanges(t.Context(), 1)) }

func (h *history) issue(t *rapid.T) {
	key, text, err := h.Issue(t.Context(), keywright.Operator(h.account(t)), keywright.NewKey{
		Description: "CI", Version: rapid.SampledFrom([]string{"", "v1", "v2"}).Draw(t, "version"),
	})
	if must(t, err, keywright.ErrNotEntitled, keywright.ErrInvalid) {
		h.texts = append(h.texts, text.Reveal())
		h.became(func(w *world) { w.keys[text.Reveal()] = key })
	}
}

func (h *history) revoke(t *rapid.T) {
	text, key := h.key(t)
	_, _, err := h.Revoke(t.Context(), keywright.Operator(key.Account), key.ID, "leaked")
	if must(t, err, keywright.ErrRevoked) {
		h.became(func(w *world) { key.Revoked = h.now; w.keys[text] = key })
	}
}

func (h *history) changePlan(t *rapid.T) {
	account := h.last().accounts[h.account(t)]
	plan := drawPlan(t)
	_, _, err := h.SetPlan(t.Context(), keywright.Operator(account.ID), plan)
	if must(t, err); plan != account.Plan {
		h.became(func(w *world) { account.Plan = plan; w.accounts[account.ID] = account })
	}
}

func (h *history) reload(t *rapid.T) {
	next := *h.first
	next.Plans, next.Versions = slices.Clone(next.Plans), slices.Clone(next.Versions)
	for i := range next.Plans {
		next.Plans[i].APIAccess = rapid.IntRange(0, 3).Draw(t, next.Plans[i].Name) > 0
	}
	for i := range next.Versions {
		v := &next.Versions[i]
		v.State = rapid.SampledFrom(policy.VersionStates()).Draw(t, v.Name)
		v.Override = rapid.Bool().Draw(t, "override")
		v.Presentations = v.Presentations[rapid.IntRange(0, 1).Draw(t, "without token"):]
	}
	effects, _, err := h.Govern(t.Context(), keywright.Operator(""), &next)
	must(t, err)
	at, err := h.store.Revision(t.Context())
	must(t, err)
	if len(effects) > 0 || at > h.last().revision { // else it is the one in force, which is written down once
		h.became(func(w *world) { w.policy = &next })
	}
}

// account draws one, and key one that was issued, as it is now.
func (h *history) account(t *rapid.T) keywright.AccountID {
	return rapid.SampledFrom(h.accounts).Draw(t, "account")
}

func (h *history) key(t *rapid.T) (string, keywright.Key) {
	text := rapid.SampledFrom(h.texts).Draw(t, "key")
	return text, h.last().keys[text]
}

func (h *history) soon(t *rapid.T) time.Time {
	if rapid.IntRange(0, 2).Draw(t, "never") == 0 {
		return time.Time{}
	}
	return h.now.Add(time.Duration(rapid.IntRange(-1, 3).Draw(t, "in half hours")) * 30 * time.Minute)
}

func drawPlan(t *rapid.T) string {
	return rapid.SampledFrom([]string{"lite", "basic", "standard"}).Draw(t, "plan")
}
