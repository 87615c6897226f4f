package http1_test

import (
	"net"
	"testing"

	"github.com/valyala/fasthttp"

	"hazard/internal/http1"
)

const staticBody = `{"id":17,"name":"hazard","ok":true,"items":[1,2,3]}`

// startStatic serves a small JSON answer with fasthttp on a loopback port.
func startStatic(tb testing.TB) string {
	tb.Helper()
	listener, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		tb.Fatal(err)
	}
	server := &fasthttp.Server{Handler: func(ctx *fasthttp.RequestCtx) {
		ctx.SetContentType("application/json")
		ctx.SetBodyString(staticBody)
	}}
	go func() { _ = server.Serve(listener) }()
	tb.Cleanup(func() { _ = server.Shutdown() })
	return listener.Addr().String()
}

func staticRequest(tb testing.TB, address string) *http1.Request {
	tb.Helper()
	req := &http1.Request{
		Method: []byte("GET"),
		Headers: []http1.Header{
			{Name: []byte("User-Agent"), Value: []byte("hazard")},
			{Name: []byte("Accept"), Value: []byte("*/*")},
		},
	}
	if err := http1.ParseURL(&req.URL, []byte("http://"+address+"/static?q=1")); err != nil {
		tb.Fatal(err)
	}
	return req
}

func BenchmarkGetStatic(b *testing.B) {
	client := http1.New(http1.NewShared(http1.Options{}))
	defer client.Close()
	req := staticRequest(b, startStatic(b))
	var resp http1.Response
	b.ReportAllocs()
	for b.Loop() {
		if err := client.Do(req, &resp); err != nil || resp.Status != 200 {
			b.Fatal(err, resp.Status)
		}
	}
}

func BenchmarkGetStaticKeepingBody(b *testing.B) {
	client := http1.New(http1.NewShared(http1.Options{}))
	defer client.Close()
	req := staticRequest(b, startStatic(b))
	req.Want.Body = true
	var resp http1.Response
	b.ReportAllocs()
	for b.Loop() {
		if err := client.Do(req, &resp); err != nil || string(resp.Body) != staticBody {
			b.Fatal(err, resp.Status)
		}
	}
}

// BenchmarkGetStaticFasthttp is the control: the same exchange by fasthttp's own client.
func BenchmarkGetStaticFasthttp(b *testing.B) {
	client := &fasthttp.Client{}
	address := startStatic(b)
	var req fasthttp.Request
	var resp fasthttp.Response
	req.SetRequestURI("http://" + address + "/static?q=1")
	req.Header.Set("Accept", "*/*")
	b.ReportAllocs()
	for b.Loop() {
		if err := client.Do(&req, &resp); err != nil || resp.StatusCode() != 200 {
			b.Fatal(err, resp.StatusCode())
		}
	}
}

// The simple paths must not allocate: a plain GET, one that keeps its body, one with a cookie sent
// and one with a small body.
func TestSteadyStateAllocatesNothing(t *testing.T) {
	address := startStatic(t)
	keeping := staticRequest(t, address)
	keeping.Want.Body = true
	posting := staticRequest(t, address)
	posting.Method, posting.Body = []byte("POST"), []byte(`{"a":1}`)
	withCookie := http1.New(http1.NewShared(http1.Options{}))
	storeCookie(t, withCookie, "127.0.0.1", "a=1")
	for _, c := range []struct {
		name   string
		client *http1.Client
		req    *http1.Request
	}{
		{"plain GET", http1.New(http1.NewShared(http1.Options{})), staticRequest(t, address)},
		{"GET that keeps the body", http1.New(http1.NewShared(http1.Options{})), keeping},
		{"POST with a small body", http1.New(http1.NewShared(http1.Options{})), posting},
		{"GET with a cookie", withCookie, staticRequest(t, address)},
	} {
		t.Run(c.name, func(t *testing.T) {
			defer c.client.Close()
			var resp http1.Response
			allocs := testing.AllocsPerRun(500, func() {
				if err := c.client.Do(c.req, &resp); err != nil || resp.Status != 200 {
					t.Fatal(err, resp.Status)
				}
			})
			// fasthttp's server, in the same process, allocates nothing either.
			if allocs != 0 {
				t.Errorf("%v allocations per request", allocs)
			}
			if resp.Attempts != 1 || !resp.Reused {
				t.Errorf("attempts %d, reused %v", resp.Attempts, resp.Reused)
			}
		})
	}
}
