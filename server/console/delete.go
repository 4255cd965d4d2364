package console

import (
	"errors"
	"net/http"
	"strings"

	"github.com/keywright/keywright"
)

// deleteFields are those of the form that deletes a key. One that is in use wants more than a click.
func (view keyView) deleteFields() []field {
	fields := []field{
		whyField(),
		{name: "reason", label: "Reason", hint: "For the history, such as “in a log” or “the export was retired”.", optional: true},
	}
	if view.confirms() {
		fields = append(fields, field{name: "confirm", label: "Type " + view.LastFour + " to confirm", hint: "The last four characters of the key. It is asked because something uses the key."})
	}
	return fields
}

// whyField is the choice of a usual reason.
func whyField() field {
	f := field{name: "reason_kind", label: "Why", optional: true, options: []option{{"", "None"}}}
	labels := map[string]string{"lost": "Lost", "leaked": "Leaked", "replaced": "Replaced by another", "leaver": "Its holder has left", "other": "Another reason"}
	for _, why := range keywright.Whys() {
		f.options = append(f.options, option{why, labels[why]})
	}
	return f
}

// confirms reports whether deleting the key is to be confirmed by typing: something has used it in
// the last day, and would be refused.
func (view keyView) confirms() bool {
	return view.state.class == "state-active" && view.now.Sub(view.LastUsed) < aDay
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
	form, err := v.form("reason_kind", "reason", "confirm")
	if err != nil {
		return answer{}, err
	}
	view, err := c.find(v)
	if err != nil {
		return answer{}, err
	}
	why, err := keywright.Why(form.Get("reason_kind"), form.Get("reason"))
	if err == nil && view.confirms() && strings.TrimSpace(form.Get("confirm")) != view.LastFour {
		err = &keywright.InvalidError{Field: "confirm", Why: "must be " + view.LastFour + ", because the key is in use"}
	}
	var key keywright.Key
	var commit keywright.Commit
	if err == nil {
		key, commit, err = c.svc.Revoke(v.Context(), v.by(), view.ID, why)
	}
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
