package engine

import (
	"crypto/sha256"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"hazard/internal/pb"
)

const comparedRequests = 1000

// rendering keeps the first requests of every user, whole.
type rendering struct {
	mu     sync.Mutex
	users  int
	seen   map[string][]string
	full   int
	enough chan struct{}
}

func (r *rendering) handle(w http.ResponseWriter, request *http.Request) {
	body, _ := io.ReadAll(request.Body)
	user := request.Header.Get("X-User")
	text := fmt.Sprintf("%s %s %v %s", request.Method, request.URL, request.Header, body)
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.seen[user]) < comparedRequests {
		r.seen[user] = append(r.seen[user], text)
		if len(r.seen[user]) == comparedRequests {
			if r.full++; r.full == r.users {
				close(r.enough)
			}
		}
	}
	// What is saved from an answer is part of later requests.
	_, _ = fmt.Fprintf(w, `{"token":"%x"}`, sha256.Sum256([]byte(text)))
}

// reproducedPlan uses everything that a request is rendered from: tasks by weight, rows, random values,
// counters, generators and what an earlier answer gave.
func reproducedPlan(url string) *pb.Plan {
	user := &pb.Pair{Name: "X-User", Value: "{{$user}}"}
	read := getStep("read", url+"/read?x={{$guid}}&n={{$int 1 1000}}&row={{own}}&session={{session}}")
	read.GetRequest().Headers = []*pb.Pair{user, {Name: "X-Token", Value: "{{token}}"}}
	write := getStep("write", url+"/write/{{$iteration}}/{{$counter}}")
	write.GetRequest().Method = "POST"
	write.GetRequest().Headers = []*pb.Pair{user}
	write.GetRequest().Body = &pb.Body{Kind: &pb.Body_Text{Text: &pb.TextBody{
		Content: `{"name":"{{$randomFullName}}","row":"{{any}}","made":"{{made}}"}`}}}
	write.GetRequest().Extractors = []*pb.Extractor{{Variable: "token", Language: &pb.Extractor_Jmespath{Jmespath: "token"}}}
	plan := planOf([]*pb.Stage{users(6, 120_000)}, read)
	plan.Tasks = append(plan.Tasks, &pb.Task{Id: "other", Name: "other", Weight: 2, Steps: []*pb.Step{write, read}})
	made, session := "$randomWord", "$guid"
	plan.Variables = []*pb.Variable{
		{Name: "made", Generator: &made, Scope: pb.Scope_SCOPE_ITERATION}, {Name: "session", Generator: &session},
		{Name: "own", Column: &pb.DataColumn{Feed: "own", Column: "c"}},
		{Name: "any", Column: &pb.DataColumn{Feed: "any", Column: "c"}}}
	var rows []*pb.FeedRow
	for i := range 50 {
		rows = append(rows, &pb.FeedRow{Values: []string{fmt.Sprint("row", i)}})
	}
	plan.Feeds = []*pb.DataFeed{
		{Name: "own", Columns: []string{"c"}, Rows: rows, Order: pb.FeedOrder_FEED_ORDER_PER_USER},
		{Name: "any", Columns: []string{"c"}, Rows: rows, Order: pb.FeedOrder_FEED_ORDER_RANDOM}}
	return plan
}

// rendered is what every user asks for first, by user, over some workers.
func rendered(t *testing.T, workers uint32, seed uint64) map[string][]string {
	t.Helper()
	r := &rendering{users: 6, seen: map[string][]string{}, enough: make(chan struct{})}
	server := startCounting(t, r.handle)
	var all []*child
	for index := range workers {
		// The address of the server differs from run to run; what is sent must not.
		prepare := prepareOf(reproducedPlan("http://shop.test"))
		prepare.Request.Options.ConnectTo = []string{"::" + server.url[len("http://"):]}
		prepare.Request.Options.Seed = seed
		prepare.Request.Share = &pb.Share{Index: index, Count: workers}
		c := startChild(t, prepare)
		c.start(time.Now())
		all = append(all, c)
	}
	select {
	case <-r.enough:
	case <-time.After(60 * time.Second):
		t.Fatalf("only %d users had %d requests", r.full, comparedRequests)
	}
	for _, c := range all {
		c.stop(&pb.Stop{})
		c.awaitState(pb.EngineStatus_ENGINE_STATUS_FINISHED)
	}
	return r.seen
}

func TestTheSameSeedRendersTheSameRequestsOnAnyNumberOfWorkers(t *testing.T) {
	one, three, other := rendered(t, 1, 7), rendered(t, 3, 7), rendered(t, 3, 8)
	if len(one) != 6 || len(three) != 6 {
		t.Fatalf("%d and %d users came", len(one), len(three))
	}
	for user, requests := range one {
		if last := requests[comparedRequests-1]; strings.Contains(last, "{{") {
			t.Errorf("a variable is not resolved: %s", last)
		}
		same := 0
		for i, request := range requests {
			if request != three[user][i] {
				t.Fatalf("request %d of user %s:\none worker:    %s\nthree workers: %s", i, user, request, three[user][i])
			}
			if request == other[user][i] {
				same++
			}
		}
		if same > comparedRequests/10 {
			t.Errorf("user %s: %d requests are the same under another seed", user, same)
		}
	}
}
