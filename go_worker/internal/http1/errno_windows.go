package http1

import (
	"os"
	"syscall"
)

// Winsock's error numbers by what they mean to a load test; package syscall names only a few of them.
var (
	noPort       = []error{syscall.Errno(10048), syscall.Errno(10049), syscall.Errno(10055)}
	noDescriptor = []error{syscall.Errno(10024)}
	refused      = []error{syscall.Errno(10061)}
	reset        = []error{syscall.WSAECONNRESET, syscall.WSAECONNABORTED, syscall.Errno(10058)}
	timedOut     = []error{os.ErrDeadlineExceeded, syscall.Errno(10060)}
	unreachable  = []error{syscall.Errno(10051), syscall.Errno(10065)}
)
