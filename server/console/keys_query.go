package console

import (
	"net/url"
	"time"

	"github.com/keywright/keywright"
	"github.com/keywright/keywright/policy"
)

// The spans after which a list points at a key.
const (
	soon    = "30d" // it ends within that
	unused  = "90d" // nobody used it for that long
	aDay    = 24 * time.Hour
	aMonth  = 30 * aDay
	aSeason = 90 * aDay
)

// listQuery is which keys a list shows, and in which order, as its address says.
type listQuery struct {
	keywright.KeyQuery
	needs string // which keys that need attention: expiring or unused; empty: whatever they need
}

// queryOf reads the address of a list. Of what it doesn't know it says nothing: an address that was
// cut off still leads to a list.
func queryOf(v *visit) listQuery { return queryFrom(v.place(), v.URL.Query().Get) }

func queryFrom(p place, get func(name string) string) listQuery {
	q := listQuery{KeyQuery: keywright.KeyQuery{
		Search: get("search"), State: get("state"), Kind: get("kind"), Version: get("version"), Environment: get("environment"),
		Member: get("member"), Creator: get("creator"), Scope: get("scope"), Sort: get("sort"),
	}, needs: get("needs")}
	if p.own {
		q.Kind, q.Member, q.Creator = string(keywright.PersonalKey), string(keywright.Me), ""
	}
	return q
}

// asked is the query as the service takes it. What needs attention is only what works.
func (q listQuery) asked() keywright.KeyQuery {
	asked := q.KeyQuery
	switch q.needs {
	case "expiring":
		asked.Expiring = soon
	case "unused":
		asked.Unused = unused
	default:
		return asked
	}
	if asked.State == "" {
		asked.State = string(keywright.KeyActive)
	}
	return asked
}

// values are those of the address.
func (q listQuery) values(p place) url.Values {
	values := url.Values{}
	for name, value := range map[string]string{
		"search": q.Search, "state": q.State, "kind": q.Kind, "version": q.Version, "environment": q.Environment,
		"member": q.Member, "creator": q.Creator, "scope": q.Scope, "sort": q.Sort, "needs": q.needs,
	} {
		if value != "" && (!p.own || name != "kind" && name != "member") {
			values.Set(name, value)
		}
	}
	return values
}

// path is the address of the list, or of a page below it, with a value changed.
func (q listQuery) path(p place, below, name, value string) string {
	values := q.values(p)
	if values.Del(name); value != "" {
		values.Set(name, value)
	}
	if len(values) == 0 {
		return p.path + below
	}
	return p.path + below + "?" + values.Encode()
}

// chosen reports whether anything is left out of the list.
func (q listQuery) chosen(p place) bool {
	values := q.values(p)
	values.Del("sort")
	return len(values) > 0
}

// more reports whether something is set of what is folded away.
func (q listQuery) more(p place) bool {
	values := q.values(p)
	values.Del("search")
	return len(values) > 0
}

// filters are the choices above a list, beside the search.
func (c *Console) filters(v *visit, q listQuery) ([]field, error) {
	p := c.svc.Policy()
	every := option{"", "Any"}
	state := field{name: "state", label: "State", value: q.State, options: []option{every}}
	for _, s := range keywright.KeyStates() {
		state.options = append(state.options, option{string(s), stateWords(s).word})
	}
	needs := field{name: "needs", label: "Needs attention", value: q.needs, options: []option{
		{"", "Whatever"}, {"expiring", "Expires within 30 days"}, {"unused", "Unused for 90 days"},
	}}
	version := field{name: "version", label: "Version", value: q.Version, options: []option{every}}
	for _, one := range p.Versions {
		label := one.Name
		if word := retiring(one); word != "" {
			label += ", " + word
		}
		version.options = append(version.options, option{one.Name, label})
	}
	order := field{name: "sort", label: "Sort by", value: q.Sort, options: []option{
		{"", "Newest"}, {"description", "Description"}, {"last_used", "Last used"}, {"expires", "Expires"},
	}}
	fields := []field{state, needs, version}
	if !v.place().own {
		kind := field{name: "kind", label: "Kind", value: q.Kind, options: []option{every}}
		for _, k := range keywright.KeyKinds() {
			kind.options = append(kind.options, option{string(k), kindLabel(k)})
		}
		fields = append(fields, kind)
		owner, err := c.ownerFilter(v, q)
		if err != nil {
			return nil, err
		}
		fields = append(fields, owner...)
	}
	if len(p.Keys.Environments) > 1 {
		fields = append(fields, field{name: "environment", label: "Environment", value: q.Environment, options: []option{every, {"live", "Live"}, {"test", "Test"}}})
	}
	return append(fields, order), nil
}

// ownerFilter is the choice of whose keys; none for who may not see the members.
func (c *Console) ownerFilter(v *visit, q listQuery) ([]field, error) {
	if !v.self.Role.May(policy.ReadMembers) {
		return nil, nil
	}
	members, _, err := c.svc.Members(v.Context(), v.by(), keywright.Page{Limit: keywright.MaxPage})
	if err != nil {
		return nil, err
	}
	f := field{name: "member", label: "Owner", value: q.Member, options: []option{{"", "Anyone"}, {string(keywright.Me), "You"}}}
	for _, m := range members {
		if m.ID != v.self.Member.ID {
			f.options = append(f.options, option{string(m.ID), m.Name})
		}
	}
	return []field{f}, nil
}

// order says how the list is sorted.
func (q listQuery) order() string {
	switch keywright.KeyOrder(q.Sort) {
	case keywright.ByDescription:
		return "By description"
	case keywright.ByLastUse:
		return "Last used first"
	case keywright.ByEnd:
		return "Next to expire first"
	case keywright.NewestFirst:
	}
	return "Newest first"
}

// turn is what a link to another page of the list is called: in the order of time, or in another.
func (q listQuery) turn(inTime, sorted string) string {
	if q.Sort == "" {
		return inTime
	}
	return sorted
}
