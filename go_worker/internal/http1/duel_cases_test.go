package http1_test

import (
	"crypto/tls"
	"crypto/x509"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"hazard/internal/http1"
)

// withCA makes both trust an authority.
func withCA(t *testing.T, authority *pki, s side) side {
	t.Helper()
	before := s.options
	s.curl = append(s.curl, "--cacert", pemFile(t, authority.caPEM))
	s.options = func(o *http1.PolicyOptions) {
		o.CAPEM = authority.caPEM
		if before != nil {
			before(o)
		}
	}
	return s
}

func pemFile(t *testing.T, content []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "one.pem")
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func tlsDuels(t *testing.T) []duel {
	authority, other := newPKI(t), newPKI(t)
	cert, key := authority.issue(t, x509.ExtKeyUsageClientAuth)
	strange, strangeKey := other.issue(t, x509.ExtKeyUsageClientAuth)
	plain := func() *tls.Config { return authority.server(t) }
	changed := func(change func(*tls.Config)) *tls.Config {
		config := authority.server(t)
		change(config)
		return config
	}
	mutual := changed(func(c *tls.Config) { c.ClientAuth, c.MaxVersion = tls.RequireAndVerifyClientCert, tls.VersionTLS12 })
	only12 := changed(func(c *tls.Config) { c.MaxVersion = tls.VersionTLS12 })
	only13 := changed(func(c *tls.Config) { c.MinVersion = tls.VersionTLS13 })
	serve := func(config *tls.Config, trust *pki) func(*testing.T) side {
		return func(t *testing.T) side {
			server := startTLS(t, config, ok("secure"))
			s := side{url: "https://" + server.address() + "/", seen: sawRequests(server)}
			if trust == nil {
				return s
			}
			return withCA(t, trust, s)
		}
	}
	named := func(name string) func(*testing.T) side {
		return func(t *testing.T) side {
			names := make(chan string, 8)
			server := startTLS(t, changed(func(c *tls.Config) {
				c.GetConfigForClient = func(hello *tls.ClientHelloInfo) (*tls.Config, error) {
					names <- hello.ServerName
					return nil, nil
				}
			}), ok("secure"))
			rule := "::" + server.address()
			return withCA(t, authority, side{url: "https://" + name + "/", curl: []string{"--connect-to", rule},
				options: func(o *http1.PolicyOptions) { o.ConnectTo = []string{rule} },
				seen:    func() string { return sawRequests(server)() + "SNI " + <-names }})
		}
	}
	withCert := func(cert, key []byte) ([]string, http1.PolicyOptions) {
		return []string{"--cert", pemFile(t, cert), "--key", pemFile(t, key)},
			http1.PolicyOptions{CertPEM: cert, KeyPEM: key}
	}
	ownArgs, own := withCert(cert, key)
	strangeArgs, stranger := withCert(strange, strangeKey)
	return []duel{
		{name: "known authority", status: 200, play: serve(plain(), authority)},
		{name: "unknown authority", fails: true, play: serve(plain(), nil)},
		{name: "wrong authority", fails: true, play: serve(plain(), other)},
		{name: "not verified", status: 200, options: http1.PolicyOptions{Insecure: true}, curl: []string{"-k"}, play: serve(plain(), nil)},
		{name: "SNI", status: 200, play: named("site.example")},
		{name: "SNI beside another Host", status: 200, headers: []string{"Host: virtual.example"}, play: named("site.example")},
		{name: "wrong name", fails: true, play: named("other.example")},
		{name: "client certificate", status: 200, options: own, curl: ownArgs, play: serve(mutual, authority)},
		{name: "no client certificate", fails: true, play: serve(mutual, authority)},
		{name: "stranger's client certificate", fails: true, options: stranger, curl: strangeArgs, play: serve(mutual, authority)},
		{name: "only TLS 1.2", status: 200, play: serve(only12, authority)},
		{name: "TLS 1.3 wanted, 1.2 served", fails: true, options: http1.PolicyOptions{TLSMin: "1.3"}, curl: []string{"--tlsv1.3"}, play: serve(only12, authority)},
		{name: "TLS 1.2 wanted, 1.3 served", fails: true, options: http1.PolicyOptions{TLSMax: "1.2"}, curl: []string{"--tls-max", "1.2"}, play: serve(only13, authority)},
	}
}

func http2Duels(t *testing.T) []duel {
	authority := newPKI(t)
	secure := func(path string) func(*testing.T) side {
		return func(t *testing.T) side {
			address := startHTTP(t, authority.server(t), describe)
			rule := "site.example:443:" + address
			return withCA(t, authority, side{url: "https://site.example" + path, seen: sawRequests(),
				curl:    []string{"--connect-to", rule},
				options: func(o *http1.PolicyOptions) { o.ConnectTo = []string{rule} }})
		}
	}
	plain := func(t *testing.T) side {
		rule := "site.example:80:" + startHTTP(t, nil, describe)
		return side{url: "http://site.example/a?b", seen: sawRequests(), curl: []string{"--connect-to", rule},
			options: func(o *http1.PolicyOptions) { o.ConnectTo = []string{rule} }}
	}
	two, auto := http1.PolicyOptions{Version: http1.Version2}, http1.PolicyOptions{Version: http1.VersionAuto}
	prior := http1.PolicyOptions{Version: http1.Version2PriorKnown}
	agent := []string{"User-Agent: same"}
	return []duel{
		{name: "HTTP/2", status: 200, headers: agent, options: two, curl: []string{"--http2"}, play: secure("/a%2Fb?c=d")},
		{name: "HTTP/2 when offered", status: 200, headers: agent, options: auto, play: secure("/")},
		{name: "HTTP/1.1 although HTTP/2 is offered", status: 200, headers: agent, options: http1.PolicyOptions{Version: http1.Version11}, curl: []string{"--http1.1"}, play: secure("/")},
		{name: "HTTP/2 not offered", status: 200, options: auto, curl: []string{"--http2"}, play: func(t *testing.T) side {
			config := authority.server(t)
			config.NextProtos = []string{"http/1.1"}
			server := startTLS(t, config, ok("1"))
			return withCA(t, authority, side{url: "https://" + server.address() + "/", seen: sawRequests(server)})
		}},
		{name: "HTTP/2 with prior knowledge", status: 200, headers: agent, options: prior, curl: []string{"--http2-prior-knowledge"}, play: plain},
		{name: "HTTP/2 POST", method: "POST", body: strings.Repeat("x", 100_000), status: 200, headers: agent, options: two, curl: []string{"--http2"}, play: secure("/")},
		{name: "HTTP/2 redirect with a cookie", follow: true, status: 200, headers: agent, options: two, curl: []string{"--http2"}, play: secure("/redirect")},
		{name: "HTTP/2 stream reset", fails: true, options: two, curl: []string{"--http2"}, play: secure("/reset")},
		{name: "HTTP/2 asked of a server of something else", fails: true, options: prior, curl: []string{"--http2-prior-knowledge"},
			play: func(t *testing.T) side {
				server := startScripted(t, []step{{unread: true, send: "HTTP/1.1 400 Bad\r\n\r\n", close: true}})
				return side{url: server.url("/"), seen: sawRequests()}
			}},
	}
}

func uploadDuels() []duel {
	expect := http1.PolicyOptions{ExpectContinue: true}
	asks := []string{"-H", "Expect: 100-continue"}
	large := strings.Repeat("0123456789abcdef", 7000)
	return []duel{
		{name: "POST", method: "POST", body: "payload", status: 200, play: plays([]step{ok("done")})},
		{name: "PUT of 112 kB", method: "PUT", body: large, curl: []string{"-H", "Expect:"}, status: 200, play: plays([]step{ok("done")})},
		{name: "Expect, granted", method: "PUT", body: "payload", options: expect, curl: asks, status: 200,
			play: plays([]step{{unread: true, pause: 50 * time.Millisecond, send: "HTTP/1.1 100 Continue\r\n\r\n"}, ok("done")})},
		{name: "Expect, refused", method: "PUT", body: "payload", options: expect, curl: asks, status: 413,
			play: func(t *testing.T) side {
				server := startScripted(t, []step{{unread: true, pause: 50 * time.Millisecond,
					send: "HTTP/1.1 413 No\r\nContent-Length: 2\r\nConnection: close\r\n\r\nno", stall: true}})
				return side{url: server.url("/"), seen: sawRequests()}
			}},
		{name: "Expect, unknown to the server", method: "PUT", body: "payload", options: expect, curl: asks, status: 200,
			play: plays([]step{ok("done")})},
		{name: "refused after the head", method: "PUT", body: large, curl: []string{"-H", "Expect:"}, status: 413,
			play: func(t *testing.T) side {
				server := startScripted(t, []step{{unread: true, pause: 20 * time.Millisecond, stall: true,
					send: "HTTP/1.1 413 Too Large\r\nContent-Length: 3\r\n\r\nbig"}})
				return side{url: server.url("/"), seen: sawRequests()}
			}},
	}
}

func redirectDuels() []duel {
	then := func(status int) func(*testing.T) side { return plays([]step{redirectTo(status, "/next"), ok("end")}) }
	head := func(t *testing.T) side {
		return plays([]step{redirectTo(303, "/next"), {send: head200 + "Content-Length: 3\r\n\r\n"}})(t)
	}
	elsewhere := func(t *testing.T) side {
		other := startScriptedOn(t, "tcp4", "127.0.0.2:0", []step{ok("other")})
		first := startScripted(t, []step{redirectTo(302, other.url("/landing"))})
		return side{url: first.url("/"), seen: sawRequests(first, other)}
	}
	cookie := func(send string) func(*testing.T) side {
		return plays([]step{{send: "HTTP/1.1 302 Found\r\nLocation: /b\r\n" + send + "Content-Length: 0\r\n\r\n"}, ok("end")})
	}
	loop := slices.Repeat([]step{redirectTo(302, "/")}, 20)
	secret := []string{"Authorization: Bearer secret", "X-Kept: yes"}
	cases := []duel{
		{name: "303 to HEAD", method: "HEAD", follow: true, status: 200, play: head},
		{name: "302 to another host", follow: true, status: 200, headers: secret, play: elsewhere},
		{name: "302 to another host, trusted", follow: true, status: 200, headers: secret, options: http1.PolicyOptions{KeepAuth: true},
			curl: []string{"--location-trusted"}, play: elsewhere},
		{name: "302 of POST, method kept", method: "POST", body: "payload", follow: true, status: 200,
			options: http1.PolicyOptions{KeepMethod: true}, curl: []string{"--post302"}, play: then(302)},
		{name: "too many redirects", follow: true, fails: true, options: http1.PolicyOptions{MaxRedirects: 3},
			curl: []string{"--max-redirs", "3"}, play: plays(loop)},
		{name: "redirect to another scheme", follow: true, fails: true, play: plays([]step{redirectTo(302, "ftp://127.0.0.1:1/x")})},
		{name: "redirect that is not followed", status: 302, play: then(302)},
		{name: "cookie set on the way", follow: true, status: 200, play: cookie("Set-Cookie: s=1\r\n")},
		{name: "cookie for another path", follow: true, status: 200, play: cookie("Set-Cookie: s=1; Path=/c\r\n")},
		{name: "cookie for TLS only", follow: true, status: 200, play: cookie("Set-Cookie: s=1; Secure\r\n")},
		{name: "cookie for another domain", follow: true, status: 200, play: cookie("Set-Cookie: s=1; Domain=b.example\r\n")},
		{name: "cookie that expired", follow: true, status: 200, play: cookie("Set-Cookie: s=1; Max-Age=0\r\n")},
		{name: "redirect over a connection that closes", follow: true, status: 200, play: plays(
			[]step{{send: "HTTP/1.1 302 Found\r\nLocation: /b\r\nConnection: close\r\nContent-Length: 0\r\n\r\n", close: true}},
			[]step{ok("end")})},
		{name: "redirect, then the server hangs up unannounced", follow: true, status: 200, play: plays(
			[]step{{send: "HTTP/1.1 302 Found\r\nLocation: /b\r\nContent-Length: 0\r\n\r\n", close: true}},
			[]step{ok("end")})},
	}
	for _, status := range []int{300, 304, 305, 306} {
		cases = append(cases, duel{name: strconv.Itoa(status) + " with a Location", follow: true, status: 200,
			play: plays([]step{redirectTo(status, "/next"), ok("end")})})
	}
	return cases
}

func codingDuels(t *testing.T) []duel {
	gz := coded(t, "gzip", clearText)
	serve := func(coding, body string) func(*testing.T) side { return plays([]step{codedAnswer(coding, body)}) }
	chunks := func(body string) func(*testing.T) side {
		return plays([]step{{send: head200 + "Content-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n" +
			strconv.FormatInt(int64(len(body)), 16) + "\r\n" + body + "\r\n0\r\n\r\n"}})
	}
	return []duel{
		{name: "gzip in chunks", decode: true, status: 200, play: chunks(gz)},
		{name: "gzip, zstd and br together", decode: true, status: 200,
			play: serve("br, zstd, gzip", coded(t, "gzip", coded(t, "zstd", coded(t, "br", clearText))))},
		{name: "gzip of nothing", decode: true, status: 200, play: serve("gzip", coded(t, "gzip", ""))},
		{name: "gzip cut short", decode: true, fails: true, play: serve("gzip", gz[:len(gz)-10]),
			noCurl: "curl gives what it could decode and calls it a success"},
		{name: "not gzip", decode: true, fails: true, play: serve("gzip", clearText)},
		{name: "not br", decode: true, fails: true, play: serve("br", "\xff\xff\xff\xff")},
		{name: "not zstd", decode: true, fails: true, play: serve("zstd", clearText)},
		{name: "unknown coding", decode: true, fails: true, play: serve("compress", clearText)},
	}
}
