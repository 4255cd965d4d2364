package rest

import (
	"net/netip"
	"time"

	"github.com/keywright/keywright"
	"github.com/keywright/keywright/api"
)

// PageQuery asks for a part of a list. It is exported because huma looks into no embedded
// field that is not.
type PageQuery struct {
	Limit  int    `query:"limit" minimum:"1" maximum:"200" default:"50" doc:"At most this many." example:"50"`
	Cursor string `query:"cursor" doc:"Where to go on: next_cursor of the page before. Opaque; left out, from the start."`
}

func (q PageQuery) page() (keywright.Page, error) {
	after, err := keywright.ParseCursor(q.Cursor)
	return keywright.Page{After: after, Limit: q.Limit}, err
}

func (h *handler) wireKey(k keywright.Key) api.Key {
	if !k.Enables.IsZero() && !h.options.Now().Before(k.Enables) { // it has come back by itself
		k.Disabled, k.WhyDisabled, k.Enables = time.Time{}, "", time.Time{}
	}
	wire := api.Key{
		ID: string(k.ID), Kind: string(k.Kind), Member: optional(string(k.Member)), MemberState: optional(string(k.MemberOut)), Service: optional(k.Service),
		Description: k.Description, APIVersion: k.Version,
		Environment: string(k.Env), Handle: k.Handle(), LastFour: k.LastFour, State: string(k.State(h.options.Now())),
		Scopes: each(k.Scopes, func(s string) string { return s }), Networks: each(k.Networks, netip.Prefix.String),
		CreatedAt: k.Created, CreatedBy: wireActor(k.CreatedBy),
		NotBefore: moment(k.NotBefore), ExpiresAt: moment(k.Expires), RotatedAt: moment(k.Rotated), LastUsedAt: moment(k.LastUsed), LastUsedFrom: optional(addressText(k.LastUsedFrom)),
		DisabledAt: moment(k.Disabled), DisableWhy: optional(k.WhyDisabled), EnablesAt: moment(k.Enables),
		RevokedAt: moment(k.Revoked), RevokeReason: optional(k.WhyRevoked), RevokeKind: optional(keywright.WhyKind(k.WhyRevoked)),
	}
	if !k.Disabled.IsZero() {
		by := wireActor(k.DisabledBy)
		wire.DisabledBy = &by
	}
	if !k.Revoked.IsZero() {
		by := wireActor(k.RevokedBy)
		wire.RevokedBy = &by
	}
	return wire
}

func (h *handler) wireSecrets(k keywright.Key, seals []keywright.Seal) api.KeyWithSecrets {
	return api.KeyWithSecrets{Key: h.wireKey(k), Secrets: each(seals, func(s keywright.Seal) api.KeySecret {
		return api.KeySecret{LastFour: s.LastFour, CreatedAt: s.Created, EndsAt: moment(s.Ends), LastUsedAt: moment(s.LastUsed)}
	})}
}

func addressText(a netip.Addr) string {
	if !a.IsValid() {
		return ""
	}
	return a.String()
}

func wireActor(a keywright.Actor) api.Actor {
	return api.Actor{Kind: string(a.Kind), ID: a.ID, Name: a.Name}
}

func wireAccount(a keywright.Account) api.Account {
	return api.Account{
		ID: string(a.ID), Slug: a.Slug, Name: a.Name, Plan: a.Plan, State: string(a.State),
		ActiveKeys: a.ActiveKeys, CreatedAt: a.Created,
	}
}

func wireMember(m keywright.Member) api.Member {
	return api.Member{
		ID: string(m.ID), Email: m.Email, Name: m.Name, Role: m.Role, State: string(m.State), CreatedAt: m.Created,
		DeactivatedAt: moment(m.Deactivated),
	}
}

// addedMember is a member with the link by which he joins. The token stands in the path of
// the console, where the server's log leaves it out.
func (h *handler) addedMember(m keywright.Member, link keywright.Token) api.AddedMember {
	added := api.AddedMember{Member: wireMember(m)}
	if token := link.Reveal(); token != "" {
		added.InvitationURL = h.options.PublicURL + "/invitation/" + token
	}
	return added
}

func newMember(n api.NewMember) keywright.NewMember {
	return keywright.NewMember{Email: n.Email, Name: n.Name, Role: n.Role, Password: n.Password}
}

// each keeps an empty list a list: JSON's null would be a third thing for clients to handle.
func each[From, To any](list []From, wire func(From) To) []To {
	all := make([]To, len(list))
	for i, one := range list {
		all[i] = wire(one)
	}
	return all
}

func optional(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}

func moment(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}
