// Command bareboomer is the control of the cost benchmark: boomer and fasthttp.Client with nothing
// around them, against one URL, for a time; it prints the requests it made. With a rate it is the
// control of the pacing: boomer's own limiter, and the 99th percentile that its users measure.
package main

import (
	"flag"
	"fmt"
	"io"
	"log"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/myzhan/boomer"
	"github.com/valyala/fasthttp"
)

func main() {
	url := flag.String("url", "", "target")
	users := flag.Int("users", 20, "goroutines")
	duration := flag.Duration("duration", 10*time.Second, "how long")
	rate := flag.Int64("rate", 0, "requests per second by boomer's limiter; 0: no limit")
	attempts := flag.Int("attempts", 1, "how often fasthttp may send a request")
	flag.Parse()
	client := &fasthttp.Client{MaxConnsPerHost: *users, MaxIdemponentCallAttempts: *attempts}
	var requests, tried atomic.Int64
	var times timesTaken
	load := boomer.NewStandaloneBoomer(*users, float64(*users)).WithLogger(log.New(io.Discard, "", 0))
	task := &boomer.Task{Name: "bare", Weight: 1, Fn: func() {
		request, response := fasthttp.AcquireRequest(), fasthttp.AcquireResponse()
		defer fasthttp.ReleaseRequest(request)
		defer fasthttp.ReleaseResponse(response)
		request.SetRequestURI(*url)
		request.Header.Set("Accept", "*/*")
		started := time.Now()
		err := client.Do(request, response)
		tried.Add(1)
		if *rate > 0 {
			times.add(time.Since(started))
		}
		elapsed := time.Since(started).Milliseconds()
		if err != nil || response.StatusCode() != 200 {
			load.RecordFailure("GET", "bare", elapsed, "failed")
			return
		}
		requests.Add(1)
		load.RecordSuccess("GET", "bare", elapsed, int64(len(response.Body())))
	}}
	if *rate > 0 {
		load.SetRateLimiter(boomer.NewStableRateLimiter(*rate, time.Second))
	}
	go load.Run(task)
	time.Sleep(*duration)
	if *rate > 0 {
		fmt.Println("tried", tried.Load())
		fmt.Println("p99", times.p99().Microseconds(), "us")
	}
	fmt.Println(requests.Load())
}

// timesTaken keeps every service time.
type timesTaken struct {
	mu  sync.Mutex
	all []time.Duration
}

func (t *timesTaken) add(one time.Duration) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.all = append(t.all, one)
}

func (t *timesTaken) p99() time.Duration {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.all) == 0 {
		return 0
	}
	slices.Sort(t.all)
	return t.all[len(t.all)*99/100]
}
