package console

import (
	"time"

	"github.com/keywright/keywright"
	"github.com/keywright/keywright/policy"
)

// keyView is the page of one key.
type keyView struct {
	keywright.Key
	place   place
	self    keywright.Self
	version policy.Version
	state   stateView
	needs   []stateView
	owner   string         // whom a personal key acts as, or who answers for a service's
	reach   reach          // what it may do, in a sentence
	may     []policy.Scope // and one by one, when it is narrowed
	now     time.Time
	path    string
	secrets []keywright.Seal  // that work: one or, during a rotation, two, the older one first
	receipt keywright.Receipt // of its end, if someone has waited for that
	fields  []field           // of the delete form
	history []auditRow        // what was done with it, newest first
	more    bool              // than that
	stale   bool              // nodes that are cut off go on accepting it
}

// find reads the key that the path names. Another account's is not found, as if it weren't
// there.
func (c *Console) find(v *visit) (keyView, error) {
	key, secrets, err := c.svc.Secrets(v.Context(), v.by(), keywright.KeyID(v.PathValue("id")))
	if err != nil {
		return keyView{}, err
	}
	if !v.place().has(v, key) {
		return keyView{}, keywright.ErrNotFound
	}
	version, ok := c.svc.Policy().Version(key.Version)
	if !ok {
		version = policy.Version{Name: key.Version, Label: key.Version} // the policy has dropped it since
	}
	var receipt keywright.Receipt
	if !key.Revoked.IsZero() {
		if receipt, err = c.svc.ReceiptOf(v.Context(), v.by(), string(key.ID)); err != nil {
			return keyView{}, err
		}
	}
	view := keyView{
		secrets: secrets, receipt: receipt, stale: c.options.ServesStale, place: v.place(),
		Key: key, self: v.self, version: version, state: stateOf(key, v.self.Plan, v.now), now: v.now, path: v.place().key(key.ID),
	}
	if view.owner, err = c.ownerName(v, key); err != nil {
		return keyView{}, err
	}
	view.fields = view.deleteFields()
	if key.Revoked.IsZero() {
		view.needs = needsOf(key, v.now)
	}
	view.reach = c.reachOf(v, key, view.owner)
	if key.Member == v.self.Member.ID {
		view.reach.whose = "you"
	}
	for _, name := range c.svc.Policy().ScopesOf(key.Scopes) {
		scope, _ := c.svc.Policy().Scope(name)
		view.may = append(view.may, scope)
	}
	return view, nil
}

// lacks is what the plan has not, when the key is asleep.
func (view keyView) lacks() string {
	if view.self.Plan.APIAccess {
		return "personal keys"
	}
	return "API access"
}

func (c *Console) key(v *visit) (answer, error) {
	view, err := c.find(v)
	if err != nil {
		return answer{}, err
	}
	events, more, err := c.svc.History(v.Context(), v.by(), view.ID, keywright.Page{Limit: maxHistory})
	if err != nil {
		return answer{}, err
	}
	if view.history, err = c.sentences(v, events); err != nil {
		return answer{}, err
	}
	view.more = more != keywright.Cursor{}
	return show(view.Description, keyPage(view)), nil
}

// maxHistory is how much of what was done with a key its page tells; the audit log has the rest.
const maxHistory = 20

// secretName is what one of two secrets is called.
func secretName(i int) string {
	if i == 0 {
		return "The old one"
	}
	return "The new one"
}

// rotates reports whether the reader may rotate the key: a personal one is shown to its member only.
func (view keyView) rotates() bool {
	return view.Kind != keywright.PersonalKey || view.Member == view.self.Member.ID
}

// kindWords is what the key acts as; the owner's name follows where there is one.
func (view keyView) kindWords() string {
	text := kindLabel(view.Kind)
	switch {
	case view.Kind == keywright.AccountKey && !view.Narrowed():
		text += ", with full rights"
	case view.Kind == keywright.ServiceKey:
		text += ", acts as “" + view.Service + "”"
		if view.owner != "" {
			text += "; answered for by"
		}
	case view.Kind == keywright.PersonalKey && view.owner != "":
		text += ", acts as"
	}
	return text
}
