package engine

import (
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"hazard/internal/http1"
	"hazard/internal/pb"
)

// order runs a check and gives the names of its requests.
func order(t *testing.T, plan *pb.Plan) string {
	t.Helper()
	steps, _, findings := checked(t, &pb.CheckRequest{Plan: plan})
	if len(findings) > 0 {
		t.Fatal(findings)
	}
	var names []string
	for _, step := range steps {
		names = append(names, step.Name)
	}
	return strings.Join(names, " ")
}

func named(name string, step *pb.Step) *pb.Step {
	step.Id, step.Name = name, name
	return step
}

func test(left string, operator pb.Operator, right string) *pb.Test {
	return &pb.Test{Left: left, Operator: operator, Right: right}
}

func TestStepsAreRunInTheirOrder(t *testing.T) {
	server := startCounting(t, nil)
	get := func(name string) *pb.Step { return getStep(name, server.url+"/"+name) }
	group := func(timed bool, steps ...*pb.Step) *pb.Step {
		return &pb.Step{Kind: &pb.Step_Group{Group: &pb.Group{Steps: steps, Timed: timed}}}
	}
	count := &pb.Step{Kind: &pb.Step_Script{Script: &pb.Script{Source: `pm.environment.set("n", Number(pm.environment.get("n") || 0) + 1);`}}}
	jump := func(to string, when *pb.Test, most uint32) *pb.Step {
		return &pb.Step{Kind: &pb.Step_Jump{Jump: &pb.Jump{To: to, When: when, Max: most}}}
	}
	for name, c := range map[string]struct {
		steps []*pb.Step
		want  string
	}{
		"groups":     {[]*pb.Step{get("a"), group(true, get("b"), group(false, get("c"))), get("d")}, "a b c d"},
		"times":      {[]*pb.Step{{Kind: &pb.Step_Loop{Loop: &pb.Loop{Steps: []*pb.Step{get("a")}, Times: 3}}}}, "a a a"},
		"until":      {[]*pb.Step{{Kind: &pb.Step_Loop{Loop: &pb.Loop{Steps: []*pb.Step{count, get("a")}, Until: test("{{n}}", pb.Operator_OPERATOR_GREATER_OR_EQUAL, "2")}}}}, "script a script a"},
		"capped":     {[]*pb.Step{{Kind: &pb.Step_Loop{Loop: &pb.Loop{Steps: []*pb.Step{get("a")}, Until: test("1", 0, "2"), Max: 4}}}}, "a a a a"},
		"then":       {[]*pb.Step{{Kind: &pb.Step_Condition{Condition: &pb.Condition{Test: test("1", 0, "1"), Then: []*pb.Step{get("a")}, Otherwise: []*pb.Step{get("b")}}}}}, "a"},
		"otherwise":  {[]*pb.Step{{Kind: &pb.Step_Condition{Condition: &pb.Condition{Test: test("1", 0, "2"), Then: []*pb.Step{get("a")}, Otherwise: []*pb.Step{get("b")}}}}}, "b"},
		"forward":    {[]*pb.Step{get("a"), jump("c", nil, 0), get("b"), get("c")}, "a c"},
		"back":       {[]*pb.Step{get("a"), get("b"), jump("a", nil, 2), get("c")}, "a b a b a b c"},
		"end":        {[]*pb.Step{get("a"), jump("", nil, 0), get("b")}, "a"},
		"conditions": {[]*pb.Step{get("a"), jump("c", test("1", 0, "2"), 0), get("b"), get("c")}, "a b c"},
		"into group": {[]*pb.Step{jump("c", nil, 0), get("a"), group(true, get("b"), get("c"), get("d")), get("e")}, "c d e"},
		"out of one": {[]*pb.Step{group(true, get("a"), jump("d", nil, 0), get("b")), get("c"), get("d")}, "a d"},
		"parallel":   {[]*pb.Step{{Kind: &pb.Step_Parallel{Parallel: &pb.Parallel{Steps: []*pb.Step{get("a"), get("b")}}}}, get("c")}, "a b c"},
		"disabled":   {[]*pb.Step{get("a"), {Disabled: true, Kind: get("b").Kind}, get("c")}, "a c"},
		"pause":      {[]*pb.Step{get("a"), {Kind: &pb.Step_Pause{Pause: &pb.Pause{MinMs: 1, MaxMs: 3}}}, get("b")}, "a b"},
	} {
		t.Run(name, func(t *testing.T) {
			for _, step := range c.steps {
				if step.GetScript() != nil {
					named("script", step)
				}
			}
			count.Name = "script"
			if got := order(t, planOf(nil, c.steps...)); got != c.want {
				t.Errorf("%q instead of %q", got, c.want)
			}
		})
	}
}

func TestParallelStepsRunTogether(t *testing.T) {
	var open, most atomic.Int32
	server := startCounting(t, func(http.ResponseWriter, *http.Request) {
		now := open.Add(1)
		for {
			seen := most.Load()
			if now <= seen || most.CompareAndSwap(seen, now) {
				break
			}
		}
		time.Sleep(30 * time.Millisecond)
		open.Add(-1)
	})
	var steps []*pb.Step
	for _, name := range []string{"a", "b", "c", "d", "e"} {
		steps = append(steps, getStep(name, server.url))
	}
	c := startChild(t, prepareOf(planOf(nil, &pb.Step{Kind: &pb.Step_Parallel{Parallel: &pb.Parallel{Steps: steps, MaxAtOnce: 3}}})))
	c.start(time.Now())
	c.awaitState(pb.EngineStatus_ENGINE_STATUS_FINISHED)
	if most.Load() != 3 || server.hits.Load() != 5 {
		t.Errorf("%d at once, %d requests", most.Load(), server.hits.Load())
	}
}

func TestGroupsAndIterationsHaveTheirOwnTime(t *testing.T) {
	server := startCounting(t, func(http.ResponseWriter, *http.Request) { time.Sleep(20 * time.Millisecond) })
	group := named("group", &pb.Step{Kind: &pb.Step_Group{Group: &pb.Group{Timed: true,
		Steps: []*pb.Step{getStep("a", server.url), getStep("b", server.url)}}}})
	c := startChild(t, prepareOf(planOf(nil, group)))
	prepared := c.await("the entries", func(e *pb.EngineEvent) bool { return e.GetPrepared() != nil }).GetPrepared()
	c.start(time.Now())
	c.awaitState(pb.EngineStatus_ENGINE_STATUS_FINISHED)
	for _, frame := range c.frames() {
		for _, step := range frame.Steps {
			kind := prepared.Entries[step.Entry].Kind
			low := uint64(40_000)
			if kind == pb.EntryKind_ENTRY_KIND_REQUEST {
				low = 20_000
			}
			if step.Ok != 1 || step.Service.MinUs < low || step.Service.MinUs > low+60_000 {
				t.Errorf("%v took %d us", kind, step.Service.MinUs)
			}
		}
	}
}

func TestSetupAndTeardownRunInTheirScope(t *testing.T) {
	var mu sync.Mutex
	seen := map[string]int{}
	server := startCounting(t, func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		seen[r.URL.Path]++
		if r.URL.Path == "/work" && r.URL.Query().Get("t") != "from-worker" {
			w.WriteHeader(http.StatusBadRequest)
		}
		_, _ = w.Write([]byte(`{"t":"from` + strings.ReplaceAll(r.URL.Path, "/", "-") + `"}`))
	})
	saving := func(path string) *pb.Step {
		step := getStep(path, server.url+"/"+path)
		step.GetRequest().Extractors = []*pb.Extractor{{Variable: path, Language: &pb.Extractor_Jmespath{Jmespath: "t"}}}
		return step
	}
	plan := planOf([]*pb.Stage{users(3, 300)}, getStep("work", server.url+"/work?t={{worker}}"))
	plan.Setup = []*pb.SetupStep{
		{Scope: pb.SetupScope_SETUP_SCOPE_USER, Step: saving("user")},
		{Scope: pb.SetupScope_SETUP_SCOPE_WORKER, Step: saving("worker")},
		{Scope: pb.SetupScope_SETUP_SCOPE_RUN, Step: saving("run")}}
	plan.Teardown = []*pb.Step{getStep("bye", server.url+"/bye")}
	c := startChild(t, prepareOf(plan))
	c.start(time.Now().Add(50 * time.Millisecond))
	c.awaitState(pb.EngineStatus_ENGINE_STATUS_FINISHED)
	mu.Lock()
	defer mu.Unlock()
	if seen["/user"] != 3 || seen["/worker"] != 1 || seen["/run"] != 1 || seen["/bye"] != 3 || seen["/work"] < 3 {
		t.Errorf("seen %v", seen)
	}
	for _, frame := range c.frames() {
		for _, step := range frame.Steps {
			if step.Failed > 0 {
				t.Errorf("entry %d failed: %v", step.Entry, step.Errors)
			}
		}
	}
}

func TestTheCapOfTheWorkerHolds(t *testing.T) {
	server := startCounting(t, nil)
	prepare := prepareOf(planOf([]*pb.Stage{users(10, 1000)}, getStep("a", server.url)))
	prepare.Caps = &pb.Caps{Rps: 100}
	c := startChild(t, prepare)
	c.start(time.Now())
	c.awaitState(pb.EngineStatus_ENGINE_STATUS_FINISHED)
	if n := server.hits.Load(); n < 80 || n > 115 {
		t.Errorf("%d requests in a second", n)
	}
}

func TestTheCapOfConnectionsHolds(t *testing.T) {
	server := startCounting(t, func(http.ResponseWriter, *http.Request) { time.Sleep(time.Millisecond) })
	prepare := prepareOf(planOf([]*pb.Stage{users(5, 300)}, getStep("a", server.url)))
	prepare.Caps = &pb.Caps{Connections: 2, Rps: 500}
	c := startChild(t, prepare)
	c.start(time.Now())
	c.awaitState(pb.EngineStatus_ENGINE_STATUS_FINISHED)
	kinds := map[string]uint64{}
	for _, frame := range c.frames() {
		for _, step := range frame.Steps {
			for _, e := range step.Errors {
				kinds[e.Kind] += e.Count
			}
		}
	}
	if sum := c.totals(0); kinds["connection_cap"] != sum.failed || sum.failed == 0 || sum.ok != server.hits.Load() {
		t.Errorf("counted %+v, kinds %v, the server saw %d", sum, kinds, server.hits.Load())
	}
}

func TestTheDeadManSwitchStopsTheLoad(t *testing.T) {
	server := startCounting(t, nil)
	prepare := prepareOf(planOf([]*pb.Stage{users(1, 60_000)}, getStep("a", server.url)))
	prepare.Request.NotAfterUnixMs = time.Now().Add(500 * time.Millisecond).UnixMilli()
	c := startChild(t, prepare)
	c.start(time.Now())
	began := time.Now()
	c.awaitState(pb.EngineStatus_ENGINE_STATUS_FINISHED)
	if took := time.Since(began); took > 2*time.Second {
		t.Errorf("silent after %v", took)
	}
}

func TestRecordedHostsAreMapped(t *testing.T) {
	mapURL, err := hostMap([]*pb.HostMapping{{Recorded: "api.example.com", Test: "http://127.0.0.1:8080"},
		{Recorded: "Api.example.com:8443", Test: "other.test"}, {Recorded: "v6.test", Test: "[::1]:99"}})
	if err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]string{
		"https://api.example.com/x?y":    "http://127.0.0.1:8080/x?y",
		"https://API.example.com:8443/x": "https://other.test:8443/x",
		"http://v6.test/":                "http://[::1]:99/",
		"http://elsewhere.test/":         "http://elsewhere.test/",
	} {
		var url http1.URL
		if err := http1.ParseURL(&url, []byte(text)); err != nil {
			t.Fatal(err)
		}
		mapURL(&url)
		if got := url.String(); got != want {
			t.Errorf("%s became %s instead of %s", text, got, want)
		}
	}
	for _, bad := range []string{"", "ftp://x", "a b", "x:99999"} {
		if _, err := hostMap([]*pb.HostMapping{{Recorded: "a", Test: bad}}); err == nil {
			t.Errorf("%q is accepted", bad)
		}
	}
}
