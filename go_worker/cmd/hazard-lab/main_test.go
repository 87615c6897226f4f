package main

import (
	"bufio"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"
)

// runUntilStdinEnds starts a command, gives its ready line, and ends it by ending its input.
func runUntilStdinEnds(t *testing.T, use func(ready map[string]any), args ...string) (code int, stderr string) {
	t.Helper()
	input, endInput := io.Pipe()
	output, stdout := io.Pipe()
	var errors strings.Builder
	finished := make(chan int, 1)
	go func() {
		finished <- run(append(args, "--exit-with-stdin"), input, stdout, &errors)
		_ = stdout.Close()
	}()
	line, err := bufio.NewReader(output).ReadBytes('\n')
	if err != nil {
		t.Fatalf("no ready line: %v, exit code %d, %s", err, <-finished, errors.String())
	}
	var ready map[string]any
	if err := json.Unmarshal(line, &ready); err != nil || ready["ready"] != true {
		t.Fatalf("want a ready line, got %s", line)
	}
	use(ready)
	_ = endInput.Close()
	select {
	case code = <-finished:
	case <-time.After(5 * time.Second):
		t.Fatal("did not end within 5 s of its input")
	}
	return code, errors.String()
}

func TestTargetServesAtTheAddressItPrints(t *testing.T) {
	code, stderr := runUntilStdinEnds(t, func(ready map[string]any) {
		response, err := http.Get(ready["url"].(string) + "/static")
		if err != nil {
			t.Fatal(err)
		}
		_ = response.Body.Close()
		if response.StatusCode != http.StatusOK || !strings.HasPrefix(ready["tls_url"].(string), "https://127.0.0.1:") {
			t.Errorf("want 200 and a TLS address, got %d and %v", response.StatusCode, ready)
		}
	}, "target", "--tls-listen", "127.0.0.1:0")
	if code != exitFine || stderr != "" {
		t.Errorf("want a quiet end, got %d and %q", code, stderr)
	}
}

func TestEtcdServesAtTheAddressItPrints(t *testing.T) {
	code, stderr := runUntilStdinEnds(t, func(ready map[string]any) {
		response, err := http.Get("http://" + ready["client"].(string) + "/health")
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = response.Body.Close() }()
		text, err := io.ReadAll(response.Body)
		if err != nil || !strings.Contains(string(text), `"health":"true"`) {
			t.Errorf("want a healthy member, got %s %v", text, err)
		}
	}, "etcd")
	if code != exitFine || stderr != "" {
		t.Errorf("want a quiet end, got %d and %q", code, stderr)
	}
}

func TestWrongUseIsExplained(t *testing.T) {
	for _, c := range []struct {
		args []string
		code int
		says string
	}{
		{nil, exitUsage, "hazard-lab etcd"},
		{[]string{"fly"}, exitUsage, `unknown command "fly"`},
		{[]string{"target", "extra"}, exitUsage, `unexpected argument "extra"`},
		{[]string{"target", "--speed"}, exitUsage, "-speed"},
		{[]string{"target", "--mtls"}, exitFailed, "--mtls needs --tls-listen"},
		{[]string{"target", "--listen", "nowhere"}, exitFailed, "listen on nowhere"},
		{[]string{"etcd", "--client", "nowhere"}, exitFailed, `address "nowhere"`},
	} {
		var stdout, stderr strings.Builder
		code := run(c.args, strings.NewReader(""), &stdout, &stderr)
		if code != c.code || !strings.Contains(stderr.String(), c.says) {
			t.Errorf("%v: want exit code %d and %q, got %d and %q", c.args, c.code, c.says, code, stderr.String())
		}
	}
}
