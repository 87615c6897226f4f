//go:build !windows

package http1

import (
	"os"
	"syscall"
)

// The system's error numbers by what they mean to a load test.
var (
	noPort       = []error{syscall.EADDRNOTAVAIL, syscall.EADDRINUSE}
	noDescriptor = []error{syscall.EMFILE, syscall.ENFILE}
	refused      = []error{syscall.ECONNREFUSED}
	reset        = []error{syscall.ECONNRESET, syscall.EPIPE, syscall.ECONNABORTED}
	timedOut     = []error{os.ErrDeadlineExceeded, syscall.ETIMEDOUT}
	unreachable  = []error{syscall.EHOSTUNREACH, syscall.ENETUNREACH}
)
