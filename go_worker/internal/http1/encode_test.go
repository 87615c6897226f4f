package http1_test

import (
	"strings"
	"testing"

	"hazard/internal/http1"
)

// What is sent, byte for byte.
// The length is the table.
func TestRequestBytes(t *testing.T) {
	noKeepAlive := http1.PolicyOptions{NoKeepAlive: true}
	cases := []struct {
		name    string
		first   string // HOST stands for the server's address
		headers []string
		body    []byte
		options http1.PolicyOptions
		omit    http1.Omit
		cookie  string
		want    string
	}{
		{name: "plain", first: "GET http://HOST/a?b=c#d", want: "GET /a?b=c HTTP/1.1\r\nHost: HOST\r\n\r\n"},
		{name: "no path", first: "GET http://HOST", want: "GET / HTTP/1.1\r\nHost: HOST\r\n\r\n"},
		{name: "query without path", first: "GET http://HOST?x", want: "GET /?x HTTP/1.1\r\nHost: HOST\r\n\r\n"},
		{name: "path kept as it is", first: "GET http://HOST//a/../b/%7e%zz/\xff",
			want: "GET //a/../b/%7e%zz/\xff HTTP/1.1\r\nHost: HOST\r\n\r\n"},
		{name: "order and case kept", first: "FOO http://HOST/", headers: []string{"x-B: 1", "X-a: 2", "x-B: 3", "X-Empty: "},
			want: "FOO / HTTP/1.1\r\nHost: HOST\r\nx-B: 1\r\nX-a: 2\r\nx-B: 3\r\nX-Empty: \r\n\r\n"},
		{name: "own Host in its place", first: "GET http://HOST/", headers: []string{"A: 1", "hOst: other", "B: 2"},
			want: "GET / HTTP/1.1\r\nA: 1\r\nhOst: other\r\nB: 2\r\n\r\n"},
		{name: "Host omitted", first: "GET http://HOST/", omit: http1.OmitHost, want: "GET / HTTP/1.1\r\n\r\n"},
		{name: "body", first: "POST http://HOST/", body: []byte("abc"),
			want: "POST / HTTP/1.1\r\nHost: HOST\r\nContent-Length: 3\r\n\r\nabc"},
		{name: "empty body", first: "POST http://HOST/", body: []byte{},
			want: "POST / HTTP/1.1\r\nHost: HOST\r\nContent-Length: 0\r\n\r\n"},
		{name: "no body", first: "POST http://HOST/", want: "POST / HTTP/1.1\r\nHost: HOST\r\n\r\n"},
		{name: "own length in its place", first: "POST http://HOST/", headers: []string{"content-length: 3", "A: 1"}, body: []byte("abc"),
			want: "POST / HTTP/1.1\r\nHost: HOST\r\ncontent-length: 3\r\nA: 1\r\n\r\nabc"},
		{name: "own chunked", first: "POST http://HOST/", headers: []string{"Transfer-Encoding: chunked"}, body: []byte("abc"),
			want: "POST / HTTP/1.1\r\nHost: HOST\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"},
		{name: "HTTP/1.0", first: "GET http://HOST/", options: http1.PolicyOptions{Version: http1.Version10},
			want: "GET / HTTP/1.0\r\nHost: HOST\r\n\r\n"},
		{name: "no keep-alive", first: "GET http://HOST/", options: noKeepAlive,
			want: "GET / HTTP/1.1\r\nHost: HOST\r\nConnection: close\r\n\r\n"},
		{name: "cookie of the jar", first: "GET http://HOST/", headers: []string{"A: 1"}, cookie: "s=1",
			want: "GET / HTTP/1.1\r\nHost: HOST\r\nA: 1\r\nCookie: s=1\r\n\r\n"},
		{name: "cookies merged", first: "GET http://HOST/", headers: []string{"cookie: own=2", "A: 1"}, cookie: "s=1",
			want: "GET / HTTP/1.1\r\nHost: HOST\r\ncookie: own=2; s=1\r\nA: 1\r\n\r\n"},
		{name: "own cookie goes before the jar's", first: "GET http://HOST/", headers: []string{"Cookie: s=2"}, cookie: "s=1",
			want: "GET / HTTP/1.1\r\nHost: HOST\r\nCookie: s=2\r\n\r\n"},
		{name: "cookies off", first: "GET http://HOST/", cookie: "s=1", options: http1.PolicyOptions{NoCookies: true},
			want: "GET / HTTP/1.1\r\nHost: HOST\r\n\r\n"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			server := startScripted(t, []step{ok("ok")})
			req := request(t, strings.Replace(c.first, "HOST", server.address(), 1), c.headers...)
			req.Body, req.Omit, req.Policy = c.body, c.omit, newPolicy(t, c.options)
			client := newClient(t, http1.Options{})
			if c.cookie != "" {
				storeCookie(t, client, "127.0.0.1", c.cookie)
			}
			resp := do(t, client, req)
			want := strings.ReplaceAll(c.want, "HOST", server.address())
			if got := server.seen()[0]; got != want {
				t.Errorf("sent %q\nwant %q", got, want)
			}
			if resp.BytesOut != int64(len(want)) || !strings.HasPrefix(want, string(resp.SentHead)) {
				t.Errorf("%d bytes out for %d, head %q", resp.BytesOut, len(want), resp.SentHead)
			}
		})
	}
}

func TestURLs(t *testing.T) {
	cases := []struct{ text, want, user string }{
		{"http://a/", "http://a/", ""},
		{"a.example", "http://a.example/", ""},
		{"HTTPS://A:443/x", "https://A/x", ""},
		{"https://a:80/x", "https://a:80/x", ""},
		{"http://a:80?q", "http://a/?q", ""},
		{"http://[::1]:8080/x#f", "http://[::1]:8080/x#f", ""},
		{"http://u:p@a/", "http://a/", "u:p"},
		{"http://u@v@a/", "http://a/", "u@v"},
		{"a:8080/x?u=http://b/", "http://a:8080/x?u=http://b/", ""},
		{"http://a:/x", "http://a/x", ""},
	}
	for _, c := range cases {
		var url http1.URL
		if err := http1.ParseURL(&url, []byte(c.text)); err != nil || url.String() != c.want ||
			string(url.User) != c.user {
			t.Errorf("%s: %q, user %q, error %v", c.text, url.String(), url.User, err)
		}
	}
	for _, bad := range []string{"", "http://", "ftp://a/", "http://a:0/", "http://a:65536/",
		"http://a:x/", "http://[::1/", "http://a b/", "http://a/b c", "http://a/\r\nX: y"} {
		var url http1.URL
		if err := http1.ParseURL(&url, []byte(bad)); err == nil {
			t.Errorf("%q was accepted as %s", bad, url.String())
		}
	}
}

// A value that would end its line early is not sent.
func TestLineBreaksAreNotSent(t *testing.T) {
	server := startScripted(t, []step{ok("")})
	lines := map[string]func(*http1.Request){
		"method": func(r *http1.Request) { r.Method = []byte("GET / HTTP/1.1\r\nX: y\r\n\r\nGET") },
		"target": func(r *http1.Request) { r.URL.Target = []byte("/ HTTP/1.1\nX: y") },
		"header": func(r *http1.Request) { r.Headers = []http1.Header{{Name: []byte("A"), Value: []byte("b\r\nX: y")}} },
		"CR":     func(r *http1.Request) { r.Headers = []http1.Header{{Name: []byte("A"), Value: []byte("b\rc")}} },
		"NUL":    func(r *http1.Request) { r.Headers = []http1.Header{{Name: []byte("A"), Value: []byte("b\x00c")}} },
		"host":   func(r *http1.Request) { r.URL.Host = nil },
		"scheme": func(r *http1.Request) { r.URL.Scheme = "" },
	}
	for name, breakIt := range lines {
		t.Run(name, func(t *testing.T) {
			req := request(t, "GET "+server.url("/"))
			breakIt(req)
			_, err := doFails(t, newClient(t, http1.Options{}), req, http1.KindBadRequest)
			if err.Sent != http1.SentNothing {
				t.Errorf("sent %d", err.Sent)
			}
		})
	}
	if len(server.seen()) != 0 {
		t.Errorf("the server saw %q", server.seen())
	}
}
