package http1_test

import (
	"strconv"
	"strings"
	"testing"

	"hazard/internal/http1"
)

// ugly is an answer as raw bytes, and what must come of it.
type ugly struct {
	name   string
	method string // empty: GET
	answer string
	split  bool // one byte per write
	open   bool // leave the connection open afterwards; else it is closed
	reset  bool

	status int // expected when kind is none
	body   string
	kind   http1.Kind
	// noCurl says why curl is not asked about this case.
	noCurl string
}

const head200 = "HTTP/1.1 200 OK\r\n"

func framingCases() []ugly {
	return []ugly{
		{name: "length", open: true, answer: head200 + "Content-Length: 5\r\n\r\nhello", status: 200, body: "hello"},
		{name: "length 0", open: true, answer: head200 + "Content-Length: 0\r\n\r\n", status: 200},
		{name: "length byte by byte", open: true, split: true, answer: head200 + "Content-Length: 5\r\n\r\nhello", status: 200, body: "hello"},
		{name: "length cut short", answer: head200 + "Content-Length: 50\r\n\r\nhello", kind: http1.KindTruncated},
		{name: "length cut by reset", reset: true, answer: head200 + "Content-Length: 50\r\n\r\nhello", kind: http1.KindReset},
		{name: "length repeated, equal", open: true, answer: head200 + "Content-Length: 5\r\nContent-Length: 5\r\n\r\nhello", status: 200, body: "hello"},
		{name: "length repeated, different", answer: head200 + "Content-Length: 5\r\nContent-Length: 4\r\n\r\nhello", kind: http1.KindProtocol,
			noCurl: "curl takes one of them; two answers in one is refused here"},
		{name: "length as a list", open: true, answer: head200 + "Content-Length: 5, 5\r\n\r\nhello", status: 200, body: "hello"},
		{name: "length negative", answer: head200 + "Content-Length: -5\r\n\r\nhello", kind: http1.KindProtocol},
		{name: "length not a number", answer: head200 + "Content-Length: five\r\n\r\nhello", kind: http1.KindProtocol},
		{name: "length overflowing", answer: head200 + "Content-Length: 99999999999999999999\r\n\r\nhello", kind: http1.KindProtocol,
			noCurl: "curl reads until the connection closes"},
		{name: "no length, until close", answer: head200 + "\r\nhello", status: 200, body: "hello"},
		{name: "HTTP/1.0 until close", answer: "HTTP/1.0 200 OK\r\n\r\nhello", status: 200, body: "hello"},
		{name: "HTTP/1.0 with length", answer: "HTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\nhello", status: 200, body: "hello"},
		{name: "until close cut by reset", reset: true, answer: head200 + "\r\nhello", kind: http1.KindReset},
		{name: "more than the length", open: true, answer: head200 + "Content-Length: 5\r\n\r\nhello extra", status: 200, body: "hello"},
		{name: "HEAD with length", method: "HEAD", open: true, answer: head200 + "Content-Length: 500\r\n\r\n", status: 200},
		{name: "HEAD with chunked", method: "HEAD", open: true, answer: head200 + "Transfer-Encoding: chunked\r\n\r\n", status: 200},
		{name: "204 with a body", answer: "HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\nhello", status: 204},
		{name: "304 with length", open: true, answer: "HTTP/1.1 304 Not Modified\r\nContent-Length: 500\r\n\r\n", status: 304},
		{name: "chunked", open: true, answer: head200 + "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n", status: 200, body: "hello world"},
		{name: "chunked byte by byte", open: true, split: true, answer: head200 + "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n", status: 200, body: "hello"},
		{name: "chunked with extensions", open: true, answer: head200 + "Transfer-Encoding: chunked\r\n\r\n5;a=b;c=\"d\"\r\nhello\r\n0;x\r\n\r\n", status: 200, body: "hello"},
		{name: "chunked with trailers", open: true, answer: head200 + "Transfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n5\r\nhello\r\n0\r\nX-Sum: 42\r\n\r\n", status: 200, body: "hello"},
		{name: "chunked, odd hexadecimal", open: true, answer: head200 + "transfer-encoding: CHUNKED\r\n\r\n0005\r\nhello\r\n0000A\r\n0123456789\r\n000\r\n\r\n", status: 200, body: "hello0123456789"},
		{name: "chunked with bare LF", open: true, answer: head200 + "Transfer-Encoding: chunked\r\n\r\n5\nhello\n0\n\n", status: 200, body: "hello"},
		{name: "chunked beside a length", open: true, answer: head200 + "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n", status: 200, body: "hello"},
		{name: "chunk size not hexadecimal", answer: head200 + "Transfer-Encoding: chunked\r\n\r\nzz\r\nhello\r\n0\r\n\r\n", kind: http1.KindProtocol},
		{name: "chunk size overflowing", answer: head200 + "Transfer-Encoding: chunked\r\n\r\n11111111111111111111\r\nhello\r\n0\r\n\r\n", kind: http1.KindProtocol},
		{name: "chunk longer than its size", answer: head200 + "Transfer-Encoding: chunked\r\n\r\n3\r\nhello\r\n0\r\n\r\n", kind: http1.KindProtocol},
		{name: "chunked cut short", answer: head200 + "Transfer-Encoding: chunked\r\n\r\n5\r\nhel", kind: http1.KindTruncated},
		{name: "chunked without its end", answer: head200 + "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n", kind: http1.KindTruncated},
	}
}

func headCases() []ugly {
	many := strings.Repeat("X-Filler: 0123456789\r\n", 1000)
	return []ugly{
		{name: "100 before the answer", open: true, answer: "HTTP/1.1 100 Continue\r\n\r\n" + head200 + "Content-Length: 2\r\n\r\nok", status: 200, body: "ok"},
		{name: "102 and 103 before the answer", open: true, answer: "HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\n" + head200 + "Content-Length: 2\r\n\r\nok", status: 200, body: "ok"},
		{name: "interim answers without end", answer: strings.Repeat("HTTP/1.1 102 Processing\r\n\r\n", 100) + head200 + "Content-Length: 2\r\n\r\nok", kind: http1.KindProtocol,
			noCurl: "curl has no limit"},
		{name: "no reason", open: true, answer: "HTTP/1.1 200 \r\nContent-Length: 2\r\n\r\nok", status: 200, body: "ok"},
		{name: "no reason, no space", open: true, answer: "HTTP/1.1 404\r\nContent-Length: 2\r\n\r\nno", status: 404, body: "no"},
		{name: "unknown status", open: true, answer: "HTTP/1.1 799 Odd\r\nContent-Length: 2\r\n\r\nok", status: 799, body: "ok"},
		{name: "bare LF", open: true, answer: "HTTP/1.1 200 OK\nContent-Length: 2\n\nok", status: 200, body: "ok"},
		{name: "folded header", open: true, answer: head200 + "X-Long: a\r\n  b\r\n\tc\r\nContent-Length: 2\r\n\r\nok", status: 200, body: "ok"},
		{name: "header without colon", answer: head200 + "garbage\r\nContent-Length: 2\r\n\r\nok", kind: http1.KindProtocol},
		{name: "empty header value", open: true, answer: head200 + "X-Empty:\r\nContent-Length:2\r\n\r\nok", status: 200, body: "ok"},
		{name: "bytes outside UTF-8", open: true, answer: head200 + "X-Raw: \xff\xfe\r\nContent-Length: 2\r\n\r\nok", status: 200, body: "ok"},
		{name: "NUL in a header", answer: head200 + "X-Nul: a\x00b\r\nContent-Length: 2\r\n\r\nok", kind: http1.KindProtocol},
		{name: "large header", open: true, answer: head200 + "X-Large: " + strings.Repeat("x", 60000) + "\r\nContent-Length: 2\r\n\r\nok", status: 200, body: "ok"},
		{name: "a thousand headers", open: true, answer: head200 + many + "Content-Length: 2\r\n\r\nok", status: 200, body: "ok"},
		{name: "header over the limit", answer: head200 + "X-Huge: " + strings.Repeat("x", 400000) + "\r\nContent-Length: 2\r\n\r\nok", kind: http1.KindProtocol},
		{name: "HTTP/0.9", answer: "<html>hello</html>", kind: http1.KindProtocol},
		{name: "binary garbage", answer: "\x00\x01\x02\x03\x04\r\n\r\n", kind: http1.KindProtocol},
		{name: "status of two digits", answer: "HTTP/1.1 20 OK\r\n\r\n", kind: http1.KindProtocol,
			noCurl: "curl reads 20 as a status and waits"},
		{name: "another protocol", answer: "SSH-2.0-OpenSSH_9.2\r\n", kind: http1.KindProtocol},
		{name: "close without a byte", kind: http1.KindClosed},
		{name: "reset without a byte", reset: true, kind: http1.KindReset},
		{name: "close inside the head", answer: head200 + "Content-Le", kind: http1.KindTruncated,
			noCurl: "curl 7 calls it a complete answer"},
	}
}

func (u *ugly) script() []step {
	return []step{{send: u.answer, dribble: u.split, close: !u.open && !u.reset, reset: u.reset}}
}

func TestUglyAnswers(t *testing.T) {
	for _, u := range append(framingCases(), headCases()...) {
		t.Run(u.name, func(t *testing.T) {
			t.Parallel()
			server := startScripted(t, u.script())
			method := u.method
			if method == "" {
				method = "GET"
			}
			req := request(t, method+" "+server.url("/"))
			req.Policy = newPolicy(t, http1.PolicyOptions{})
			var resp http1.Response
			err := newClient(t, http1.Options{}).Do(req, &resp)
			if http1.KindOf(err) != u.kind {
				t.Fatalf("kind %s instead of %s: %v", http1.KindOf(err), u.kind, err)
			}
			if err == nil && (resp.Status != u.status || string(resp.Body) != u.body) {
				t.Errorf("got %d %q instead of %d %q", resp.Status, resp.Body, u.status, u.body)
			}
			if requests := server.seen(); len(requests) != 1 || resp.Attempts != 1 {
				t.Errorf("the server saw %d requests in %d attempts", len(requests), resp.Attempts)
			}
			u.compareWithCurl(t)
		})
	}
}

// compareWithCurl sends the same request with curl to a server that plays the same script.
func (u *ugly) compareWithCurl(t *testing.T) {
	t.Helper()
	if u.noCurl != "" {
		return
	}
	server := startScripted(t, u.script())
	args := []string{server.url("/")}
	if u.method == "HEAD" {
		args = append(args, "-I")
	}
	result, found := runCurl(t, args...)
	if !found {
		return
	}
	if u.kind != http1.KindNone {
		if result.exit == 0 {
			result.differs(t, "accepts this answer: %s %q", result.status, result.body)
		}
		return
	}
	if result.exit != 0 || result.status != strconv.Itoa(u.status) {
		result.differs(t, "exit %d, status %s", result.exit, result.status)
	}
	if u.method != "HEAD" && string(result.body) != u.body {
		result.differs(t, "body %q", result.body)
	}
}

func TestHeadersKeepOrderAndSpelling(t *testing.T) {
	server := startScripted(t, []step{{send: head200 + "sEt-CoOkIe: a=1\r\nX-B: 1\r\nx-a: 2\r\n" +
		"X-B: 3\r\nX-Fold: one\r\n  two\r\nContent-Length: 0\r\n\r\n"}})
	resp := do(t, newClient(t, http1.Options{}), request(t, "GET "+server.url("/")))
	var lines []string
	for i := range resp.Headers.Len() {
		name, value := resp.Headers.At(i)
		lines = append(lines, string(name)+"="+string(value))
	}
	want := "sEt-CoOkIe=a=1|X-B=1|x-a=2|X-B=3|X-Fold=one    two|Content-Length=0"
	if got := strings.Join(lines, "|"); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	if values := resp.Headers.AppendAll(nil, "x-b"); len(values) != 2 || string(values[1]) != "3" {
		t.Errorf("values of X-B: %q", values)
	}
}

func TestTrailersAreKept(t *testing.T) {
	server := startScripted(t, []step{{send: head200 + "Transfer-Encoding: chunked\r\n\r\n" +
		"2\r\nok\r\n0\r\nX-Sum: 42\r\nX-End: yes\r\n\r\n"}})
	resp := do(t, newClient(t, http1.Options{}), request(t, "GET "+server.url("/")))
	if sum, found := resp.Trailers.Get("x-sum"); !found || string(sum) != "42" {
		t.Errorf("X-Sum is %q", sum)
	}
	if resp.Trailers.Len() != 2 || !resp.KeptAlive {
		t.Errorf("%d trailers, kept alive %v", resp.Trailers.Len(), resp.KeptAlive)
	}
}
