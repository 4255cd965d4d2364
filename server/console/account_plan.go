package console

import (
	"time"

	"github.com/keywright/keywright"
)

// planChangeView is the page that says what another plan would mean for the account's keys.
type planChangeView struct {
	keywright.PlanChange
	now time.Time
}

// previewPlan shows what a plan would change. Whoever runs the service changes it; the page is for
// an owner who is about to ask for that.
func (c *Console) previewPlan(v *visit) (answer, error) {
	name := v.PathValue("plan")
	if _, ok := c.svc.Policy().Plan(name); !ok {
		return answer{}, keywright.ErrNotFound
	}
	change, err := c.svc.PreviewPlan(v.Context(), v.by(), name)
	if err != nil {
		return answer{}, err
	}
	if change.From.Name == change.To.Name {
		return goTo("/account#plan"), nil
	}
	view := planChangeView{change, v.now}
	return show(view.title(), planChangePage(view)).inOneColumn(), nil
}

func (view planChangeView) title() string {
	return "From " + view.From.Label + " to " + view.To.Label
}

// stops says which keys would be refused; "" for none.
func (view planChangeView) stops() string {
	switch {
	case len(view.Stop.List) == 0:
		return ""
	case !view.To.APIAccess:
		return counted(view.Stop, "key", "keys") + ": the " + view.To.Label + " plan has no API access."
	}
	return counted(view.Stop, "personal key", "personal keys") + ": the " + view.To.Label + " plan has no personal keys. All others go on working."
}

// wakes says which keys would work again; "" for none.
func (view planChangeView) wakes() string {
	if len(view.Wake.List) == 0 {
		return ""
	}
	return counted(view.Wake, "key", "keys") + ": as they are, with the same secret."
}
