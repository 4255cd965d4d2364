package policy

import (
	"mime"
	"slices"
	"strings"
	"time"
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

	// Override lets a request ask for this version though its key has another one. Without
	// it, only keys that were made for the version reach it.
	Override bool

	State      VersionState
	Deprecated time.Time // since when, or from when on; zero unless Deprecated or later in State
	Sunset     time.Time // when it is to be switched off; zero: not said. Nothing happens by itself
	Notice     string    // link to what to do about it, absolute; empty: none
}

// Takes reports whether the version allows a key to be sent in this way.
func (v Version) Takes(way Presentation) bool { return slices.Contains(v.Presentations, way) }

// VersionFor answers which version a request is for: the one that it asks for, else own, its
// key's. ok is false when there is no such version, or when it is not the key's own and may
// not be asked for by others. It looks at no State: whether the version is off is the next
// question.
func (p *Policy) VersionFor(own, asked string) (version Version, ok bool) {
	if asked == "" || asked == own {
		return p.Version(own)
	}
	version, ok = p.Version(asked)
	return version, ok && version.Override
}

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
