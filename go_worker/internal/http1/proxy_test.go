package http1_test

import (
	"bufio"
	"crypto/tls"
	"encoding/binary"
	"io"
	"net"
	"strconv"
	"strings"
	"sync"
	"testing"

	"hazard/internal/http1"
)

// tunnelProxy is an HTTP CONNECT and SOCKS5 proxy that relays to loopback targets and notes what it
// was asked for. A name it is given means 127.0.0.1.
type tunnelProxy struct {
	listener net.Listener
	user     string // "name:password" that SOCKS5 clients must give; empty: none

	mu    sync.Mutex
	asked []string
}

func startProxy(t *testing.T, user string, config *tls.Config) *tunnelProxy {
	t.Helper()
	listener, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	if config != nil {
		listener = tls.NewListener(listener, config)
	}
	p := &tunnelProxy{listener: listener, user: user}
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go p.serve(conn)
		}
	}()
	t.Cleanup(func() { _ = listener.Close() })
	return p
}

func (p *tunnelProxy) address() string { return p.listener.Addr().String() }

func (p *tunnelProxy) note(what string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.asked = append(p.asked, what)
}

func (p *tunnelProxy) log() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return strings.Join(p.asked, ", ")
}

func (p *tunnelProxy) serve(conn net.Conn) {
	defer func() { _ = conn.Close() }()
	reader := bufio.NewReader(conn)
	first, err := reader.Peek(1)
	if err != nil {
		return
	}
	var target string
	if first[0] == 5 {
		target = p.socks(conn, reader)
	} else {
		target = p.connect(conn, reader)
	}
	if target == "" {
		return
	}
	_, port, _ := net.SplitHostPort(target)
	upstream, err := net.Dial("tcp4", "127.0.0.1:"+port)
	if err != nil {
		return
	}
	defer func() { _ = upstream.Close() }()
	go func() {
		_, _ = io.Copy(upstream, reader)
		_ = upstream.Close()
	}()
	_, _ = io.Copy(conn, upstream)
}

func (p *tunnelProxy) connect(conn net.Conn, reader *bufio.Reader) string {
	head, err := readRequest(reader)
	if err != nil {
		return ""
	}
	fields := strings.Fields(head)
	p.note(fields[0] + " " + fields[1])
	if p.user != "" && !strings.Contains(head, "Proxy-Authorization: Basic "+p.user+"\r\n") {
		_, _ = io.WriteString(conn, "HTTP/1.1 407 Who\r\nContent-Length: 0\r\n\r\n")
		return ""
	}
	_, _ = io.WriteString(conn, "HTTP/1.1 200 Connected\r\nX-Proxy: yes\r\n\r\n")
	return fields[1]
}

func (p *tunnelProxy) socks(conn net.Conn, reader *bufio.Reader) string {
	read := func(n int) []byte {
		b := make([]byte, n)
		_, _ = io.ReadFull(reader, b)
		return b
	}
	methods := read(int(read(2)[1]))
	if p.user != "" {
		_, _ = conn.Write([]byte{5, 2})
		if methods[len(methods)-1] != 2 {
			return ""
		}
		name := string(read(int(read(2)[1])))
		password := string(read(int(read(1)[0])))
		if name+":"+password != p.user {
			_, _ = conn.Write([]byte{1, 1})
			return ""
		}
		_, _ = conn.Write([]byte{1, 0})
	} else {
		_, _ = conn.Write([]byte{5, 0})
	}
	var host string
	switch read(4)[3] {
	case 1:
		host = net.IP(read(4)).String()
	case 3:
		host = string(read(int(read(1)[0])))
	case 4:
		host = net.IP(read(16)).String()
	}
	port := int(binary.BigEndian.Uint16(read(2)))
	target := net.JoinHostPort(host, strconv.Itoa(port))
	p.note("SOCKS " + target)
	_, _ = conn.Write([]byte{5, 0, 0, 1, 0, 0, 0, 0, 0, 0})
	return target
}

func TestPlainProxyGetsAbsoluteForm(t *testing.T) {
	proxy := startScripted(t, []step{ok("1"), ok("2")})
	client := newClient(t, http1.Options{})
	policy := newPolicy(t, http1.PolicyOptions{Proxy: "http://u:p@" + proxy.address()})
	for _, url := range []string{"http://a.example/x?y", "http://b.example:81/"} {
		req := request(t, "GET "+url)
		req.Policy = policy
		do(t, client, req)
	}
	seen := proxy.seen()
	if proxy.connections() != 1 || seen[0] != "GET http://a.example/x?y HTTP/1.1\r\nHost: a.example\r\n"+
		"Proxy-Authorization: Basic dTpw\r\n\r\n" || !strings.HasPrefix(seen[1], "GET http://b.example:81/ ") {
		t.Errorf("%d connections, seen %q", proxy.connections(), seen)
	}
	curlProxy := startScripted(t, []step{ok("1")})
	result, found := runCurl(t, "-x", "http://u:p@"+curlProxy.address(), "http://a.example/x?y")
	if found && !strings.HasPrefix(curlProxy.seen()[0], "GET http://a.example/x?y HTTP/1.1\r\nHost: a.example\r\n"+
		"Proxy-Authorization: Basic dTpw\r\n") {
		result.differs(t, "sent %q", curlProxy.seen()[0])
	}
}

func TestSOCKSProxies(t *testing.T) {
	cases := []struct{ name, scheme, user, host, asked string }{
		{"address", "socks5", "", "127.0.0.1", "127.0.0.1"},
		{"name resolved here", "socks5", "", "localhost", "127.0.0.1"},
		{"name resolved there", "socks5h", "", "there.example", "there.example"},
		{"with a password", "socks5h", "name:secret", "there.example", "there.example"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			server := startScripted(t, []step{ok("1"), ok("2")})
			proxy := startProxy(t, c.user, nil)
			login := ""
			if c.user != "" {
				login = c.user + "@"
			}
			target := net.JoinHostPort(c.host, strconv.Itoa(server.port()))
			req := request(t, "GET http://"+target+"/")
			req.Policy = newPolicy(t, http1.PolicyOptions{Proxy: c.scheme + "://" + login + proxy.address()})
			client := newClient(t, http1.Options{})
			do(t, client, req)
			if resp := do(t, client, req); !resp.Reused || string(resp.Body) != "2" {
				t.Errorf("reused %v, body %q", resp.Reused, resp.Body)
			}
			want := "SOCKS " + net.JoinHostPort(c.asked, strconv.Itoa(server.port()))
			// localhost may come first as ::1.
			if got := strings.Replace(proxy.log(), "[::1]", "127.0.0.1", 1); got != want {
				t.Errorf("asked for %s", got)
			}
			if !strings.HasPrefix(server.seen()[0], "GET / HTTP/1.1\r\nHost: "+target+"\r\n") {
				t.Errorf("sent %q", server.seen()[0])
			}
		})
	}
}

func TestTunnelThroughHTTPProxy(t *testing.T) {
	pki := newPKI(t)
	server := startTLS(t, pki.server(t), ok("1"))
	for _, scheme := range []string{"http", "https"} {
		t.Run(scheme, func(t *testing.T) {
			var config *tls.Config
			if scheme == "https" {
				config = pki.server(t)
			}
			proxy := startProxy(t, "dTpw", config)
			req := request(t, "GET https://"+server.address()+"/")
			req.Policy = newPolicy(t, http1.PolicyOptions{CAPEM: pki.caPEM,
				Proxy: scheme + "://u:p@" + proxy.address()})
			do(t, newClient(t, http1.Options{}), req)
			if got := proxy.log(); got != "CONNECT "+server.address() {
				t.Errorf("asked for %s", got)
			}
		})
	}
}

func TestConnectToGoesThroughATunnel(t *testing.T) {
	server := startScripted(t, []step{ok("1")})
	proxy := startProxy(t, "", nil)
	req := request(t, "GET http://name.example/")
	req.Policy = newPolicy(t, http1.PolicyOptions{Proxy: "http://" + proxy.address(),
		ConnectTo: []string{"name.example:80:" + server.address()}})
	do(t, newClient(t, http1.Options{}), req)
	if proxy.log() != "CONNECT "+server.address() ||
		server.seen()[0] != "GET / HTTP/1.1\r\nHost: name.example\r\n\r\n" {
		t.Errorf("asked for %s, sent %q", proxy.log(), server.seen()[0])
	}
}

func TestProxiesThatFail(t *testing.T) {
	refusing := startProxy(t, "otherwise", nil)
	login := startProxy(t, "name:secret", nil)
	garbage := startScripted(t, []step{{unread: true, send: "not a proxy at all", close: true}})
	gone, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_ = gone.Close()
	cases := []struct{ name, proxy, url string }{
		{"CONNECT refused", "http://" + refusing.address(), "https://a.example/"},
		{"no password for SOCKS", "socks5h://" + login.address(), "http://a.example/"},
		{"wrong password for SOCKS", "socks5h://x:y@" + login.address(), "http://a.example/"},
		{"garbage for SOCKS", "socks5h://" + garbage.address(), "http://a.example/"},
		{"garbage for CONNECT", "http://" + garbage.address(), "https://a.example/"},
		{"TLS to a plain proxy", "https://" + garbage.address(), "http://a.example/"},
		{"nobody there", "http://" + gone.Addr().String(), "http://a.example/"},
		{"name of the proxy unknown", "http://name.invalid:1/", "http://a.example/"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			req := request(t, "GET "+c.url)
			req.Policy = newPolicy(t, http1.PolicyOptions{Proxy: c.proxy})
			resp, _ := doFails(t, newClient(t, http1.Options{}), req, http1.KindProxy)
			if resp.Attempts != 0 {
				t.Errorf("%d attempts", resp.Attempts)
			}
		})
	}
}
