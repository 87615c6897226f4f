package engine

import (
	"net/http"
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

func edited(plan *pb.Plan, edit func(*pb.Plan)) *pb.EngineCommand {
	other := proto.Clone(plan).(*pb.Plan)
	edit(other)
	return &pb.EngineCommand{Kind: &pb.EngineCommand_ReplacePlan{ReplacePlan: &pb.ReplacePlan{Plan: other}}}
}

func (c *child) refused(t *testing.T, part string) {
	t.Helper()
	c.await("a refusal with "+part, func(event *pb.EngineEvent) bool {
		text := event.GetLog().GetText()
		return strings.Contains(text, "refused") && strings.Contains(text, part)
	})
}

func TestUsersGoOnWithAnotherPlanAndKeepWhatTheyHave(t *testing.T) {
	c, plan, seen := replacing(t)
	seen.await(t, "1", 30)
	c.send(edited(plan, func(p *pb.Plan) {
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

func TestAPlanOfAnotherShapeIsRefusedAndTheRunGoesOn(t *testing.T) {
	c, plan, seen := replacing(t)
	seen.await(t, "1", 3)
	for part, edit := range map[string]func(*pb.Plan){
		"other tasks or steps": func(p *pb.Plan) { p.Tasks[0].Steps[0].Name = "other" },
		"data feeds":           func(p *pb.Plan) { p.Feeds = []*pb.DataFeed{{Name: "f", Path: "f.csv"}} },
		"mapped hosts":         func(p *pb.Plan) { p.HostMap = []*pb.HostMapping{{Recorded: "a", Test: "b"}} },
		"allowed targets":      func(p *pb.Plan) { p.AllowedTargets = []string{"10.0.0.0/8"} },
		"tasks[0]": func(p *pb.Plan) {
			p.Tasks[0].Steps[0].GetRequest().Before = &pb.Script{Source: "if ("}
		},
	} {
		c.send(edited(plan, edit))
		c.refused(t, part)
	}
	seen.await(t, "1", 60)
	c.stop(&pb.Stop{DrainMs: 1000})
	c.awaitState(pb.EngineStatus_ENGINE_STATUS_FINISHED)
}
