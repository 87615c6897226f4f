package agent

import (
	"sync"
	"sync/atomic"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// fence keeps a stale controller from starting a run again that a newer one had, also after the run
// was forgotten. It also lets one Prepare per run happen at a time.
type fence struct {
	mu    sync.Mutex
	epoch atomic.Uint64
}

func (f *fence) raise(epoch uint64) {
	for {
		old := f.epoch.Load()
		if epoch <= old || f.epoch.CompareAndSwap(old, epoch) {
			return
		}
	}
}

// mostFences bounds the runs that are remembered after they were forgotten.
const mostFences = 10_000

// fenceOf is the fence of a run; every run id has one.
func (a *Agent) fenceOf(id string) *fence {
	a.mu.Lock()
	defer a.mu.Unlock()
	one := a.fences[id]
	if one != nil {
		return one
	}
	if len(a.fences) >= mostFences {
		a.dropFence()
	}
	one = &fence{}
	a.fences[id] = one
	return one
}

// dropFence forgets one run that is not here any more. The lock is held.
func (a *Agent) dropFence() {
	for id, one := range a.fences {
		if a.runs[id] == nil && one.mu.TryLock() {
			delete(a.fences, id)
			one.mu.Unlock()
			return
		}
	}
}

func stale(id string, epoch, newer uint64) error {
	return status.Errorf(codes.FailedPrecondition,
		"run %s belongs to a newer controller (epoch %d, not %d)", id, newer, epoch)
}
