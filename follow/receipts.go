package follow

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/keywright/keywright"
)

// How long a receipt may take to be kept, and how long its reader waits for that.
const (
	keepTime     = 10 * time.Second
	keepPatience = 500 * time.Millisecond
)

// keeper is where receipts are kept: the store.
type keeper interface {
	KeepReceipt(ctx context.Context, c keywright.Commit, r keywright.Receipt) error
}

// Receipts waits for receipts, and keeps them for those who read the audit log. Its methods may
// be called from many goroutines.
type Receipts struct {
	follower *Follower
	keeper   keeper
	log      *slog.Logger

	stopped chan struct{} // closed by Run: nobody waits any longer
	mu      sync.Mutex
	open    bool // not stopped; nothing is begun otherwise
	begun   sync.WaitGroup
}

// NewReceipts makes Receipts for the changes of this process. Run has to follow.
func NewReceipts(f *Follower, k keeper) *Receipts {
	return &Receipts{follower: f, keeper: k, log: f.options.Log, stopped: make(chan struct{}), open: true}
}

// Run ends all waiting when ctx ends, and returns when what was begun is over.
func (r *Receipts) Run(ctx context.Context) error {
	<-ctx.Done()
	r.mu.Lock()
	r.open = false
	r.mu.Unlock()
	close(r.stopped)
	r.begun.Wait()
	return nil
}

// Wait waits for the receipt of a change that was just committed, and no longer than ctx.
func (r *Receipts) Wait(ctx context.Context, c keywright.Commit, wait keywright.Wait) keywright.Receipt {
	w := r.follower.waitFor(c, wait)
	over := r.until(ctx, w)
	receipt := w.receipt()
	if over {
		r.keep(c, receipt)
	}
	return receipt
}

// Begin waits for the receipt of all nodes, and answers how far it got within patience. The rest
// of the wait goes on by itself, for those who look at the receipt later.
func (r *Receipts) Begin(c keywright.Commit, patience time.Duration) keywright.Receipt {
	w := r.follower.waitFor(c, keywright.WaitAll)
	early, hurry := context.WithTimeout(context.Background(), patience)
	defer hurry()
	over := r.until(early, w)
	receipt := w.receipt()
	r.keep(c, receipt)
	if !over {
		r.start(func() {
			r.until(context.Background(), w)
			r.keep(c, w.receipt())
		})
	}
	return receipt
}

// until is that of a wait, ended by Run too.
func (r *Receipts) until(ctx context.Context, w *waiting) bool {
	ctx, cancel := context.WithCancel(ctx)
	var watch sync.WaitGroup
	defer watch.Wait()
	defer cancel()
	watch.Go(func() {
		select {
		case <-r.stopped:
			cancel()
		case <-ctx.Done():
		}
	})
	return w.until(ctx)
}

// keep stores a receipt, and waits for that if it does not take long: whoever is sent to its page
// then finds it there. That it can't be kept takes nothing from what it says.
func (r *Receipts) keep(c keywright.Commit, receipt keywright.Receipt) {
	if c.Subject.ID == "" {
		return // nothing was changed: there is no event to keep it with
	}
	kept := make(chan struct{})
	if !r.start(func() {
		defer close(kept)
		ctx, cancel := context.WithTimeout(context.Background(), keepTime)
		defer cancel()
		if err := r.keeper.KeepReceipt(ctx, c, receipt); err != nil {
			r.log.WarnContext(ctx, "a receipt is not kept", "revision", c.Revision, "error", err)
		}
	}) {
		return
	}
	patience := time.NewTimer(keepPatience)
	defer patience.Stop()
	select {
	case <-kept:
	case <-patience.C:
	}
}

// start runs something that Run waits for, unless Run has ended.
func (r *Receipts) start(do func()) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.open {
		r.begun.Go(do)
	}
	return r.open
}
