package console

import (
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/keywright/keywright"
)

// deleteManyView is the page that says which keys would be deleted at once.
type deleteManyView struct {
	place  place
	batch  keywright.Batch
	hidden []option // which keys: as they were ticked, or as the list was filtered
	fields []field
	rows   []keyRow
}

// chosenKeys are those that an address or a form names: those that are ticked, or all that the
// list shows by its filter.
func (c *Console) chosenKeys(v *visit, values url.Values) (keywright.KeyFilter, url.Values, error) {
	if ids := values["key"]; len(ids) > 0 {
		if len(ids) > keywright.MaxPage {
			return keywright.KeyFilter{}, nil, errFormFields
		}
		f := keywright.KeyFilter{}
		for _, id := range ids {
			f.IDs = append(f.IDs, keywright.KeyID(id))
		}
		return f, url.Values{"key": ids}, nil
	}
	q := queryFrom(v.place(), values.Get)
	if values.Get("all") == "" {
		return keywright.KeyFilter{}, nil, nil
	}
	f, err := q.asked().Filter(v.now)
	hidden := q.values(v.place())
	hidden.Set("all", "1")
	return f, hidden, err
}

func (c *Console) deleteManyForm(v *visit) (answer, error) {
	f, hidden, err := c.chosenKeys(v, v.URL.Query())
	if err != nil {
		return answer{}, err
	}
	if hidden == nil {
		return goTo(v.place().path).noting("Nothing is ticked. Tick the keys to delete first."), nil
	}
	return c.deleteManyPage(v, f, hidden, url.Values{}, nil)
}

// deleteManyPage shows what would go at this moment.
func (c *Console) deleteManyPage(v *visit, f keywright.KeyFilter, hidden, form url.Values, wrong map[string]string) (answer, error) {
	batch, err := c.svc.WouldRevoke(v.Context(), v.by(), f)
	if why := fieldErrors(err)["filter"]; why != "" {
		return goTo(v.place().path).noting("Nothing was deleted: what you chose " + why + "."), nil
	}
	if err != nil {
		return answer{}, err
	}
	view := deleteManyView{place: v.place(), batch: batch}
	for _, name := range slices.Sorted(maps.Keys(hidden)) {
		for _, value := range hidden[name] {
			view.hidden = append(view.hidden, option{value: value, label: name})
		}
	}
	for _, key := range batch.Keys {
		row, err := c.keyRow(v, key)
		if err != nil {
			return answer{}, err
		}
		view.rows = append(view.rows, row)
	}
	view.fields = filled([]field{
		whyField(),
		{name: "reason", label: "Reason", hint: "For the history of each, such as “all of the old exporter”.", optional: true},
		{name: "confirm", label: "Type " + batch.Type + " to confirm"},
	}, form, wrong)
	a := show(wrongTitle("Delete "+view.many(), view.fields), deleteManyPage(view))
	if wrong != nil {
		a = a.with(http.StatusUnprocessableEntity)
	}
	return a, nil
}

// deleteMany ends them all, at one moment.
func (c *Console) deleteMany(v *visit) (answer, error) {
	form, err := v.formOf("key", "all", "search", "state", "kind", "version", "environment", "member", "creator", "scope", "sort", "needs", "reason_kind", "reason", "confirm")
	if err != nil {
		return answer{}, err
	}
	f, hidden, err := c.chosenKeys(v, form)
	if err != nil {
		return answer{}, err
	}
	if hidden == nil {
		return answer{}, errFormFields
	}
	why, err := keywright.Why(form.Get("reason_kind"), form.Get("reason"))
	var batch keywright.Batch
	var commit keywright.Commit
	if err == nil {
		batch, commit, err = c.svc.RevokeMany(v.Context(), v.by(), f, why, strings.TrimSpace(form.Get("confirm")))
	}
	if wrong := fieldErrors(err); wrong != nil {
		return c.deleteManyPage(v, f, hidden, form, wrong)
	}
	if err != nil {
		return answer{}, err
	}
	if batch.Count == 1 {
		return c.counting(commit, "Deleted 1 key. It has stopped working", v.place().path), nil
	}
	return c.counting(commit, "Deleted "+numbered(batch.Count, "key")+". They have stopped working", v.place().path), nil
}

func (view deleteManyView) many() string { return numbered(view.batch.Count, "key") }
