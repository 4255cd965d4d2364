package console

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"
)

func TestAFileMayBeKeptForEver(t *testing.T) {
	s := newSite(t)
	b := s.browser()
	for name, kind := range map[string]string{"app.css": "text/css; charset=utf-8", "console.js": "text/javascript; charset=utf-8", "favicon.svg": "image/svg+xml"} {
		url := s.console.assets.url(name)
		p := b.get(url).is(http.StatusOK)
		if got := p.header.Get("Cache-Control"); got != "public, max-age=31536000, immutable" {
			t.Errorf("%s: Cache-Control: %q", name, got)
		}
		if got := p.header.Get("Content-Type"); got != kind {
			t.Errorf("%s: Content-Type: %q, want %q", name, got, kind)
		}
		if p.header.Get("Set-Cookie") != "" {
			t.Errorf("%s: sets a cookie", name)
		}
		r := ask(http.MethodGet, url, "")
		r.Header.Set("Accept-Encoding", "gzip, br")
		zipped := b.send(r).is(http.StatusOK)
		if zipped.header.Get("Content-Encoding") != "gzip" || zipped.header.Get("Vary") != "Accept-Encoding" {
			t.Errorf("%s: not compressed, or not said to vary", name)
		}
		reader, err := gzip.NewReader(strings.NewReader(zipped.body))
		if err != nil {
			t.Fatal(err)
		}
		if plain, err := io.ReadAll(reader); err != nil || !bytes.Equal(plain, []byte(p.body)) {
			t.Errorf("%s: compressed it is another file: %v", name, err)
		}
		b.get("/static/" + name).is(http.StatusNotFound) // its name holds the hash
	}
	for _, path := range []string{"/static/", "/static/app.000000000000.css", "/static/../doc.go", "/static/%2e%2e%2fdoc.go"} {
		if p := b.get(path); p.status == http.StatusOK {
			t.Errorf("%s is served", path)
		}
	}
}

// TestAFirstVisitIsLight holds console.md: under 100 kB compressed, for a full page of keys.
func TestAFirstVisitIsLight(t *testing.T) {
	s := newSite(t)
	for range keysPerPage {
		s.now = s.now.Add(time.Second)
		s.issue("acme", strings.Repeat("long ", 40))
	}
	weight := len(zip([]byte(s.as("owner", "acme").get("/api-access").body)))
	for _, name := range []string{"app.css", "console.js", "favicon.svg"} {
		weight += len(s.console.assets.files[strings.TrimPrefix(s.console.assets.url(name), "/static/")].zipped)
	}
	if weight > 100_000 {
		t.Errorf("a first visit weighs %d bytes", weight)
	}
}
