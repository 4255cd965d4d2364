package policy

import "testing"

func TestWhatRestricts(t *testing.T) {
	p := Default()
	for _, c := range []struct {
		restricts func(from, to string) bool
		from, to  string
		want      bool
	}{
		{p.RoleRestricts, "owner", "admin", true},
		{p.RoleRestricts, "admin", "owner", false},
		{p.RoleRestricts, "admin", "limited_user", true},
		{p.RoleRestricts, "limited_user", "admin", false},
		{p.RoleRestricts, "admin", "admin", false},
		{p.RoleRestricts, "admin", "gone", true},
		{p.RoleRestricts, "gone", "admin", false},
		{p.PlanRestricts, "standard", "lite", true},
		{p.PlanRestricts, "lite", "standard", false},
		{p.PlanRestricts, "standard", "standard", false},
		{p.PlanRestricts, "standard", "gone", true},
		{p.PlanRestricts, "gone", "standard", false},
	} {
		if got := c.restricts(c.from, c.to); got != c.want {
			t.Errorf("from %s to %s: got %v, want %v", c.from, c.to, got, c.want)
		}
	}
}
