package policy

import (
	"errors"
	"fmt"

	"go.yaml.in/yaml/v4"
)

// How many of each there can be. Of scopes there are MaxScopes, of routes MaxRoutes.
const (
	MaxVersions = 32
	MaxRoles    = 64
	MaxPlans    = 64
	MaxKeys     = 10_000_000 // that an account may be allowed
)

// Parse reads a policy file: YAML 1.2, UTF-8, at most MaxSize bytes, one document, without
// anchors, aliases, merge keys and tags. Nothing that the file leaves out is taken from
// Default; the defaults of its fields are in docs/reference/policy.md.
//
// Errors: Mistakes, which are all that are wrong with the file, up to MaxMistakes of them. The
// exception is a text that is not YAML: there the reading ends.
func Parse(text []byte) (*Policy, error) {
	root, mistakes := document(text)
	if mistakes != nil {
		return nil, mistakes
	}
	r := &reader{}
	r.refuseSharing(root, "")
	p := r.policy(root)
	if len(r.mistakes) > 0 {
		return nil, r.mistakes.sorted()
	}
	p.text = string(text)
	return p, nil
}

// policy reads the parts in the order in which they refer to each other.
func (r *reader) policy(root *yaml.Node) *Policy {
	p := &Policy{}
	file := r.part(root, "", fileFields())
	if file == nil {
		return p
	}
	if n := file.value("product", true); n != nil {
		if product := r.part(n, "product", productFields()); product != nil {
			p.Product = product.product()
		}
	}
	p.Versions = file.versions()
	p.Scopes = file.scopes()
	p.Roles = file.roles(p.Scopes)
	p.Plans = file.plans()
	p.Keys = DefaultKeys()
	if n := file.value("keys", false); n != nil {
		if keys := r.part(n, "keys", keysFields()); keys != nil {
			p.Keys = keys.keys()
		}
	}
	p.Routes = file.routes(p.Scopes)
	if n := file.value("errors", false); n != nil {
		if form := r.part(n, "errors", errorFields()); form != nil {
			p.Errors = form.errorFormat()
		}
	}
	if n := file.value("requests", false); n != nil {
		if requests := r.part(n, "requests", requestFields()); requests != nil {
			p.Requests.TwoPeople = !requests.flag("own", true)
		}
	}
	return p
}

func (p *part) product() Product {
	product := Product{
		Name:   p.text("name", true, words(maxLabel)),
		Vendor: p.text("vendor", false, formed(vendorForm, "the vendor of your media type as it stands after vnd., in lower case")),
		Brand:  p.text("brand", false, formed(brandForm, "2 to 10 lower-case letters and digits, a letter first")),
	}
	product.Brand = orElse(product.Brand, "kw")
	return product
}

func (p *part) plans() []Plan {
	var all []Plan
	names := unique{}
	open := false
	for _, one := range p.parts("plans", true, MaxPlans, planFields()) {
		plan := Plan{
			Name:  one.text("name", true, name()),
			Label: one.text("label", true, words(maxLabel)),

			APIAccess: one.flag("api_access", false), PersonalKeys: one.flag("personal_keys", false),
			KeysMax: one.number("keys_max", MaxKeys), Lives: one.lives(),
		}
		names.take(one, "name", plan.Name)
		plan.Rate, _ = ParseRate(one.text("rate", false, isRate))
		plan.NewKeys, _ = ParseRate(one.text("new_keys", false, isRate))
		open = open || plan.APIAccess
		all = append(all, plan)
	}
	if len(all) > 0 && !open {
		p.wrong(p.values["plans"], "plans", "has no plan with api_access: true, so that no key would verify")
	}
	return all
}

func isRate(text string) string {
	if _, ok := ParseRate(text); !ok {
		return fmt.Sprintf("is not a rate; write 60/min, or 60/min burst 20; the units are s, min, h and d, the numbers 1 to %d", MaxRate)
	}
	return ""
}

func (p *part) errorFormat() ErrorFormat {
	format := p.text("format", true, oneOf("problem+json", "pagerduty", "template"))
	contentType, body := p.text("content_type", format == "template", filled), p.text("body", format == "template", filled)
	switch {
	case format == "pagerduty":
		p.onlyForTemplates()
		return PagerDuty()
	case format == "problem+json":
		p.onlyForTemplates()
	case format == "template" && contentType != "" && body != "":
		f, err := Template(contentType, body)
		if wrong := (*TemplateError)(nil); errors.As(err, &wrong) {
			p.wrong(p.values[wrong.Field], p.at(wrong.Field), wrong.Why)
		}
		return f
	}
	return ProblemJSON()
}

func (p *part) onlyForTemplates() {
	for _, field := range []string{"content_type", "body"} {
		if n := p.values[field]; n != nil {
			p.wrong(n, p.at(field), "is for format: template only")
		}
	}
}

// unique holds the line of each value that a field has had, as two parts may not share one.
type unique map[string]int

func (u unique) take(p *part, field, value string) {
	n := p.values[field]
	if value == "" || n == nil {
		return
	}
	if first, twice := u[value]; twice {
		p.wrong(n, p.at(field), fmt.Sprintf("is the same as in line %d", first))
		return
	}
	u[value] = n.Line
}
