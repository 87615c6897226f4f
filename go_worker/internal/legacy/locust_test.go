package legacy

import (
	"maps"
	"strings"
	"testing"
	"time"

	"hazard/internal/agent"
	"hazard/internal/lab/labtest"
	wire "hazard/internal/pb/legacy"
)

// request is a plan of the prior art: a setup request whose value every task uses, a task that
// prepares and puts, a task that fails.
func request(s *site, m *labtest.Master) *wire.InitBommerRequest {
	return &wire.InitBommerRequest{
		IsSession:    true,
		LocustMaster: m.Address(),
		PreTask: []*wire.HttpRequest{{UrlPath: s.url + "/echo", Method: "GET",
			Params:         map[string]string{"run": "41"},
			SaveParamChain: []*wire.SaveParamAction{{SaveType: 2, ParamName: "run", RuleValue: `run=(\d+)`}}}},
		MainTask: []*wire.TestTask{
			{TaskName: "put", TaskWeight: 3,
				PreWork: []*wire.HttpRequest{
					{SaveParamChain: []*wire.SaveParamAction{{SaveType: 3, ParamName: "kind", RuleValue: "order"}}},
					{UrlPath: s.url + "/echo", Method: "POST", DictData: map[string]string{"{@kind@}": "ignored", "n": "{@kind@} 7"},
						SaveParamChain: []*wire.SaveParamAction{{SaveType: 1, ParamName: "method", RuleValue: "method"},
							{SaveType: 2, ParamName: "form", RuleValue: `n=([a-z+0-9]+)`}}}},
				TestWork: &wire.HttpRequest{UrlPath: s.url + "/echo", Method: "PUT", JsonData: `{"run": {@run@}}`,
					Headers:     map[string]string{"X-Hazard-Step": "{@run@} {@method@} {@form@}"},
					AssertChain: []*wire.AssertAction{{AssertType: 0, RuleValue: 200}, {AssertType: 1, RuleValue: 10}}}},
			{TaskName: "fail", TaskWeight: 1,
				TestWork: &wire.HttpRequest{UrlPath: s.url + "/status/503", Method: "DELETE"}},
		},
	}
}

func initBommer(t *testing.T, client wire.BoomerCallServiceClient, plan *wire.InitBommerRequest) {
	t.Helper()
	response, err := client.InitBommer(labtest.Within(t), plan)
	if err != nil {
		t.Fatal(err)
	}
	if !response.Status {
		t.Fatalf("refused: %s", response.Message)
	}
}

func endBommer(t *testing.T, client wire.BoomerCallServiceClient) string {
	t.Helper()
	response, err := client.EndBommer(labtest.Within(t), &wire.EndBommerRequest{})
	if err != nil || !response.Status {
		t.Fatalf("not ended: %v %v", response, err)
	}
	return response.Message
}

// silent waits until the target hears nothing for a while.
func (s *site) silent() {
	s.t.Helper()
	last, seen := time.Now(), s.hits().Total
	labtest.Await(s.t, "silence", func() bool {
		if now := s.hits().Total; now != seen {
			last, seen = time.Now(), now
		}
		return time.Since(last) > 500*time.Millisecond
	})
}

func TestLocustCountsTheIterationsOfAPlanOfThePriorArt(t *testing.T) {
	t.Parallel()
	m, s := labtest.StartMaster(t), startSite(t)
	client := startWorker(t)
	initBommer(t, client, request(s, m))
	m.AwaitWorker()
	if now := s.hits(); now.Total != 1 || now.Hits["GET /echo"] != 1 {
		t.Errorf("before Locust starts the target saw %v", now.Hits)
	}
	m.Swarm(4)
	labtest.Await(t, "iterations of both tasks", func() bool {
		found := m.Report().Counted()
		return found["http put"][0] > 100 && found["http fail"][0] > 10
	})
	if message := endBommer(t, client); !strings.Contains(message, "has ended") {
		t.Errorf("the answer is %q", message)
	}
	seen, found := s.hits(), m.Report()
	puts, fails := seen.Hits["PUT /echo"], seen.Hits["DELETE /status/:code"]
	want := map[string][2]uint64{"http put": {puts, 0}, "http fail": {fails, fails}}
	if got := found.Counted(); !maps.Equal(got, want) {
		t.Errorf("Locust has %v, the target %v", got, seen.Hits)
	}
	// The end may come between the preparation and the request of an iteration: that is no iteration.
	prepared := seen.Hits["POST /echo"]
	if seen.HitsByStep["41 POST order+7"] != puts || prepared < puts || prepared > puts+4 || seen.Hits["GET /echo"] != 1 {
		t.Errorf("saved values: the target saw %v, %v", seen.Hits, seen.HitsByStep)
	}
	if ratio := float64(puts) / float64(fails); ratio < 2 || ratio > 4.5 {
		t.Errorf("the weights are 3 to 1, the iterations %d to %d", puts, fails)
	}
	if len(found.Errors) != 1 || !strings.Contains(found.Errors[0].Error, "status below 400") {
		t.Errorf("Locust's errors are %v", found.Errors)
	}
}

func TestLocustStartsChangesAndStopsTheUsers(t *testing.T) {
	t.Parallel()
	m, s := labtest.StartMaster(t), startSite(t)
	client := startWorker(t)
	plan := request(s, m)
	plan.MainTask = []*wire.TestTask{{TaskName: "wait",
		TestWork: &wire.HttpRequest{UrlPath: s.url + "/delay", Params: map[string]string{"ms": "50"}}}}
	initBommer(t, client, plan)
	m.AwaitWorker()
	for _, users := range []int{2, 5, 1} {
		m.Swarm(users)
		labtest.Await(t, "that many users", func() bool { return m.Report().UserCount == users })
		before, began := s.hits().Total, time.Now()
		labtest.Await(t, "iterations", func() bool { return s.hits().Total > before+40 })
		if rate, most := float64(s.hits().Total-before)/time.Since(began).Seconds(), float64(users)*20; rate > most*1.3+5 {
			t.Errorf("%d users make %.0f iterations a second, not at most %.0f", users, rate, most)
		}
	}
	m.Stop()
	s.silent()
	m.Swarm(2)
	before := s.hits().Total
	labtest.Await(t, "the load to go on", func() bool { return s.hits().Total > before+5 })
	m.Stop()
	s.silent()
	plan.MainTask[0].TaskName = "again"
	initBommer(t, client, plan)
	m.AwaitWorker()
	m.Swarm(3)
	labtest.Await(t, "the second plan", func() bool { return m.Report().Counted()["http again"][0] > 20 })
	endBommer(t, client)
	s.silent()
	if message := endBommer(t, client); !strings.Contains(message, "no boomer") {
		t.Errorf("the second end is answered %q", message)
	}
}

func TestEveryUserBeginsWithTheCookiesOfTheSetup(t *testing.T) {
	t.Parallel()
	m, s := labtest.StartMaster(t), startSite(t)
	client := startWorker(t)
	for session, status := range map[bool]string{true: "200", false: "401"} {
		before := s.hits().ByStatus[status]
		initBommer(t, client, &wire.InitBommerRequest{IsSession: session, LocustMaster: m.Address(),
			PreTask:  []*wire.HttpRequest{{UrlPath: s.url + "/login", Method: "POST", DictData: map[string]string{"user": "7"}}},
			MainTask: []*wire.TestTask{{TaskName: "me", TestWork: &wire.HttpRequest{UrlPath: s.url + "/me"}}}})
		m.AwaitWorker()
		m.Swarm(3)
		labtest.Await(t, "answers of "+status, func() bool { return s.hits().ByStatus[status] > before+20 })
		endBommer(t, client)
	}
}

func TestTheLoadEndsWhenTheMasterIsLost(t *testing.T) {
	t.Parallel()
	m, s := labtest.StartMaster(t), startSite(t)
	client := startWorker(t, func(c *agent.Config) { c.OrphanGrace = time.Second })
	initBommer(t, client, request(s, m))
	m.AwaitWorker()
	m.Swarm(2)
	before := s.hits().Total
	labtest.Await(t, "load", func() bool { return s.hits().Total > before+20 })
	m.Kill()
	s.silent()
	endBommer(t, client)
}

func TestWhatKeepsAPlanFromRunningIsTold(t *testing.T) {
	t.Parallel()
	m, s := labtest.StartMaster(t), startSite(t)
	client := startWorker(t)
	for _, one := range []struct {
		part string
		edit func(*wire.InitBommerRequest)
	}{
		{"there is no task", func(p *wire.InitBommerRequest) { p.MainTask = nil }},
		{"is not HOST or HOST:PORT", func(p *wire.InitBommerRequest) { p.LocustMaster = "" }},
		{"does not allow the Locust master 192.0.2.1:5557", func(p *wire.InitBommerRequest) { p.LocustMaster = "192.0.2.1" }},
		{"does not answer", func(p *wire.InitBommerRequest) { p.LocustMaster = "127.0.0.1:1" }},
		{"MainTask[1].TestWork: it has no URL", func(p *wire.InitBommerRequest) { p.MainTask[1].TestWork = nil }},
		{"SaveType 9 is not known", func(p *wire.InitBommerRequest) { p.PreTask[0].SaveParamChain[0].SaveType = 9 }},
		{"AssertType 4 is not known", func(p *wire.InitBommerRequest) { p.MainTask[0].TestWork.AssertChain[0].AssertType = 4 }},
		{"cannot be run: setup[0]", func(p *wire.InitBommerRequest) { p.PreTask[0].SaveParamChain[0].RuleValue = "(" }},
		{"a setup step failed: setup[0].step: assert: status below 400", func(p *wire.InitBommerRequest) { p.PreTask[0].UrlPath = s.url + "/status/500" }},
	} {
		plan := request(s, m)
		one.edit(plan)
		response, err := client.InitBommer(labtest.Within(t), plan)
		if err != nil || response.Status || !strings.Contains(response.Message, one.part) {
			t.Errorf("%q is missing in: %v %v", one.part, response, err)
		}
	}
	if found := m.Report().Workers; len(found) != 0 {
		t.Errorf("Locust has workers: %v", found)
	}
}
