//go:build unix

package http1_test

import (
	"bufio"
	"io"
	"net"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/valyala/fasthttp"

	"hazard/internal/http1"
)

// targetVariable makes the test binary a static target instead, until its input ends.
const targetVariable = "HAZARD_HTTP1_TARGET"

func TestMain(m *testing.M) {
	if os.Getenv(targetVariable) != "" {
		serveTarget()
		return
	}
	os.Exit(m.Run())
}

func serveTarget() {
	listener, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		os.Exit(1)
	}
	_, _ = io.WriteString(os.Stdout, listener.Addr().String()+"\n")
	go func() {
		_ = fasthttp.Serve(listener, func(ctx *fasthttp.RequestCtx) {
			ctx.SetContentType("application/json")
			ctx.SetBodyString(staticBody)
		})
	}()
	_, _ = io.Copy(io.Discard, os.Stdin)
}

// startTarget runs the static target in a process of its own, so that only the client's CPU is ours.
func startTarget(b testing.TB) string {
	b.Helper()
	command := exec.Command(os.Args[0])
	command.Env = append(os.Environ(), targetVariable+"=1", "GOMAXPROCS=1")
	in, err := command.StdinPipe()
	if err != nil {
		b.Fatal(err)
	}
	out, err := command.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := command.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		_ = in.Close()
		_ = command.Wait()
	})
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		b.Fatal(err)
	}
	return strings.TrimSpace(line)
}

// cpuMicros is the CPU time of this process, user and system.
func cpuMicros(b *testing.B) float64 {
	b.Helper()
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		b.Fatal(err)
	}
	return float64(usage.Utime.Nano()+usage.Stime.Nano()) / 1000
}

// BenchmarkCPU compares the CPU of one request over 20 connections with fasthttp's client, turn by
// turn; run it with -cpu 1. us-cpu/op is the figure.
func BenchmarkCPU(b *testing.B) {
	const users = 20
	address := startTarget(b)
	shared := http1.NewShared(http1.Options{})
	clients := make([]*http1.Client, users)
	responses := make([]http1.Response, users)
	for i := range clients {
		clients[i] = http1.New(shared)
		defer clients[i].Close()
	}
	req := staticRequest(b, address)
	plain := func(user int) error { return clients[user].Do(req, &responses[user]) }

	other := &fasthttp.Client{MaxConnsPerHost: users, ReadTimeout: 30 * time.Second,
		WriteTimeout: 30 * time.Second}
	requests := make([]fasthttp.Request, users)
	answers := make([]fasthttp.Response, users)
	for i := range requests {
		requests[i].SetRequestURI("http://" + address + "/static?q=1")
		requests[i].Header.Set("Accept", "*/*")
	}
	control := func(user int) error { return other.Do(&requests[user], &answers[user]) }

	for range 3 {
		b.Run("hazard", func(b *testing.B) { runUsers(b, users, plain) })
		b.Run("fasthttp", func(b *testing.B) { runUsers(b, users, control) })
	}
}

// runUsers spreads b.N calls over users and reports the CPU of each.
func runUsers(b *testing.B, users int, call func(user int) error) {
	before := cpuMicros(b)
	var wait sync.WaitGroup
	for user := range users {
		wait.Add(1)
		go func() {
			defer wait.Done()
			for range b.N/users + 1 {
				if err := call(user); err != nil {
					b.Error(err)
					return
				}
			}
		}()
	}
	wait.Wait()
	b.ReportMetric((cpuMicros(b)-before)/float64((b.N/users+1)*users), "us-cpu/op")
}

// An idle, connected user costs its client, its jar and one connection; no buffer and no goroutine.
func TestIdleUsersAreSmall(t *testing.T) {
	const users, limit = 400, 3 << 10
	address := startTarget(t)
	shared := http1.NewShared(http1.Options{})
	req := staticRequest(t, address)
	clients := make([]*http1.Client, 0, users)
	var resp http1.Response
	connect := func() {
		client := http1.New(shared)
		if err := client.Do(req, &resp); err != nil {
			t.Fatal(err)
		}
		clients = append(clients, client)
	}
	connect()
	before, goroutines := usedMemory(), runtime.NumGoroutine()
	for range users {
		connect()
	}
	each := (int64(usedMemory()) - int64(before)) / users
	t.Logf("%d bytes per idle user", each)
	if each > limit || runtime.NumGoroutine() > goroutines+2 {
		t.Errorf("%d bytes, %d goroutines more", each, runtime.NumGoroutine()-goroutines)
	}
	for _, client := range clients {
		client.Close()
	}
}

// usedMemory is the heap and the stacks in use after a collection.
func usedMemory() uint64 {
	var stats runtime.MemStats
	runtime.GC()
	runtime.GC()
	runtime.ReadMemStats(&stats)
	return stats.HeapAlloc + stats.StackInuse
}
