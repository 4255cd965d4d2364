package console

import (
	"net/http"
	"strings"

	"github.com/keywright/keywright"
	"github.com/keywright/keywright/policy"
)

// planNotice answers what only plans with API access can do (F2), or with personal keys.
func planNotice(v *visit, err *keywright.NotEntitledError) answer {
	return show(v.place().title, planPage(v, err)).with(http.StatusPaymentRequired).inOneColumn()
}

// plansNamed lists plans for a sentence: "Basic, Standard and Enterprise".
func plansNamed(plans []policy.Plan) string {
	labels := make([]string, len(plans))
	for i, p := range plans {
		labels[i] = p.Label
	}
	if len(labels) < 2 {
		return strings.Join(labels, "")
	}
	return strings.Join(labels[:len(labels)-1], ", ") + " and " + labels[len(labels)-1]
}
