package http1_test

import (
	"bufio"
	"bytes"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"hazard/internal/http1"
	"hazard/internal/http1/jar"
)

// step is what a scripted server does for one request of a connection.
type step struct {
	unread  bool          // answer before anything was received
	send    string        // bytes of the answer, sent as they are
	dribble bool          // one byte per write
	pause   time.Duration // before the answer
	close   bool          // close after sending
	reset   bool          // close with RST after sending
	stall   bool          // send nothing more and wait for the client to go
}

// scripted is a raw TCP server: connection i plays connections[i], later ones the last script.
type scripted struct {
	t        testing.TB
	listener net.Listener
	scripts  [][]step

	mu       sync.Mutex
	accepted int
	requests []string
	open     []net.Conn
	done     sync.WaitGroup
}

func startScripted(t testing.TB, scripts ...[]step) *scripted {
	t.Helper()
	return startScriptedOn(t, "tcp4", "127.0.0.1:0", scripts...)
}

func startScriptedOn(t testing.TB, network, address string, scripts ...[]step) *scripted {
	t.Helper()
	listener, err := net.Listen(network, address)
	if err != nil {
		t.Fatal(err)
	}
	s := &scripted{t: t, listener: listener, scripts: scripts}
	s.done.Add(1)
	go s.accept()
	t.Cleanup(s.stop)
	return s
}

func (s *scripted) stop() {
	_ = s.listener.Close()
	s.mu.Lock()
	for _, conn := range s.open {
		_ = conn.Close()
	}
	s.mu.Unlock()
	s.done.Wait()
}

// setScript replaces what every connection plays, for a script that names the server's address.
func (s *scripted) setScript(script []step) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.scripts = [][]step{script}
}

func (s *scripted) address() string { return s.listener.Addr().String() }

func (s *scripted) port() int { return s.listener.Addr().(*net.TCPAddr).Port }

func (s *scripted) url(target string) string { return "http://" + s.address() + target }

func (s *scripted) accept() {
	defer s.done.Done()
	for {
		conn, err := s.listener.Accept()
		if err != nil {
			return
		}
		s.mu.Lock()
		script := s.scripts[min(s.accepted, len(s.scripts)-1)]
		s.accepted++
		s.open = append(s.open, conn)
		s.mu.Unlock()
		s.done.Add(1)
		go func() {
			defer s.done.Done()
			_ = conn.SetDeadline(time.Now().Add(10 * time.Second))
			s.play(conn, script)
		}()
	}
}

func (s *scripted) play(conn net.Conn, script []step) {
	defer func() { _ = conn.Close() }()
	reader := bufio.NewReader(conn)
	for _, step := range script {
		if !step.unread {
			request, err := readRequest(reader)
			if request != "" {
				s.mu.Lock()
				s.requests = append(s.requests, request)
				s.mu.Unlock()
			}
			if err != nil {
				return
			}
		}
		time.Sleep(step.pause)
		if !sendStep(conn, step) {
			return
		}
	}
	_, _ = io.Copy(io.Discard, reader)
}

func sendStep(conn net.Conn, step step) (goOn bool) {
	if step.dribble {
		for i := range step.send {
			if _, err := io.WriteString(conn, step.send[i:i+1]); err != nil {
				return false
			}
		}
	} else if _, err := io.WriteString(conn, step.send); err != nil {
		return false
	}
	if step.stall {
		_, _ = io.Copy(io.Discard, conn)
	}
	if step.reset {
		if tcp, ok := conn.(*net.TCPConn); ok {
			_ = tcp.SetLinger(0)
		}
	}
	return !step.close && !step.reset
}

// readRequest reads one request with its body and gives it as text.
func readRequest(reader *bufio.Reader) (string, error) {
	var text strings.Builder
	length, chunked := 0, false
	for {
		line, err := reader.ReadString('\n')
		text.WriteString(line)
		if err != nil {
			return text.String(), err
		}
		name, value, _ := strings.Cut(strings.TrimSpace(line), ":")
		switch strings.ToLower(name) {
		case "content-length":
			length, _ = strconv.Atoi(strings.TrimSpace(value))
		case "transfer-encoding":
			chunked = strings.TrimSpace(value) == "chunked"
		}
		if line == "\r\n" {
			break
		}
	}
	if !chunked {
		_, err := io.CopyN(&text, reader, int64(length))
		return text.String(), err
	}
	for {
		line, err := reader.ReadString('\n')
		text.WriteString(line)
		if err != nil {
			return text.String(), err
		}
		size, _ := strconv.ParseInt(strings.TrimSpace(line), 16, 64)
		if _, err := io.CopyN(&text, reader, size+2); err != nil || size == 0 {
			return text.String(), err
		}
	}
}

// seen gives the requests received so far.
func (s *scripted) seen() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]string{}, s.requests...)
}

func (s *scripted) connections() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.accepted
}

// ok is a plain answer with this body.
func ok(body string) step {
	return step{send: "HTTP/1.1 200 OK\r\nContent-Length: " + strconv.Itoa(len(body)) +
		"\r\n\r\n" + body}
}

// closing is an answer after which the server hangs up without having said so.
func closing(body string) step {
	s := ok(body)
	s.close = true
	return s
}

func redirectTo(status int, location string) step {
	return step{send: "HTTP/1.1 " + strconv.Itoa(status) + " Go\r\nLocation: " + location +
		"\r\nContent-Length: 0\r\n\r\n"}
}

// newClient makes a client that is closed with the test.
func newClient(t testing.TB, options http1.Options) *http1.Client {
	t.Helper()
	client := http1.New(http1.NewShared(options))
	t.Cleanup(client.Close)
	return client
}

// newPolicy compiles options with a timeout that fails a test in time.
func newPolicy(t testing.TB, options http1.PolicyOptions) *http1.Policy {
	t.Helper()
	if options.Timeout == 0 {
		options.Timeout = 5 * time.Second
	}
	policy, err := http1.NewShared(http1.Options{}).NewPolicy(options)
	if err != nil {
		t.Fatal(err)
	}
	return policy
}

// request builds a request that keeps the body: "METHOD URL" and "Name: value" lines.
func request(t testing.TB, first string, headers ...string) *http1.Request {
	t.Helper()
	method, url, _ := strings.Cut(first, " ")
	req := &http1.Request{Method: []byte(method), Want: http1.Want{Body: true, Sent: true}}
	if err := http1.ParseURL(&req.URL, []byte(url)); err != nil {
		t.Fatalf("%s: %v", url, err)
	}
	for _, line := range headers {
		name, value, _ := strings.Cut(line, ": ")
		req.Headers = append(req.Headers, http1.Header{Name: []byte(name), Value: []byte(value)})
	}
	return req
}

// do sends a request and fails the test on an error.
func do(t testing.TB, client *http1.Client, req *http1.Request) *http1.Response {
	t.Helper()
	var resp http1.Response
	if err := client.Do(req, &resp); err != nil {
		t.Fatalf("%s: %v", http1.KindOf(err), err.(*http1.Error).Detail())
	}
	return &resp
}

// doFails sends a request that must fail with this kind.
func doFails(
	t testing.TB, client *http1.Client, req *http1.Request, kind http1.Kind,
) (*http1.Response, *http1.Error) {
	t.Helper()
	var resp http1.Response
	err := client.Do(req, &resp)
	if http1.KindOf(err) != kind {
		detail := "no error"
		if failure, isError := err.(*http1.Error); isError {
			detail = failure.Detail()
		}
		t.Fatalf("kind %s instead of %s (%s, status %d)", http1.KindOf(err), kind, detail, resp.Status)
	}
	return &resp, err.(*http1.Error)
}

func storeCookie(t testing.TB, client *http1.Client, host, line string) {
	t.Helper()
	origin := jar.Origin{Host: []byte(host), Path: []byte("/")}
	if !client.Jar().Set([]byte(line), &origin, time.Now()) {
		t.Fatalf("the jar refused %q", line)
	}
}

// curlResult is what curl made of an exchange.
type curlResult struct {
	exit   int
	status string
	body   []byte
}

// studiedCurl is the version whose behaviour the expectations were checked against. Others differ in
// corner cases, so their verdicts are printed and do not fail a test.
const studiedCurl = "curl 7.88."

// differs reports that curl sees an exchange in another way.
func (r curlResult) differs(t *testing.T, format string, args ...any) {
	t.Helper()
	version, err := exec.Command("curl", "--version").Output()
	if err == nil && strings.HasPrefix(string(version), studiedCurl) {
		t.Errorf("curl: "+format, args...)
		return
	}
	t.Logf("another curl than %sx: "+format, append([]any{studiedCurl}, args...)...)
}

// runCurl runs the installed curl; found is false (and a reason printed) without one.
func runCurl(t *testing.T, args ...string) (result curlResult, found bool) {
	t.Helper()
	path, err := exec.LookPath("curl")
	if err != nil {
		t.Log("not compared with curl: it is not installed")
		return result, false
	}
	file := filepath.Join(t.TempDir(), "body")
	args = append([]string{"-q", "-s", "--max-time", "8", "--noproxy", "", "-o", file,
		"-w", "%{http_code}"}, args...)
	var out bytes.Buffer
	command := exec.Command(path, args...)
	command.Stdout = &out
	if err := command.Run(); err != nil {
		exit, isExit := err.(*exec.ExitError)
		if !isExit {
			t.Fatal(err)
		}
		result.exit = exit.ExitCode()
	}
	result.status = out.String()
	result.body, _ = os.ReadFile(file)
	return result, true
}
