package calibrate

import (
	"bufio"
	"context"
	"io"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"testing"
	"time"
)

func startNull(t *testing.T) netip.AddrPort {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- ServeNull(ctx, listener) }()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	return netip.MustParseAddrPort(listener.Addr().String())
}

func TestTheFloorIsMeasuredInTwoSeconds(t *testing.T) {
	began := time.Now()
	floor, err := Measure(context.Background(), startNull(t))
	if err != nil {
		t.Fatal(err)
	}
	if floor.P50Us <= 0 || floor.P99Us < floor.P50Us || floor.CostUs <= 0 || floor.Requests < 100 ||
		floor.RatePerCore*floor.CostUs < 0.99e6 || floor.RatePerCore*floor.CostUs > 1.01e6 {
		t.Errorf("the floor is %v", floor)
	}
	if took := time.Since(began); took > aloneFor+crowdFor+patience {
		t.Errorf("it took %v", took)
	}
}

func TestNothingButLoopbackIsLoaded(t *testing.T) {
	_, err := Measure(context.Background(), netip.MustParseAddrPort("192.0.2.1:80"))
	if err == nil || !strings.Contains(err.Error(), "not on loopback") {
		t.Errorf("the error is %v", err)
	}
}

func TestATargetThatHasGoneIsAnError(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	target := netip.MustParseAddrPort(listener.Addr().String())
	_ = listener.Close()
	if _, err := Measure(context.Background(), target); err == nil || !strings.Contains(err.Error(), "failed") {
		t.Errorf("the error is %v", err)
	}
}

func TestACalibrationEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithTimeout(context.Background(), 100*time.Millisecond)
	defer cancel()
	if _, err := Measure(ctx, startNull(t)); err != context.DeadlineExceeded {
		t.Errorf("the error is %v", err)
	}
}

func TestTheNullTargetAnswersPipelinedAndCutRequests(t *testing.T) {
	conn, err := net.Dial("tcp", startNull(t).String())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	for _, part := range []string{"GET / HTTP/1.1\r\nHost: a\r\n\r\nGET / HT", "TP/1.1\r\nHost: a\r", "\n\r\n"} {
		if _, err := io.WriteString(conn, part); err != nil {
			t.Fatal(err)
		}
	}
	in := bufio.NewReader(conn)
	for range 2 {
		response, err := http.ReadResponse(in, nil)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(response.Body)
		if err != nil || response.StatusCode != http.StatusOK || string(body) != "ok" {
			t.Errorf("answered %s %q (%v)", response.Status, body, err)
		}
	}
}
