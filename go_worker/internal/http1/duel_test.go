package http1_test

import (
	"net"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"hazard/internal/http1"
)

// duel is one exchange that the client and the installed curl both have with equal servers. Verdict
// (answered or failed), status, body and what the servers saw must be the same.
type duel struct {
	name string
	// play starts what one of the two talks to.
	play    func(t *testing.T) side
	method  string // empty: GET
	headers []string
	body    string
	options http1.PolicyOptions
	curl    []string // the options in curl's words
	follow  bool     // redirects
	decode  bool     // content codings
	fails   bool
	status  int // when it does not fail
	// noCurl says why curl is not asked.
	noCurl string
}

// side is what one of the two talks to.
type side struct {
	url     string
	seen    func() string // what arrived, comparable between the two
	options func(*http1.PolicyOptions)
	curl    []string
}

func TestSameVerdictAsCurl(t *testing.T) {
	cases := slices.Concat(addressDuels(), proxyDuels(t), tlsDuels(t), http2Duels(t), uploadDuels(),
		redirectDuels(), codingDuels(t))
	for _, d := range cases {
		t.Run(d.name, func(t *testing.T) {
			t.Parallel()
			ours := d.play(t)
			resp, err := d.send(t, ours)
			if failed := err != nil; failed != d.fails || (!failed && resp.Status != d.status) {
				t.Fatalf("status %d, error %v", resp.Status, err)
			}
			if d.noCurl != "" {
				return
			}
			theirs := d.play(t)
			result, found := runCurl(t, d.curlArguments(theirs)...)
			if !found {
				return
			}
			if (result.exit != 0) != d.fails {
				result.differs(t, "exit %d, status %s", result.exit, result.status)
				return
			}
			if got, want := theirs.seen(), ours.seen(); got != want {
				result.differs(t, "the server saw\n%s\nof curl and of the client\n%s", got, want)
			}
			if d.fails {
				return
			}
			if result.status != strconv.Itoa(d.status) {
				result.differs(t, "status %s", result.status)
			}
			if body := d.bodyOf(t, resp); d.method != "HEAD" && string(result.body) != body {
				result.differs(t, "body %q instead of %q", result.body, body)
			}
		})
	}
}

func (d *duel) send(t *testing.T, s side) (*http1.Response, error) {
	method := d.method
	if method == "" {
		method = "GET"
	}
	req := request(t, method+" "+s.url, d.headers...)
	if d.body != "" {
		req.Body = []byte(d.body)
	}
	options := d.options
	options.FollowRedirects = d.follow
	if s.options != nil {
		s.options(&options)
	}
	req.Policy = newPolicy(t, options)
	var resp http1.Response
	err := newClient(t, http1.Options{}).Do(req, &resp)
	if err == nil && d.decode {
		_, err = resp.Decoded()
	}
	return &resp, err
}

func (d *duel) bodyOf(t *testing.T, resp *http1.Response) string {
	t.Helper()
	if !d.decode {
		return string(resp.Body)
	}
	decoded, err := resp.Decoded()
	if err != nil {
		t.Fatal(err)
	}
	return string(decoded)
}

func (d *duel) curlArguments(s side) []string {
	args := slices.Concat(s.curl, d.curl, []string{s.url})
	switch {
	case d.method == "HEAD":
		args = append(args, "-I")
	case d.method != "" && (d.method != "POST" || d.body == ""):
		args = append(args, "-X", d.method)
	}
	for _, header := range d.headers {
		args = append(args, "-H", header)
	}
	if d.body != "" {
		args = append(args, "--data-binary", d.body, "-H", "Content-Type:")
	}
	if d.follow {
		args = append(args, "-L", "-b", "")
	}
	if d.decode {
		args = append(args, "--compressed")
	}
	return args
}

// without are headers that curl adds by itself or that follow from its version.
var without = []string{"user-agent:", "accept:", "accept-encoding:", "proxy-connection:",
	"content-type:", "expect:"}

// sawRequests is what a scripted server received: request lines, other headers by name, bodies. Its
// own address is replaced.
func sawRequests(servers ...*scripted) func() string {
	return func() string {
		var out strings.Builder
		for _, server := range servers {
			for _, seen := range server.seen() {
				head, _, _ := strings.Cut(seen, "\r\n\r\n")
				lines := strings.Split(head, "\r\n")
				rest := slices.DeleteFunc(lines[1:], func(line string) bool {
					return slices.ContainsFunc(without, func(name string) bool {
						return strings.HasPrefix(strings.ToLower(line), name)
					})
				})
				slices.Sort(rest)
				out.WriteString(lines[0] + "\n" + strings.Join(rest, "\n") + "\n" + bodyOf(seen) + "\n")
			}
		}
		text := out.String()
		for i, server := range servers {
			text = strings.ReplaceAll(text, server.address(), "SERVER"+strconv.Itoa(i))
			if tcp, isTCP := server.listener.Addr().(*net.TCPAddr); isTCP {
				text = strings.ReplaceAll(text, ":"+strconv.Itoa(tcp.Port), ":PORT")
			}
		}
		return text
	}
}

// plays is a scripted server on 127.0.0.1 with an empty path.
func plays(scripts ...[]step) func(*testing.T) side {
	return func(t *testing.T) side {
		server := startScripted(t, scripts...)
		return side{url: server.url("/"), seen: sawRequests(server)}
	}
}

func addressDuels() []duel {
	stalled := []step{{stall: true}}
	return []duel{
		{name: "IPv6", status: 200, play: func(t *testing.T) side {
			server := startScriptedOn(t, "tcp6", "[::1]:0", []step{ok("six")})
			return side{url: server.url("/"), seen: sawRequests(server)}
		}},
		{name: "Host override", status: 200, headers: []string{"Host: virtual.example"}, play: plays([]step{ok("1")})},
		{name: "HEAD", method: "HEAD", status: 200, play: plays([]step{ok("12345")})},
		{name: "OPTIONS", method: "OPTIONS", status: 200, play: plays([]step{ok("")})},
		{name: "large request header", status: 200, headers: []string{"X-Large: " + strings.Repeat("x", 16_000)},
			play: plays([]step{ok("1")})},
		{name: "connect-to", status: 200, play: func(t *testing.T) side {
			server := startScripted(t, []step{ok("1")})
			rule := "name.example:80:" + server.address()
			return side{url: "http://name.example/", seen: sawRequests(server), curl: []string{"--connect-to", rule},
				options: func(o *http1.PolicyOptions) { o.ConnectTo = []string{rule} }}
		}},
		{name: "unix socket", status: 200, play: func(t *testing.T) side {
			path := filepath.Join(t.TempDir(), "s")
			server := startScriptedOn(t, "unix", path, []step{ok("1")})
			return side{url: "http://docker/version", seen: sawRequests(server), curl: []string{"--unix-socket", path},
				options: func(o *http1.PolicyOptions) { o.UnixSocket = path }}
		}},
		{name: "refused", fails: true, play: func(t *testing.T) side {
			listener, err := net.Listen("tcp4", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			_ = listener.Close()
			return side{url: "http://" + listener.Addr().String() + "/", seen: sawRequests()}
		}},
		{name: "unknown name", fails: true, play: func(*testing.T) side {
			return side{url: "http://name.invalid/", seen: sawRequests()}
		}},
		{name: "total timeout", fails: true, options: http1.PolicyOptions{Timeout: 300 * time.Millisecond},
			curl: []string{"--max-time", "0.3"}, play: plays(stalled)},
		{name: "plain server behind https", fails: true, play: func(t *testing.T) side {
			server := startScripted(t, []step{{unread: true, send: "HTTP/1.1 400 Bad\r\n\r\n", close: true}})
			return side{url: "https://" + server.address() + "/", seen: sawRequests()}
		}},
	}
}

func throughProxy(user, scheme string) func(*testing.T) side {
	return func(t *testing.T) side {
		server := startScripted(t, []step{ok("1")})
		proxy := startProxy(t, user, nil)
		login := ""
		if user == "name:secret" {
			login = user + "@"
		}
		url := scheme + "://" + login + proxy.address()
		return side{url: server.url("/"), curl: []string{"-x", url},
			options: func(o *http1.PolicyOptions) { o.Proxy = url },
			seen: func() string {
				return sawRequests(server)() + strings.ReplaceAll(proxy.log(), server.address(), "SERVER0")
			}}
	}
}

func proxyDuels(t *testing.T) []duel {
	authority := newPKI(t)
	plain := func(login string, script step) func(*testing.T) side {
		return func(t *testing.T) side {
			proxy := startScripted(t, []step{script})
			url := "http://" + login + proxy.address()
			return side{url: "http://a.example/x?y", seen: sawRequests(proxy), curl: []string{"-x", url},
				options: func(o *http1.PolicyOptions) { o.Proxy = url }}
		}
	}
	return []duel{
		{name: "HTTP proxy", status: 200, play: plain("", ok("1"))},
		{name: "HTTP proxy with a password", status: 200, play: plain("u:p@", ok("1"))},
		{name: "HTTP proxy that refuses", status: 407, play: plain("", step{send: "HTTP/1.1 407 Who\r\nContent-Length: 0\r\n\r\n"})},
		{name: "tunnel through a proxy", status: 200, play: func(t *testing.T) side {
			server := startTLS(t, authority.server(t), ok("1"))
			proxy := startProxy(t, "", nil)
			url := "http://" + proxy.address()
			return withCA(t, authority, side{url: "https://" + server.address() + "/", curl: []string{"-x", url},
				options: func(o *http1.PolicyOptions) { o.Proxy = url },
				seen: func() string {
					return sawRequests(server)() + strings.ReplaceAll(proxy.log(), server.address(), "SERVER0")
				}})
		}},
		{name: "tunnel that is refused", fails: true, play: func(t *testing.T) side {
			url := "http://" + startProxy(t, "otherwise", nil).address()
			return side{url: "https://a.example/", seen: sawRequests(), curl: []string{"-x", url},
				options: func(o *http1.PolicyOptions) { o.Proxy = url }}
		}},
		{name: "SOCKS5", status: 200, play: throughProxy("", "socks5")},
		{name: "SOCKS5, name resolved there", status: 200, play: throughProxy("", "socks5h")},
		{name: "SOCKS5 with a password", status: 200, play: throughProxy("name:secret", "socks5h")},
		{name: "SOCKS5 without the password", fails: true, play: throughProxy("name:other", "socks5h")},
	}
}
