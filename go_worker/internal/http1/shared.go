package http1

import (
	"io"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"hazard/internal/http1/dial"
)

// Options are what all VUs of one engine share. The zero value works and allows every target.
type Options struct {
	// Dial holds DNS, connect-to, host rules and the list of allowed targets.
	Dial dial.Options
	// MapURL, when set, is applied to the URL of every request and every redirect before it is used
	// (recorded host -> test host). It may change Scheme, Host and Port.
	MapURL func(*URL)
	// MaxIdle is how many idle connections a Client keeps to different origins; 0: 64.
	MaxIdle int
	// MaxConnections is how many connections all Clients together may hold; 0: no limit. Beyond it a
	// request that needs a new one fails with KindConnectionCap.
	MaxConnections int
	// MaxHeadBytes limits the head of an answer; 0: 256 KiB.
	MaxHeadBytes int
	// KeyLog, when set, receives TLS secrets (for a dry run under a packet capture only).
	KeyLog io.Writer
}

// Shared is common to all Clients of an engine. Safe for concurrent use.
type Shared struct {
	options    Options
	route      *Route
	origin     time.Time
	connIDs    atomic.Uint64
	open       atomic.Int64 // connections held or being opened
	buffers    sync.Pool
	large      sync.Pool
	decoders   decoders
	transport2 func() *http.Transport // made at first use

	mu       sync.Mutex
	classes  map[string]*class
	fallback *Policy
}

const (
	bufferSize      = 8 << 10
	largeBufferSize = 64 << 10
)

// NewShared makes the common part. It starts nothing and needs no closing.
func NewShared(options Options) *Shared {
	if options.MaxIdle <= 0 {
		options.MaxIdle = 64
	}
	if options.MaxHeadBytes <= 0 {
		options.MaxHeadBytes = 256 << 10
	}
	s := &Shared{
		options:    options,
		route:      NewRoute(options.MapURL, options.Dial),
		origin:     time.Now(),
		classes:    map[string]*class{},
		transport2: sync.OnceValue(newTransport2),
	}
	s.buffers.New = func() any { return &buffer{bytes: make([]byte, bufferSize)} }
	s.large.New = func() any { return &buffer{bytes: make([]byte, largeBufferSize)} }
	fallback, err := s.NewPolicy(PolicyOptions{})
	if err != nil {
		panic("http1: the default policy is invalid: " + err.Error())
	}
	s.fallback = fallback
	return s
}

// Now is a monotonic clock in nanoseconds since Shared was made. It costs half of time.Now.
func (s *Shared) Now() int64 { return int64(time.Since(s.origin)) }

// Instant turns a value of Now into a time.
func (s *Shared) Instant(nanos int64) time.Time { return s.origin.Add(time.Duration(nanos)) }

// Dialer gives access to the DNS cache (flushing it, its counters).
func (s *Shared) Dialer() *dial.Dialer { return s.route.dialer }

// Route is where the requests of Clients go that were given no other.
func (s *Shared) Route() *Route { return s.route }

type buffer struct{ bytes []byte }
