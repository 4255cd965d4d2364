package main

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"time"

	"github.com/keywright/keywright/api"
)

const onceHeader = "Idempotency-Key"

// firstPause is how long to wait before asking again, the first time; then twice as long each time.
const firstPause = 100 * time.Millisecond

// insist sends a request that changes something. When nobody can say whether it took effect it
// sends it again, with the same idempotency key, so that it takes effect once and is answered as
// the first time. That goes on while the server starts again, until the pauses in between make
// up the operator's patience.
func (o *operator) insist(ctx context.Context, r request) (json.RawMessage, error) {
	answer, first := o.send(ctx, r)
	if !inDoubt(first) {
		return answer, first
	}
	pause, waited := firstPause, time.Duration(0)
	for ; waited < o.patience; pause *= 2 {
		pause = min(pause, o.patience-waited)
		waited += pause
		select {
		case <-ctx.Done():
			return nil, first
		case <-time.After(pause):
		}
		answer, err := o.send(ctx, r)
		if !toWaitFor(err) {
			return answer, err
		}
	}
	return nil, first
}

// inDoubt reports whether a first request that ended so may have taken effect.
func inDoubt(err error) bool {
	var f *failure
	return errors.As(err, &f) && f.reach == lost
}

// toWaitFor reports whether a request that was in doubt can still be answered when its
// repetition ended so.
func toWaitFor(err error) bool {
	var f *failure
	return errors.As(err, &f) && f.reach != answered ||
		isProblem(err, api.CodeIdempotencyInFlight) || isProblem(err, api.CodeUnavailable)
}

// lostAnswer says what to do when nobody can tell whether something was done.
func lostAnswer(method, why string) error {
	f := &failure{code: exitFailed, lines: []string{why}, reach: lost}
	if method != http.MethodGet {
		f.lines = append(f.lines, "it may have done what was asked or not: look before you ask again")
	}
	return f
}
