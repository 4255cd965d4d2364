package main

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/keywright/keywright/store"
)

// examineServer asks the server of a data folder how it is, the way that others reach it.
func examineServer(ctx context.Context, e *store.Examination, data string) {
	if _, err := connect(data).call(ctx, http.MethodGet, "/v1/accounts?limit=1", nil); err != nil {
		e.Find("server", "none answers on the folder's socket", store.Worry, lowerFirst(err.Error()))
		return
	}
	e.Find("server", "answers on the folder's socket", store.Well, "")
	examineNodes(ctx, e, data)
	var where addresses
	text, err := os.ReadFile(filepath.Join(data, "addresses.json"))
	if err == nil {
		err = json.Unmarshal(text, &where)
	}
	if err != nil {
		e.Find("addresses", "not known", store.Worry, err.Error())
		return
	}
	for _, look := range []struct{ what, url, remedy string }{
		{"console", where.Console + "/healthz", "a firewall may be in the way, or the address has gone; see the log"},
		{"data plane", where.Verify + "/readyz", "until it is ready every verification answers stale (503); the log says why"},
	} {
		said, ok := saysOf(ctx, look.url)
		found := strings.Join(said, ", ") + ", " + look.url
		switch {
		case !ok:
			e.Find(look.what, found, store.Wrong, look.remedy)
		case len(said) > 1: // more than that it is ready
			e.Find(look.what, found, store.Worry, "with --on-stale serve nothing is promised of a revoked key while the database is out of reach; refuse promises that it ends within the bound")
		default:
			e.Find(look.what, found, store.Well, "")
		}
	}
}

// saysOf answers what a server says, line by line, and whether it is well.
func saysOf(ctx context.Context, url string) ([]string, bool) {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return []string{"has no address"}, false
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return []string{"does not answer"}, false
	}
	defer func() { _ = answer.Body.Close() }()
	said, _ := io.ReadAll(io.LimitReader(answer.Body, 300))
	return strings.Split(strings.TrimSpace(string(said)), "\n"), answer.StatusCode == http.StatusOK
}
