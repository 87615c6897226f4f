//go:build !linux

package engine

import (
	"runtime"
	"time"
)

// memoryAndFiles knows only what the Go runtime holds on this system.
func memoryAndFiles() (rss, files uint64) {
	var memory runtime.MemStats
	runtime.ReadMemStats(&memory)
	return memory.Sys - memory.HeapReleased, 0
}

// stealReading is not known on this system.
type stealReading struct{}

func (s *stealReading) since() float64 { return 0 }

// runQueue is not known on this system.
type runQueue struct{}

func (q *runQueue) since() time.Duration { return 0 }
