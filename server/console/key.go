package console

import (
	"errors"
	"net/http"
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
	receipt keywright.Receipt // of its end, if someone has waited for that
	fields  []field           // of the delete form
	stale   bool              // nodes that are cut off go on accepting it
}

// find reads the key that the path names. Another account's is not found, as if it weren't
// there.
func (c *Console) find(v *visit) (keyView, error) {
	key, err := c.svc.Key(v.Context(), v.by(), keywright.KeyID(v.PathValue("id")))
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
		receipt: receipt, stale: c.options.ServesStale, place: v.place(),
		Key: key, self: v.self, version: version, state: stateOf(key, v.self.Plan, v.now), now: v.now, path: v.place().key(key.ID),
		fields: []field{{name: "reason", label: "Reason", hint: "For the history, such as “leaked in a log” or “the export was retired”.", optional: true}},
	}
	if view.owner, err = c.ownerName(v, key); err != nil {
		return keyView{}, err
	}
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
	return show(view.Description, keyPage(view)), nil
}

// deleteKeyForm says what will stop, before anything does (F13).
func (c *Console) deleteKeyForm(v *visit) (answer, error) {
	view, err := c.find(v)
	if err != nil {
		return answer{}, err
	}
	if !view.Revoked.IsZero() {
		return goTo(view.path), nil
	}
	return show("Delete "+view.Description, deletePage(view)).inOneColumn(), nil
}

// deleteKey revokes the key. The notice claims no more than what is proved by then.
func (c *Console) deleteKey(v *visit) (answer, error) {
	form, err := v.form("reason")
	if err != nil {
		return answer{}, err
	}
	view, err := c.find(v)
	if err != nil {
		return answer{}, err
	}
	key, commit, err := c.svc.Revoke(v.Context(), v.by(), view.ID, form.Get("reason"))
	if wrong := fieldErrors(err); wrong != nil {
		view.fields = filled(view.fields, form, wrong)
		title := wrongTitle("Delete "+view.Description, view.fields)
		return show(title, deletePage(view)).with(http.StatusUnprocessableEntity).inOneColumn(), nil
	}
	if errors.Is(err, keywright.ErrRevoked) { // sent twice, or by two at once: it is as he wants it
		return goTo(v.place().path).noting("This key was deleted before. It doesn't work any more."), nil
	}
	if err != nil {
		return answer{}, err
	}
	return c.counting(commit, "Deleted “"+key.Description+"”. The key "+key.Handle()+" has stopped working", v.place().path), nil
}

// whatStops is what deleting the key will do, in a sentence.
func (view keyView) whatStops() string {
	if view.LastUsed.IsZero() {
		return "This key was never used, so nothing that works now will stop."
	}
	if asleep(view.Key, view.self.Plan) {
		return "Used last " + ago(view.LastUsed, view.now) + ". It is asleep, because the plan has no " + view.lacks() + ", and will not wake up with the others."
	}
	return "Used last " + ago(view.LastUsed, view.now) + ". Whatever uses it will be refused from the moment you delete it."
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
			text += "; for it answers"
		}
	case view.Kind == keywright.PersonalKey && view.owner != "":
		text += ", acts as"
	}
	return text
}
