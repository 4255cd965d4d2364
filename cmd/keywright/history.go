package main

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/keywright/keywright"
	"github.com/keywright/keywright/api"
	"github.com/keywright/keywright/internal/config"
	"github.com/keywright/keywright/mark"
	"github.com/keywright/keywright/policy"
	"github.com/keywright/keywright/store"
)

// openMark opens the mark and the journal of the data folder, and refuses a database that lacks
// what they say it had.
func openMark(ctx context.Context, settings config.Config, db *store.Store, rules *policy.Policy, log *slog.Logger) (*mark.Keeper, error) {
	kept, err := mark.Open(settings.Data, mark.Options{Log: log})
	if err != nil {
		return nil, err
	}
	f, missing, err := compare(ctx, kept, db, rules)
	switch {
	case err == nil && f.Why != "":
		err = &failure{code: exitFailed, lines: append(difference(ctx, db, f, missing), decisions(settings)...)}
	case err == nil && !f.Marked:
		err = kept.Take(f.History.Database, f.History.At)
	}
	if err != nil {
		_ = kept.Close() // the error on its way says more
		return nil, err
	}
	for _, m := range missing {
		log.WarnContext(ctx, "this node's journal has a change that the database lacks; keywright restore replay would make it again", "change", m.String())
	}
	return kept, nil
}

// compare finds out whether the database has what the mark and the journals say.
func compare(ctx context.Context, kept *mark.Keeper, db *store.Store, rules *policy.Policy, journals ...string) (mark.Finding, []keywright.Missing, error) {
	f, err := kept.Examine(ctx, db, journals...)
	if err != nil {
		return f, nil, err
	}
	missing, err := keywright.FindMissing(ctx, db, rules, f.Restrictions)
	return f, missing, err
}

// mostMissing is how many of the missing changes are told one by one, of each kind.
const mostMissing = 20

// difference says why a database is refused, and what it lacks.
func difference(ctx context.Context, db *store.Store, f mark.Finding, missing []keywright.Missing) []string {
	lines := []string{"the database is refused: " + whyRefused(f)}
	var revived, other []string
	for _, m := range missing {
		if m.Revives() {
			revived = append(revived, m.String())
		} else {
			other = append(other, m.String())
		}
	}
	if len(missing) == 0 {
		lines = append(lines, "no change is written down here that takes something away and that the database lacks")
	}
	lines = append(lines, listed(len(revived), revived, "would work again though it had ended:", "would work again though they had ended:")...)
	lines = append(lines, listed(len(other), other, "other change is missing:", "other changes are missing:")...)
	switch {
	case f.Why == mark.AnotherDatabase:
		return lines
	case !f.Marked:
		lines = append(lines, "this node has seen nothing of it before: what was taken away since is not known here")
	case f.Complete > f.After:
		lines = append(lines, fmt.Sprintf("what was taken away between revisions %d and %d is not in the journal", f.After, f.Complete))
	case f.Unreadable > 0:
		lines = append(lines, fmt.Sprintf("lines of the journal can't be read: %d", f.Unreadable))
	default:
		return lines
	}
	n, keys, err := atRisk(ctx, db, mostMissing)
	if err != nil {
		return append(lines, "which keys are at risk can't be found out: "+err.Error())
	}
	return append(lines, listed(n, keys, "key works in it and may have been revoked since:", "keys work in it and may have been revoked since:")...)
}

// atRisk counts the keys that are not revoked in the database, and names the first of them: when
// nobody knows which were revoked since, it may be any.
func atRisk(ctx context.Context, db *store.Store, most int) (n int, named []string, err error) {
	accounts := keywright.Page{Limit: keywright.MaxPage}
	for {
		page, err := db.Accounts(ctx, accounts)
		if err != nil {
			return 0, nil, err
		}
		for _, a := range page {
			n += a.ActiveKeys
			if named, err = activeKeys(ctx, db, a, named, most); err != nil {
				return 0, nil, err
			}
		}
		if len(page) < accounts.Limit {
			return n, named, nil
		}
		last := page[len(page)-1]
		accounts.After = keywright.Cursor{At: last.Created, ID: string(last.ID)}
	}
}

// activeKeys adds to a list the keys of an account that are not revoked, until there are most.
func activeKeys(ctx context.Context, db *store.Store, a keywright.Account, list []string, most int) ([]string, error) {
	for page := (keywright.Page{Limit: keywright.MaxPage}); len(list) < most && a.ActiveKeys > 0; {
		keys, err := db.Keys(ctx, a.ID, keywright.KeyFilter{}, time.Time{}, page)
		if err != nil {
			return nil, err
		}
		for _, k := range keys {
			if k.Revoked.IsZero() && len(list) < most {
				list = append(list, fmt.Sprintf("key %s %q of %s", k.Handle(), k.Description, a.Slug))
			}
		}
		if len(keys) < page.Limit {
			break
		}
		last := keys[len(keys)-1]
		page.After = keywright.Cursor{At: last.Created, ID: string(last.ID)}
	}
	return list, nil
}

func whyRefused(f mark.Finding) string {
	switch f.Why {
	case mark.AnotherDatabase:
		return fmt.Sprintf("it is %s at revision %d; this node has seen %s, up to revision %d", f.History.Database, f.History.At.Revision, f.Mark.Database, f.Mark.At.Revision)
	case mark.Backwards:
		return fmt.Sprintf("it went backwards; it is at revision %d, and this node has seen revision %d", f.History.At.Revision, f.Mark.At.Revision)
	case mark.AnotherWay:
		return fmt.Sprintf("it is a copy that was written to; what this node has seen, up to revision %d, is not in it after revision %d", f.Mark.At.Revision, f.After)
	}
	if f.Why == "" { // the mark is a second behind at most, for what only gives something
		return "it lacks a commit that this process has seen, and that is not written down here"
	}
	if f.History.Quarantined == keywright.BeingDecided {
		return "what becomes of it was being decided, and that did not come to its end; decide again"
	}
	return fmt.Sprintf("it was restored from a backup, at revision %d", f.History.At.Revision)
}

// listed is the beginning of a list of n under its title.
func listed(n int, list []string, one, many string) []string {
	if n == 0 {
		return nil
	}
	title := many
	if n == 1 {
		title = one
	}
	lines := []string{fmt.Sprintf("%d %s", n, title)}
	list = list[:min(len(list), mostMissing)]
	for _, text := range list {
		lines = append(lines, "  "+text)
	}
	if n > len(list) {
		lines = append(lines, fmt.Sprintf("  and %d more", n-len(list)))
	}
	return lines
}

// decisions says between what to choose.
func decisions(settings config.Config) []string {
	flags := " --data " + settings.Data
	if settings.Database != "" {
		flags += " --database …" // which may hold a password
	}
	return []string{
		"to take away again what is missing: keywright restore replay" + flags,
		"to go on with the database as it is: keywright restore accept" + flags,
		"both only show what they would do, until you add --yes",
	}
}

// tellBackwards logs what is known when the database was found to lack what it had. In the middle
// of a failover that can take a few attempts.
func (p *process) tellBackwards(ctx context.Context) {
	for told := false; ; told = true {
		f, missing, err := compare(ctx, p.kept, p.store, p.service.Policy())
		if err == nil {
			lines := append(difference(ctx, p.store, f, missing), decisions(p.settings)...)
			if f.Why == "" {
				lines = append(lines, "if either finds that there is nothing to decide, start again")
			}
			p.log.ErrorContext(ctx, strings.Join(lines, "\n"))
			return
		}
		if !told {
			p.log.ErrorContext(ctx, "the database went backwards, and what it lacks can't be found out yet; trying again each second", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(time.Second):
		}
	}
}

// trusted keeps everyone from a database that went backwards: what was revoked may manage keys
// in it. The data plane needs none of this, for it has no lease any more.
func (p *process) trusted(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		select {
		case <-p.store.Backwards():
			refused := api.NewProblem(http.StatusServiceUnavailable, api.CodeUnavailable, "Not available", "The database is an older copy of itself. Nothing is read from it or changed in it until the operator of this service has decided what becomes of it.")
			w.Header().Set("Retry-After", "60")
			w.Header().Set("Content-Type", api.ProblemType)
			w.WriteHeader(refused.Status)
			_ = json.NewEncoder(w).Encode(refused)
		default:
			next.ServeHTTP(w, r)
		}
	})
}
