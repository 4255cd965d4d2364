package config

import (
	"strings"
	"testing"
	"time"
)

func good() Config {
	return Config{Data: "data", Listen: "127.0.0.1:8080", VerifyListen: "127.0.0.1:8081", NodeName: "eu-1", StalenessBound: 30 * time.Second, OnStale: "refuse", LogFormat: "text", LogLevel: "info"}
}

func TestCheck(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*Config)
		wrong  string // a part of what is said; empty: nothing is wrong
	}{
		"the defaults":                               {func(*Config) {}, ""},
		"IPv6 loopback":                              {func(c *Config) { c.Listen = "[::1]:0" }, ""},
		"no folder":                                  {func(c *Config) { c.Data = "" }, "--data"},
		"an address without port":                    {func(c *Config) { c.Listen = "127.0.0.1" }, "HOST:PORT"},
		"a port that cannot be":                      {func(c *Config) { c.Listen = "127.0.0.1:99999" }, "no such port"},
		"a data plane for other machines":            {func(c *Config) { c.VerifyListen = "0.0.0.0:8081" }, ""},
		"a data plane for everyone, on purpose":      {func(c *Config) { c.VerifyListen, c.VerifyOpen = "0.0.0.0:8081", true }, ""},
		"a console for everyone without its address": {func(c *Config) { c.Listen = "0.0.0.0:8080" }, "--public-url"},
		"a console for everyone behind TLS":          {func(c *Config) { c.Listen, c.PublicURL = "0.0.0.0:8080", "https://keys.example.com" }, ""},
		"a console over plain http":                  {func(c *Config) { c.PublicURL = "http://keys.example.com" }, "in clear"},
		"a public URL with a path":                   {func(c *Config) { c.PublicURL = "https://keys.example.com/x" }, "without a path"},
		"a demo for everyone":                        {func(c *Config) { c.Demo, c.VerifyListen, c.VerifyOpen = true, ":8081", true }, "--demo"},
		"the least staleness bound":                  {func(c *Config) { c.StalenessBound = time.Second }, ""},
		"the longest staleness bound":                {func(c *Config) { c.StalenessBound = 5 * time.Minute }, ""},
		"no staleness bound":                         {func(c *Config) { c.StalenessBound = 0 }, "--staleness-bound"},
		"a staleness bound that is too short":        {func(c *Config) { c.StalenessBound = 999 * time.Millisecond }, "1s to 300s"},
		"a staleness bound that is too long":         {func(c *Config) { c.StalenessBound = 301 * time.Second }, "1s to 300s"},
		"a staleness bound that no row can hold":     {func(c *Config) { c.StalenessBound = time.Second + 1 }, "1s to 300s"},
		"to serve stale keys":                        {func(c *Config) { c.OnStale = "serve" }, ""},
		"something else with stale keys":             {func(c *Config) { c.OnStale = "panic" }, "--on-stale"},
		"a node's name with a blank":                 {func(c *Config) { c.NodeName = "eu 1" }, "--node-name"},
		"no name for the node":                       {func(c *Config) { c.NodeName = "" }, "--node-name"},
		"a log format that is not there":             {func(c *Config) { c.LogFormat = "xml" }, "--log-format"},
		"a log level that is not there":              {func(c *Config) { c.LogLevel = "loud" }, "--log-level"},
	} {
		t.Run(name, func(t *testing.T) {
			config := good()
			c.change(&config)
			err := config.Check()
			if (err == nil) != (c.wrong == "") || err != nil && !strings.Contains(err.Error(), c.wrong) {
				t.Errorf("got %v, want %q", err, c.wrong)
			}
		})
	}
}

func TestWhoeverAsksFromAnotherMachineNeedsAToken(t *testing.T) {
	for address, want := range map[string]bool{
		"127.0.0.1:8081": false, "127.9.9.9:0": false, "[::1]:8081": false, "localhost:8081": false,
		"0.0.0.0:8081": true, ":8081": true, "[::]:8081": true, "192.0.2.7:8081": true, "keys.internal:8081": true, "nonsense": true,
	} {
		c := good()
		c.VerifyListen = address
		if got := c.VerifyCallers(); got != want {
			t.Errorf("%s: got %t, want %t", address, got, want)
		}
		if c.VerifyOpen = true; c.VerifyCallers() {
			t.Errorf("%s, open on purpose: a token is asked for", address)
		}
	}
}

func TestAllMistakesAreToldAtOnce(t *testing.T) {
	err := Config{Listen: "x", VerifyListen: "y", PublicURL: "z", LogFormat: "a", LogLevel: "b"}.Check()
	for _, want := range []string{"--data", "--listen", "--verify-listen", "--public-url", "--node-name", "--staleness-bound", "--on-stale", "--log-format", "--log-level"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s is not told of: %v", want, err)
		}
	}
}
