package http1_test

import (
	"fmt"
	"net"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"hazard/internal/http1"
	"hazard/internal/http1/dial"
)

// Users log in at once; none ever sends another's cookie (run with -race as well).
func TestCookiesStayWithTheirUser(t *testing.T) {
	const users, rounds = 40, 10
	shared := http1.NewShared(http1.Options{})
	var wait sync.WaitGroup
	for user := range users {
		script := []step{{send: fmt.Sprintf("HTTP/1.1 200 OK\r\nSet-Cookie: user=%d\r\nContent-Length: 0\r\n\r\n", user)}}
		for range rounds {
			script = append(script, ok(""))
		}
		server := startScripted(t, script)
		wait.Add(1)
		go func() {
			defer wait.Done()
			client := http1.New(shared)
			defer client.Close()
			req := request(t, "GET "+server.url("/"))
			var resp http1.Response
			for range rounds + 1 {
				if err := client.Do(req, &resp); err != nil {
					t.Error(err)
				}
			}
			for _, seen := range server.seen()[1:] {
				if !strings.Contains(seen, fmt.Sprintf("Cookie: user=%d\r\n", user)) {
					t.Errorf("user %d sent %q", user, seen)
				}
			}
		}()
	}
	wait.Wait()
}

// Parallel steps use a client each and one jar.
func TestClientsOfOneUserShareTheJar(t *testing.T) {
	server := startScripted(t, []step{{send: "HTTP/1.1 200 OK\r\nSet-Cookie: a=1\r\nContent-Length: 0\r\n\r\n"}},
		[]step{ok("")})
	shared := http1.NewShared(http1.Options{})
	first := http1.New(shared)
	second := http1.NewWithJar(shared, first.Jar())
	t.Cleanup(first.Close)
	t.Cleanup(second.Close)
	do(t, first, request(t, "GET "+server.url("/")))
	do(t, second, request(t, "GET "+server.url("/")))
	if seen := server.seen()[1]; !strings.Contains(seen, "Cookie: a=1\r\n") {
		t.Errorf("sent %q", seen)
	}
}

func TestMapURLHoldsForRedirectsToo(t *testing.T) {
	other := startScripted(t, []step{ok("end")})
	server := startScripted(t, []step{redirectTo(302, "https://recorded.example/next")})
	hosts := map[string]*scripted{"start.example": server, "recorded.example": other}
	client := newClient(t, http1.Options{MapURL: func(url *http1.URL) {
		if target := hosts[string(url.Host)]; target != nil {
			url.Scheme, url.Host, url.Port = "http", []byte("127.0.0.1"), uint16(target.port())
		}
	}})
	req := request(t, "GET https://start.example/first")
	req.Policy = following(t, http1.PolicyOptions{})
	if resp := do(t, client, req); string(resp.Body) != "end" || string(req.URL.Host) != "start.example" {
		t.Errorf("body %q, request now to %s", resp.Body, req.URL.Host)
	}
	if seen := other.seen()[0]; seen != "GET /next HTTP/1.1\r\nHost: "+other.address()+"\r\n\r\n" {
		t.Errorf("sent %q", seen)
	}
}

func TestConnectToAndResolveKeepTheHost(t *testing.T) {
	for name, options := range map[string]func(*scripted) http1.PolicyOptions{
		"connect-to": func(s *scripted) http1.PolicyOptions {
			return http1.PolicyOptions{ConnectTo: []string{"name.example::" + s.address()}}
		},
		"resolve": func(s *scripted) http1.PolicyOptions {
			return http1.PolicyOptions{Resolve: []string{fmt.Sprintf("name.example:%d:127.0.0.1", s.port())}}
		},
	} {
		t.Run(name, func(t *testing.T) {
			server := startScripted(t, []step{ok("1")})
			target := fmt.Sprintf("name.example:%d", server.port())
			req := request(t, "GET http://"+target+"/")
			req.Policy = newPolicy(t, options(server))
			do(t, newClient(t, http1.Options{}), req)
			if seen := server.seen()[0]; seen != "GET / HTTP/1.1\r\nHost: "+target+"\r\n\r\n" {
				t.Errorf("sent %q", seen)
			}
		})
	}
}

func TestRulesOfTheEngineHoldForEveryRequest(t *testing.T) {
	server := startScripted(t, []step{ok("1")})
	rules, err := dial.ParseRules(nil, []string{"::" + server.address()})
	if err != nil {
		t.Fatal(err)
	}
	client := newClient(t, http1.Options{Dial: dial.Options{Rules: rules}})
	if resp := do(t, client, request(t, "GET http://any.example/")); string(resp.Body) != "1" {
		t.Errorf("body %q", resp.Body)
	}
}

func TestUnixSocket(t *testing.T) {
	path := filepath.Join(t.TempDir(), "s")
	server := startScriptedOn(t, "unix", path, []step{ok("1")})
	req := request(t, "GET http://docker/version")
	req.Policy = newPolicy(t, http1.PolicyOptions{UnixSocket: path})
	do(t, newClient(t, http1.Options{}), req)
	if seen := server.seen()[0]; seen != "GET /version HTTP/1.1\r\nHost: docker\r\n\r\n" {
		t.Errorf("sent %q", seen)
	}
}

// Different connection rules never share a connection; different timeouts do.
func TestPoliciesAndConnections(t *testing.T) {
	server := startScripted(t, []step{ok("1"), ok("2"), ok("3")})
	shared := http1.NewShared(http1.Options{})
	client := http1.New(shared)
	t.Cleanup(client.Close)
	for i, c := range []struct {
		options http1.PolicyOptions
		reused  bool
	}{
		{http1.PolicyOptions{}, false},
		{http1.PolicyOptions{MaxRedirects: 3, NoCookies: true}, true},
		{http1.PolicyOptions{ServerName: "x"}, false},
	} {
		policy, err := shared.NewPolicy(c.options)
		if err != nil {
			t.Fatal(err)
		}
		req := request(t, "GET "+server.url("/"))
		req.Policy = policy
		if resp := do(t, client, req); resp.Reused != c.reused {
			t.Errorf("case %d: reused %v", i, resp.Reused)
		}
	}
}

func TestPoliciesThatAreRefused(t *testing.T) {
	shared := http1.NewShared(http1.Options{})
	for name, options := range map[string]http1.PolicyOptions{
		"TLS version":        {TLSMin: "1.4"},
		"CA":                 {CAPEM: []byte("not PEM")},
		"client certificate": {CertPEM: []byte("not PEM")},
		"proxy scheme":       {Proxy: "ftp://127.0.0.1:21"},
		"proxy":              {Proxy: "http://"},
		"resolve":            {Resolve: []string{"name"}},
		"connect-to":         {ConnectTo: []string{"a:1:b"}},
	} {
		if _, err := shared.NewPolicy(options); err == nil {
			t.Errorf("%s was accepted", name)
		}
	}
}

func TestLoadGoesToAllAddressesInTurn(t *testing.T) {
	listener, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	port := listener.Addr().(*net.TCPAddr).Port
	_ = listener.Close()
	first := startScriptedOn(t, "tcp4", fmt.Sprintf("127.0.0.1:%d", port), []step{ok("")})
	second := startScriptedOn(t, "tcp4", fmt.Sprintf("127.0.0.2:%d", port), []step{ok("")})
	shared := http1.NewShared(http1.Options{Dial: dial.Options{Rotate: true,
		Resolver: fixedResolver{"127.0.0.1", "127.0.0.2"}}})
	for range 4 {
		client := http1.New(shared)
		do(t, client, request(t, fmt.Sprintf("GET http://name.example:%d/", port)))
		client.Close()
	}
	if first.connections() != 2 || second.connections() != 2 {
		t.Errorf("%d and %d connections", first.connections(), second.connections())
	}
}
