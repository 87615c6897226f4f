// Command stockboomer is the control beside hazard's own worker: boomer as its README shows it, with
// boomer.Run, its flags (-master-host, -master-port, -max-rps) and fasthttp.Client as it comes. It
// connects to a Locust master, and its users send one request after the other to one URL. When it ends
// it prints how many requests its users asked of the client.
package main

import (
	"flag"
	"fmt"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/myzhan/boomer"
	"github.com/valyala/fasthttp"
)

func main() {
	url := flag.String("url", "", "target; {n} is replaced by the number of the iteration")
	pacing := flag.Duration("pacing", 0, "an iteration takes at least so long; 0: none")
	again := flag.Duration("again", 0, "after this pause an iteration sends its request once more; 0: never")
	mismatch := flag.Bool("mismatch", false, "every answer is a failure whose text says the number that was expected")
	flag.Parse()
	client := &fasthttp.Client{}
	var iterations, asked atomic.Int64
	// Most boomer programs name a sample after its URL.
	send := func(number int64) {
		address := strings.ReplaceAll(*url, "{n}", strconv.FormatInt(number, 10))
		asked.Add(1)
		began := time.Now()
		status, body, err := client.Get(nil, address)
		elapsed := time.Since(began).Milliseconds()
		switch {
		case err != nil:
			boomer.RecordFailure("GET", address, elapsed, err.Error())
		case *mismatch:
			boomer.RecordFailure("GET", address, elapsed, fmt.Sprintf("the answer has no item %d", number))
		case status != fasthttp.StatusOK:
			boomer.RecordFailure("GET", address, elapsed, strconv.Itoa(status))
		default:
			boomer.RecordSuccess("GET", address, elapsed, int64(len(body)))
		}
	}
	boomer.Run(&boomer.Task{Name: "stock", Weight: 1, Fn: func() {
		began, number := time.Now(), iterations.Add(1)
		send(number)
		if *again > 0 {
			time.Sleep(*again)
			send(number)
		}
		if *pacing > 0 {
			time.Sleep(*pacing - time.Since(began))
		}
	}})
	fmt.Println(asked.Load())
}
