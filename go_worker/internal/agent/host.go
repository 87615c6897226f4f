package agent

import (
	"context"
	"os"
	"runtime"
	"sync"
	"time"

	"github.com/shirou/gopsutil/mem"
	"github.com/shirou/gopsutil/process"
)

// sampleEvery is the time over which CPU is measured.
const sampleEvery = time.Second

// host measures this machine and this process. Safe for concurrent use.
type host struct {
	name   string
	memory uint64
	self   *process.Process

	mu      sync.Mutex
	at      time.Time
	spent   map[int]float64 // pid -> CPU seconds at the last sample
	percent float64
}

// usage is what the agent and its children use now.
type usage struct {
	cpuPercent float64 // over the last second; 100 = one core
	rssBytes   uint64  // agent and children
	openFds    uint64  // agent
	goroutines uint64  // agent
}

// newHost measures what does not change. What a platform does not tell stays zero.
func newHost() *host {
	h := &host{at: time.Now(), spent: map[int]float64{}}
	h.name, _ = os.Hostname()
	if memory, err := mem.VirtualMemory(); err == nil {
		h.memory = memory.Total
	}
	h.self, _ = process.NewProcess(int32(os.Getpid()))
	return h
}

// sample measures the CPU of the agent and its children once a second until the context ends.
func (h *host) sample(ctx context.Context, children func() []int) {
	ticker := time.NewTicker(sampleEvery)
	defer ticker.Stop()
	for {
		h.sampleOnce(time.Now(), children())
		select {
		case <-ticker.C:
		case <-ctx.Done():
			return
		}
	}
}

func (h *host) sampleOnce(now time.Time, children []int) {
	spent := map[int]float64{}
	for _, one := range h.processes(children) {
		if times, err := one.Times(); err == nil {
			spent[int(one.Pid)] = times.User + times.System
		}
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	// Each process is compared with itself, so that a child that ended takes nothing from the others.
	// All that a new child spent, it spent since the last sample.
	delta := 0.0
	for pid, seconds := range spent {
		delta += max(0, seconds-h.spent[pid])
	}
	if _, known := h.spent[os.Getpid()]; known {
		h.percent = delta / now.Sub(h.at).Seconds() * 100
	}
	h.at, h.spent = now, spent
}

// measure tells what the agent and the processes of `children` use.
func (h *host) measure(children []int) usage {
	found := usage{goroutines: uint64(runtime.NumGoroutine())}
	if h.self != nil {
		if fds, err := h.self.NumFDs(); err == nil {
			found.openFds = uint64(fds)
		}
	}
	for _, one := range h.processes(children) {
		if memory, err := one.MemoryInfo(); err == nil {
			found.rssBytes += memory.RSS
		}
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	found.cpuPercent = h.percent
	return found
}

func (h *host) processes(children []int) []*process.Process {
	list := make([]*process.Process, 0, 1+len(children))
	if h.self != nil {
		list = append(list, h.self)
	}
	for _, pid := range children {
		// Not NewProcess, which reads more of a process than is wanted here.
		list = append(list, &process.Process{Pid: int32(pid)})
	}
	return list
}
