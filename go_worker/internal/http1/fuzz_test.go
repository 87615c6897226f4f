package http1

import (
	"bytes"
	"errors"
	"io"
	"net"
	"strings"
	"testing"
	"time"
)

// memoryConn is a connection whose peer has sent everything already and then closes. It gives at most
// step bytes per read.
type memoryConn struct {
	data []byte
	step int
}

func (m *memoryConn) Read(p []byte) (int, error) {
	if len(m.data) == 0 {
		return 0, io.EOF
	}
	n := copy(p[:min(len(p), m.step)], m.data)
	m.data = m.data[n:]
	return n, nil
}

func (m *memoryConn) Write(p []byte) (int, error)      { return len(p), nil }
func (m *memoryConn) Close() error                     { return nil }
func (m *memoryConn) LocalAddr() net.Addr              { return &net.TCPAddr{} }
func (m *memoryConn) RemoteAddr() net.Addr             { return &net.TCPAddr{} }
func (m *memoryConn) SetDeadline(time.Time) error      { return nil }
func (m *memoryConn) SetReadDeadline(time.Time) error  { return nil }
func (m *memoryConn) SetWriteDeadline(time.Time) error { return nil }

// readAnswerFrom runs one exchange whose answer is data.
func readAnswerFrom(t *testing.T, data []byte, step int, method string) (*Response, Kind) {
	t.Helper()
	shared := NewShared(Options{MaxHeadBytes: 32 << 10})
	policy, err := shared.NewPolicy(PolicyOptions{MaxBodyBytes: 1 << 20})
	if err != nil {
		t.Fatal(err)
	}
	c := New(shared)
	req := &Request{Method: []byte(method), Policy: policy, Want: Want{Body: true}}
	if err := ParseURL(&req.URL, []byte("http://127.0.0.1:1/")); err != nil {
		t.Fatal(err)
	}
	stream := &memoryConn{data: bytes.Clone(data), step: step}
	c.keep(&conn{stream: stream, socket: stream, class: policy.class, scheme: "http",
		host: "127.0.0.1", port: 1}, shared.Now())
	var resp Response
	return &resp, KindOf(c.Do(req, &resp))
}

// FuzzAnswer: any bytes give an answer or a typed failure, and the same however they are split.
func FuzzAnswer(f *testing.F) {
	for _, answer := range []string{
		"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
		"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;x\r\nhello\r\n0\r\nT: 1\r\n\r\n",
		"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.0 200\r\n\r\nuntil close",
		"HTTP/1.1 302 Found\nLocation: x\nSet-Cookie: a=b\n\n",
		"HTTP/1.1 200 OK\r\nX: a\r\n b\r\n\tc\r\n\r\n",
		"HTTP/1.1 200 OK\r\nContent-Length: 5, 5\r\nConnection: close\r\n\r\nhello",
		"HTTP/1.0 100 \n0:\n",
		"HTTP/1.1 204 No\r\nContent-Length: 3\r\n\r\nxyz", "HTT", "",
	} {
		f.Add([]byte(answer), uint16(3), false)
	}
	f.Fuzz(func(t *testing.T, data []byte, step uint16, head bool) {
		method := "GET"
		if head {
			method = "HEAD"
		}
		whole, wholeKind := readAnswerFrom(t, data, len(data)+1, method)
		split, splitKind := readAnswerFrom(t, data, int(step)+1, method)
		if wholeKind != splitKind || whole.Status != split.Status ||
			!bytes.Equal(whole.Body, split.Body) || !bytes.Equal(whole.Headers.Raw(), split.Headers.Raw()) {
			t.Errorf("whole: %s %d %q, in pieces of %d: %s %d %q", wholeKind, whole.Status, whole.Body,
				int(step)+1, splitKind, split.Status, split.Body)
		}
		if wholeKind == KindOther {
			t.Error("a failure without a class")
		}
		if int64(len(whole.Body)) != whole.BodyBytes || whole.BodyBytes > 1<<20 {
			t.Errorf("%d bytes kept, %d counted", len(whole.Body), whole.BodyBytes)
		}
		for _, block := range []*Headers{&whole.Headers, &whole.Trailers} {
			for i := range block.Len() {
				name, value := block.At(i)
				if len(name) == 0 || bytes.ContainsAny(value, "\x00\n") {
					t.Errorf("header %q: %q", name, value)
				}
			}
		}
		_, _ = whole.Decoded()
	})
}

// FuzzLocation: whatever a Location says, what is sent next is one request line.
func FuzzLocation(f *testing.F) {
	for _, location := range []string{"/a", "../b?c#d", "//h:1/x", "http://h/..", "?q", "#f", "a:b",
		"/\r\nX: y", " /s p", "http://[::1]:8/", "/..", "/./", "..", "\xff"} {
		f.Add("http://a.example/x/y?z", location)
	}
	f.Fuzz(func(t *testing.T, base, location string) {
		var from, to URL
		if ParseURL(&from, []byte(base)) != nil {
			return
		}
		text, err := resolveLocation(&from, []byte(location))
		if err != nil || ParseURL(&to, text) != nil {
			return
		}
		line := to.appendTarget(nil)
		if len(line) == 0 || line[0] != '/' || !sendable(line) || !sendable(to.appendHost(nil)) {
			t.Errorf("%q from %q sends %q to %q", location, base, line, to.Host)
		}
	})
}

// Names and texts of kinds are a fixed, bounded set without addresses.
func TestKindsHaveNamesAndTexts(t *testing.T) {
	seen := map[string]bool{}
	for _, kind := range Kinds() {
		text := (&Error{Kind: kind, cause: errors.New("127.0.0.1:80")}).Error()
		if kind.String() == "" || seen[kind.String()] || text == "" || strings.Contains(text, "127") {
			t.Errorf("kind %d: %q, %q", kind, kind, text)
		}
		seen[kind.String()] = true
	}
}
