package http1_test

import (
	"bytes"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"hazard/internal/http1"
)

// startHTTPS serves a handler over TLS with HTTP/1.1 and HTTP/2 and gives its URL.
func startHTTPS(t *testing.T, config *tls.Config, handler http.HandlerFunc) string {
	t.Helper()
	return "https://" + startHTTP(t, config, handler) + "/"
}

func startHTTP(t *testing.T, config *tls.Config, handler http.HandlerFunc) string {
	t.Helper()
	listener, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := &http.Server{Handler: handler, TLSConfig: config, ReadHeaderTimeout: 10 * time.Second}
	server.Protocols = new(http.Protocols)
	server.Protocols.SetHTTP1(true)
	server.Protocols.SetHTTP2(config != nil)
	server.Protocols.SetUnencryptedHTTP2(config == nil)
	go func() {
		if config == nil {
			_ = server.Serve(listener)
		} else {
			_ = server.ServeTLS(listener, "", "")
		}
	}()
	t.Cleanup(func() { _ = server.Close() })
	return listener.Addr().String()
}

// describe answers with what the server understood of a request.
func describe(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	switch r.URL.Path {
	case "/redirect":
		http.SetCookie(w, &http.Cookie{Name: "hop", Value: "1"})
		http.Redirect(w, r, "/landing", http.StatusFound)
	case "/slow":
		time.Sleep(5 * time.Second)
	case "/reset":
		panic(http.ErrAbortHandler)
	default:
		w.Header().Set("X-A", "1")
		w.Header().Add("X-A", "2")
		_, _ = fmt.Fprintf(w, "%s %s %s host=%s ua=%q cookie=%q te=%q body=%d", r.Proto, r.Method,
			r.RequestURI, r.Host, r.UserAgent(), r.Header.Get("Cookie"),
			r.Header.Get("Transfer-Encoding"), len(body))
	}
}

func TestHTTP2Negotiation(t *testing.T) {
	authority := newPKI(t)
	both, only1 := authority.server(t), authority.server(t)
	only1.NextProtos = []string{"http/1.1"}
	secure, plain := startHTTP(t, both, describe), startHTTP(t, nil, describe)
	old := startTLS(t, only1, ok("HTTP/1.1"))
	cases := []struct {
		name, url string
		version   http1.Version
		proto     string
	}{
		{"not asked for", "https://" + secure, http1.Version11, "HTTP/1.1"},
		{"auto", "https://" + secure, http1.VersionAuto, "HTTP/2.0"},
		{"asked for", "https://" + secure, http1.Version2, "HTTP/2.0"},
		{"prior knowledge, TLS", "https://" + secure, http1.Version2PriorKnown, "HTTP/2.0"},
		{"prior knowledge, plain", "http://" + plain, http1.Version2PriorKnown, "HTTP/2.0"},
		{"auto, plain", "http://" + plain, http1.VersionAuto, "HTTP/1.1"},
		{"auto, server knows only 1.1", "https://" + old.address(), http1.VersionAuto, "HTTP/1.1"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			req := request(t, "GET "+c.url+"/a%2Fb?c=d", "X-Order: 1", "Connection: keep-alive")
			req.Policy = newPolicy(t, http1.PolicyOptions{CAPEM: authority.caPEM, Version: c.version})
			client := newClient(t, http1.Options{})
			resp := do(t, client, req)
			if resp.Proto != c.proto || !strings.HasPrefix(string(resp.Body), c.proto) {
				t.Errorf("%s: %s", resp.Proto, resp.Body)
			}
			if c.proto == "HTTP/2.0" {
				if !strings.Contains(string(resp.Body), `GET /a%2Fb?c=d host=127.0.0.1:`) ||
					!strings.Contains(string(resp.Body), `ua=""`) {
					t.Errorf("the server understood %s", resp.Body)
				}
				if again := do(t, client, req); !again.Reused || again.BytesIn == 0 || again.BytesOut == 0 {
					t.Errorf("reused %v, %d in, %d out", again.Reused, again.BytesIn, again.BytesOut)
				}
			}
		})
	}
}

func TestHTTP2BodiesRedirectsAndCookies(t *testing.T) {
	authority := newPKI(t)
	url := startHTTPS(t, authority.server(t), describe)
	shared := http1.NewShared(http1.Options{})
	policy, err := shared.NewPolicy(http1.PolicyOptions{CAPEM: authority.caPEM,
		Version: http1.Version2, FollowRedirects: true})
	if err != nil {
		t.Fatal(err)
	}
	client := http1.New(shared)
	t.Cleanup(client.Close)

	post := request(t, "POST "+url+"//double", "Transfer-Encoding: chunked")
	post.Policy, post.Body = policy, bytes.Repeat([]byte("x"), 200_000)
	resp := do(t, client, post)
	if !strings.Contains(string(resp.Body), "POST ///double ") || !strings.HasSuffix(string(resp.Body), "body=200000") {
		t.Errorf("the server understood %s", resp.Body)
	}
	if resp.Sent() != http1.SentAll || resp.Timing.Wait <= 0 {
		t.Errorf("sent %d, timing %+v", resp.Sent(), resp.Timing)
	}

	post.Stream = streamOf("abc", -1)
	if resp = do(t, client, post); !strings.HasSuffix(string(resp.Body), "body=3") {
		t.Errorf("the server understood %s", resp.Body)
	}

	get := request(t, "GET "+url+"redirect", "Cookie: own=1")
	get.Policy = policy
	resp = do(t, client, get)
	if len(resp.Hops) != 1 || !strings.Contains(string(resp.Body), `cookie="own=1; hop=1"`) {
		t.Errorf("%d hops, the server understood %s", len(resp.Hops), resp.Body)
	}
	if values := resp.Headers.AppendAll(nil, "X-A"); len(values) != 2 {
		t.Errorf("X-A: %q", values)
	}
}

func TestHTTP2Failures(t *testing.T) {
	authority := newPKI(t)
	url := startHTTPS(t, authority.server(t), describe)
	garbage := startScripted(t, []step{{unread: true, send: "HTTP/1.1 400 Bad\r\n\r\n"}})
	cases := []struct {
		name, url string
		options   http1.PolicyOptions
		kind      http1.Kind
	}{
		{"stream reset", url + "reset", http1.PolicyOptions{}, http1.KindReset},
		{"total", url + "slow", http1.PolicyOptions{Timeout: 100 * time.Millisecond}, http1.KindTimeoutTotal},
		{"first byte", url + "slow", http1.PolicyOptions{FirstByteTimeout: 100 * time.Millisecond}, http1.KindTimeoutFirstByte},
		{"body too large", url, http1.PolicyOptions{MaxBodyBytes: 5}, http1.KindBodyTooLarge},
		{"not HTTP/2", garbage.url("/"), http1.PolicyOptions{}, http1.KindProtocol},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			c.options.CAPEM, c.options.Version = authority.caPEM, http1.Version2PriorKnown
			req := request(t, "GET "+c.url)
			req.Policy = newPolicy(t, c.options)
			doFails(t, newClient(t, http1.Options{}), req, c.kind)
		})
	}
}

func TestHTTP2Abort(t *testing.T) {
	authority := newPKI(t)
	url := startHTTPS(t, authority.server(t), describe)
	client := newClient(t, http1.Options{})
	req := request(t, "GET "+url+"slow")
	req.Policy = newPolicy(t, http1.PolicyOptions{CAPEM: authority.caPEM, Version: http1.Version2})
	timer := time.AfterFunc(100*time.Millisecond, client.Abort)
	defer timer.Stop()
	began := time.Now()
	_, err := doFails(t, client, req, http1.KindAborted)
	if time.Since(began) > time.Second || err.Sent != http1.SentAll {
		t.Errorf("took %v, sent %d", time.Since(began), err.Sent)
	}
}
