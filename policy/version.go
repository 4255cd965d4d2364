package policy

import (
	"mime"
	"slices"
	"strings"
)

// Version is one version of the product's API. A key carries one as its default (F7, F8).
type Version struct {
	Name  string // "v1": in the database, in REST and on the command line
	Label string // "Version 1": on the form

	Hint          string // one sentence for whoever chooses
	Documentation string // link to what differs; a path is inside the console
	BasePath      string // where this version lives, for people: "/api/v1/"

	// AcceptParameter is the value of the Accept header's version parameter that asks for
	// this version: "2" in "application/vnd.acme+json;version=2". Empty: it cannot be asked for.
	AcceptParameter string

	Presentations []Presentation // the ways in which a key may be sent
	Preselected   bool           // the form offers it first
}

// Takes reports whether the version allows a key to be sent in this way.
func (v Version) Takes(way Presentation) bool { return slices.Contains(v.Presentations, way) }

// Requested finds the version that an Accept header asks for. It answers "" when the header
// asks for none, and the unknown value itself when no version goes by it, so that the
// caller can refuse by name instead of serving another version than was asked for.
func (p *Policy) Requested(accept string) string {
	for part := range strings.SplitSeq(accept, ",") {
		media, parameters, err := mime.ParseMediaType(part)
		vendor, isVendor := strings.CutPrefix(media, "application/vnd.")
		vendor, isJSON := strings.CutSuffix(vendor, "+json")
		if err != nil || !isVendor || !isJSON || (p.Product.Vendor != "" && vendor != p.Product.Vendor) {
			continue
		}
		asked, ok := parameters["version"]
		if !ok {
			continue
		}
		for _, v := range p.Versions {
			if v.AcceptParameter != "" && v.AcceptParameter == asked {
				return v.Name
			}
		}
		return asked
	}
	return ""
}
