package keywright

import (
	"context"
	"errors"

	"github.com/keywright/keywright/policy"
)

// Resumed is what became of the policy that a process began with.
type Resumed struct {
	Differences []policy.Difference // from the one that was in force before, when it was put in force

	// Superseded says that another policy was put in force after it, and is still: that one
	// counts.
	Superseded bool
}

// Resume puts in force what a process begins with. own is the policy of its file, nil without one.
//
// Where the process has the store to itself, its file counts, or without one the built-in policy.
// Where others share it, a text that was never in force is put in force for all of them; one that
// was, and is no longer, is left behind on this machine and changes nothing; and without a file
// what is in force stays.
//
// Errors: *ConflictError (policy), as of Govern; a text in the store that this version can't read.
func (s *Service) Resume(ctx context.Context, own *policy.Policy, shared bool) (Resumed, error) {
	for {
		resumed, err := s.resume(ctx, own, shared)
		if !errors.Is(err, errMoved) { // another process begins too
			return resumed, err
		}
	}
}

func (s *Service) resume(ctx context.Context, own *policy.Policy, shared bool) (Resumed, error) {
	inForce, err := s.store.PolicyInForce(ctx)
	if err != nil {
		return Resumed{}, err
	}
	if own == nil && (!shared || inForce.Since == 0) {
		own = policy.Default()
	}
	if own != nil && own.Text() == inForce.Text {
		s.policy.Store(&governing{own, inForce.Since})
		return Resumed{}, nil
	}
	had := false
	if own != nil && shared {
		if had, err = s.store.HadPolicy(ctx, own.Text()); err != nil {
			return Resumed{}, err
		}
	}
	if own == nil || had {
		_, err := s.Adopt(inForce)
		return Resumed{Superseded: had}, err
	}
	var resumed Resumed
	if before, err := policy.Parse([]byte(inForce.Text)); err == nil { // else there was none, or a newer version wrote it
		resumed.Differences = policy.Compare(before, own)
	}
	_, err = s.replace(ctx, Operator(""), own, len(resumed.Differences), func(now policy.InForce) bool { return now == inForce })
	return resumed, err
}
