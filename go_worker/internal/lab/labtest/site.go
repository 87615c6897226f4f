package labtest

import (
	"io"
	"net"
	"net/http"
	"sync/atomic"
	"testing"
	"time"
)

// Site is a target that counts.
type Site struct {
	URL  string
	Hits atomic.Uint64
}

// StartSite serves one on loopback until the test ends.
func StartSite(t testing.TB) *Site {
	t.Helper()
	listener, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &Site{URL: "http://" + listener.Addr().String()}
	server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		s.Hits.Add(1)
		_, _ = io.WriteString(w, "ok")
	})}
	go func() { _ = server.Serve(listener) }()
	t.Cleanup(func() { _ = server.Close() })
	return s
}

// AwaitMore waits until requests still arrive.
func (s *Site) AwaitMore(t testing.TB) {
	t.Helper()
	before := s.Hits.Load()
	Await(t, "another request", func() bool { return s.Hits.Load() > before+2 })
}

// AwaitSilence waits until no request arrives for half a second, and tells when the last one came.
func (s *Site) AwaitSilence(t testing.TB) time.Time {
	t.Helper()
	last, seen := time.Now(), s.Hits.Load()
	Await(t, "silence", func() bool {
		if now := s.Hits.Load(); now != seen {
			last, seen = time.Now(), now
		}
		return time.Since(last) > 500*time.Millisecond
	})
	return last
}
