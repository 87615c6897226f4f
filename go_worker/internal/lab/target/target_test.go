package target

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/valyala/fasthttp"
)

func TestEveryRequestIsCountedByPatternStatusAndStep(t *testing.T) {
	l := startLab(t, Options{})
	l.do("GET", "/static?x=1", "", stepHeader, "first")
	l.do("HEAD", "/static", "")
	l.do("GET", "/status/418", "", stepHeader, "second")
	l.do("GET", "/status/204", "", stepHeader, "second")
	l.do("GET", "/nowhere", "")
	l.do("PURGE", "/json", "")
	if _, err := l.try("POST", "/drop", ""); err == nil {
		t.Error("want no answer from /drop")
	}
	report := l.hits()
	want := hitReport{
		Total: 7, Answered: 7,
		Hits: map[string]uint64{
			"GET /static": 1, "HEAD /static": 1, "GET /status/:code": 2, "GET (unmatched)": 1,
			"OTHER /json": 1, "POST /drop": 1,
		},
		ByStatus:   map[string]uint64{"200": 3, "418": 1, "204": 1, "404": 1, "no_answer": 1},
		HitsByStep: map[string]uint64{"first": 1, "second": 2},
	}
	if fmt.Sprint(report) != fmt.Sprint(want) {
		t.Errorf("want %+v, got %+v", want, report)
	}
	l.do("POST", "/lab/reset", "")
	if after := l.hits(); after.Total != 0 || len(after.HitsByStep) != 0 {
		t.Errorf("want no hits after the reset, got %+v", after)
	}
}

func TestCountsAreExactUnderConcurrentLoad(t *testing.T) {
	l := startLab(t, Options{})
	const users, each = 16, 200
	var group sync.WaitGroup
	for u := range users {
		group.Go(func() {
			for range each {
				if _, err := l.try("GET", "/static", "", stepHeader, fmt.Sprintf("step-%d", u%4)); err != nil {
					t.Error(err)
				}
			}
		})
	}
	group.Wait()
	report := l.hits()
	if report.Total != users*each || report.ByStatus["200"] != users*each || report.InFlight != 0 {
		t.Errorf("want %d hits, got %+v", users*each, report)
	}
	if report.HitsByStep["step-3"] != users*each/4 {
		t.Errorf("want %d hits of step-3, got %+v", users*each/4, report.HitsByStep)
	}
}

func TestARequestThatIsNotReadCompletelyIsNotCounted(t *testing.T) {
	l := startLab(t, Options{})
	c := dial(t, l)
	if _, err := io.WriteString(c, "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nhalf"); err != nil {
		t.Fatal(err)
	}
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
	l.do("GET", "/static", "")
	if report := l.hits(); report.Total != 1 {
		t.Errorf("want only the complete request, got %+v", report)
	}
}

func dial(t *testing.T, l lab) net.Conn {
	t.Helper()
	c, err := net.DialTimeout("tcp", l.target.Address(), 5*time.Second)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	if err := c.SetDeadline(time.Now().Add(10 * time.Second)); err != nil {
		t.Fatal(err)
	}
	return c
}

func TestEchoGivesTheRequestAsItCame(t *testing.T) {
	l := startLab(t, Options{})
	c := dial(t, l)
	head := "POST /echo?a=%20b//c HTTP/1.1\r\nhost: x\r\nX-Twice: 1\r\nx-TWICE:  2\r\nAccept: */*\r\nContent-Length: 2\r\n\r\nhi"
	if _, err := io.WriteString(c, head); err != nil {
		t.Fatal(err)
	}
	response, err := http.ReadResponse(bufio.NewReader(c), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	var got echo
	decodeInto(t, text, &got)
	want := [][2]string{{"host", "x"}, {"X-Twice", "1"}, {"x-TWICE", "2"}, {"Accept", "*/*"}, {"Content-Length", "2"}}
	if fmt.Sprint(got.Headers) != fmt.Sprint(want) {
		t.Errorf("want headers %v, got %v", want, got.Headers)
	}
	if got.Method != "POST" || got.Target != "/echo?a=%20b//c" || got.Body != "hi" || got.ConnNth != 1 {
		t.Errorf("the request line or body differ: %+v", got)
	}
}

func TestFixedBodies(t *testing.T) {
	l := startLab(t, Options{})
	plain := l.do("GET", "/json", "").body
	if len(plain) != jsonSampleBytes {
		t.Errorf("want %d bytes of JSON, got %d", jsonSampleBytes, len(plain))
	}
	decoders := map[string]func(*fasthttp.Response) ([]byte, error){
		"gzip": (*fasthttp.Response).BodyGunzip, "br": (*fasthttp.Response).BodyUnbrotli,
		"zstd": (*fasthttp.Response).BodyUnzstd, "deflate": (*fasthttp.Response).BodyInflate,
	}
	for coding, decode := range decoders {
		got := l.do("GET", "/"+coding, "")
		var response fasthttp.Response
		response.SetBodyRaw(got.body)
		decoded, err := decode(&response)
		if err != nil || string(decoded) != string(plain) || got.header.Get("Content-Encoding") != coding {
			t.Errorf("%s: want the JSON sample, got %d bytes, %v, %v", coding, len(decoded), got.header, err)
		}
	}
	for _, size := range []int{0, 1, 65536, 200_001} {
		if got := len(l.do("GET", fmt.Sprintf("/bytes/%d", size), "").body); got != size {
			t.Errorf("want %d bytes, got %d", size, got)
		}
	}
	chunked := l.do("GET", "/chunked?chunks=2&ms=1&trailers=1", "")
	if string(chunked.body) != "chunk 0\nchunk 1\n" || chunked.trailer.Get("X-Chunks") != "2" {
		t.Errorf("want two chunks and a trailer, got %q and %v", chunked.body, chunked.trailer)
	}
	if large := l.do("GET", "/headers?bytes=9000", "").header.Get("X-Large"); len(large) != 9000 {
		t.Errorf("want a header of 9000 bytes, got %d", len(large))
	}
}

func TestRedirects(t *testing.T) {
	l := startLab(t, Options{})
	for _, c := range []struct {
		path     string
		status   int
		location string
	}{
		{"/redirect/2?status=307", 307, "/redirect/1?status=307"},
		{"/redirect/1?absolute=1", 302, l.base + "/redirect/0?absolute=1"},
		{"/redirect/0", 200, ""},
		{"/redirect-to?url=%2Fa%3Fb&status=303", 303, "/a?b"},
		{"/redirect-to?status=303", 400, ""},
		{"/redirect/x", 400, ""},
	} {
		got := l.do("GET", c.path, "")
		if got.status != c.status || got.header.Get("Location") != c.location {
			t.Errorf("%s: want %d to %q, got %d to %q", c.path, c.status, c.location, got.status, got.header.Get("Location"))
		}
	}
}

func TestMethodsThatAPathDoesNotAccept(t *testing.T) {
	l := startLab(t, Options{})
	if got := l.do("GET", "/login", ""); got.status != 405 || got.header.Get("Allow") != "POST" {
		t.Errorf("want 405 and Allow: POST, got %d %v", got.status, got.header)
	}
	if got := l.do("OPTIONS", "/api/user", ""); got.status != 204 || got.header.Get("Allow") != "GET, PUT" {
		t.Errorf("want 204 and Allow, got %d %v", got.status, got.header)
	}
}

func TestUploadDescribesItsParts(t *testing.T) {
	l := startLab(t, Options{})
	body := strings.ReplaceAll("--B\nContent-Disposition: form-data; name=\"a\"\n\none\n--B\n"+
		"Content-Disposition: form-data; name=\"f\"; filename=\"x.bin\"\nContent-Type: image/png\n\nabc\n--B--\n", "\n", "\r\n")
	var got struct{ Parts []uploadPart }
	decodeInto(t, l.do("POST", "/upload", body, "Content-Type", "multipart/form-data; boundary=B").body, &got)
	want := []uploadPart{
		{"a", "", "", 3, "7692c3ad3540bb803c020b3aee66cd8887123234ea0c6e7143c0add73ff431ed"},
		{"f", "x.bin", "image/png", 3, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
	}
	if fmt.Sprint(got.Parts) != fmt.Sprint(want) {
		t.Errorf("want %v, got %v", want, got.Parts)
	}
	if broken := l.do("POST", "/upload", "nothing", "Content-Type", "multipart/form-data; boundary=B"); broken.status != 400 {
		t.Errorf("want 400 for a broken body, got %d", broken.status)
	}
}

func TestCloseEndsWaitingRequestsWithinASecond(t *testing.T) {
	l := startLab(t, Options{})
	waiting := make(chan error, 3)
	for _, path := range []string{"/delay?ms=60000", "/hang", "/slow?bps=1"} {
		go func() {
			_, err := l.try("GET", path, "")
			waiting <- err
		}()
	}
	deadline := time.Now().Add(5 * time.Second)
	for l.hits().Total < 3 {
		if time.Now().After(deadline) {
			t.Fatal("the requests did not arrive within 5 s")
		}
	}
	start := time.Now()
	if err := l.target.Close(); err != nil {
		t.Error(err)
	}
	if took := time.Since(start); took > time.Second {
		t.Errorf("want an end within a second, took %s", took)
	}
	for range 3 {
		<-waiting
	}
}
