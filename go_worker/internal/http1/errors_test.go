//go:build !windows

package http1

import (
	"errors"
	"net"
	"syscall"
	"testing"

	"hazard/internal/http1/dial"
)

// Failures that a test cannot provoke on every machine keep their kinds.
func TestKindsOfDialFailures(t *testing.T) {
	for _, c := range []struct {
		err  error
		kind Kind
	}{
		{syscall.EADDRNOTAVAIL, KindPortExhausted},
		{syscall.EADDRINUSE, KindPortExhausted},
		{syscall.EMFILE, KindFDExhausted},
		{syscall.ENFILE, KindFDExhausted},
		{syscall.ECONNREFUSED, KindRefused},
		{syscall.ETIMEDOUT, KindTimeoutConnect},
		{syscall.EHOSTUNREACH, KindUnreachable},
		{syscall.ENETUNREACH, KindUnreachable},
		{syscall.ECONNRESET, KindReset},
		{dial.ErrDenied, KindDeniedTarget},
		{dial.ErrName, KindDNS},
		{errors.New("odd"), KindOther},
	} {
		wrapped := &net.OpError{Op: "dial", Net: "tcp", Err: c.err}
		if got := classifyDial(wrapped).Kind; got != c.kind {
			t.Errorf("%v is %s instead of %s", c.err, got, c.kind)
		}
	}
}
