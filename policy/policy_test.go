package policy

import "testing"

// The built-in policy is the founding page's product (F1, F2, F7).
func TestDefaultIsTheFoundingPage(t *testing.T) {
	p := Default()
	for _, c := range []struct {
		role string
		may  bool
	}{{"owner", true}, {"admin", true}, {"user", false}, {"limited_user", false}} {
		role, ok := p.Role(c.role)
		if !ok || role.May(ManageKeys) != c.may {
			t.Errorf("F1: role %s manages keys: got %v, want %v", c.role, role.May(ManageKeys), c.may)
		}
	}
	for _, c := range []struct {
		plan   string
		access bool
	}{{"lite", false}, {"basic", true}, {"standard", true}, {"enterprise", true}} {
		plan, ok := p.Plan(c.plan)
		if !ok || plan.APIAccess != c.access {
			t.Errorf("F2: plan %s has API access: got %v, want %v", c.plan, plan.APIAccess, c.access)
		}
	}
	if got := p.Preselected().Name; got != "v1" {
		t.Errorf("F7: preselected version: got %s, want v1", got)
	}
	for _, v := range p.Versions {
		if v.Hint == "" || v.Documentation == "" || len(v.Presentations) == 0 {
			t.Errorf("F7, F8: version %s lacks a hint, a link or a way to present a key", v.Name)
		}
	}
}

func TestRequestedVersion(t *testing.T) {
	p := Default()
	p.Product.Vendor = "acme"
	for name, c := range map[string]struct{ accept, want string }{
		"none":                                 {"application/json", ""},
		"version 2":                            {"application/vnd.acme+json;version=2", "v2"},
		"blanks and letter case do not matter": {"Application/Vnd.Acme+JSON; Version=2", "v2"},
		"second in a list":                     {"text/html, application/vnd.acme+json;version=1", "v1"},
		"another vendor's":                     {"application/vnd.other+json;version=2", ""},
		"a version that is not there, by name": {"application/vnd.acme+json;version=9", "9"},
		"no version":                           {"application/vnd.acme+json", ""},
		"junk":                                 {";;;===", ""},
		"a version without media type":         {"version=2", ""},
		"an empty version":                     {`application/vnd.acme+json;version=""`, ""},
	} {
		if got := p.Requested(c.accept); got != c.want {
			t.Errorf("%s: got %q, want %q", name, got, c.want)
		}
	}
	p.Product.Vendor = ""
	if got := p.Requested("application/vnd.anything+json;version=2"); got != "v2" {
		t.Errorf("any vendor: got %q, want v2", got)
	}
}

func TestNobodyHandsOutARoleAboveHisOwn(t *testing.T) {
	p := Default()
	order := []string{"limited_user", "user", "admin", "owner"}
	for i, own := range order {
		for j, wanted := range order {
			a, _ := p.Role(own)
			b, _ := p.Role(wanted)
			if got, want := b.Above(a), j > i; got != want {
				t.Errorf("%s above %s: got %v, want %v", wanted, own, got, want)
			}
		}
	}
}
