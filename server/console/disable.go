package console

import (
	"net/http"
	"time"

	"github.com/keywright/keywright"
	"github.com/keywright/keywright/policy"
)

// disableView is the page that stops a key for a while, or until someone enables it.
type disableView struct {
	keyView
	reason field
	span   field // for how long
}

func (c *Console) disableView(v *visit) (disableView, error) {
	key, err := c.find(v)
	if err != nil {
		return disableView{}, err
	}
	return disableView{
		keyView: key,
		reason:  field{name: "reason", label: "Reason", hint: "For the history, such as “who still uses it?”.", optional: true},
		span:    field{name: "for", label: "For how long", value: v.URL.Query().Get("for")},
	}, nil
}

func (c *Console) disableForm(v *visit) (answer, error) {
	view, err := c.disableView(v)
	if err != nil {
		return answer{}, err
	}
	if !view.Revoked.IsZero() {
		return goTo(view.path), nil
	}
	return show("Disable "+view.Description, disablePage(view)).inOneColumn(), nil
}

// disableKey stops the key: for good measure, or as a brownout, to find out who still uses it.
func (c *Console) disableKey(v *visit) (answer, error) {
	form, err := v.form("reason", "for")
	if err != nil {
		return answer{}, err
	}
	view, err := c.disableView(v)
	if err != nil {
		return answer{}, err
	}
	var while time.Duration
	wrong := map[string]string{}
	if text := form.Get("for"); text != "" {
		var ok bool
		if while, ok = policy.ParseDuration(text); !ok {
			wrong["for"] = "is no duration; choose one"
		}
	}
	var key keywright.Key
	var commit keywright.Commit
	if len(wrong) == 0 {
		if key, commit, err = c.svc.Disable(v.Context(), v.by(), view.ID, form.Get("reason"), while); err != nil {
			wrong = fieldErrors(err)
		}
	}
	if len(wrong) > 0 {
		fields := filled([]field{view.span, view.reason}, form, wrong)
		view.span, view.reason = fields[0], fields[1]
		return show(wrongTitle("Disable "+view.Description, fields), disablePage(view)).with(http.StatusUnprocessableEntity).inOneColumn(), nil
	}
	if err != nil {
		return answer{}, err
	}
	lead := "Disabled “" + key.Description + "”"
	if while > 0 {
		lead += " for " + inWords(while)
	}
	return c.counting(commit, lead+". The key "+key.Handle()+" has stopped working", view.path), nil
}

// enableKey lets a disabled key work again.
func (c *Console) enableKey(v *visit) (answer, error) {
	if _, err := v.form(); err != nil {
		return answer{}, err
	}
	view, err := c.find(v)
	if err != nil {
		return answer{}, err
	}
	if _, _, err := c.svc.Enable(v.Context(), v.by(), view.ID); err != nil {
		return answer{}, err
	}
	return goTo(view.path).noting("“" + view.Description + "” is enabled."), nil
}

// whatWaits is what disabling the key will do, in a sentence.
func (view disableView) whatWaits() string {
	if view.LastUsed.IsZero() {
		return "This key was never used, so nothing that works now will stop."
	}
	return "Used last " + ago(view.LastUsed, view.now) + ". Whatever uses it is refused, with the reason that the key is disabled, until it is enabled again."
}
