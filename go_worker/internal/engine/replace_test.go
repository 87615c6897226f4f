package engine

import (
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"google.golang.org/protobuf/proto"

	"hazard/internal/pb"
)

// plansSeen are the versions of the plan that each user's requests carried, in order.
type plansSeen struct {
	mu   sync.Mutex
	seen map[string][]string
}

func (v *plansSeen) note(user, version string) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.seen[user] = append(v.seen[user], version)
}

func (v *plansSeen) await(t *testing.T, version string, atLeast int) {
	t.Helper()
	deadline := time.Now().Add(5 * time.Second)
	for count := 0; count < atLeast; time.Sleep(2 * time.Millisecond) {
		count = 0
		v.mu.Lock()
		for _, versions := range v.seen {
			for _, one := range versions {
				if one == version {
					count++
				}
			}
		}
		v.mu.Unlock()
		if time.Now().After(deadline) {
			t.Fatalf("%d requests of version %q", count, version)
		}
	}
}

// replacing is a load of three users whose second step sends what the first one saved.
func replacing(t *testing.T) (*child, *pb.Plan, *plansSeen) {
	t.Helper()
	seen := &plansSeen{seen: map[string][]string{}}
	server := startCounting(t, func(w http.ResponseWriter, r *http.Request) {
		time.Sleep(time.Millisecond)
		if r.URL.Path == "/token" {
			http.SetCookie(w, &http.Cookie{Name: "user", Value: r.URL.Query().Get("user")})
			_, _ = w.Write([]byte(`{"token":"t` + r.URL.Query().Get("user") + `"}`))
			return
		}
		cookie, err := r.Cookie("user")
		if err != nil || r.URL.Query().Get("token") != "t"+cookie.Value {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		seen.note(cookie.Value, r.URL.Query().Get("version"))
	})
	login := getStep("token", server.url+"/token?user={{$user}}")
	login.GetRequest().Extractors = []*pb.Extractor{{Variable: "token",
		Language: &pb.Extractor_Jmespath{Jmespath: "token"}}}
	login.GetRequest().Method = "GET"
	plan := planOf([]*pb.Stage{users(3, 60_000)}, getStep("work", server.url+"/?version=1&token={{token}}"))
	plan.Setup = []*pb.SetupStep{{Scope: pb.SetupScope_SETUP_SCOPE_USER, Step: login}}
	c := startChild(t, prepareOf(plan))
	c.start(time.Now())
	return c, plan, seen
}

func edited(plan *pb.Plan, edit func(*pb.Plan)) *pb.Plan {
	other := proto.Clone(plan).(*pb.Plan)
	edit(other)
	return other
}

// prepare lets the child prepare a version of its plan; what it says of it.
func (c *child) prepare(version uint32, plan *pb.Plan) *pb.PlanReady {
	c.t.Helper()
	command := &pb.PreparePlan{Version: version, Plan: plan, Share: &pb.Share{Count: 1}}
	c.mu.Lock()
	told := slices.Clone(c.events)
	c.mu.Unlock()
	c.send(&pb.EngineCommand{Kind: &pb.EngineCommand_PreparePlan{PreparePlan: command}})
	return c.await("what it says of a plan", func(event *pb.EngineEvent) bool {
		return event.GetPlanReady().GetVersion() == version && !slices.Contains(told, event)
	}).GetPlanReady()
}

func (c *child) switchTo(version uint32, rows ...*pb.RowStream) {
	c.t.Helper()
	c.send(&pb.EngineCommand{Kind: &pb.EngineCommand_SwitchPlan{SwitchPlan: &pb.SwitchPlan{Version: version, Rows: rows}}})
}

// replace lets the child go on with a version of its plan; its entries from then on.
func (c *child) replace(version uint32, plan *pb.Plan) []*pb.StepEntry {
	c.t.Helper()
	ready := c.prepare(version, plan)
	if len(ready.Entries) == 0 {
		c.t.Fatalf("version %d is refused: %v", version, ready.Findings)
	}
	c.switchTo(version, ready.Rows...)
	return ready.Entries
}

func TestUsersGoOnWithAnotherPlanAndKeepWhatTheyHave(t *testing.T) {
	c, plan, seen := replacing(t)
	seen.await(t, "1", 30)
	c.replace(2, edited(plan, func(p *pb.Plan) {
		request := p.Tasks[0].Steps[0].GetRequest()
		// Names that are new come before the saved one, so that it has another slot.
		request.Url = strings.Replace(request.Url, "version=1", "version={{first}}", 1)
		p.Variables = []*pb.Variable{{Name: "first", Value: proto.String("2")}}
	}))
	seen.await(t, "2", 30)
	c.stop(&pb.Stop{DrainMs: 1000})
	c.awaitState(pb.EngineStatus_ENGINE_STATUS_FINISHED)
	if len(seen.seen) != 3 {
		t.Errorf("%d users", len(seen.seen))
	}
	requests := uint64(0)
	for user, versions := range seen.seen {
		requests += uint64(len(versions))
		if joined := strings.Join(versions, ""); strings.Contains(joined, "21") || !strings.Contains(joined, "12") {
			t.Errorf("user %s changed its plan other than once: %s", user, joined)
		}
	}
	entry := uint32(0)
	c.await("the entry of the step", func(event *pb.EngineEvent) bool {
		for _, one := range event.GetPrepared().GetEntries() {
			if one.Name == "work" {
				entry = one.Entry
				return true
			}
		}
		return false
	})
	if got := c.totals(entry); got.ok != requests || got.failed != 0 {
		t.Errorf("%+v counted, %d sent", got, requests)
	}
}

func TestAPlanThatCannotBeRunIsRefusedAndTheRunGoesOn(t *testing.T) {
	c, plan, seen := replacing(t)
	seen.await(t, "1", 3)
	for want, edit := range map[string]func(*pb.Plan){
		"no-tasks": func(p *pb.Plan) { p.Tasks[0].Disabled = true },
		"bad-script": func(p *pb.Plan) {
			p.Tasks[0].Steps[0].GetRequest().Before = &pb.Script{Source: "if ("}
		},
		"bad-target":   func(p *pb.Plan) { p.AllowedTargets = []string{"not a target"} },
		"bad-host-map": func(p *pb.Plan) { p.HostMap = []*pb.HostMapping{{Recorded: "a"}} },
		"denied-target": func(p *pb.Plan) {
			p.Variables = []*pb.Variable{{Name: "far", Value: proto.String("192.0.2.7:81")}}
			p.Tasks[0].Steps = append(p.Tasks[0].Steps, getStep("far", "http://{{far}}/x"))
		},
	} {
		ready := c.prepare(2, edited(plan, edit))
		found := slices.ContainsFunc(ready.Findings, func(one *pb.Finding) bool {
			return one.Code == want && one.Severity == pb.FindingSeverity_FINDING_SEVERITY_ERROR
		})
		if !found || len(ready.Entries) > 0 {
			t.Errorf("%s: %v", want, ready)
		}
	}
	c.switchTo(2)
	c.await("a complaint", func(event *pb.EngineEvent) bool {
		return strings.Contains(event.GetLog().GetText(), "version 2 was not prepared here")
	})
	seen.await(t, "1", 60)
	c.stop(&pb.Stop{DrainMs: 1000})
	c.awaitState(pb.EngineStatus_ENGINE_STATUS_FINISHED)
	frames := c.frames()
	if last := frames[len(frames)-1]; last.PlanVersion != 1 {
		t.Errorf("the last frame tells plan version %d", last.PlanVersion)
	}
}
