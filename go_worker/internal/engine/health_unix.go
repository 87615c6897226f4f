//go:build unix

package engine

import (
	"syscall"
	"time"
)

// ProcessTime is the CPU time of this process.
func ProcessTime() time.Duration {
	var usage syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &usage) != nil {
		return 0
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}
