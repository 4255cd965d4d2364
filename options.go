package keywright

import (
	"crypto/rand"
	"io"
	"time"

	"github.com/keywright/keywright/policy"
)

// Options are the settings of a Service. The zero value is right for production.
type Options struct {
	Policy *policy.Policy // what the product offers; default policy.Default()

	Now    func() time.Time // the clock; default time.Now
	Random io.Reader        // secrets, ids and links come from here; default crypto/rand (F9)

	// Used hears of each successful verification, on its goroutine: it must not block.
	// Default: nobody.
	Used func(KeyID, Use)

	// SecretUsed hears, besides, of each one by one of two secrets that a key has.
	SecretUsed func(SecretID, Use)

	// TokenUsed hears likewise of each use of an operator's token.
	TokenUsed func(OperatorTokenID, Use)
}

func (o Options) withDefaults() Options {
	if o.Policy == nil {
		o.Policy = policy.Default()
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Random == nil {
		o.Random = rand.Reader
	}
	if o.Used == nil {
		o.Used = func(KeyID, Use) {}
	}
	if o.SecretUsed == nil {
		o.SecretUsed = func(SecretID, Use) {}
	}
	if o.TokenUsed == nil {
		o.TokenUsed = func(OperatorTokenID, Use) {}
	}
	return o
}
