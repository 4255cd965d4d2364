package console

import (
	"strings"

	"github.com/keywright/keywright/policy"
)

// headerOf is how a request carries a key in one of the ways.
func headerOf(way policy.Presentation) string {
	switch way {
	case policy.PresentToken:
		return "Authorization: Token token=KEY"
	case policy.PresentBearer:
		return "Authorization: Bearer KEY"
	case policy.PresentBasic:
		return "Authorization: Basic BASE64(KEY:)"
	case policy.PresentHeader:
		return "X-API-Key: KEY"
	}
	return string(way)
}

// shortName is how people call one of the ways.
func shortName(way policy.Presentation) string {
	header, value, _ := strings.Cut(headerOf(way), ": ")
	if header != "Authorization" {
		return header
	}
	scheme, _, _ := strings.Cut(value, " ")
	return scheme
}

// curlOption is how curl sends a key in one of the ways. The key comes from the environment:
// a command line ends up in the shell's history and in the list of processes.
func curlOption(way policy.Presentation) string {
	if way == policy.PresentBasic {
		return `-u "$API_KEY:"`
	}
	return `-H "` + strings.Replace(headerOf(way), "KEY", "$API_KEY", 1) + `"`
}

// ways lists how a key can be sent, and which versions take it so.
func (f facts) ways() string {
	rows := [][]string{{"Header", "API versions"}}
	for _, way := range f.everyWay() {
		rows = append(rows, []string{"`" + headerOf(way) + "`", f.takenBy(way)})
	}
	return tableOf(rows)
}

// commands show a request to each version in every way that it takes.
func (f facts) commands() string {
	var blocks []string
	for _, v := range f.policy.Versions {
		var lines []string
		for i, way := range v.Presentations {
			if i > 0 {
				lines = append(lines, "# or")
			}
			lines = append(lines, curlTo("https://api.example.com"+v.BasePath+"example", curlOption(way)))
		}
		blocks = append(blocks, "### "+asWords(v.Label)+"\n\n"+fenced("sh", lines...))
	}
	return strings.Join(blocks, "\n\n")
}

// curlTo is a command of a length that fits beside the menu.
func curlTo(url string, options ...string) string {
	return "curl " + strings.Join(append(options, url), " \\\n  ")
}

// accept shows how a request asks for another version than its key's.
func (f facts) accept() string {
	vendor := f.policy.Product.Vendor
	if vendor == "" {
		vendor = "example"
	}
	var lines []string
	for _, v := range f.policy.Versions {
		if v.AcceptParameter != "" && len(v.Presentations) > 0 {
			if len(lines) > 0 {
				lines = append(lines, "# or")
			}
			accept := `-H "Accept: application/vnd.` + vendor + `+json;version=` + v.AcceptParameter + `"`
			lines = append(lines, curlTo("https://api.example.com"+v.BasePath+"example", curlOption(v.Presentations[0]), accept))
		}
	}
	if len(lines) == 0 {
		return "No version can be asked for in this way."
	}
	return fenced("sh", lines...)
}

// self shows what a key is told about itself.
func (f facts) self() string {
	way := policy.PresentBearer
	if ways := f.policy.Preselected().Presentations; len(ways) > 0 {
		way = ways[0]
	}
	return fenced("sh", curlTo(f.console+"/v1/self", curlOption(way)))
}
