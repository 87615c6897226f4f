package http1

import (
	"errors"
	"io"
	"net"

	"hazard/internal/http1/dial"
)

// Kind is the class of a failure. The set is fixed, so counters by kind stay bounded.
type Kind uint8

// The kinds. String gives the names used in frames and reports.
const (
	KindNone Kind = iota
	KindDNS
	KindRefused
	KindUnreachable
	KindReset
	KindTimeoutConnect
	KindTimeoutTLS
	KindTimeoutFirstByte
	KindTimeoutTotal
	KindTLS
	KindProtocol
	KindTruncated
	KindBodyTooLarge
	KindTooManyRedirects
	KindBadRedirect
	KindDeniedTarget
	KindProxy
	KindClosed
	KindPortExhausted
	KindFDExhausted
	KindConnectionCap
	KindAborted
	KindDecode
	KindBadRequest
	KindOther
	kindCount
)

var kindNames = [kindCount]string{
	"none", "dns", "refused", "unreachable", "reset", "timeout_connect", "timeout_tls",
	"timeout_first_byte", "timeout_total", "tls", "protocol", "truncated", "body_too_large",
	"too_many_redirects", "bad_redirect", "denied_target", "proxy", "closed", "port_exhausted",
	"fd_exhausted", "connection_cap", "aborted", "decode", "bad_request", "other",
}

var kindTexts = [kindCount]string{
	"no error",
	"the host name could not be resolved",
	"the target refused the connection",
	"the target cannot be reached",
	"the target reset the connection",
	"connecting took longer than allowed",
	"the TLS handshake took longer than allowed",
	"no answer within the allowed time",
	"the exchange took longer than allowed",
	"the TLS handshake failed",
	"the answer is not valid HTTP",
	"the connection closed before the end of the answer",
	"the body is larger than allowed",
	"more redirects than allowed",
	"the redirect target cannot be requested",
	"the worker does not allow this target",
	"the proxy refused or failed",
	"the connection closed without an answer",
	"no local port is free",
	"no file descriptor is free",
	"the worker allows no more connections",
	"cut off at the end of the run",
	"the body cannot be decoded",
	"the request cannot be sent as it is",
	"unexpected failure",
}

// String is the name of the kind in frames and reports.
func (k Kind) String() string {
	if k < kindCount {
		return kindNames[k]
	}
	return kindNames[KindOther]
}

// Kinds lists every kind except none, in a fixed order.
func Kinds() []Kind {
	kinds := make([]Kind, 0, kindCount-1)
	for k := KindDNS; k < kindCount; k++ {
		kinds = append(kinds, k)
	}
	return kinds
}

// Error is what Do returns. Its text is one of a fixed set and holds no address; the cause, with
// addresses and numbers, is behind Unwrap and Detail.
type Error struct {
	Kind Kind
	// Sent tells how much of the request was handed to the kernel before the failure.
	Sent Sent
	// Answered tells that at least one byte of an answer had arrived.
	Answered bool
	cause    error
}

func (e *Error) Error() string { return kindTexts[e.Kind] }

func (e *Error) Unwrap() error { return e.cause }

// Detail is the bounded text and the cause, for a person; never use it as a counter's key.
func (e *Error) Detail() string {
	if e.cause == nil {
		return e.Error()
	}
	return e.Error() + ": " + e.cause.Error()
}

// KindOf is the kind of an error returned by this package; KindNone for nil.
func KindOf(err error) Kind {
	if err == nil {
		return KindNone
	}
	var typed *Error
	if errors.As(err, &typed) {
		return typed.Kind
	}
	return KindOther
}

func fail(kind Kind, cause error) *Error { return &Error{Kind: kind, cause: cause} }

func isAny(err error, targets []error) bool {
	for _, target := range targets {
		if errors.Is(err, target) {
			return true
		}
	}
	return false
}

// classifyDial turns a failure of dialling into a kind.
func classifyDial(err error) *Error {
	var typed *Error
	switch {
	case errors.As(err, &typed):
		return typed
	case errors.Is(err, dial.ErrDenied):
		return fail(KindDeniedTarget, err)
	case errors.Is(err, dial.ErrProxy):
		return fail(KindProxy, err)
	case isAny(err, noPort):
		return fail(KindPortExhausted, err)
	case isAny(err, noDescriptor):
		return fail(KindFDExhausted, err)
	case isAny(err, refused):
		return fail(KindRefused, err)
	case errors.Is(err, dial.ErrTimeout), isAny(err, timedOut):
		return fail(KindTimeoutConnect, err)
	case errors.Is(err, dial.ErrName):
		return fail(KindDNS, err)
	case isAny(err, unreachable):
		return fail(KindUnreachable, err)
	}
	return classifyIO(err)
}

// classifyIO turns a failure of reading or writing an open connection into a kind.
func classifyIO(err error) *Error {
	var typed *Error
	var op *net.OpError
	switch {
	case errors.As(err, &typed):
		return typed
	case errors.As(err, &op) && (op.Op == "remote error" || op.Op == "local error"):
		return fail(KindTLS, err) // an alert, such as the one for a missing client certificate
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, net.ErrClosed):
		return fail(KindClosed, err)
	case isAny(err, reset):
		return fail(KindReset, err)
	case isAny(err, timedOut):
		return fail(KindTimeoutTotal, err)
	}
	return fail(KindOther, err)
}
