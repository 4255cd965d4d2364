package main

import (
	"context"
	"fmt"
	"io"
)

// welcome says where to look and what to do first.
func (p *process) welcome(ctx context.Context, out io.Writer) error {
	if err := p.writeAddresses(); err != nil {
		return err
	}
	say := func(format string, a ...any) { fmt.Fprintf(out, format+"\n", a...) }
	say("Keywright %s is running.", version())
	say("")
	say("  Console    %s/", p.public)
	say("  REST API   %s/v1/", p.public)
	say("  Verify     http://%s/v1/verify", p.endpoints[1].Listener.Addr())
	say("  Data       %s", p.settings.Data)
	say("")
	if p.settings.VerifyCallers() {
		say("Verify is reached from other machines: each gateway needs a token. Make one with")
		say("")
		say("  keywright token issue --use verify --description TEXT --data %s", p.settings.Data)
		say("")
	}
	if p.settings.Demo {
		return p.welcomeDemo(ctx, say)
	}
	token, err := p.service.SetUpLink(ctx)
	if err != nil {
		return err
	}
	if link := token.Reveal(); link != "" {
		say("No account yet. Open this link to make the first one; it works once, for an hour:")
		say("")
		say("  %s/set-up/%s", p.public, link)
		say("")
	}
	return nil
}
