// Package config holds the settings of the server process and says what is wrong with them,
// all at once, before anything is started.
package config

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// The staleness bounds that there can be.
const (
	leastBound = time.Second
	mostBound  = 300 * time.Second
)

// Serve is to go on answering with stale keys.
const Serve = "serve"

var nodeName = regexp.MustCompile(`^[0-9A-Za-z][0-9A-Za-z._-]{0,62}$`)

// Config is every setting of `keywright serve`. Each is a flag, and an environment variable
// KEYWRIGHT_…; the flag goes before.
type Config struct {
	Data            string        // folder of the database, the keyring and the operator socket
	Database        string        // URL of a PostgreSQL database, or file: and the path of a file with it; default: SQLite in Data
	MigrateDatabase string        // the same with the role that owns the tables; default: Database
	Listen          string        // address of the console and the REST API; default 127.0.0.1:8080
	VerifyListen    string        // address of the data plane; default 127.0.0.1:8081
	PublicURL       string        // where people reach the console; default http:// and the address of Listen
	Policy          string        // the policy file; default: the built-in policy
	NodeName        string        // of this process, among those of one database; default: the machine's
	StalenessBound  time.Duration // how long verification may answer from what it last knew; default 30 s
	OnStale         string        // what becomes of it after that: refuse or serve
	VerifyOpen      bool          // let anyone who reaches VerifyListen ask for verdicts, without a token, on any address
	TrustedHops     int           // proxies before the data plane whose X-Forwarded-For is believed; default 0
	Demo            bool          // make the demo account at the first start
	LogFormat       string        // text or json
	LogLevel        string        // debug, info, warn or error
}

// Check answers everything that is wrong with the settings, joined.
func (c Config) Check() error {
	var wrong []error
	say := func(format string, a ...any) { wrong = append(wrong, fmt.Errorf(format, a...)) }
	if c.Data == "" {
		say("--data: name the folder for the database and the keyring")
	}
	for _, of := range []struct{ flag, url string }{{"--database", c.Database}, {"--migrate-database", c.MigrateDatabase}} {
		if of.url != "" && !databaseURL(of.url) { // which may hold a password, so it is not shown
			say("%s: must be like postgres://USER:PASSWORD@HOST/NAME, or file: and the path of a file whose first line is like that; for SQLite leave it out", of.flag)
		}
	}
	if c.MigrateDatabase != "" && c.Database == "" {
		say("--migrate-database: say with --database which database to serve")
	}
	console, err := loopback(c.Listen)
	if err != nil {
		say("--listen: %w", err)
	}
	verify, err := loopback(c.VerifyListen)
	if err != nil {
		say("--verify-listen: %w", err)
	}
	public, err := c.Public("")
	switch {
	case err != nil:
		say("--public-url: %w", err)
	case c.PublicURL == "" && !console:
		say("--listen %s: say with --public-url under which https address people reach the console", c.Listen)
	case c.PublicURL != "" && public.Scheme == "http" && !loopbackName(public.Hostname()):
		say("--public-url %s: plain http would send passwords and sessions in clear; put TLS in front and say https://", c.PublicURL)
	}
	if c.Demo && (!console || !verify) {
		say("--demo: the demo is for this machine alone; listen on 127.0.0.1")
	}
	if c.TrustedHops < 0 {
		say("--trusted-hops: must be 0 or more")
	}
	if !nodeName.MatchString(c.NodeName) {
		say("--node-name: must be 1 to 63 letters, digits, dots, hyphens and underscores, the first a letter or a digit")
	}
	if c.StalenessBound < leastBound || c.StalenessBound > mostBound || c.StalenessBound%time.Millisecond != 0 {
		say("--staleness-bound: must be 1s to 300s: how long a revoked key can live at most, on a node that is cut off")
	}
	if c.OnStale != "refuse" && c.OnStale != Serve {
		say("--on-stale: must be refuse (answer 503 after the staleness bound) or serve (go on with old keys: the bound is then no promise)")
	}
	if c.LogFormat != "text" && c.LogFormat != "json" {
		say("--log-format: must be text or json")
	}
	if _, err := c.Level(); err != nil {
		say("--log-level: must be debug, info, warn or error")
	}
	return errors.Join(wrong...)
}

func databaseURL(url string) bool {
	return slices.ContainsFunc([]string{"postgres://", "postgresql://", "file:"}, func(start string) bool { return strings.HasPrefix(url, start) })
}

// Public is the address under which people reach the console; listening is the address on
// which it came to listen, for when none was configured.
func (c Config) Public(listening string) (*url.URL, error) {
	if c.PublicURL == "" {
		return &url.URL{Scheme: "http", Host: listening}, nil
	}
	u, err := url.Parse(strings.TrimSuffix(c.PublicURL, "/"))
	if err != nil || (u.Scheme != "https" && u.Scheme != "http") || u.Host == "" || u.Path != "" || u.RawQuery != "" || u.Fragment != "" || u.User != nil {
		return nil, errors.New("must be like https://keys.example.com, without a path")
	}
	return u, nil
}

// VerifyCallers reports whether whoever asks the data plane for verdicts needs a token: he does
// where others than this machine's programs reach it.
func (c Config) VerifyCallers() bool {
	on, err := loopback(c.VerifyListen)
	return !c.VerifyOpen && (err != nil || !on)
}

// Level is the least level that is logged.
func (c Config) Level() (slog.Level, error) {
	var level slog.Level
	err := level.UnmarshalText([]byte(c.LogLevel))
	return level, err
}

// Hosts are the names under which the console may be addressed.
func (c Config) Hosts(public *url.URL) []string {
	names := []string{strings.ToLower(public.Hostname())}
	if on, err := loopback(c.Listen); err == nil && on {
		names = append(names, "127.0.0.1", "localhost", "::1")
	}
	return names
}

// loopback reports whether an address to listen on is reached from this machine alone.
func loopback(address string) (bool, error) {
	host, port, err := net.SplitHostPort(address)
	if err != nil || port == "" {
		return false, fmt.Errorf("%q must be HOST:PORT, such as 127.0.0.1:8080", address)
	}
	if _, err := strconv.ParseUint(port, 10, 16); err != nil {
		return false, fmt.Errorf("%q has no such port", address)
	}
	return loopbackName(host), nil
}

func loopbackName(host string) bool {
	if host == "localhost" {
		return true
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.IsLoopback()
}
