package store

import (
	"sync"

	"github.com/keywright/keywright"
)

// mostTogether is how many changes share a transaction. With more savepoints in one transaction,
// PostgreSQL becomes slow for all others.
const mostTogether = 64

// pending is a change that waits for its commit. Beside done, it belongs to whoever has taken it
// from the queue, and after done to who waits for it.
type pending struct {
	change func(keywright.Tx) error
	ended  func() error  // of the context of who waits
	alone  bool          // it has failed together with others
	gone   bool          // under the queue's lock: its context ended when it was not in the queue
	done   chan struct{} // closed with the answer

	err      error
	panicked any // what the change panicked with; to be passed on to who waits

	// What it has done in a transaction that is not committed yet.
	wrote        bool            // otherwise nothing of it is kept
	since        keywright.Point // where it began
	tx           *tx
	changes      keywright.Changes
	restrictions keywright.Restrictions
}

func (p *pending) answer(err error) {
	p.err = err
	close(p.done)
}

// queue is the changes that nobody has begun to do, in the order in which they came.
type queue struct {
	mu      sync.Mutex
	waiting []*pending // under mu
}

func (q *queue) join(p *pending) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.waiting = append(q.waiting, p)
}

// take answers the first, and those after it that may be done together with it.
func (q *queue) take() []*pending {
	q.mu.Lock()
	defer q.mu.Unlock()
	n := 1
	for n < min(len(q.waiting), mostTogether) && !q.waiting[0].alone && !q.waiting[n].alone {
		n++
	}
	taken := q.waiting[:n:n]
	q.waiting = q.waiting[n:]
	return taken
}

// leave reports whether p was waiting, and waits no longer. Otherwise it has been taken.
func (q *queue) leave(p *pending) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	for i, other := range q.waiting {
		if other == p {
			q.waiting = append(q.waiting[:i:i], q.waiting[i+1:]...)
			return true
		}
	}
	p.gone = true
	return false
}

// rejoin puts a group that was taken before all others, to be done one by one. It answers those who
// have been gone since.
func (q *queue) rejoin(group []*pending) (gone []*pending) {
	q.mu.Lock()
	defer q.mu.Unlock()
	var first []*pending
	for _, p := range group {
		if p.gone {
			gone = append(gone, p)
			continue
		}
		p.alone = true
		first = append(first, p)
	}
	q.waiting = append(first, q.waiting...)
	return gone
}
