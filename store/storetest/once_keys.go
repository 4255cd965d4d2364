package storetest

import (
	"time"

	"github.com/keywright/keywright"
)

// writingKeys are the operations that change a key, and who asks for them.
func writingKeys(s *test, svc *keywright.Service, owner keywright.Member) map[string]writer {
	issue := func(description string) keywright.Key {
		k, _, err := svc.Issue(s.ctx, owner.By(), keywright.NewKey{Description: description})
		s.wantError("issue "+description, err, nil)
		return k
	}
	changed, disabled, enabled, rotated, ended, itself, atEnd := issue("1"), issue("2"), issue("3"), issue("4"), issue("5"), issue("6"), issue("7")
	issue("one of many")
	_, _, err := svc.Disable(s.ctx, owner.By(), enabled.ID, "", 0)
	s.wantError("disable", err, nil)
	_, _, _, err = svc.Rotate(s.ctx, owner.By(), ended.ID, time.Hour)
	s.wantError("rotate", err, nil)
	told := func(key keywright.Key, commit keywright.Commit, err error) (answered, error) {
		return answered{[]any{key, undated(commit)}, ""}, err
	}
	return map[string]writer{
		"Change": {owner.By(), func(by keywright.Principal) (answered, error) {
			return told(svc.Change(s.ctx, by, changed.ID, keywright.KeyChange{Scopes: &[]string{"incidents:read"}}))
		}},
		"Disable": {owner.By(), func(by keywright.Principal) (answered, error) {
			return told(svc.Disable(s.ctx, by, disabled.ID, "who uses it?", time.Minute))
		}},
		"Enable":     {owner.By(), func(by keywright.Principal) (answered, error) { return told(svc.Enable(s.ctx, by, enabled.ID)) }},
		"EndGrace":   {owner.By(), func(by keywright.Principal) (answered, error) { return told(svc.EndGrace(s.ctx, by, ended.ID)) }},
		"RevokeSelf": {atEnd.By(), func(by keywright.Principal) (answered, error) { return told(svc.RevokeSelf(s.ctx, by, "done")) }},
		"RevokeMany": {owner.By(), func(by keywright.Principal) (answered, error) {
			batch, commit, err := svc.RevokeMany(s.ctx, by, keywright.KeyFilter{Search: "one of many"}, "", "1")
			return answered{[]any{batch, undated(commit)}, ""}, err
		}},
		"Rotate": {owner.By(), func(by keywright.Principal) (answered, error) {
			key, text, commit, err := svc.Rotate(s.ctx, by, rotated.ID, time.Hour)
			return answered{[]any{key, undated(commit)}, text.Reveal()}, err
		}},
		"RotateSelf": {itself.By(), func(by keywright.Principal) (answered, error) {
			key, text, commit, err := svc.RotateSelf(s.ctx, by, time.Hour)
			return answered{[]any{key, undated(commit)}, text.Reveal()}, err
		}},
	}
}
