package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"github.com/keywright/keywright"
)

// reload reads the policy file again at each SIGHUP, and puts it in force, whole or not at
// all: with a mistake in it, or when it would leave someone with a role, a plan or a version
// that there no longer is, the policy stays as it was and the log says why.
func (p *process) reload(ctx context.Context) error {
	hangup := make(chan os.Signal, 1)
	signal.Notify(hangup, syscall.SIGHUP)
	defer signal.Stop(hangup)
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-hangup:
			p.govern(ctx)
		}
	}
}

func (p *process) govern(ctx context.Context) {
	next, err := readPolicy(p.settings.Policy)
	if err != nil {
		p.log.Error("the policy stays as it was: the file has mistakes", "error", err)
		return
	}
	effects, err := p.service.Govern(ctx, keywright.Operator(""), next)
	if err != nil {
		p.log.Error("the policy stays as it was", "error", err)
		return
	}
	p.gate.SetPolicy(next)
	for _, e := range effects {
		p.log.Info("policy", "difference", e.String(), "accounts", e.Accounts, "members", e.Members, "keys", e.Keys)
	}
	p.log.Info("the policy was read again", "differences", len(effects))
}
