package postgres

import (
	"crypto/tls"
	"path/filepath"
	"strings"
	"testing"
)

func TestConnectionsAreVerifiedUnlessTheURLSaysOtherwise(t *testing.T) {
	for url, want := range map[string]string{
		"postgres://u:p@db.example/k":                           "db.example",
		"postgresql://u:p@db.example:6432/k":                    "db.example",
		"postgres://u@10.0.0.1/k":                               "10.0.0.1",
		"postgres://u@one.example,two.example/k":                "one.example two.example",
		"postgres://u@/k?host=db.example":                       "db.example",
		"postgres://u@db.example/k?sslmode=verify-full":         "db.example",
		"postgres://u@localhost/k?sslmode=verify-full":          "localhost",
		"postgres://u@localhost.evil.example/k":                 "localhost.evil.example",
		"postgres://u@db.example/k?sslmode=verify-ca":           "unverified",
		"postgres://u@db.example/k?sslmode=require":             "unverified",
		"postgres://u@db.example/k?sslmode=prefer":              "unverified clear",
		"postgres://u@db.example/k?sslmode=allow":               "clear unverified",
		"postgres://u@db.example/k?sslmode=disable":             "clear",
		"postgres://u@one.example,two.example/k?sslmode=prefer": "unverified clear unverified clear",
		"postgres://u@localhost/k":                              "clear",
		"postgres://u@127.0.0.1:5432/k":                         "clear",
		"postgres://u@[::1]/k":                                  "clear",
		"postgres://u@/k?host=/run/postgresql":                  "clear",
	} {
		c, err := parse(url)
		if err != nil {
			t.Errorf("%s: %v", url, err)
			continue
		}
		ways := []string{way(c.TLSConfig)}
		for _, f := range c.Fallbacks {
			ways = append(ways, way(f.TLSConfig))
		}
		if got := strings.Join(ways, " "); got != want {
			t.Errorf("%s: got %q, want %q", url, got, want)
		}
		far := !strings.Contains(url, "@localhost/") && !strings.Contains(url, "@127") && !strings.Contains(url, "[::1]") && !strings.Contains(url, "=/run")
		if got, want := c.readable(), far && (strings.Contains(want, "clear") || strings.Contains(want, "unverified")); got != want {
			t.Errorf("%s: got readable %v, want %v", url, got, want)
		}
	}
}

func TestBadURLsSayWhatIsWrongAndHideThePassword(t *testing.T) {
	t.Setenv("PGSERVICEFILE", filepath.Join(t.TempDir(), "none"))
	for url, words := range map[string]string{
		"":                                                 "can't be read",
		"hunter2":                                          "can't be read",
		"host=db.example password=hunter2":                 "can't be read",
		"mysql://u:hunter2@db.example/k":                   "can't be read",
		"postgres://u:hunter2%@db.example/k":               "can't be read",
		"postgres://u:hun/ter2@db.example/k":               "can't be read",
		"postgres://u:hunter2@db.example:x/k":              "can't be read",
		"postgres://u:hunter2@db.example:0/k":              "a part that is not known",
		"postgres://u:hunter2@h/k?sslmode=ssl":             "a part that is not known",
		"postgres://u:hunter2@h/k?connect_timeout=hunter2": "a part that is not known",
		"postgres://u:hunter2@h/k?sslmode=verify-full&sslrootcert=/nope/hidden": "open /nope/hidden: no such file",
	} {
		_, err := parse(url)
		if err == nil || !strings.Contains(err.Error(), words) || strings.Contains(err.Error(), "hun") {
			t.Errorf("%s: got error %v, want %q in it", url, err, words)
		}
	}
}

// way is how a connection is kept from others.
func way(c *tls.Config) string {
	switch {
	case c == nil:
		return "clear"
	case c.InsecureSkipVerify:
		return "unverified"
	}
	return c.ServerName
}
