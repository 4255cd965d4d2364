package main

import (
	"strings"
	"testing"

	"github.com/keywright/keywright/api"
)

func TestDoctorJudgesNodes(t *testing.T) {
	node := func(name, version string, silent int64, live bool) api.Node {
		return api.Node{Name: name, Version: version, SilentMS: silent, Live: live}
	}
	for name, c := range map[string]struct {
		nodes         []api.Node
		found, remedy string
	}{
		"two that are well":                 {[]api.Node{node("eu-1", "1", 900, true), node("eu-2", "1", 1200, true)}, "2, all heard of", ""},
		"one of them silent":                {[]api.Node{node("eu-1", "1", 0, true), node("eu-2", "1", 7400, true)}, "eu-2 is silent for 7s", "see whether it runs"},
		"one whose lease is over":           {[]api.Node{node("eu-1", "1", 0, true), node("eu-2", "2", 2000, false)}, "eu-2 is silent for 2s", "see whether it runs"},
		"in the middle of an upgrade":       {[]api.Node{node("eu-1", "1", 0, true), node("eu-2", "2", 0, true)}, "2, of 2 versions", "finish the upgrade"},
		"alone, as on SQLite, and heard of": {[]api.Node{node("eu-1", "1", 0, true)}, "1, all heard of", ""},
	} {
		if found, remedy := judgeNodes(c.nodes); found != c.found || !strings.HasPrefix(remedy, c.remedy) || (remedy == "") != (c.remedy == "") {
			t.Errorf("%s: got %q: %q", name, found, remedy)
		}
	}
}
