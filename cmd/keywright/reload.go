package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/keywright/keywright"
	"github.com/keywright/keywright/keyset"
	"github.com/keywright/keywright/policy"
)

// resume puts the policy in force that this process begins with. What other nodes have put in
// force since its file was, stays.
func (p *process) resume(ctx context.Context, own *policy.Policy) error {
	if p.settings.Policy == "" {
		own = nil
	}
	resumed, err := p.service.Resume(ctx, own, p.settings.Database != "")
	if err != nil {
		return fmt.Errorf("--policy: %w", err)
	}
	if resumed.Superseded {
		p.log.WarnContext(ctx, "the policy file of this machine is an old one and does not count: another policy was put in force after it; see it with keywright policy show, write it to the file, or put the file in force with SIGHUP",
			"file", p.settings.Policy, "since_revision", p.service.InForce().Since)
	}
	for _, d := range resumed.Differences {
		p.log.InfoContext(ctx, "policy", "difference", d.String())
	}
	return nil
}

// adopt puts in force what the database says is, here and in the gate.
func (p *process) adopt(in policy.InForce) (keyset.Rules, error) {
	p.governed.Lock()
	defer p.governed.Unlock()
	rules, err := p.service.Adopt(in)
	if err == nil {
		p.gate.SetPolicy(p.service.Policy())
	}
	return rules, err
}

// reload reads the policy file again at each SIGHUP, and puts it in force on all nodes, whole or not
// at all: with a mistake in it, or when it would leave someone with a role, a plan or a version
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
	if p.settings.Policy == "" {
		p.log.WarnContext(ctx, "the policy stays as it was: there is no file to read again; name one with --policy")
		return
	}
	next, err := readPolicy(p.settings.Policy)
	if err != nil {
		p.log.ErrorContext(ctx, "the policy stays as it was: the file has mistakes", "error", err)
		return
	}
	effects, commit, err := p.service.Govern(ctx, keywright.Operator(""), next)
	if err != nil {
		p.log.ErrorContext(ctx, "the policy stays as it was", "error", err)
		return
	}
	for _, e := range effects {
		p.log.InfoContext(ctx, "policy", "difference", e.String(), "accounts", e.Accounts, "members", e.Members, "keys", e.Keys)
	}
	p.log.InfoContext(ctx, "the policy was read again", "differences", len(effects), "revision", commit.Revision)
	receipt := p.receipts.Wait(ctx, commit, keywright.WaitAll)
	p.log.InfoContext(ctx, "the policy counts "+receipt.String(), "revision", commit.Revision, "safe", receipt.Safe)
}
