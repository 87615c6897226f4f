package http1_test

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"hazard/internal/http1"
)

// streamOf gives a fresh reader for every time the body is sent.
func streamOf(text string, length int64) func() (io.ReadCloser, int64, error) {
	return func() (io.ReadCloser, int64, error) {
		return io.NopCloser(strings.NewReader(text)), length, nil
	}
}

func TestLargeAndStreamedBodies(t *testing.T) {
	large := strings.Repeat("0123456789abcdef", 20_000) // 320 kB
	cases := []struct {
		name   string
		body   string
		stream func() (io.ReadCloser, int64, error)
	}{
		{"large body", large, nil},
		{"stream with its length", large, streamOf(large, int64(len(large)))},
		{"stream in chunks", large, streamOf(large, -1)},
		{"short stream in chunks", "abc", streamOf("abc", -1)},
		{"empty stream in chunks", "", streamOf("", -1)},
		{"empty stream with length 0", "", streamOf("", 0)},
		{"stream longer than its length", "abc", streamOf("abcdef", 3)},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			server := startScripted(t, []step{ok("1"), ok("2")})
			req := request(t, "POST "+server.url("/"))
			if req.Stream = c.stream; c.stream == nil {
				req.Body = []byte(c.body)
			}
			client := newClient(t, http1.Options{})
			for range 2 {
				resp := do(t, client, req)
				if !resp.KeptAlive || resp.Sent() != http1.SentAll {
					t.Errorf("kept %v, sent %d", resp.KeptAlive, resp.Sent())
				}
			}
			for _, seen := range server.seen() {
				if got := bodyOf(seen); got != c.body {
					t.Errorf("%d bytes arrived instead of %d", len(got), len(c.body))
				}
			}
		})
	}
}

// bodyOf removes the head and chunk framing from a request as the server read it.
func bodyOf(request string) string {
	head, rest, _ := strings.Cut(request, "\r\n\r\n")
	if !strings.Contains(head, "chunked") {
		return rest
	}
	var body strings.Builder
	for rest != "" {
		_, data, _ := strings.Cut(rest, "\r\n")
		var size int
		for _, b := range strings.SplitN(rest, "\r\n", 2)[0] {
			size = size<<4 | strings.IndexRune("0123456789abcdef", b)
		}
		if size == 0 {
			break
		}
		body.WriteString(data[:size])
		rest = data[size+2:]
	}
	return body.String()
}

func TestStreamIsSentAgainAfter307(t *testing.T) {
	server := startScripted(t, []step{redirectTo(307, "/next"), ok("end")})
	req := request(t, "PUT "+server.url("/"))
	req.Stream = streamOf("payload", -1)
	req.Policy = following(t, http1.PolicyOptions{})
	do(t, newClient(t, http1.Options{}), req)
	if seen := server.seen(); len(seen) != 2 || bodyOf(seen[1]) != "payload" {
		t.Errorf("seen %q", seen)
	}
}

func TestStreamsThatFail(t *testing.T) {
	broken := func() (io.ReadCloser, int64, error) { return nil, 0, errors.New("no such file") }
	for name, stream := range map[string]func() (io.ReadCloser, int64, error){
		"cannot be opened":        broken,
		"shorter than its length": streamOf("abc", 100),
	} {
		t.Run(name, func(t *testing.T) {
			server := startScripted(t, []step{ok("1")})
			req := request(t, "PUT "+server.url("/"))
			req.Stream = stream
			doFails(t, newClient(t, http1.Options{}), req, http1.KindBadRequest)
		})
	}
}

// A server that refuses a large upload after its head: the answer counts, the rest is not sent.
func TestEarlyRefusalOfAnUpload(t *testing.T) {
	server := startScripted(t, []step{{unread: true, stall: true,
		send: "HTTP/1.1 413 Too Large\r\nContent-Length: 3\r\n\r\nbig"}})
	req := request(t, "PUT "+server.url("/"))
	req.Body = bytes.Repeat([]byte("x"), 32<<20)
	resp := do(t, newClient(t, http1.Options{}), req)
	if resp.Status != 413 || string(resp.Body) != "big" || resp.KeptAlive {
		t.Errorf("%d %q, kept %v", resp.Status, resp.Body, resp.KeptAlive)
	}
}

// Expect: 100-continue: granted, refused, and a server that does not know it.
func TestExpectContinue(t *testing.T) {
	cases := []struct {
		name   string
		script []step
		status int
		sent   http1.Sent
		slow   bool
	}{
		{"granted", []step{{unread: true, pause: 50 * time.Millisecond, send: "HTTP/1.1 100 Continue\r\n\r\n"}, ok("done")}, 200, http1.SentAll, false},
		{"refused", []step{{unread: true, send: "HTTP/1.1 417 No\r\nContent-Length: 0\r\n\r\n", stall: true}}, 417, http1.SentPart, false},
		{"unknown", []step{ok("done")}, 200, http1.SentAll, true},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			server := startScripted(t, c.script)
			req := request(t, "PUT "+server.url("/"))
			req.Body = []byte("payload")
			req.Policy = newPolicy(t, http1.PolicyOptions{ExpectContinue: true})
			began := time.Now()
			resp := do(t, newClient(t, http1.Options{}), req)
			if resp.Status != c.status || resp.Sent() != c.sent {
				t.Errorf("status %d, sent %d", resp.Status, resp.Sent())
			}
			if waited := time.Since(began) > 900*time.Millisecond; waited != c.slow {
				t.Errorf("took %v", time.Since(began))
			}
			if c.status == 200 && bodyOf(server.seen()[0]) != "payload" {
				t.Errorf("the server got %q", server.seen()[0])
			}
		})
	}
}
