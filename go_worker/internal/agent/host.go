package agent

import (
	"os"
	"runtime"
	"sync"
	"time"

	"github.com/shirou/gopsutil/mem"
	"github.com/shirou/gopsutil/process"
)

// host measures this machine and this process. Safe for concurrent use.
type host struct {
	name   string
	memory uint64
	self   *process.Process

	mu      sync.Mutex
	at      time.Time
	seconds float64
	percent float64
}

// usage is what the agent and its children use now.
type usage struct {
	cpuPercent float64
	rssBytes   uint64
	openFds    uint64
	goroutines uint64
}

// newHost measures what does not change. What a platform does not tell stays zero.
func newHost() *host {
	h := &host{at: time.Now()}
	h.name, _ = os.Hostname()
	if memory, err := mem.VirtualMemory(); err == nil {
		h.memory = memory.Total
	}
	h.self, _ = process.NewProcess(int32(os.Getpid()))
	return h
}

// shortestSpan is the least time over which CPU is measured; a shorter one repeats the last figure.
const shortestSpan = 500 * time.Millisecond

// measure adds up the agent and the processes of `children`.
func (h *host) measure(children []int) usage {
	found := usage{goroutines: uint64(runtime.NumGoroutine())}
	processes := make([]*process.Process, 0, 1+len(children))
	if h.self != nil {
		processes = append(processes, h.self)
		if fds, err := h.self.NumFDs(); err == nil {
			found.openFds = uint64(fds)
		}
	}
	for _, pid := range children {
		if child, err := process.NewProcess(int32(pid)); err == nil {
			processes = append(processes, child)
		}
	}
	seconds := 0.0
	for _, one := range processes {
		if times, err := one.Times(); err == nil {
			seconds += times.User + times.System
		}
		if memory, err := one.MemoryInfo(); err == nil {
			found.rssBytes += memory.RSS
		}
	}
	found.cpuPercent = h.rate(seconds)
	return found
}

func (h *host) rate(seconds float64) float64 {
	h.mu.Lock()
	defer h.mu.Unlock()
	now := time.Now()
	span := now.Sub(h.at)
	if span >= shortestSpan {
		// A child that ended takes its seconds with it; the difference is never below zero.
		h.percent = max(0, seconds-h.seconds) / span.Seconds() * 100
		h.at, h.seconds = now, seconds
	}
	return h.percent
}
