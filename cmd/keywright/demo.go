package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/keywright/keywright"
)

const demoSlug = "acme"

// welcomeDemo makes the demo account at the first start, and says how to sign in to it at
// every start. Its members share one password, drawn at random: a password that everyone
// knows would be a way in wherever someone forgot a demo.
func (p *process) welcomeDemo(ctx context.Context, say func(string, ...any)) error {
	path := filepath.Join(p.settings.Data, "demo-password")
	password, err := demoPassword(path)
	if err != nil {
		return err
	}
	operator := keywright.Operator("")
	account, err := p.service.AccountBySlug(ctx, operator, demoSlug)
	if errors.Is(err, keywright.ErrNotFound) {
		account, _, _, err = p.service.CreateAccount(ctx, operator, keywright.NewAccount{
			Slug: demoSlug, Name: "Acme", Plan: "standard",
			Owner: keywright.NewMember{Email: demoEmail("owner"), Name: "Olive Owner", Password: password},
		})
	}
	if err != nil {
		return fmt.Errorf("make the demo account: %w", err)
	}
	by := keywright.Operator(account.ID)
	for _, role := range p.service.Policy().Roles {
		_, err := p.service.MemberByEmail(ctx, by, demoEmail(role.Name))
		if errors.Is(err, keywright.ErrNotFound) && !role.Owner {
			_, _, err = p.service.AddMember(ctx, by, keywright.NewMember{
				Email: demoEmail(role.Name), Name: demoNames[role.Name], Role: role.Name, Password: password,
			})
		}
		if err != nil && !errors.Is(err, keywright.ErrNotFound) {
			return fmt.Errorf("make the demo member %s: %w", role.Name, err)
		}
	}
	say("Sign in to the demo account %s (plan %s) with one of these and the password", account.Slug, account.Plan)
	say("")
	say("  password   %s", password)
	for _, role := range p.service.Policy().Roles {
		say("  %-10s %s", strings.ReplaceAll(role.Name, "_", " "), demoEmail(role.Name))
	}
	say("")
	return nil
}

func demoEmail(role string) string { return strings.ReplaceAll(role, "_", "-") + "@acme.example" }

var demoNames = map[string]string{"admin": "Ada Admin", "user": "Uma User", "limited_user": "Lim Limited"}

// demoPassword reads the demo's password, or draws it at the first start.
func demoPassword(path string) (string, error) {
	kept, err := os.ReadFile(path)
	if err == nil {
		return strings.TrimSpace(string(kept)), nil
	}
	if !errors.Is(err, os.ErrNotExist) {
		return "", fmt.Errorf("read the demo's password: %w", err)
	}
	drawn := strings.ToLower(rand.Text()[:16])
	password := strings.Join([]string{drawn[:4], drawn[4:8], drawn[8:12], drawn[12:]}, "-")
	return password, os.WriteFile(path, []byte(password+"\n"), 0o600)
}
