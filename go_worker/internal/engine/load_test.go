package engine

import (
	"fmt"
	"net/http"
	"sort"
	"strings"
	"sync"
	"testing"
	"time"

	"hazard/internal/pb"
	"hazard/internal/stats"
)

func arrivals(rate float64, ms uint64) *pb.Stage {
	return &pb.Stage{Kind: pb.StageKind_STAGE_KIND_ARRIVALS, To: rate, DurationMs: ms}
}

func TestArrivalsAreExactOverWorkers(t *testing.T) {
	server := startCounting(t, nil)
	var workers []*child
	at := time.Now().Add(200 * time.Millisecond)
	for index := range uint32(3) {
		prepare := prepareOf(planOf([]*pb.Stage{arrivals(200, 1000), arrivals(50, 500)}, getStep("one", server.url)))
		prepare.Request.Share = &pb.Share{Index: index, Count: 3}
		c := startChild(t, prepare)
		c.start(at)
		workers = append(workers, c)
	}
	var sum totals
	for _, c := range workers {
		c.awaitState(pb.EngineStatus_ENGINE_STATUS_FINISHED)
		one := c.totals(0)
		sum.ok += one.ok
		sum.started += one.started
		sum.dropped += one.dropped
	}
	if sum.started != 225 || sum.ok != 225 || sum.dropped != 0 || server.hits.Load() != 225 {
		t.Errorf("started %d, fine %d, dropped %d, seen %d instead of 225", sum.started, sum.ok, sum.dropped,
			server.hits.Load())
	}
}

func TestIterationsAreSharedExactly(t *testing.T) {
	server := startCounting(t, nil)
	stage := &pb.Stage{Kind: pb.StageKind_STAGE_KIND_ITERATIONS, To: 101, Users: 4}
	total := uint64(0)
	for index := range uint32(3) {
		prepare := prepareOf(planOf([]*pb.Stage{stage}, getStep("one", server.url)))
		prepare.Request.Share = &pb.Share{Index: index, Count: 3}
		c := startChild(t, prepare)
		c.start(time.Now())
		c.awaitState(pb.EngineStatus_ENGINE_STATUS_FINISHED)
		total += c.totals(0).ok
	}
	if total != 101 || server.hits.Load() != 101 {
		t.Errorf("%d iterations, %d requests instead of 101", total, server.hits.Load())
	}
}

// A stall of the target must show in the time since the planned start, and not in the service time of
// the requests that only had to wait for a free user.
func TestAStallShowsInTheTimeSinceThePlannedStart(t *testing.T) {
	var once sync.Once
	stalled := make(chan struct{})
	begin := time.Now()
	server := startCounting(t, func(w http.ResponseWriter, _ *http.Request) {
		if time.Since(begin) > 700*time.Millisecond {
			once.Do(func() {
				time.Sleep(400 * time.Millisecond)
				close(stalled)
			})
			<-stalled
		}
	})
	plan := planOf([]*pb.Stage{arrivals(200, 2000)}, getStep("one", server.url))
	plan.MaxUsers = 4
	c := startChild(t, prepareOf(plan))
	c.start(time.Now())
	c.awaitState(pb.EngineStatus_ENGINE_STATUS_FINISHED)
	var service, scheduled uint64
	for _, frame := range c.frames() {
		for _, step := range frame.Steps {
			if step.Entry == 0 {
				service += above(step.Service, 200_000)
				scheduled += above(step.Scheduled, 200_000)
			}
		}
	}
	// 400 ms at 200/s: 80 starts are late by up to 400 ms, half of them by more than 200 ms.
	if service > 4 || scheduled < 25 || scheduled > 55 {
		t.Errorf("over 200 ms: %d in service, %d since the plan", service, scheduled)
	}
	if sum := c.totals(0); sum.started != 400 || sum.late < 50 {
		t.Errorf("counted %+v", sum)
	}
}

// above counts the values over a limit in microseconds.
func above(h *pb.Histogram, limit uint64) uint64 {
	n := uint64(0)
	for i, index := range h.GetIndex() {
		if stats.Lowest(int(index)) >= limit {
			n += h.Count[i]
		}
	}
	return n
}

func TestSequentialRowsAreUsedOnceOverWorkers(t *testing.T) {
	var mu sync.Mutex
	var seen []string
	server := startCounting(t, func(_ http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		seen = append(seen, r.URL.Query().Get("row"))
	})
	var rows []*pb.FeedRow
	var want []string
	for i := range 50 {
		rows = append(rows, &pb.FeedRow{Values: []string{fmt.Sprintf("r%02d", i)}})
		want = append(want, fmt.Sprintf("r%02d", i))
	}
	for index := range uint32(3) {
		plan := planOf([]*pb.Stage{users(6, 60_000)}, getStep("one", server.url+"/?row={{row}}"))
		plan.Feeds = []*pb.DataFeed{{Name: "rows", Order: pb.FeedOrder_FEED_ORDER_UNIQUE, AtEnd: pb.FeedEnd_FEED_END_STOP}}
		plan.Variables = []*pb.Variable{{Name: "row", Column: &pb.DataColumn{Feed: "rows", Column: "id"}}}
		prepare := prepareOf(plan)
		prepare.Request.Share = &pb.Share{Index: index, Count: 3}
		prepare.Request.Feeds = []*pb.FeedData{{Name: "rows", Columns: []string{"id"}, Rows: rows}}
		c := startChild(t, prepare)
		c.start(time.Now())
		c.awaitState(pb.EngineStatus_ENGINE_STATUS_FINISHED)
	}
	sort.Strings(seen)
	if strings.Join(seen, " ") != strings.Join(want, " ") {
		t.Errorf("rows used: %v", seen)
	}
}

func TestLoadIsChangedPausedAndResumed(t *testing.T) {
	server := startCounting(t, func(http.ResponseWriter, *http.Request) { time.Sleep(2 * time.Millisecond) })
	r, findings := newRun(prepareOf(planOf([]*pb.Stage{users(3, 60_000)}, getStep("one", server.url))), func(*pb.EngineEvent) {})
	if r == nil {
		t.Fatal(findings)
	}
	r.start(time.Now())
	awaitUsers := func(n int) {
		t.Helper()
		deadline := time.Now().Add(5 * time.Second)
		for r.floor.busyUsers() != n {
			if time.Now().After(deadline) {
				t.Fatalf("%d users instead of %d", r.floor.busyUsers(), n)
			}
			time.Sleep(2 * time.Millisecond)
		}
	}
	awaitUsers(3)
	r.do(&pb.EngineCommand{Kind: &pb.EngineCommand_SetLoad{SetLoad: &pb.SetLoad{Stages: []*pb.Stage{users(9, 60_000)}}}})
	awaitUsers(9)
	r.do(&pb.EngineCommand{Kind: &pb.EngineCommand_Pause{Pause: &pb.PauseLoad{}}})
	awaitUsers(0)
	hits := server.hits.Load()
	time.Sleep(50 * time.Millisecond)
	if server.hits.Load() != hits {
		t.Error("requests are sent while the load is paused")
	}
	r.do(&pb.EngineCommand{Kind: &pb.EngineCommand_Resume{Resume: &pb.ResumeLoad{}}})
	awaitUsers(9)
	r.do(&pb.EngineCommand{Kind: &pb.EngineCommand_Reshare{Reshare: &pb.Reshare{Share: &pb.Share{Index: 1, Count: 3}}}})
	awaitUsers(3)
	r.stop(pbStop{drain: time.Second, why: "test"})
	<-r.finished
}
