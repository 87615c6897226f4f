package engine

import (
	"sync"
	"sync/atomic"
	"time"
)

// control is what stops users and holds them to the caps of the worker. It implements flow.Control.
type control struct {
	stopping atomic.Bool
	stopped  chan struct{}
	once     sync.Once
	inFlight atomic.Int64
	// spacing of requests under the cap, nanoseconds; 0: no cap.
	spacing int64
	slot    atomic.Int64
	now     func() int64
}

func newControl(rps float64, now func() int64) *control {
	c := &control{stopped: make(chan struct{}), now: now}
	if rps > 0 {
		c.spacing = int64(float64(time.Second) / rps)
	}
	return c
}

func (c *control) Stopping() bool { return c.stopping.Load() }

func (c *control) Stopped() <-chan struct{} { return c.stopped }

func (c *control) InFlight(delta int64) { c.inFlight.Add(delta) }

// Admit gives each request the next slot of the cap; a burst of 50 ms may be made up for.
func (c *control) Admit() bool {
	if c.spacing == 0 {
		return true
	}
	now := c.now()
	for {
		last := c.slot.Load()
		next := max(last+c.spacing, now-int64(50*time.Millisecond))
		if !c.slot.CompareAndSwap(last, next) {
			continue
		}
		if next <= now {
			return !c.Stopping()
		}
		select {
		case <-time.After(time.Duration(next - now)):
			return !c.Stopping()
		case <-c.stopped:
			return false
		}
	}
}

// stop ends the load: no next step is begun.
func (c *control) stop() {
	c.once.Do(func() {
		c.stopping.Store(true)
		close(c.stopped)
	})
}
