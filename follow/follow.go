package follow

import (
	"context"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/keywright/keywright"
	"github.com/keywright/keywright/internal/hugepages"
	"github.com/keywright/keywright/internal/uptime"
	"github.com/keywright/keywright/keyset"
	"github.com/keywright/keywright/policy"
	"github.com/keywright/keywright/secret"
)

// mostChanges is how many changes are applied one by one. A snapshot takes less time than more.
const mostChanges = 100_000

// source is where the truth is.
type source interface {
	Snapshot(ctx context.Context, take func(keyset.Snapshot) error) error
	ChangesSince(ctx context.Context, since uint64, most int) (keywright.Changes, error)
}

// Options are the settings of a Follower. The zero value is right for production.
type Options struct {
	// Bound is how long the keyset may answer after the last successful poll began: the
	// longest that a revoked key can live on a node that is cut off. 1 s to 300 s, what is
	// outside counts as the nearest of them; default 30 s.
	Bound time.Duration

	// Poll is the time between two polls; default 1 s, at most a third of Bound.
	Poll time.Duration

	// Listen has hear called whenever the source may have changed, and once when it begins to
	// listen, until ctx ends; it returns before when it can't hear. A hint makes Run poll at once;
	// nothing depends on one. Default: there are none.
	Listen func(ctx context.Context, hear func()) error

	// Clock only goes forward, also while the machine sleeps. Default: that of the system.
	Clock func() time.Duration

	// Registry is where the nodes of a database that several processes share are kept. Default:
	// this process is the only one.
	Registry registry

	// Node is what this node tells of itself: its name, version, address and start.
	Node keywright.Node

	Keyset keyset.Options
	Log    *slog.Logger // default: nowhere
}

// Follower keeps one keyset current.
type Follower struct {
	source   source
	registry registry
	keyring  *secret.Keyring
	govern   func(policy.InForce) (keyset.Rules, error)
	options  Options
	set      *keyset.Set
	wake     chan struct{} // makes Run look at once; holds one

	neighbours neighbours

	deaf atomic.Bool // hints are wanted and can't be heard

	loading atomic.Pointer[progress] // nil when no load goes on

	mu      sync.Mutex       // held by whoever changes set or extends its lease, and for what is below
	whole   bool             // a snapshot is loaded, and nothing has gone wrong with the set since
	owed    uint64           // a change of this revision was committed: no lease without it
	refused error            // the source went backwards: nothing more is taken from it
	leased  bool             // a lease was given, and not taken back
	polled  time.Duration    // when it began
	member  keywright.NodeID // in the registry; empty: not, and so without a lease
	took    time.Duration    // the last poll
	latest  uint64           // the highest revision that a poll has told of
}

// New makes a Follower of a source. govern hears which policy is in force, whenever keys are loaded
// and when the source says that it was replaced, and answers what a keyset must know of it; an
// error leaves the keyset as it is, and without another lease. It is Service.Adopt, or calls it.
// New starts nothing: that is Load, or Run.
func New(s source, k *secret.Keyring, govern func(policy.InForce) (keyset.Rules, error), o Options) *Follower {
	o = o.withDefaults()
	f := &Follower{
		source: s, registry: o.Registry, keyring: k, govern: govern, options: o,
		set: keyset.New(k, keyset.Rules{}, o.Keyset), wake: make(chan struct{}, 1),
	}
	if f.registry == nil {
		f.registry = alone{s, f.self}
	}
	return f
}

func (o Options) withDefaults() Options {
	if o.Bound == 0 {
		o.Bound = 30 * time.Second
	}
	o.Bound = min(max(o.Bound, keywright.MinBound), keywright.MaxBound)
	if o.Poll <= 0 {
		o.Poll = time.Second
	}
	o.Poll = min(o.Poll, o.Bound/3)
	if o.Clock == nil {
		o.Clock = uptime.Clock()
	}
	if o.Keyset.Advise == nil {
		o.Keyset.Advise = hugepages.Ask
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return o
}

// Set is the keyset that is kept current. It answers that it is stale until it is loaded.
func (f *Follower) Set() *keyset.Set { return f.set }

// Uptime is the clock by which the lease is counted: the one to give to the Set's Verify.
func (f *Follower) Uptime() time.Duration { return f.options.Clock() }

// Applied is the revision up to which everything is in the keyset; 0 before it is loaded.
func (f *Follower) Applied() uint64 { return f.set.Revision() }
