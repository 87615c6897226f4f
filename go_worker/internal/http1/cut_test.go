package http1_test

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"testing"
	"time"

	"hazard/internal/http1"
	"hazard/internal/http1/dial"
)

// stuckResolver never answers.
type stuckResolver struct{}

func (stuckResolver) LookupNetIP(
	ctx context.Context, _, _ string,
) ([]netip.Addr, error) {
	<-ctx.Done()
	return nil, ctx.Err()
}

// silentListener accepts into the kernel's queue and never says anything.
func silentListener(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	return listener.Addr().String()
}

func TestTimeouts(t *testing.T) {
	const short = 80 * time.Millisecond
	stuck := http1.Options{Dial: dial.Options{Resolver: stuckResolver{}}}
	slow := head200 + "Content-Length: 5\r\n\r\nhe"
	cases := []struct {
		name    string
		shared  http1.Options
		options http1.PolicyOptions
		script  []step
		url     string
		kind    http1.Kind
	}{
		{"connect", stuck, http1.PolicyOptions{ConnectTimeout: short}, nil, "http://name.example/", http1.KindTimeoutConnect},
		{"total while connecting", stuck, http1.PolicyOptions{Timeout: short}, nil, "http://name.example/", http1.KindTimeoutTotal},
		{"TLS", http1.Options{}, http1.PolicyOptions{TLSTimeout: short}, nil, "https://SILENT/", http1.KindTimeoutTLS},
		{"total in TLS", http1.Options{}, http1.PolicyOptions{Timeout: short}, nil, "https://SILENT/", http1.KindTimeoutTotal},
		{"first byte", http1.Options{}, http1.PolicyOptions{FirstByteTimeout: short}, []step{{stall: true}}, "", http1.KindTimeoutFirstByte},
		{"total before the first byte", http1.Options{}, http1.PolicyOptions{Timeout: short}, []step{{stall: true}}, "", http1.KindTimeoutTotal},
		{"total in the body", http1.Options{}, http1.PolicyOptions{Timeout: short, FirstByteTimeout: time.Minute}, []step{{send: slow, stall: true}}, "", http1.KindTimeoutTotal},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			url := c.url
			if url == "https://SILENT/" {
				url = "https://" + silentListener(t) + "/"
			} else if url == "" {
				url = startScripted(t, c.script).url("/")
			}
			req := request(t, "GET "+url)
			req.Policy = newPolicy(t, c.options)
			began := time.Now()
			resp, _ := doFails(t, newClient(t, c.shared), req, c.kind)
			took := time.Since(began)
			if took < short || took > 2*time.Second {
				t.Errorf("took %v instead of %v", took, short)
			}
			if total := time.Duration(resp.Timing.Total) * time.Microsecond; total < short-time.Millisecond {
				t.Errorf("total %v", total)
			}
		})
	}
}

// A deadline set for an earlier request must not strike a later one (timers are moved lazily).
func TestDeadlineOfAnEarlierRequestIsForgotten(t *testing.T) {
	server := startScripted(t, []step{ok("1"), {pause: 250 * time.Millisecond, send: ok("2").send}})
	shared := http1.NewShared(http1.Options{})
	client := http1.New(shared)
	t.Cleanup(client.Close)
	req := request(t, "GET "+server.url("/"))
	for _, timeout := range []time.Duration{200 * time.Millisecond, 390 * time.Millisecond} {
		policy, err := shared.NewPolicy(http1.PolicyOptions{Timeout: timeout})
		if err != nil {
			t.Fatal(err)
		}
		if req.Policy = policy; timeout == 200*time.Millisecond {
			do(t, client, req)
		}
	}
	if resp := do(t, client, req); !resp.Reused {
		t.Error("not over the same connection")
	}
}

func TestDeadlineOfTheRequestHolds(t *testing.T) {
	server := startScripted(t, []step{{stall: true}})
	shared := http1.NewShared(http1.Options{})
	client := http1.New(shared)
	t.Cleanup(client.Close)
	req := request(t, "GET "+server.url("/"))
	req.Deadline = shared.Now() + int64(50*time.Millisecond)
	doFails(t, client, req, http1.KindTimeoutTotal)
}

// Abort from another goroutine cuts what is in flight at once, whatever it is waiting for.
func TestAbort(t *testing.T) {
	stuck := http1.Options{Dial: dial.Options{Resolver: stuckResolver{}}}
	large := make([]byte, 64<<20)
	cases := []struct {
		name   string
		shared http1.Options
		url    string
		script []step
		body   []byte
		sent   http1.Sent
	}{
		{"in the look-up", stuck, "http://name.example/", nil, nil, http1.SentNothing},
		{"in the handshake", http1.Options{}, "https://SILENT/", nil, nil, http1.SentNothing},
		{"before the answer", http1.Options{}, "", []step{{stall: true}}, nil, http1.SentAll},
		{"inside the answer", http1.Options{}, "", []step{{send: head200 + "Content-Length: 9\r\n\r\nx", stall: true}}, nil, http1.SentAll},
		{"in an upload", http1.Options{}, "http://SILENT/", nil, large, http1.SentPart},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			url := c.url
			switch url {
			case "":
				url = startScripted(t, c.script).url("/")
			case "https://SILENT/", "http://SILENT/":
				url = url[:len(url)-len("SILENT/")] + silentListener(t) + "/"
			}
			client := newClient(t, c.shared)
			req := request(t, "PUT "+url)
			req.Body = c.body
			timer := time.AfterFunc(100*time.Millisecond, client.Abort)
			defer timer.Stop()
			began := time.Now()
			_, err := doFails(t, client, req, http1.KindAborted)
			if took := time.Since(began); took > time.Second || err.Sent != c.sent {
				t.Errorf("took %v, sent %d", took, err.Sent)
			}
			resp, _ := doFails(t, client, req, http1.KindAborted)
			if resp.Attempts != 0 {
				t.Error("an aborted client sent something")
			}
		})
	}
}

func TestResetMakesAnAbortedClientUsable(t *testing.T) {
	server := startScripted(t, []step{ok("1")})
	client := newClient(t, http1.Options{})
	do(t, client, request(t, "GET "+server.url("/")))
	client.Abort()
	client.Reset()
	if resp := do(t, client, request(t, "GET "+server.url("/"))); resp.Reused || resp.StaleReuse {
		t.Error("a connection outlived the abort")
	}
}

func TestBodyLimits(t *testing.T) {
	for name, answer := range map[string]string{
		"length":      head200 + "Content-Length: 11\r\n\r\nhello world",
		"chunked":     head200 + "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n",
		"until close": head200 + "\r\nhello world",
	} {
		t.Run(name, func(t *testing.T) {
			server := startScripted(t, []step{{send: answer, close: true}})
			req := request(t, "GET "+server.url("/"))
			req.Policy = newPolicy(t, http1.PolicyOptions{MaxBodyBytes: 10})
			doFails(t, newClient(t, http1.Options{}), req, http1.KindBodyTooLarge)
			server = startScripted(t, []step{{send: answer, close: true}})
			req = request(t, "GET "+server.url("/"))
			req.Policy = newPolicy(t, http1.PolicyOptions{MaxBodyBytes: 11})
			do(t, newClient(t, http1.Options{}), req)
		})
	}
}

func TestBodyIsCountedWhenNotKept(t *testing.T) {
	large := ok(string(make([]byte, 300_000)))
	server := startScripted(t, []step{large, large})
	client := newClient(t, http1.Options{})
	for _, keep := range []bool{true, false} {
		req := request(t, "GET "+server.url("/"))
		req.Want.Body = keep
		resp := do(t, client, req)
		if resp.BodyBytes != 300_000 || (len(resp.Body) == 300_000) != keep || !resp.KeptAlive ||
			resp.BytesIn != int64(len(large.send)) {
			t.Errorf("keep %v: %d counted, %d kept, %d in", keep, resp.BodyBytes, len(resp.Body), resp.BytesIn)
		}
	}
}

func TestTimingSplit(t *testing.T) {
	server := startScripted(t, []step{{pause: 60 * time.Millisecond, send: ok("x").send}})
	resp := do(t, newClient(t, http1.Options{}), request(t, "GET "+server.url("/")))
	timing := resp.Timing
	if timing.Wait < 59_000 || timing.Connect <= 0 || timing.TLS != 0 {
		t.Errorf("timing %+v", timing)
	}
	sum := timing.DNS + timing.Connect + timing.TLS + timing.Send + timing.Wait + timing.Receive
	if gap := timing.Total - sum; gap < 0 || gap > 20_000 {
		t.Errorf("parts sum to %d of %d us", sum, timing.Total)
	}
}

var errNotAllowed = errors.New("not on the list")

// The list holds for the address that is dialled: by name, by rule, by redirect, by proxy.
func TestTargetsThatAreNotAllowed(t *testing.T) {
	forbidden := startScriptedOn(t, "tcp4", "127.0.0.9:0", []step{ok("reached")})
	start := startScripted(t, []step{redirectTo(302, forbidden.url("/"))}, []step{ok("")})
	allow := func(target netip.AddrPort) error {
		if target.Addr() != netip.MustParseAddr("127.0.0.1") {
			return errNotAllowed
		}
		return nil
	}
	proxy := startScripted(t, []step{ok("proxied")})
	mapped := []string{"::" + forbidden.address()}
	cases := []struct {
		name, url string
		options   http1.PolicyOptions
	}{
		{"address", forbidden.url("/"), http1.PolicyOptions{}},
		{"redirect", start.url("/"), http1.PolicyOptions{FollowRedirects: true}},
		{"connect-to", start.url("/"), http1.PolicyOptions{ConnectTo: mapped}},
		{"behind an HTTP proxy", forbidden.url("/"), http1.PolicyOptions{Proxy: proxy.url("")}},
		{"behind a SOCKS proxy", forbidden.url("/"), http1.PolicyOptions{Proxy: "socks5h://" + proxy.address()}},
		{"resolved for a SOCKS proxy", forbidden.url("/"), http1.PolicyOptions{Proxy: "socks5://" + proxy.address()}},
		{"proxy", start.url("/"), http1.PolicyOptions{Proxy: forbidden.url("")}},
		{"unix socket", start.url("/"), http1.PolicyOptions{UnixSocket: "/tmp/hazard.sock"}},
		{"link-local", "http://169.254.169.254/", http1.PolicyOptions{}},
		{"link-local in IPv6", "http://[::ffff:169.254.169.254]/", http1.PolicyOptions{}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			req := request(t, "GET "+c.url)
			req.Policy = newPolicy(t, c.options)
			client := newClient(t, http1.Options{Dial: dial.Options{Allow: allow}})
			doFails(t, client, req, http1.KindDeniedTarget)
		})
	}
	if forbidden.connections() != 0 || len(proxy.seen()) != 0 {
		t.Errorf("the forbidden target saw %d connections, the proxy %d requests",
			forbidden.connections(), len(proxy.seen()))
	}
}

func TestLinkLocalIsRefusedWithoutAList(t *testing.T) {
	for _, url := range []string{"http://169.254.169.254/latest", "http://[fe80::1]/",
		"http://[fd00:ec2::254]/"} {
		doFails(t, newClient(t, http1.Options{}), request(t, "GET "+url), http1.KindDeniedTarget)
	}
}

func TestRefusedConnection(t *testing.T) {
	listener, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := listener.Addr().String()
	_ = listener.Close()
	_, failure := doFails(t, newClient(t, http1.Options{}), request(t, "GET http://"+address+"/"),
		http1.KindRefused)
	if failure.Error() != "the target refused the connection" || failure.Sent != http1.SentNothing {
		t.Errorf("%q, sent %d", failure.Error(), failure.Sent)
	}
}

func TestUnknownName(t *testing.T) {
	doFails(t, newClient(t, http1.Options{}), request(t, "GET http://name.invalid/"), http1.KindDNS)
}

// fixedResolver gives these addresses for every name.
type fixedResolver []string

func (r fixedResolver) LookupNetIP(context.Context, string, string) ([]netip.Addr, error) {
	var addrs []netip.Addr
	for _, text := range r {
		addrs = append(addrs, netip.MustParseAddr(text))
	}
	return addrs, nil
}
