package policy

import (
	"errors"
	"slices"
	"testing"
)

func FuzzParse(f *testing.F) {
	f.Add([]byte(small))
	f.Add([]byte(Default().Text()))
	f.Add([]byte(full))
	for _, seed := range []string{"", "a: &a [*a]", "<<: {}", "\t", "---\n---", "? [a]\n: b", "{", "product: !!binary x", "%YAML 1.1\n---\na", "\uFEFF", "routes: [GET /a -> *]", "- *", "<<"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		p, err := Parse(text)
		if err == nil {
			holdsWhatServicesRelyOn(t, p)
			return
		}
		var wrong Mistakes
		if !errors.As(err, &wrong) || len(wrong) == 0 || p != nil {
			t.Fatalf("got %v and %T, want mistakes", p, err)
		}
		for i, m := range wrong {
			if m.Line < 1 || m.Column < 1 || m.Why == "" || i > 0 && m.Line < wrong[i-1].Line || len(m.Path)+len(m.Why) > 1000 {
				t.Errorf("got %+v after %+v", m, wrong[max(i-1, 0)])
			}
		}
	})
}

// holdsWhatServicesRelyOn is what a policy promises however it was written.
func holdsWhatServicesRelyOn(t *testing.T, p *Policy) {
	if v := p.Preselected(); !v.Preselected || !v.TakesNewKeys() || len(v.Presentations) == 0 {
		t.Errorf("preselected: got %+v", v)
	}
	owners := slices.DeleteFunc(slices.Clone(p.Roles), func(r Role) bool { return !r.Owner })
	if len(owners) != 1 || len(owners[0].Rights) != len(Rights()) {
		t.Errorf("owners: got %+v", owners)
	}
	if len(p.PlansWithAPIAccess()) == 0 || !brandForm.MatchString(p.Product.Brand) || p.Product.Name == "" {
		t.Errorf("got plans %+v, product %+v", p.Plans, p.Product)
	}
	again, err := Parse([]byte(p.Text()))
	if err != nil || len(Compare(p, again)) != 0 {
		t.Errorf("the text read again: got %v %v", err, Compare(p, again))
	}
	p.Routes.Find("GET", "/incidents/1")
	_, body := p.Errors.Render(Refusal{Status: 403, Code: "c", Title: "t"})
	if len(body) == 0 {
		t.Error("a refusal has no body")
	}
}
