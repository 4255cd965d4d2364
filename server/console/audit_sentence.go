package console

import (
	"strconv"
	"strings"

	"github.com/keywright/keywright"
)

// part is a piece of a sentence: words of ours, or someone else's.
type part struct {
	text     string
	theirs   bool   // a name, a description, a reason: set apart from our words
	kind, id string // of who or what is named; empty for words and for the operator
	path     string // its page; empty: none
}

func ours(text string) part { return part{text: text} }

// quoted is what someone wrote: a description, a reason.
func quoted(text string) part { return part{text: "“" + text + "”", theirs: true} }

func actorPart(a keywright.Actor) part {
	p := part{text: a.Name, theirs: true, kind: "member", id: a.ID}
	switch a.Kind {
	case keywright.PrincipalKey:
		p = quoted(a.Name)
		p.kind, p.id = "key", a.ID
	case keywright.PrincipalOperator:
		p = ours(a.Name)
	case keywright.PrincipalMember:
	}
	if rest, is := strings.CutPrefix(p.text, "the operator"); is { // also "the operator for Ada"
		p.text = "The operator" + rest
	}
	return p
}

func subjectPart(s keywright.Subject) part {
	p := part{text: s.Name, theirs: true}
	if s.Kind == "key" || s.Kind == "request" {
		p = quoted(s.Name)
	}
	p.kind, p.id = s.Kind, s.ID
	return p
}

// tell is an event as a sentence: who did what. When is beside it.
func (c *Console) tell(e keywright.Event) []part {
	who, what, detail := actorPart(e.Actor), subjectPart(e.Subject), e.Details
	said := c.did(who, what, e.Action, detail)
	if e.Actor.Kind == keywright.PrincipalKey {
		said = append([]part{ours("The key ")}, said...)
	}
	if detail["replayed"] != "" {
		said = append(said, ours(" It was done again, because an older copy of the database had lost it."))
	}
	return said
}

func (c *Console) did(who, what part, action keywright.Action, detail map[string]string) []part {
	switch action {
	case keywright.AccountCreated:
		return []part{who, ours(" created the account "), what, ours(" on the " + c.planLabel(detail["plan"]) + " plan.")}
	case keywright.PlanChanged:
		return []part{who, ours(" moved the account "), what, ours(" from the " + c.planLabel(detail["from"]) + " plan to the " + c.planLabel(detail["to"]) + " plan.")}
	case keywright.MemberAdded:
		return []part{who, ours(" added "), what, ours(" with the role " + c.roleLabel(detail["role"]) + ".")}
	case keywright.MemberJoined:
		return []part{who, ours(" joined through an invitation link.")}
	case keywright.LinkRenewed:
		return []part{who, ours(" made a new invitation link for "), what, ours("; older ones ended.")}
	case keywright.RoleChanged:
		return []part{who, ours(" changed the role of "), what, ours(" from " + c.roleLabel(detail["from"]) + " to " + c.roleLabel(detail["to"]) + ".")}
	case keywright.MemberRemovedBy:
		return append([]part{who, ours(" removed "), what, ours(" from the account.")}, handedOver(detail)...)
	case keywright.MemberDeactivatedBy:
		return append([]part{who, ours(" deactivated "), what, ours(".")}, handedOver(detail)...)
	case keywright.MemberActivatedBy:
		return []part{who, ours(" activated "), what, ours(" again.")}
	case keywright.OwnerTransferred:
		return []part{who, ours(" made "), what, ours(" owner in the place of "), {text: detail["from"], theirs: true}, ours(", who is " + c.roleLabel(detail["role"]) + " now.")}
	case keywright.KeyIssued:
		if detail["approved_by"] != "" {
			return []part{who, ours(" collected the key "), what, ours(" for API version " + detail["version"] + ", as "), {text: detail["approved_by"], theirs: true}, ours(" had approved.")}
		}
		return []part{who, ours(" created the key "), what, ours(" for API version " + detail["version"] + ".")}
	case keywright.KeyRevokedBy:
		said := []part{who, ours(" deleted the key "), what}
		if detail["why"] != "" {
			said = append(said, ours(", saying "), quoted(detail["why"]))
		}
		return append(said, ours("."))
	case keywright.KeyDisabledBy:
		return disabled(who, what, detail)
	case keywright.KeyEnabledBy:
		return []part{who, ours(" enabled the key "), what, ours(".")}
	case keywright.KeyRotated:
		return []part{who, ours(" gave the key "), what, ours(" a new secret; the old one works until " + readable(detail["until"]) + ".")}
	case keywright.KeyGraceEnded:
		return []part{who, ours(" ended the old secret of the key "), what, ours(".")}
	case keywright.KeyExpiring:
		return []part{ours("The key "), what, ours(" expires " + readable(detail["expires"]) + ": in less than " + inDays(detail["days"]) + ".")}
	case keywright.KeyChanged:
		return append([]part{who, ours(" changed the key "), what}, changes(detail)...)
	case keywright.AccountSuspendedBy:
		return []part{who, ours(" suspended the account "), what, ours(".")}
	case keywright.KeyRequested:
		return []part{who, ours(" asked for the key "), what, ours(", for " + reachWords(detail) + ".")}
	case keywright.RequestApprovedBy:
		return []part{who, ours(" approved the request for the key "), what, ours(", for " + reachWords(detail) + ".")}
	case keywright.RequestDeclinedBy:
		return []part{who, ours(" declined the request for the key "), what, ours(", saying "), quoted(detail["why"]), ours(".")}
	case keywright.RequestWithdrawnBy:
		return []part{who, ours(" withdrew the request for the key "), what, ours(".")}
	case keywright.SupportAsked:
		return []part{who, ours(" asked whoever runs this service" + underPage(detail) + ".")}
	case keywright.SupportAnswered:
		if detail["published"] != "" {
			return []part{who, ours(" answered what "), what, ours(" asked" + underPage(detail) + ", where every account can read it.")}
		}
		return []part{who, ours(" answered what "), what, ours(" asked" + underPage(detail) + ".")}
	case keywright.SupportPublished:
		return []part{who, ours(" published what "), what, ours(" asked" + underPage(detail) + ", and the answer.")}
	case keywright.SupportUnpublished:
		return []part{who, ours(" took back what "), what, ours(" asked" + underPage(detail) + ", which was published.")}
	case keywright.TokenIssued, keywright.TokenRevoked, keywright.PolicyReplaced, keywright.Restored: // in no account's log, and so on no page
	}
	// A newer version of this program has written it: better a plain line than none.
	return []part{who, ours(" did " + string(action) + " to "), what, ours(".")}
}

// reachWords says what a key was asked or approved for.
func reachWords(detail map[string]string) string {
	scopes := strings.Join(strings.Fields(detail["scopes"]), ", ")
	if scopes == "*" {
		scopes = "everything"
	}
	days, err := strconv.Atoi(detail["days"])
	if err != nil {
		return scopes
	}
	return scopes + ", " + forDays(days)
}

func underPage(detail map[string]string) string {
	if detail["page"] == "" {
		return ""
	}
	return " under the help page " + detail["page"]
}

// forDays is for how long a key is wanted.
func forDays(days int) string {
	switch days {
	case 0:
		return "without end"
	case 1:
		return "for 1 day"
	}
	return "for " + strconv.Itoa(days) + " days"
}

// handedOver says who answers for the service keys of a member who left, if he had any.
func handedOver(detail map[string]string) []part {
	switch detail["service_keys"] {
	case "":
		return nil
	case "1":
		return []part{ours(" One service key is now the responsibility of "), {text: detail["responsible"], theirs: true}, ours(".")}
	}
	return []part{ours(" " + detail["service_keys"] + " service keys are now the responsibility of "), {text: detail["responsible"], theirs: true}, ours(".")}
}
