package http1_test

import (
	"net"
	"testing"
	"time"

	"hazard/internal/http1"
)

func TestKeepAliveUsesOneConnection(t *testing.T) {
	server := startScripted(t, []step{ok("1"), ok("2"), ok("3")})
	client := newClient(t, http1.Options{})
	req := request(t, "GET "+server.url("/"))
	var last uint64
	for i := range 3 {
		resp := do(t, client, req)
		if resp.Reused != (i > 0) || !resp.KeptAlive || (i > 0 && resp.ConnID != last) {
			t.Errorf("request %d: reused %v, kept %v, connection %d after %d",
				i, resp.Reused, resp.KeptAlive, resp.ConnID, last)
		}
		last = resp.ConnID
	}
	if server.connections() != 1 {
		t.Errorf("%d connections", server.connections())
	}
}

// A server that hangs up after every 7 answers without saying so: every request is answered, every
// attempt is either a hit or a counted stale reuse.
func TestHangUpAfterSevenCountsStaleReuse(t *testing.T) {
	script := []step{ok("a"), ok("a"), ok("a"), ok("a"), ok("a"), ok("a"), closing("a")}
	server := startScripted(t, script)
	client := newClient(t, http1.Options{})
	req := request(t, "GET "+server.url("/"))
	attempts, stale := 0, 0
	for range 21 {
		resp := do(t, client, req)
		attempts += resp.Attempts
		if resp.StaleReuse {
			stale++
		}
	}
	if hits := len(server.seen()); hits != 21 || attempts != hits+stale || stale != 2 {
		t.Errorf("%d hits, %d attempts, %d stale", hits, attempts, stale)
	}
}

func TestStaleConnectionIsRetriedForPostToo(t *testing.T) {
	server := startScripted(t, []step{closing("first")}, []step{ok("second")})
	client := newClient(t, http1.Options{})
	do(t, client, request(t, "GET "+server.url("/")))
	post := request(t, "POST "+server.url("/"))
	post.Body = []byte("payload")
	resp := do(t, client, post)
	if !resp.StaleReuse || string(resp.Body) != "second" || resp.Attempts != 2 {
		t.Errorf("stale %v, body %q, attempts %d", resp.StaleReuse, resp.Body, resp.Attempts)
	}
}

func TestStaleConnectionIsRetriedOnlyOnce(t *testing.T) {
	server := startScripted(t, []step{closing("first")}, []step{{close: true}})
	client := newClient(t, http1.Options{})
	do(t, client, request(t, "GET "+server.url("/")))
	resp, _ := doFails(t, client, request(t, "GET "+server.url("/")), http1.KindClosed)
	if !resp.StaleReuse || resp.Attempts != 2 || server.connections() != 2 {
		t.Errorf("stale %v, attempts %d, connections %d",
			resp.StaleReuse, resp.Attempts, server.connections())
	}
}

func TestFreshConnectionThatDiesIsNotRetried(t *testing.T) {
	server := startScripted(t, []step{{close: true}})
	resp, err := doFails(t, newClient(t, http1.Options{}), request(t, "GET "+server.url("/")),
		http1.KindClosed)
	if resp.Attempts != 1 || server.connections() != 1 || err.Sent != http1.SentAll || err.Answered {
		t.Errorf("attempts %d, connections %d, sent %d, answered %v",
			resp.Attempts, server.connections(), err.Sent, err.Answered)
	}
}

func TestReusedConnectionThatDiesInsideAnAnswerIsNotRetried(t *testing.T) {
	server := startScripted(t, []step{ok("first"), {send: "HTTP/1.1 200 OK\r\nCont", close: true}})
	client := newClient(t, http1.Options{})
	do(t, client, request(t, "GET "+server.url("/")))
	resp, err := doFails(t, client, request(t, "GET "+server.url("/")), http1.KindTruncated)
	if resp.Attempts != 1 || resp.StaleReuse || !err.Answered {
		t.Errorf("attempts %d, stale %v, answered %v", resp.Attempts, resp.StaleReuse, err.Answered)
	}
}

// An idle connection that died is noticed before anything is written to it.
func TestConnectionThatDiedWhileIdleIsNotUsed(t *testing.T) {
	for name, first := range map[string]step{
		"closed":                    closing("first"),
		"408 that nobody asked for": {send: "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nfirst"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			script := []step{first, {unread: true, pause: 100 * time.Millisecond,
				send: "HTTP/1.1 408 Request Timeout\r\n\r\n", close: true}}
			server := startScripted(t, script, []step{ok("second")})
			client := newClient(t, http1.Options{})
			do(t, client, request(t, "GET "+server.url("/")))
			time.Sleep(700 * time.Millisecond) // what is tested is idling itself
			resp := do(t, client, request(t, "GET "+server.url("/")))
			if string(resp.Body) != "second" || resp.StaleReuse || resp.Attempts != 1 || resp.Reused {
				t.Errorf("body %q, stale %v, attempts %d", resp.Body, resp.StaleReuse, resp.Attempts)
			}
		})
	}
}

func TestConnectionsThatMustNotBeKept(t *testing.T) {
	noKeepAlive := newPolicy(t, http1.PolicyOptions{NoKeepAlive: true})
	http10 := newPolicy(t, http1.PolicyOptions{Version: http1.Version10})
	cases := []struct {
		name   string
		answer string
		policy *http1.Policy
		header string
		kept   bool
	}{
		{"server says close", "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n", nil, "", false},
		{"close among tokens", "HTTP/1.1 200 OK\r\nConnection: foo, Close\r\nContent-Length: 0\r\n\r\n", nil, "", false},
		{"HTTP/1.0", "HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n", nil, "", false},
		{"HTTP/1.0 keep-alive", "HTTP/1.0 200 OK\r\nConnection: Keep-Alive\r\nContent-Length: 0\r\n\r\n", nil, "", true},
		{"bytes behind the body", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok!", nil, "", false},
		{"body of a 204", "HTTP/1.1 204 No\r\nContent-Length: 2\r\n\r\nok", nil, "", false},
		{"101", "HTTP/1.1 101 Switching\r\nUpgrade: x\r\n\r\n", nil, "", false},
		{"policy", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", noKeepAlive, "", false},
		{"the plan's own header", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", nil, "Connection: close", false},
		{"HTTP/1.0 request", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", http10, "", false},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			server := startScripted(t, []step{{send: c.answer}})
			req := request(t, "GET "+server.url("/"))
			if c.header != "" {
				req = request(t, "GET "+server.url("/"), c.header)
			}
			req.Policy = c.policy
			if resp := do(t, newClient(t, http1.Options{}), req); resp.KeptAlive != c.kept {
				t.Errorf("kept %v", resp.KeptAlive)
			}
		})
	}
}

func TestIdleConnectionsAreBounded(t *testing.T) {
	client := newClient(t, http1.Options{MaxIdle: 2})
	var servers []*scripted
	for range 3 {
		server := startScripted(t, []step{ok("1"), ok("2")})
		servers = append(servers, server)
		do(t, client, request(t, "GET "+server.url("/")))
	}
	if resp := do(t, client, request(t, "GET "+servers[2].url("/"))); !resp.Reused {
		t.Error("the youngest idle connection was closed")
	}
	if resp := do(t, client, request(t, "GET "+servers[0].url("/"))); resp.Reused {
		t.Error("the oldest idle connection was kept")
	}
}

func TestIPv6(t *testing.T) {
	probe, err := net.Listen("tcp6", "[::1]:0")
	if err != nil {
		t.Log("nothing to test: this machine has no IPv6 loopback")
		return
	}
	_ = probe.Close()
	server := startScriptedOn(t, "tcp6", "[::1]:0", []step{ok("six")})
	resp := do(t, newClient(t, http1.Options{}), request(t, "GET "+server.url("/")))
	if string(resp.Body) != "six" || !resp.Remote.Addr().Is6() {
		t.Errorf("body %q from %s", resp.Body, resp.Remote)
	}
	if seen := server.seen()[0]; seen != "GET / HTTP/1.1\r\nHost: "+server.address()+"\r\n\r\n" {
		t.Errorf("sent %q", seen)
	}
}

// The server hangs up at about the moment of the next request: whoever wins the race, every request
// is answered once and every extra attempt is counted.
func TestHangUpRacesWithTheNextRequest(t *testing.T) {
	server := startScripted(t, []step{ok("a"),
		{unread: true, pause: time.Millisecond, close: true}})
	client := newClient(t, http1.Options{})
	req := request(t, "GET "+server.url("/"))
	const requests = 200
	attempts, stale := 0, 0
	for i := range requests {
		resp := do(t, client, req)
		attempts += resp.Attempts
		if resp.StaleReuse {
			stale++
		}
		time.Sleep(time.Duration(i%20) * 100 * time.Microsecond)
	}
	if hits := len(server.seen()); attempts != requests+stale || hits != requests {
		t.Errorf("%d hits, %d attempts, %d stale", hits, attempts, stale)
	}
}
