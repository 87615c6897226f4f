package agent

import (
	"context"
	"flag"
	"log/slog"
	"os"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/status"

	"hazard/internal/engine"
	"hazard/internal/lab/labtest"
	"hazard/internal/pb"
)

// TestMain lets the test program be the engine and the check that agents start, as the worker is.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 {
		switch os.Args[1] {
		case "engine":
			os.Exit(engine.RunChild(context.Background(), os.Stdin, os.Stdout, os.Stderr))
		case "check":
			flags := flag.NewFlagSet("check", flag.ExitOnError)
			allow := flags.String("allow", "", "")
			_ = flags.Parse(os.Args[2:])
			os.Exit(engine.RunCheck(context.Background(), strings.Split(*allow, ","), os.Stdin, os.Stdout, os.Stderr))
		}
	}
	os.Exit(m.Run())
}

// worker is a served agent and a controller's connection to it.
type worker struct {
	t      *testing.T
	agent  *Agent
	client pb.AgentClient
	conn   *grpc.ClientConn
	leave  func() // what SIGTERM does; returns when the agent has gone
}

func startWorker(t *testing.T, edits ...func(*Config)) *worker {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	config := Config{
		Listen:         "127.0.0.1:0",
		AllowedTargets: []string{"127.0.0.1", "::1"},
		Caps:           &pb.Caps{},
		Version:        "test",
		EngineCommand:  []string{self, "engine"},
		CheckCommand:   []string{self, "check"},
		Log:            slog.New(slog.DiscardHandler),
	}
	for _, edit := range edits {
		edit(&config)
	}
	agent, err := New(config)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	gone := make(chan error, 1)
	conn, err := grpc.NewClient(agent.Info().Address, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		t.Fatal(err)
	}
	w := &worker{t: t, agent: agent, client: pb.NewAgentClient(conn), conn: conn}
	go func() { gone <- agent.Serve(ctx) }()
	w.leave = sync.OnceFunc(func() {
		cancel()
		select {
		case err := <-gone:
			if err != nil {
				t.Errorf("the agent ended: %v", err)
			}
		case <-time.After(labtest.Patience):
			t.Error("the agent does not end")
		}
	})
	t.Cleanup(func() {
		w.leave()
		_ = conn.Close()
	})
	return w
}

func isCode(t *testing.T, err error, want codes.Code, part string) {
	t.Helper()
	if status.Code(err) != want || !strings.Contains(err.Error(), part) {
		t.Errorf("the answer is %v, not %s with %q", err, want, part)
	}
}

// planFor lets one user ask for the site, twenty times a second, for a minute.
func planFor(s *labtest.Site) *pb.Plan {
	return &pb.Plan{
		Hazard: 1,
		Name:   "test",
		Tasks: []*pb.Task{{Id: "task", Name: "task", PacingMs: 50, Steps: []*pb.Step{
			{Id: "one", Name: "one", Kind: &pb.Step_Request{Request: &pb.Request{Url: s.URL}}},
		}}},
		Stages: []*pb.Stage{{Kind: pb.StageKind_STAGE_KIND_USERS, To: 1, DurationMs: 60_000}},
	}
}

// once is a plan of one iteration.
func once(s *labtest.Site) *pb.Plan {
	plan := planFor(s)
	plan.Stages, plan.Tasks[0].PacingMs = nil, 0
	return plan
}

func request(id string, epoch uint64, plan *pb.Plan) *pb.PrepareRequest {
	return &pb.PrepareRequest{RunId: id, Epoch: epoch, Plan: plan, Share: &pb.Share{Count: 1},
		Options: &pb.RunOptions{Seed: 7}}
}

func (w *worker) prepare(one *pb.PrepareRequest) *pb.PrepareResponse {
	w.t.Helper()
	response, err := w.client.Prepare(labtest.Within(w.t), one)
	if err != nil {
		w.t.Fatal(err)
	}
	if !response.Ready {
		w.t.Fatalf("not ready: %v", response.Findings)
	}
	return response
}

func (w *worker) pid(id string) int {
	w.t.Helper()
	one := w.agent.find(id)
	if one == nil {
		w.t.Fatalf("run %s is not known", id)
	}
	return one.child.pid()
}

func isGone(pid int) bool { return syscall.Kill(pid, 0) != nil }

func (w *worker) discard(id string, epoch uint64) {
	w.t.Helper()
	if _, err := w.client.Discard(labtest.Within(w.t), &pb.DiscardRequest{RunId: id, Epoch: epoch}); err != nil {
		w.t.Error(err)
	}
}
