//go:build unix

package http1_test

import (
	"fmt"
	"math"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"hazard/internal/http1"
)

// unexplained is what the parts of a timing leave of the total, microseconds.
func unexplained(timing http1.Timing) int64 {
	return timing.Total - timing.DNS - timing.Connect - timing.TLS - timing.Send - timing.Wait - timing.Receive
}

func median[T int64 | float64](values []T) T {
	slices.Sort(values)
	return values[len(values)/2]
}

// On fresh and on reused connections the parts sum to the total.
func TestTimingPartsSumToTheTotal(t *testing.T) {
	address := startTarget(t)
	for name, options := range map[string]http1.PolicyOptions{
		"reused": {}, "fresh": {NoKeepAlive: true},
	} {
		shared := http1.NewShared(http1.Options{})
		client := http1.New(shared)
		req := staticRequest(t, address)
		policy, err := shared.NewPolicy(options)
		if err != nil {
			t.Fatal(err)
		}
		req.Policy = policy
		var resp http1.Response
		var gaps []int64
		for range 300 {
			if err := client.Do(req, &resp); err != nil {
				t.Fatal(err)
			}
			gaps = append(gaps, unexplained(resp.Timing))
			if resp.Timing.Connect > 0 == resp.Reused {
				t.Fatalf("%s: reused %v, connecting took %d us", name, resp.Reused, resp.Timing.Connect)
			}
		}
		client.Close()
		t.Logf("%s: the parts leave %d us of %d us", name, median(gaps), resp.Timing.Total)
		if gap := median(gaps); gap < -50 || gap > 50 {
			t.Errorf("%s: the parts leave %d us of the total", name, gap)
		}
	}
}

// Reading the clock between the parts costs a small share of a request. The share is worked out from
// both costs in this process: differences of a few per cent drown in the noise of a shared machine.
func TestTheTimingSplitIsCheap(t *testing.T) {
	const (
		readings = 4 // begin, last byte sent, first byte received, end
		requests = 10_000
	)
	address := startTarget(t)
	shared := http1.NewShared(http1.Options{})
	client := http1.New(shared)
	defer client.Close()
	req := staticRequest(t, address)
	var resp http1.Response
	var clock, request []float64
	for range 5 {
		request = append(request, cpuOf(t, requests, func() {
			if err := client.Do(req, &resp); err != nil {
				t.Fatal(err)
			}
		}))
		clock = append(clock, cpuOf(t, 100*requests, func() { _ = shared.Now() }))
	}
	share := readings * median(clock) / median(request)
	t.Logf("%d readings of %.0f ns in a request of %.2f us of CPU: %.1f %%", readings, 1000*median(clock),
		median(request), 100*share)
	if share > 0.05 {
		t.Errorf("the timing split takes %.1f %% of a request's CPU", 100*share)
	}
}

// cpuOf is the CPU of one call in microseconds, user and system of the whole process.
func cpuOf(t *testing.T, calls int, call func()) float64 {
	t.Helper()
	read := func() int64 {
		var usage syscall.Rusage
		if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
			t.Fatal(err)
		}
		return usage.Utime.Nano() + usage.Stime.Nano()
	}
	before := read()
	for range calls {
		call()
	}
	return float64(read()-before) / 1000 / float64(calls)
}

// curl's own split of the same exchange. Other work on the machine may hold one of the two up: one
// of three tries must agree.
func TestTheTimingSplitEqualsCurls(t *testing.T) {
	path, err := exec.LookPath("curl")
	if err != nil {
		t.Skip("not compared with curl: it is not installed")
	}
	var off string
	for range 3 {
		if off = splitBesideCurl(t, path); off == "" {
			return
		}
	}
	t.Error(off)
}

// splitBesideCurl tells how the parts of an exchange differ from those that curl prints.
func splitBesideCurl(t *testing.T, path string) string {
	t.Helper()
	script := []step{{pause: 300 * time.Millisecond, send: ok("x").send}}
	resp := do(t, newClient(t, http1.Options{}), request(t, "GET "+startScripted(t, script).url("/")))
	const format = "%{time_connect} %{time_pretransfer} %{time_starttransfer} %{time_total}"
	out, err := exec.Command(path, "-q", "-s", "--noproxy", "*", "-o", t.TempDir()+"/body", "-w", format,
		startScripted(t, script).url("/")).Output()
	if err != nil {
		t.Fatal(err)
	}
	var curl []float64
	for _, field := range strings.Fields(string(out)) {
		seconds, err := strconv.ParseFloat(field, 64)
		if err != nil {
			t.Fatal(err)
		}
		curl = append(curl, seconds*1e6)
	}
	wait, total := curl[2]-curl[1], curl[3]
	if math.Abs(float64(resp.Timing.Wait)/wait-1) > 0.1 {
		return fmt.Sprintf("waited %d us, curl %.0f us", resp.Timing.Wait, wait)
	}
	if math.Abs(float64(resp.Timing.Total)/total-1) > 0.1 {
		return fmt.Sprintf("took %d us, curl %.0f us", resp.Timing.Total, total)
	}
	return ""
}
