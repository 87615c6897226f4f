package http1_test

import (
	"fmt"
	"strings"
	"testing"

	"hazard/internal/http1"
)

// firstLines gives the request lines a server saw.
func firstLines(server *scripted) string {
	var lines []string
	for _, request := range server.seen() {
		line, _, _ := strings.Cut(request, " HTTP/1.1\r\n")
		lines = append(lines, line)
	}
	return strings.Join(lines, ", ")
}

func following(t testing.TB, options http1.PolicyOptions) *http1.Policy {
	t.Helper()
	options.FollowRedirects = true
	return newPolicy(t, options)
}

// Method and body after a redirect, for every status, beside curl's own behaviour.
func TestRedirectMethods(t *testing.T) {
	cases := []struct {
		status       int
		method, then string
		bodyKept     bool
	}{
		{301, "GET", "GET", false}, {302, "GET", "GET", false}, {303, "GET", "GET", false},
		{307, "GET", "GET", false}, {308, "GET", "GET", false},
		{301, "POST", "GET", false}, {302, "POST", "GET", false}, {303, "POST", "GET", false},
		{307, "POST", "POST", true}, {308, "POST", "POST", true},
	}
	for _, c := range cases {
		t.Run(fmt.Sprintf("%d %s", c.status, c.method), func(t *testing.T) {
			t.Parallel()
			script := []step{redirectTo(c.status, "/next"), ok("end")}
			server, curlServer := startScripted(t, script), startScripted(t, script)
			req := request(t, c.method+" "+server.url("/"), "Content-Type: text/plain")
			args := []string{"-L", curlServer.url("/")}
			if c.method == "POST" {
				req.Body = []byte("payload")
				args = append(args, "-d", "payload")
			}
			req.Policy = following(t, http1.PolicyOptions{})
			resp := do(t, newClient(t, http1.Options{}), req)
			want := c.method + " /, " + c.then + " /next"
			if got := firstLines(server); got != want || string(resp.Body) != "end" {
				t.Errorf("sent %s, got %q", got, resp.Body)
			}
			last := server.seen()[1]
			if strings.Contains(last, "payload") != c.bodyKept ||
				(strings.Contains(last, "Content-Type") != (c.bodyKept || c.method == "GET")) {
				t.Errorf("second request %q", last)
			}
			if result, found := runCurl(t, args...); found && firstLines(curlServer) != want {
				result.differs(t, "sent %s", firstLines(curlServer))
			}
		})
	}
}

func TestRedirectOfOtherMethods(t *testing.T) {
	keep := http1.PolicyOptions{KeepMethod: true}
	cases := []struct {
		name, method, want string
		status             int
		options            http1.PolicyOptions
	}{
		{"PUT stays on 302", "PUT", "PUT /, PUT /next", 302, http1.PolicyOptions{}},
		{"PUT becomes GET on 303", "PUT", "PUT /, GET /next", 303, http1.PolicyOptions{}},
		{"HEAD stays on 303", "HEAD", "HEAD /, HEAD /next", 303, http1.PolicyOptions{}},
		{"POST stays when asked", "POST", "POST /, POST /next", 302, keep},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			server := startScripted(t, []step{redirectTo(c.status, "/next"),
				{send: "HTTP/1.1 204 No\r\n\r\n"}})
			req := request(t, c.method+" "+server.url("/"))
			if c.method == "POST" || c.method == "PUT" {
				req.Body = []byte("payload")
			}
			req.Policy = following(t, c.options)
			do(t, newClient(t, http1.Options{}), req)
			if got := firstLines(server); got != c.want {
				t.Errorf("sent %s", got)
			}
		})
	}
}

// Locations as servers write them, resolved as RFC 3986 and curl do.
func TestRedirectLocations(t *testing.T) {
	cases := []struct{ name, location, want string }{
		{"absolute path", "/x/y?z=1", "/x/y?z=1"},
		{"relative", "y", "/a/b/y"},
		{"parent", "../y", "/a/y"},
		{"dot segments", "./../../../z/./w", "/z/w"},
		{"query only", "?q=2", "/a/b/c?q=2"},
		{"fragment", "/y#part", "/y"},
		{"space", "/with space", "/with%20space"},
		{"bytes above 127", "/caf\xc3\xa9", "/caf%C3%A9"},
		{"percent kept", "/a%2Fb%zz", "/a%2Fb%zz"},
		{"absolute URL", "http://HOST/abs", "/abs"},
		{"scheme-relative", "//HOST/rel", "/rel"},
		{"absolute without path", "http://HOST", "/"},
		{"spaces around", "  /trim  ", "/trim"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			send := func(server *scripted) []step {
				return []step{redirectTo(302, strings.ReplaceAll(c.location, "HOST", server.address())), ok("end")}
			}
			server, curlServer := startScripted(t, nil), startScripted(t, nil)
			server.setScript(send(server))
			curlServer.setScript(send(curlServer))
			req := request(t, "GET "+server.url("/a/b/c?q=1"))
			req.Policy = following(t, http1.PolicyOptions{})
			resp := do(t, newClient(t, http1.Options{}), req)
			want := "GET /a/b/c?q=1, GET " + c.want
			if got := firstLines(server); got != want {
				t.Errorf("sent %s", got)
			}
			if len(resp.Hops) != 1 || resp.Hops[0].URL != server.url("/a/b/c?q=1") ||
				resp.Hops[0].Status != 302 {
				t.Errorf("hops %+v", resp.Hops)
			}
			if result, found := runCurl(t, "-L", curlServer.url("/a/b/c?q=1")); found &&
				!strings.EqualFold(firstLines(curlServer), want) { // curl's %xx are lower case
				result.differs(t, "sent %s", firstLines(curlServer))
			}
		})
	}
}

func TestRedirectsThatCannotBeFollowed(t *testing.T) {
	cases := []struct {
		name, location string
		kind           http1.Kind
	}{
		{"another scheme", "ftp://127.0.0.1/x", http1.KindBadRedirect},
		{"no host", "http:///x", http1.KindBadRedirect},
		{"bad port", "http://127.0.0.1:99999/x", http1.KindBadRedirect},
		{"loop", "/", http1.KindTooManyRedirects},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			script := make([]step, 20)
			for i := range script {
				script[i] = redirectTo(302, c.location)
			}
			server := startScripted(t, script)
			req := request(t, "GET "+server.url("/"))
			req.Policy = following(t, http1.PolicyOptions{MaxRedirects: 3})
			resp, _ := doFails(t, newClient(t, http1.Options{}), req, c.kind)
			if resp.Status != 302 {
				t.Errorf("status %d", resp.Status)
			}
			if c.name == "loop" && (len(server.seen()) != 4 || len(resp.Hops) != 3) {
				t.Errorf("%d requests, %d hops", len(server.seen()), len(resp.Hops))
			}
		})
	}
}

func TestRedirectWithoutLocationIsTheAnswer(t *testing.T) {
	server := startScripted(t, []step{{send: "HTTP/1.1 302 Found\r\nLocation:\r\nContent-Length: 2\r\n\r\nok"}})
	req := request(t, "GET "+server.url("/"))
	req.Policy = following(t, http1.PolicyOptions{})
	if resp := do(t, newClient(t, http1.Options{}), req); resp.Status != 302 || string(resp.Body) != "ok" {
		t.Errorf("%d %q", resp.Status, resp.Body)
	}
}

func TestRedirectIsNotFollowedByDefault(t *testing.T) {
	server := startScripted(t, []step{redirectTo(302, "/next")})
	if resp := do(t, newClient(t, http1.Options{}), request(t, "GET "+server.url("/"))); resp.Status != 302 {
		t.Errorf("status %d", resp.Status)
	}
}

// What was meant for the first origin does not reach another one, unless the policy says so.
func TestRedirectToAnotherOriginStripsCredentials(t *testing.T) {
	for _, keep := range []bool{false, true} {
		t.Run(fmt.Sprintf("keep %v", keep), func(t *testing.T) {
			other := startScripted(t, []step{ok("other")})
			first := startScripted(t, []step{redirectTo(302, other.url("/landing"))})
			req := request(t, "GET "+first.url("/"), "Authorization: Bearer secret",
				"Cookie: own=secret", "X-Kept: yes", "Host: virtual.example", "Referer: http://a/")
			req.Policy = following(t, http1.PolicyOptions{KeepAuth: keep, DropReferer: !keep})
			do(t, newClient(t, http1.Options{}), req)
			seen := other.seen()[0]
			if strings.Contains(seen, "secret") != keep || !strings.Contains(seen, "X-Kept: yes") ||
				strings.Contains(seen, "Referer") != keep {
				t.Errorf("the other origin got %q", seen)
			}
			if !strings.Contains(first.seen()[0], "Host: virtual.example\r\n") {
				t.Errorf("the first origin got %q", first.seen()[0])
			}
		})
	}
}

func TestTheRefererIsTheAddressThatRedirected(t *testing.T) {
	server := startScripted(t, []step{redirectTo(302, "/second"), redirectTo(302, "/third"), ok("there")})
	req := request(t, "GET "+server.url("/first?q=1"), "Referer: http://own/")
	req.Policy = following(t, http1.PolicyOptions{SendReferer: true})
	do(t, newClient(t, http1.Options{}), req)
	for i, want := range []string{"http://own/", server.url("/first?q=1"), server.url("/second")} {
		if seen := server.seen()[i]; strings.Count(seen, "Referer: ") != 1 ||
			!strings.Contains(seen, "Referer: "+want+"\r\n") {
			t.Errorf("request %d is %q", i+1, seen)
		}
	}
}

func TestHostHeaderOfThePlanGoesToItsHostOnly(t *testing.T) {
	other := startScriptedOn(t, "tcp4", "127.0.0.2:0", []step{ok("other")})
	first := startScripted(t, []step{redirectTo(302, other.url("/"))})
	req := request(t, "GET "+first.url("/"), "Host: virtual.example")
	req.Policy = following(t, http1.PolicyOptions{})
	do(t, newClient(t, http1.Options{}), req)
	if seen := other.seen()[0]; !strings.Contains(seen, "Host: "+other.address()+"\r\n") {
		t.Errorf("the other host got %q", seen)
	}
}

func TestHopsKeepHeadersBodiesAndTimes(t *testing.T) {
	server := startScripted(t, []step{
		{send: "HTTP/1.1 302 Found\r\nLocation: /b\r\nSet-Cookie: s=1\r\nContent-Length: 3\r\n\r\nhop"},
		ok("end"),
	})
	req := request(t, "GET "+server.url("/a"))
	req.Want.HopBodies = true
	req.Policy = following(t, http1.PolicyOptions{})
	client := newClient(t, http1.Options{})
	resp := do(t, client, req)
	hop := resp.Hops[0]
	if cookie, _ := hop.Headers.Get("Set-Cookie"); string(cookie) != "s=1" || string(hop.Body) != "hop" {
		t.Errorf("cookie %q, body %q", cookie, hop.Body)
	}
	if hop.Timing.Total <= 0 || resp.Timing.Total < hop.Timing.Total || !resp.Reused {
		t.Errorf("hop %d us of %d us, reused %v", hop.Timing.Total, resp.Timing.Total, resp.Reused)
	}
	if !strings.Contains(server.seen()[1], "Cookie: s=1\r\n") {
		t.Errorf("the cookie of the hop was not sent: %q", server.seen()[1])
	}
	if string(resp.URL.Target) != "/b" || !strings.HasPrefix(string(hop.SentHead), "GET /a ") {
		t.Errorf("final target %q, first head %q", resp.URL.Target, hop.SentHead)
	}
}
