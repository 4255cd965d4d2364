package main

import (
	"net/url"
	"strings"

	"github.com/urfave/cli/v3"
)

// filterFlags say which keys are meant.
func filterFlags() []cli.Flag {
	return []cli.Flag{
		text("state", "only those in a `STATE`: active, not_yet_valid, disabled, expired or revoked"),
		text("kind", "only those of a `KIND`: account, read_only, personal or service"),
		text("api-version", "only those for an API `VERSION`"),
		text("environment", "only those for an `ENVIRONMENT`: live or test"),
		text("member", "only those that act as the member with this `ID`, or for which he answers"),
		text("created-by", "only those that the member or the key with this `ID` issued"),
		text("expiring", "only those that end before `WHEN`: a duration from now such as 30d, or a date"),
		text("unused", "only those that were not used for a duration such as 90d, or since a date: `SINCE`"),
		text("scope", "only those that were narrowed to a `SCOPE`, among others"),
		text("network", "only those that were narrowed to networks that meet this `CIDR`"),
		text("search", "only those with a `TEXT` in their description, or whose id or last four characters begin so"),
	}
}

// filterQuery is what was said by filterFlags, as REST takes it; empty: all keys are meant.
func filterQuery(cmd *cli.Command) url.Values {
	query := url.Values{}
	for _, flag := range filterFlags() {
		name := flag.Names()[0]
		if value := cmd.String(name); value != "" {
			query.Set(strings.ReplaceAll(name, "-", "_"), value)
		}
	}
	return query
}
