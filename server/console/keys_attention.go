package console

import (
	"strconv"

	"github.com/keywright/keywright"
	"github.com/keywright/keywright/policy"
)

// tally is how many keys need something. It stops counting where a number says no more than "many".
type tally struct {
	n    int
	over bool // there are more
	path string
}

func (t tally) String() string {
	if t.over {
		return "more than " + strconv.Itoa(t.n)
	}
	return strconv.Itoa(t.n)
}

// retiringVersion is a version on its way out that keys still have.
type retiringVersion struct {
	policy.Version
	keys tally
}

func (r retiringVersion) title() string {
	if r.keys.n == 1 {
		return "1 active key is for " + r.Name + ", which is " + retiring(r.Version)
	}
	return r.keys.String() + " active keys are for " + r.Name + ", which is " + retiring(r.Version)
}

// attention finds out what needs attention, for the top of a list's first page.
func (c *Console) attention(v *visit, view *keysView) (err error) {
	if !view.first || view.lacks != nil || view.empty() {
		return nil
	}
	active := string(keywright.KeyActive)
	if view.expiring, err = c.tally(v, listQuery{needs: "expiring"}); err != nil {
		return err
	}
	if view.unused, err = c.tally(v, listQuery{needs: "unused"}); err != nil {
		return err
	}
	for _, version := range c.svc.Policy().Versions {
		if version.State == policy.Current {
			continue
		}
		keys, err := c.tally(v, listQuery{KeyQuery: keywright.KeyQuery{Version: version.Name, State: active, Sort: "last_used"}})
		if err != nil {
			return err
		}
		if keys.n > 0 {
			view.retiring = append(view.retiring, retiringVersion{version, keys})
		}
	}
	return nil
}

// tally counts the keys of the place that a query means.
func (c *Console) tally(v *visit, q listQuery) (tally, error) {
	p := v.place()
	if p.own {
		q.Kind, q.Member = string(keywright.PersonalKey), string(keywright.Me)
	}
	keys, next, err := c.keysOf(v, q, keywright.Page{Limit: keywright.MaxPage})
	return tally{n: len(keys), over: next != keywright.Cursor{}, path: q.path(p, "", "", "")}, err
}
