package console

import (
	"crypto/sha256"
	"net/http"
	"time"

	"github.com/keywright/keywright"
	"github.com/keywright/keywright/policy"
)

// rotateView is the page that gives a key a new secret.
type rotateView struct {
	keyView
	once  string // rotates once of a form that is sent twice
	grace field
}

func (c *Console) rotateView(v *visit, once string) (rotateView, error) {
	key, err := c.find(v)
	if err != nil {
		return rotateView{}, err
	}
	keys := c.svc.Policy().Keys
	f := field{name: "grace", label: "The old secret works", value: policy.DurationWords(keys.Grace)}
	for _, one := range []time.Duration{time.Hour, keys.Grace, 7 * aDay, keys.LongestGrace} {
		words := policy.DurationWords(one)
		if n := len(f.options); one <= keys.LongestGrace && (n == 0 || f.options[n-1].value != words) {
			f.options = append(f.options, option{words, "For " + inWords(one)})
		}
	}
	f.options = append(f.options, option{"now", "No longer: it leaked"})
	return rotateView{keyView: key, once: once, grace: f}, nil
}

func (c *Console) rotateForm(v *visit) (answer, error) {
	once, err := c.newOnce()
	if err != nil {
		return answer{}, err
	}
	view, err := c.rotateView(v, once)
	if err != nil {
		return answer{}, err
	}
	if !view.Revoked.IsZero() {
		return goTo(view.path), nil
	}
	return show("Rotate "+view.Description, rotatePage(view)).inOneColumn(), nil
}

// rotateKey makes the new secret and shows it, in the answer to the form itself, as issueKey does.
// The same form sent again rotates nothing: the secret that it made before would end.
func (c *Console) rotateKey(v *visit) (answer, error) {
	form, err := v.form("grace", "once")
	if err != nil {
		return answer{}, err
	}
	if len(form.Get("once")) < keywright.MinOnceKey {
		return answer{}, errFormFields
	}
	view, err := c.rotateView(v, form.Get("once"))
	if err != nil {
		return answer{}, err
	}
	grace, known := policy.ParseDuration(form.Get("grace"))
	wrong := map[string]string{}
	if !known && form.Get("grace") != "now" {
		wrong["grace"] = "is no duration; choose one"
	}
	by := v.by()
	by.Once = &keywright.Once{Key: form.Get("once"), Request: sha256.Sum256([]byte("rotate " + string(view.ID)))}
	var reveal revealView
	var commit keywright.Commit
	if len(wrong) == 0 {
		key, text, done, err := c.svc.Rotate(v.Context(), by, view.ID, grace)
		if wrong = fieldErrors(err); err != nil && wrong == nil {
			return answer{}, err
		}
		reveal, commit = c.revealed(v, key, text), done
	}
	switch {
	case len(wrong) > 0:
		view.grace = filled([]field{view.grace}, form, wrong)[0]
		title := wrongTitle("Rotate "+view.Description, []field{view.grace})
		return show(title, rotatePage(view)).with(http.StatusUnprocessableEntity).inOneColumn(), nil
	case by.Once.Replayed():
		return show("This key was already shown", alreadyRotatedPage(view.keyView)).with(http.StatusConflict).inOneColumn(), nil
	}
	reveal.old = "The old one works for " + inWords(grace) + " more: put the new one in its place until then."
	if grace == 0 {
		reveal.old = "The old one has stopped working " + c.proof(commit) + "."
	}
	return show("Copy the new key", revealPage(reveal)), nil
}

// proof says where a change counts, as far as that is proved by now.
func (c *Console) proof(commit keywright.Commit) string {
	if c.options.Receipts == nil {
		return "on this node"
	}
	if receipt := c.options.Receipts.Begin(commit, patience); told(receipt) {
		return receipt.String()
	}
	return "everywhere"
}

// endGrace ends the older secret before its time.
func (c *Console) endGrace(v *visit) (answer, error) {
	if _, err := v.form(); err != nil {
		return answer{}, err
	}
	view, err := c.find(v)
	if err != nil {
		return answer{}, err
	}
	if len(view.secrets) < 2 {
		return goTo(view.path).noting("The old secret had ended before."), nil
	}
	_, commit, err := c.svc.EndGrace(v.Context(), v.by(), view.ID)
	if err != nil {
		return answer{}, err
	}
	return c.counting(commit, "The rotation is finished. The old secret, which ends with "+view.secrets[0].LastFour+", has stopped working", view.path), nil
}

func secretUseWords(seal keywright.Seal, now time.Time) string {
	if seal.LastUsed.IsZero() {
		return "not used since the rotation"
	}
	return "used last " + ago(seal.LastUsed, now)
}
