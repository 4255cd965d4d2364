package console

import (
	"strings"

	"github.com/keywright/keywright"
	"github.com/keywright/keywright/policy"
)

// kindCard is one kind of key as the form offers it.
type kindCard struct {
	kind    keywright.KeyKind
	label   string
	hint    string
	missing string // why it isn't offered; empty: it is
}

// kindCards are the kinds that can be made here. One that the member or his plan lacks stands
// there with the reason.
func (c *Console) kindCards(v *visit) []kindCard {
	if v.place().own {
		return nil
	}
	cards := make([]kindCard, 0, len(keywright.KeyKinds()))
	for _, kind := range keywright.KeyKinds() {
		card := kindCard{kind: kind, label: kindLabel(kind), hint: kindHint(kind)}
		if kind == keywright.PersonalKey {
			switch {
			case !v.self.Role.May(policy.OwnKeys):
				card.missing = "Your role, " + strings.ToLower(v.self.Role.Label) + ", has no personal keys."
			case !v.self.Plan.PersonalKeys:
				card.missing = "The " + v.self.Plan.Label + " plan has no personal keys."
			}
		}
		cards = append(cards, card)
	}
	return cards
}

func kindLabel(kind keywright.KeyKind) string {
	switch kind {
	case keywright.AccountKey:
		return "Account"
	case keywright.ReadOnlyKey:
		return "Read-only"
	case keywright.PersonalKey:
		return "Personal"
	case keywright.ServiceKey:
		return "Service"
	}
	return string(kind)
}

func kindHint(kind keywright.KeyKind) string {
	switch kind {
	case keywright.AccountKey:
		return "Acts for the whole account with full rights, unless you narrow it."
	case keywright.ReadOnlyKey:
		return "Acts for the whole account, but changes nothing."
	case keywright.PersonalKey:
		return "Acts as you, with what your role allows at that moment. It stops when you leave."
	case keywright.ServiceKey:
		return "Acts as a named service that somebody answers for. It stays when people leave."
	}
	return ""
}

// responsible is the choice of who answers for a service's key. Who may not see the members
// answers for it himself.
func (c *Console) responsible(v *visit) (field, error) {
	f := field{name: "member", label: "Who answers for it", hint: "Asked when the service's key expires, leaks or isn't used.", value: string(v.self.Member.ID)}
	f.options = []option{{string(v.self.Member.ID), v.self.Member.Name + " (you)"}}
	if v.place().own || !v.self.Role.May(policy.ReadMembers) {
		return f, nil
	}
	members, _, err := c.svc.Members(v.Context(), v.by(), keywright.Page{Limit: keywright.MaxPage})
	if err != nil {
		return f, err
	}
	for _, m := range members {
		if m.State == keywright.MemberActive && m.ID != v.self.Member.ID {
			f.options = append(f.options, option{string(m.ID), m.Name})
		}
	}
	return f, nil
}
