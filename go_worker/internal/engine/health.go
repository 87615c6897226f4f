package engine

import (
	"runtime"
	"runtime/debug"
	"sync/atomic"
	"time"

	"hazard/internal/pb"
)

// health measures the generator itself.
type health struct {
	cpu      time.Duration // user and system time of the process at the last reading
	at       time.Time
	gcPause  time.Duration
	steal    stealReading
	queue    runQueue
	lateness atomic.Int64 // how late a 10 ms timer fired since the last reading, nanoseconds
	stop     chan struct{}
}

func newHealth() *health {
	h := &health{stop: make(chan struct{})}
	h.read(&pb.Generator{})
	go h.watchTimer()
	return h
}

// watchTimer notes how late a timer fires: what the operating system and the Go scheduler add.
func (h *health) watchTimer() {
	const period = 10 * time.Millisecond
	timer := time.NewTimer(period)
	defer timer.Stop()
	for {
		due := time.Now().Add(period)
		timer.Reset(period)
		select {
		case <-timer.C:
		case <-h.stop:
			return
		}
		late := int64(time.Since(due))
		for {
			seen := h.lateness.Load()
			if late <= seen || h.lateness.CompareAndSwap(seen, late) {
				break
			}
		}
	}
}

func (h *health) close() { close(h.stop) }

// read fills the figures of the time since the last reading.
func (h *health) read(g *pb.Generator) {
	now, cpu := time.Now(), ProcessTime()
	if elapsed := now.Sub(h.at); !h.at.IsZero() && elapsed > 0 {
		g.CpuPercent = 100 * float64(cpu-h.cpu) / float64(elapsed)
	}
	h.at, h.cpu = now, cpu
	var gc debug.GCStats
	debug.ReadGCStats(&gc)
	g.GcPauseUs = uint64((gc.PauseTotal - h.gcPause).Microseconds())
	h.gcPause = gc.PauseTotal
	g.RunQueueDelayUs = uint64(max(h.lateness.Swap(0), 0) / 1000)
	g.RunQueueWaitUs = uint64(h.queue.since().Microseconds())
	g.Goroutines = uint64(runtime.NumGoroutine())
	g.RssBytes, g.OpenFds = memoryAndFiles()
	g.StealPercent = h.steal.since()
}
