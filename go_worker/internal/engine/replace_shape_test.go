package engine

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"google.golang.org/protobuf/proto"

	"hazard/internal/pb"
)

// paths counts requests by path, and remembers the order of a few.
type paths struct {
	mu   sync.Mutex
	hits map[string]uint64
}

func startPaths(t *testing.T) (*counting, *paths) {
	t.Helper()
	p := &paths{hits: map[string]uint64{}}
	server := startCounting(t, func(w http.ResponseWriter, r *http.Request) {
		p.mu.Lock()
		p.hits[r.URL.Path]++
		p.mu.Unlock()
	})
	return server, p
}

func (p *paths) await(t *testing.T, path string, atLeast uint64) {
	t.Helper()
	deadline := time.Now().Add(10 * time.Second)
	for p.of(path) < atLeast {
		if time.Now().After(deadline) {
			t.Fatalf("%s was asked for %d times", path, p.of(path))
		}
		time.Sleep(2 * time.Millisecond)
	}
}

func (p *paths) of(path string) uint64 {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.hits[path]
}

// all are the counts of every path once the load is over.
func (p *paths) all() map[string]uint64 {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.hits
}

func numberOf(t *testing.T, entries []*pb.StepEntry, task, name string) uint32 {
	t.Helper()
	for _, one := range entries {
		if one.TaskName == task && one.Name == name && one.Kind == pb.EntryKind_ENTRY_KIND_REQUEST {
			return one.Entry
		}
	}
	t.Fatalf("task %s has no step %s in %v", task, name, entries)
	return 0
}

func labels(entries []*pb.StepEntry) string {
	var texts []string
	for _, one := range entries {
		if one.Kind == pb.EntryKind_ENTRY_KIND_REQUEST {
			texts = append(texts, fmt.Sprintf("%s/%s %d-%d", one.TaskName, one.Name, one.PlanVersionFrom, one.PlanVersionTo))
		}
	}
	return strings.Join(texts, ", ")
}

func TestStepsAndTasksComeGoAndMoveAndEveryRequestIsCountedUnderItsName(t *testing.T) {
	server, seen := startPaths(t)
	step := func(name string) *pb.Step { return getStep(name, server.url+"/"+name) }
	plan := planOf([]*pb.Stage{users(6, 60_000)}, step("a"), step("b"), step("c"))
	plan.Tasks = append(plan.Tasks, &pb.Task{Id: "rest", Name: "rest", Disabled: true, Steps: []*pb.Step{step("d")}})
	c := startChild(t, prepareOf(plan))
	c.start(time.Now())
	seen.await(t, "/c", 30)
	plan = edited(plan, func(p *pb.Plan) {
		task := p.Tasks[0]
		task.Steps[1].Name, task.Steps[1].GetRequest().Url = "B", server.url+"/B"
		task.Steps = []*pb.Step{task.Steps[2], step("new"), task.Steps[1]} // a goes, c comes first
		p.Tasks[1].Disabled, p.Tasks[1].Weight = false, 3
	})
	second := c.replace(2, plan)
	if got := labels(second); got != "task/c 0-0, task/new 2-0, task/B 2-0, task/a 0-1, task/b 0-1, rest/d 2-0" {
		t.Errorf("entries of version 2: %s", got)
	}
	for _, path := range []string{"/new", "/B", "/d"} {
		seen.await(t, path, 30)
	}
	plan = edited(plan, func(p *pb.Plan) {
		p.Tasks[0].Steps = append(p.Tasks[0].Steps, step("a"))
		p.Tasks = p.Tasks[:1]
	})
	gone := seen.of("/a")
	third := c.replace(3, plan)
	if got := labels(third); got != "task/c 0-0, task/new 2-0, task/B 2-0, task/a 0-0, task/b 0-1, rest/d 2-2" {
		t.Errorf("entries of version 3: %s", got)
	}
	seen.await(t, "/a", gone+30)
	c.await("a frame of version 3", func(e *pb.EngineEvent) bool { return e.GetFrame().GetPlanVersion() == 3 })
	c.stop(&pb.Stop{DrainMs: 2000})
	c.awaitState(pb.EngineStatus_ENGINE_STATUS_FINISHED)
	for path, hits := range seen.all() {
		name, task := path[1:], "task"
		if name == "d" {
			task = "rest"
		}
		if got := c.totals(numberOf(t, third, task, name)); got.ok+got.aborted != hits || got.failed != 0 {
			t.Errorf("%s: %d came, %+v are counted", path, hits, got)
		}
	}
	versions := []uint32{}
	for _, frame := range c.frames() {
		versions = append(versions, frame.PlanVersion)
	}
	if !slices.IsSorted(versions) {
		t.Errorf("the frames tell the versions %v", versions)
	}
}

func TestARunningIterationEndsWithItsOwnPlan(t *testing.T) {
	held, release := make(chan struct{}), make(chan struct{})
	var mu sync.Mutex
	var order []string
	server := startCounting(t, func(_ http.ResponseWriter, r *http.Request) {
		mu.Lock()
		order = append(order, r.URL.Path)
		mu.Unlock()
		if r.URL.Path == "/first" {
			close(held)
			<-release
		}
	})
	other, seen := startPaths(t)
	plan := planOf([]*pb.Stage{users(1, 60_000)}, getStep("first", server.url+"/first"), getStep("last", server.url+"/last"))
	c := startChild(t, prepareOf(plan))
	c.start(time.Now())
	<-held
	host := strings.TrimPrefix(server.url, "http://")
	c.replace(2, edited(plan, func(p *pb.Plan) {
		p.HostMap = []*pb.HostMapping{{Recorded: host, Test: strings.TrimPrefix(other.url, "http://")}}
		p.Tasks[0].Steps = []*pb.Step{getStep("mapped", server.url+"/mapped")}
	}))
	c.await("a frame of version 2", func(e *pb.EngineEvent) bool { return e.GetFrame().GetPlanVersion() == 2 })
	close(release)
	seen.await(t, "/mapped", 5)
	c.stop(&pb.Stop{DrainMs: 1000})
	c.awaitState(pb.EngineStatus_ENGINE_STATUS_FINISHED)
	if !slices.Equal(order, []string{"/first", "/last"}) {
		t.Errorf("the old target saw %v", order)
	}
}

// rowed is a plan whose only step asks for the row of a feed.
func rowed(url string, order pb.FeedOrder, end pb.FeedEnd, rows ...string) *pb.Plan {
	plan := planOf([]*pb.Stage{users(4, 60_000)}, getStep("ask", url+"/{{row}}"))
	plan.Feeds = []*pb.DataFeed{{Name: "people", Columns: []string{"id"}, Order: order, AtEnd: end}}
	for _, row := range rows {
		plan.Feeds[0].Rows = append(plan.Feeds[0].Rows, &pb.FeedRow{Values: []string{row}})
	}
	plan.Variables = []*pb.Variable{{Name: "row", Column: &pb.DataColumn{Feed: "people", Column: "id"}}}
	plan.Tasks[0].ThinkTime = &pb.Pause{MinMs: 5}
	return plan
}

func numbered(from, to int) []string {
	var rows []string
	for i := from; i < to; i++ {
		rows = append(rows, fmt.Sprintf("r%d", i))
	}
	return rows
}

func TestUniqueRowsAreUsedOnceOverAllVersionsOfAPlan(t *testing.T) {
	server, seen := startPaths(t)
	const unique, stop = pb.FeedOrder_FEED_ORDER_UNIQUE, pb.FeedEnd_FEED_END_STOP
	prepare := prepareOf(rowed(server.url, unique, stop, numbered(0, 300)...))
	prepare.Request.HandOver = true
	c := startChild(t, prepare)
	allowing := make(chan struct{})
	go func() { // as the controller does
		defer close(allowing)
		seen := 0
		for ended := false; !ended; time.Sleep(time.Millisecond) {
			c.mu.Lock()
			fresh := c.events[seen:]
			seen = len(c.events)
			c.mu.Unlock()
			for _, event := range fresh {
				if rows := event.GetRows(); rows != nil {
					c.send(&pb.EngineCommand{Kind: &pb.EngineCommand_AllowRows{AllowRows: &pb.AllowRows{Streams: rows.Streams}}})
				}
				ended = ended || event.GetState().GetStatus() == pb.EngineStatus_ENGINE_STATUS_DRAINING
			}
		}
	}()
	c.start(time.Now())
	seen.await(t, "/r50", 1)
	moved := c.prepare(2, rowed(server.url, unique, stop, numbered(1, 300)...))
	if len(moved.Entries) > 0 || !strings.Contains(moved.Findings[0].What, "row 1 of its new table stood in another row") {
		t.Errorf("rows that moved: %v", moved)
	}
	more := rowed(server.url, unique, stop, numbered(0, 400)...)
	if ready := c.prepare(2, more); len(ready.FeedsBegun) > 0 || len(ready.Findings) > 0 {
		t.Errorf("rows at the end: %v", ready)
	}
	c.switchTo(2)
	seen.await(t, "/r90", 1)
	others := edited(rowed(server.url, unique, stop, numbered(1000, 1300)...), func(p *pb.Plan) {
		p.Feeds = append(p.Feeds, &pb.DataFeed{Name: "words", Columns: []string{"word"}, Rows: []*pb.FeedRow{{Values: []string{"w"}}}})
		p.Variables = append(p.Variables, &pb.Variable{Name: "word", Column: &pb.DataColumn{Feed: "words", Column: "word"}})
		p.Tasks[0].Steps = append(p.Tasks[0].Steps, getStep("word", server.url+"/{{word}}"))
	})
	ready := c.prepare(3, others)
	if !slices.Equal(ready.FeedsBegun, []string{"people", "words"}) || len(ready.Rows) != 1 {
		t.Errorf("another table: %v", ready)
	}
	c.switchTo(3, ready.Rows...)
	c.awaitState(pb.EngineStatus_ENGINE_STATUS_FINISHED)
	<-allowing
	for path, hits := range seen.all() {
		if hits != 1 && path != "/w" {
			t.Errorf("%s was used %d times", path, hits)
		}
	}
	if n := seen.of("/w"); n != 300 || seen.of("/r1000") != 1 || seen.of("/r1299") != 1 {
		t.Errorf("%d rows of the other table were used", n)
	}
}

func TestARemovedFeedThatComesBackGoesOnWhereItStood(t *testing.T) {
	server, seen := startPaths(t)
	plan := rowed(server.url, pb.FeedOrder_FEED_ORDER_SEQUENTIAL, pb.FeedEnd_FEED_END_STOP, numbered(0, 2000)...)
	c := startChild(t, prepareOf(plan))
	c.start(time.Now())
	seen.await(t, "/r20", 1)
	without := edited(plan, func(p *pb.Plan) {
		p.Feeds, p.Variables = nil, []*pb.Variable{{Name: "row", Value: proto.String("none")}}
	})
	c.replace(2, without)
	seen.await(t, "/none", 20)
	c.replace(3, plan)
	seen.await(t, "/r60", 1)
	c.stop(&pb.Stop{DrainMs: 1000})
	c.awaitState(pb.EngineStatus_ENGINE_STATUS_FINISHED)
	for path, hits := range seen.all() {
		if hits != 1 && path != "/none" {
			t.Errorf("%s was used %d times", path, hits)
		}
	}
}
