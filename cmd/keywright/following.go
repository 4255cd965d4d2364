package main

import (
	"context"
	"io"
	"time"

	"github.com/keywright/keywright"
	"github.com/keywright/keywright/follow"
	"github.com/keywright/keywright/internal/config"
	"github.com/keywright/keywright/keyset"
)

// following is how keys are followed. Where several processes share the database, each is known
// to the others by what it says of itself there.
func (p *process) following() follow.Options {
	o := follow.Options{
		Bound: p.settings.StalenessBound, Keyset: keyset.Options{ServeStale: p.settings.OnStale == config.Serve},
		Node: keywright.Node{
			Name: p.settings.NodeName, Version: version(), Address: p.listeners.verify.Addr().String(),
			Started: time.Now().UTC().Truncate(time.Millisecond),
		},
		Listen: p.store.Listen, Log: p.log,
	}
	if p.settings.Database != "" {
		o.Registry = p.store
	}
	return o
}

// leaveTime is how long the others are told that this node leaves. If that fails, they find out.
const leaveTime = 2 * time.Second

// follow loads all keys, and then keeps them current until the last request is answered. Then
// nobody has to wait for this node any more.
func (p *process) follow(ctx context.Context, out io.Writer) error {
	ctx, stop := context.WithCancel(context.WithoutCancel(ctx))
	defer stop()
	go func() {
		<-p.answered
		stop()
	}()
	defer func() {
		leaving, cancel := context.WithTimeout(context.WithoutCancel(ctx), leaveTime)
		defer cancel()
		if err := p.follower.Leave(leaving); err != nil {
			p.log.Warn("the other nodes wait for this one until it is silent for long enough", "error", err)
		}
	}()
	err := p.follower.Load(ctx)
	if err == nil {
		err = p.welcome(ctx, out)
	}
	if err != nil && ctx.Err() == nil {
		return err
	}
	p.follower.Run(ctx)
	return nil
}
