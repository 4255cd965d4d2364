package main

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"time"

	"github.com/keywright/keywright"
	"github.com/keywright/keywright/follow"
	"github.com/keywright/keywright/internal/config"
	"github.com/keywright/keywright/keyring"
	"github.com/keywright/keywright/mark"
	"github.com/keywright/keywright/meter"
	"github.com/keywright/keywright/password"
	"github.com/keywright/keywright/secret"
	"github.com/keywright/keywright/server"
	"github.com/keywright/keywright/server/console"
	"github.com/keywright/keywright/server/gate"
	"github.com/keywright/keywright/server/metrics"
	"github.com/keywright/keywright/server/rest"
	"github.com/keywright/keywright/store"
)

// process is everything that one `keywright serve` is made of.
type process struct {
	settings  config.Config
	log       *slog.Logger
	store     *store.Store
	kept      *mark.Keeper
	meter     *meter.Meter[keywright.KeyID]
	secrets   *meter.Meter[keywright.SecretID]
	tokens    *meter.Meter[keywright.OperatorTokenID]
	service   *keywright.Service
	listeners listeners
	follower  *follow.Follower
	receipts  *follow.Receipts
	gate      *gate.Gate
	public    *url.URL
	governed  sync.Mutex // held while service and gate get another policy
	endpoints []server.Endpoint
	answered  chan struct{} // closed when the last request is
}

// listeners are where requests come in.
type listeners struct{ console, verify, operator net.Listener }

// serve starts everything, tells out where to look, and blocks until ctx ends.
func serve(ctx context.Context, settings config.Config, log *slog.Logger, out io.Writer) (err error) {
	defer runtime.KeepAlive(headroom())
	own, err := readPolicy(settings.Policy)
	if err != nil {
		return err
	}
	db, err := openStore(ctx, settings, log)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	kept, err := openMark(ctx, settings, db, own, log)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, kept.Close()) }()
	ring, err := openKeyring(ctx, settings.Data, db)
	if err != nil {
		return err
	}
	p := &process{
		answered: make(chan struct{}), settings: settings, log: log, store: db, kept: kept,
		meter: meter.New(db.SaveLastUsed, meter.Options{Log: log}), secrets: meter.New(db.SaveSecretsLastUsed, meter.Options{Log: log}),
		tokens: meter.New(db.SaveTokensLastUsed, meter.Options{Log: log}),
	}
	p.service = keywright.New(db, ring, password.New(password.Options{}), keywright.Options{Used: p.meter.Used, SecretUsed: p.secrets.Used, TokenUsed: p.tokens.Used, Policy: own})
	if err := p.resume(ctx, own); err != nil {
		return err
	}
	if err := p.listen(ctx); err != nil {
		return err
	}
	p.follower = follow.New(db, ring, p.adopt, p.following())
	p.receipts = follow.NewReceipts(p.follower, db)
	db.Follow(p.follower.Committed)
	db.Journal(kept.Keep)
	p.handle()
	return p.run(ctx, out)
}

func openKeyring(ctx context.Context, data string, db *store.Store) (*secret.Keyring, error) {
	return keyring.Open(ctx, filepath.Join(data, "keyring"), os.Getenv(keyring.Variable), db, rand.Reader)
}

// listen opens the three listeners.
func (p *process) listen(ctx context.Context) error {
	var lc net.ListenConfig
	front, err := lc.Listen(ctx, "tcp", p.settings.Listen)
	if err != nil {
		return fmt.Errorf("--listen: %w", err)
	}
	verify, err := lc.Listen(ctx, "tcp", p.settings.VerifyListen)
	if err != nil {
		return errors.Join(fmt.Errorf("--verify-listen: %w", err), front.Close())
	}
	operator, err := listenSocket(ctx, socketPath(p.settings.Data))
	if err != nil {
		return errors.Join(err, front.Close(), verify.Close())
	}
	p.listeners = listeners{front, verify, operator}
	p.public, err = p.settings.Public(front.Addr().String())
	return err
}

// handle puts the handlers of the three listeners together.
func (p *process) handle() {
	pages := console.New(p.service, p.store.Sessions(), console.Options{PublicURL: p.public.String(), Log: p.log, Demo: p.settings.Demo, Receipts: p.receipts, ServesStale: p.settings.OnStale == config.Serve})
	public := http.NewServeMux()
	public.Handle("/v1/", p.trusted(rest.New(p.service, p.rest(rest.Options{Session: pages.Principal}))))
	public.Handle("/", p.trusted(pages.Handler()))
	data := http.NewServeMux()
	verifier := keywright.NewVerifier(p.follower.Set(), p.service.Policy, p.follower.Uptime, keywright.Options{Used: p.meter.Used, SecretUsed: p.secrets.Used, TokenUsed: p.tokens.Used})
	asking := gate.Options{Policy: p.service.Policy(), Log: p.log, PublicURL: p.public.String(), TrustedHops: p.settings.TrustedHops}
	if p.settings.VerifyCallers() {
		asking.Callers = verifier
	}
	p.gate = gate.New(verifier, asking)
	data.Handle("/", p.gate)
	for _, mux := range []*http.ServeMux{public, data} {
		mux.HandleFunc("GET /healthz", healthy)
	}
	public.HandleFunc("GET /readyz", p.manages)
	data.HandleFunc("GET /readyz", p.decides)
	data.Handle("GET /metrics", p.gate.Called(metrics.New(version(), p.reading)))
	own := p.backups(rest.New(p.service, p.rest(rest.Options{Operator: true})))
	p.endpoints = []server.Endpoint{
		{Name: "console", Listener: p.listeners.console, MaxBody: rest.MaxOperatorBody, Handler: public, Hosts: p.settings.Hosts(p.public)},
		{Name: "verify", Listener: p.listeners.verify, Handler: p.gate.Before(data), Anonymous: true, LogLevel: slog.LevelDebug, MaxBody: gate.MaxBatchBody},
		{Name: "operator", Listener: p.listeners.operator, MaxBody: rest.MaxOperatorBody, Handler: withProfiles(p.trusted(own))},
	}
}

// rest completes the options that both REST handlers have alike.
func (p *process) rest(o rest.Options) rest.Options {
	o.PublicURL, o.Log = p.public.String(), p.log
	o.Receipts, o.Nodes = p.receipts, p.follower.Nodes
	o.Revision = p.store.Latest
	return o
}

// listenSocket opens the operator socket, which nobody but this user may open: whoever
// reaches it is the operator. The lock on the database has already shown that no other
// process serves this folder, so a socket that is there was left behind.
func listenSocket(ctx context.Context, path string) (net.Listener, error) {
	if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("remove the old operator socket: %w", err)
	}
	var lc net.ListenConfig
	listener, err := lc.Listen(ctx, "unix", path)
	if err != nil {
		return nil, fmt.Errorf("open the operator socket: %w", err)
	}
	if err := os.Chmod(path, 0o600); err != nil {
		return nil, errors.Join(fmt.Errorf("close the operator socket to others: %w", err), listener.Close())
	}
	return listener, nil
}

// run serves until ctx ends or the store can no longer be trusted. It answers from the
// beginning, so that /readyz can tell how far the keys are loaded, and says where to look once
// they are.
func (p *process) run(ctx context.Context, out io.Writer) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	ended := make(chan error)
	begin := func(part func(context.Context) error) {
		go func() {
			err := part(ctx)
			stop() // one part's end is the end of all
			ended <- err
		}()
	}
	parts := []func(context.Context) error{
		func(ctx context.Context) error {
			defer close(p.answered)
			return server.Run(ctx, p.log, p.endpoints...)
		},
		p.receipts.Run,
		p.watch,
		p.reload,
		func(ctx context.Context) error { return p.follow(ctx, out) },
		func(ctx context.Context) error { return p.kept.Run(ctx, p.store) },
	}
	metered := make(chan error, 3)
	meterCtx, stopMeter := context.WithCancel(context.WithoutCancel(ctx))
	go func() { metered <- p.meter.Run(meterCtx) }()
	go func() { metered <- p.secrets.Run(meterCtx) }()
	go func() { metered <- p.tokens.Run(meterCtx) }()
	for _, part := range parts {
		begin(part)
	}
	var err error
	for range parts {
		err = errors.Join(err, <-ended)
	}
	stopMeter() // after the last request: its use is to be saved too
	return errors.Join(err, <-metered, <-metered, <-metered)
}

// keptChanges is how many revisions back a follower may be and still catch up change by change;
// one further behind loads everything anew.
const keptChanges = 100_000

// watch cleans out what is old, writes reminders, and ends the process when a commit failed half-way: what
// stands in the database is then only known to the next start.
func (p *process) watch(ctx context.Context) error {
	hourly, minutely := time.NewTicker(time.Hour), time.NewTicker(time.Minute)
	defer hourly.Stop()
	defer minutely.Stop()
	backwards := p.store.Backwards()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-backwards:
			p.tellBackwards(ctx)
			backwards = nil
		case <-p.store.Broken():
			return fmt.Errorf("the database failed in the middle of a commit; start again to see what stands: %w", keywright.ErrOutcomeUnknown)
		case now := <-minutely.C: // a secret must not lie there much longer than it is told
			if err := p.store.ForgetAnswers(ctx, now); err != nil {
				p.log.Warn("old answers stay for now", "error", err)
			}
			if _, err := p.service.Remind(ctx); err != nil && ctx.Err() == nil {
				p.log.Warn("reminders of keys that expire come later", "error", err)
			}
		case now := <-hourly.C:
			if err := p.store.DeleteExpiredSessions(ctx, now); err != nil {
				p.log.Warn("old sessions stay for now", "error", err)
			}
			if err := p.store.TrimChanges(ctx, keptChanges); err != nil {
				p.log.Warn("old changes stay for now", "error", err)
			}
		}
	}
}

func healthy(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "ok\n") }

// manages answers whether this process can show and change anything: it can when its store
// answers, and it can decide.
func (p *process) manages(w http.ResponseWriter, r *http.Request) {
	if err := p.store.Ping(r.Context()); err != nil {
		p.log.Warn("not ready", "error", err)
		w.Header().Set("Retry-After", "1")
		http.Error(w, "the database does not answer", http.StatusServiceUnavailable)
		return
	}
	p.decides(w, r)
}

// decides answers whether this process can decide about keys. That it does from memory, so a
// database that is gone for less than the bound takes no gateway away.
func (p *process) decides(w http.ResponseWriter, _ *http.Request) {
	ready, progress := p.follower.Ready()
	if !ready {
		w.Header().Set("Retry-After", "1")
		http.Error(w, progress, http.StatusServiceUnavailable)
		return
	}
	_, _ = io.WriteString(w, "ready\n")
	if p.settings.OnStale == config.Serve { // which is to be seen before it matters
		_, _ = io.WriteString(w, progress+"\n")
	}
}

// addresses are written to the data folder for whoever started this on port 0.
type addresses struct {
	Console string `json:"console"`
	Verify  string `json:"verify"`
}

func (p *process) writeAddresses() error {
	text, err := json.Marshal(addresses{
		Console: "http://" + p.endpoints[0].Listener.Addr().String(),
		Verify:  "http://" + p.endpoints[1].Listener.Addr().String(),
	})
	if err != nil {
		return err
	}
	path := filepath.Join(p.settings.Data, "addresses.json")
	if err := os.WriteFile(path+".new", text, 0o600); err != nil {
		return fmt.Errorf("write the addresses: %w", err)
	}
	return os.Rename(path+".new", path)
}
