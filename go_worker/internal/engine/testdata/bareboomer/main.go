// Command bareboomer is the control of the cost benchmark: boomer and fasthttp.Client with nothing
// around them, against one URL, for a time; it prints the requests it made.
package main

import (
	"flag"
	"fmt"
	"io"
	"log"
	"sync/atomic"
	"time"

	"github.com/myzhan/boomer"
	"github.com/valyala/fasthttp"
)

func main() {
	url := flag.String("url", "", "target")
	users := flag.Int("users", 20, "goroutines")
	duration := flag.Duration("duration", 10*time.Second, "how long")
	flag.Parse()
	client := &fasthttp.Client{MaxConnsPerHost: *users, MaxIdemponentCallAttempts: 1}
	var requests atomic.Int64
	load := boomer.NewStandaloneBoomer(*users, float64(*users)).WithLogger(log.New(io.Discard, "", 0))
	task := &boomer.Task{Name: "bare", Weight: 1, Fn: func() {
		request, response := fasthttp.AcquireRequest(), fasthttp.AcquireResponse()
		defer fasthttp.ReleaseRequest(request)
		defer fasthttp.ReleaseResponse(response)
		request.SetRequestURI(*url)
		request.Header.Set("Accept", "*/*")
		started := time.Now()
		err := client.Do(request, response)
		elapsed := time.Since(started).Milliseconds()
		if err != nil || response.StatusCode() != 200 {
			load.RecordFailure("GET", "bare", elapsed, "failed")
			return
		}
		requests.Add(1)
		load.RecordSuccess("GET", "bare", elapsed, int64(len(response.Body())))
	}}
	go load.Run(task)
	time.Sleep(*duration)
	fmt.Println(requests.Load())
}
