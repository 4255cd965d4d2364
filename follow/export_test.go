package follow

import "context"

// Poll is what Run does each time.
func (f *Follower) Poll(ctx context.Context) error { return f.round(ctx) }
