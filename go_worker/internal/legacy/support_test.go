package legacy

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"os"
	"testing"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"

	"hazard/internal/agent"
	"hazard/internal/engine"
	"hazard/internal/lab/target"
	"hazard/internal/pb"
	wire "hazard/internal/pb/legacy"
)

// TestMain lets the test program be the engine that the worker starts.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == "engine" {
		os.Exit(engine.RunChild(context.Background(), os.Stdin, os.Stdout, os.Stderr))
	}
	if err := os.Setenv("GORACE", "exitcode=0"); err != nil { // for engines: boomer has data races of its own
		panic(err)
	}
	os.Exit(m.Run())
}

// startWorker serves an agent with this package's service and returns a master's client.
func startWorker(t *testing.T, edits ...func(*agent.Config)) wire.BoomerCallServiceClient {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	log := slog.New(slog.NewTextHandler(t.Output(), nil))
	config := agent.Config{Listen: "127.0.0.1:0", AllowedTargets: []string{"127.0.0.1"},
		Caps: &pb.Caps{}, Version: "test", EngineCommand: []string{self, "engine"}, Log: log}
	for _, edit := range edits {
		edit(&config)
	}
	worker, err := agent.New(config)
	if err != nil {
		t.Fatal(err)
	}
	Register(worker.Server(), worker, log)
	ctx, cancel := context.WithCancel(context.Background())
	gone := make(chan error, 1)
	go func() { gone <- worker.Serve(ctx) }()
	conn, err := grpc.NewClient(worker.Info().Address, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = conn.Close()
		cancel()
		if err := <-gone; err != nil {
			t.Errorf("the worker ended: %v", err)
		}
	})
	return wire.NewBoomerCallServiceClient(conn)
}

// site is the lab's sample target.
type site struct {
	t   *testing.T
	url string
}

// hits are what the target counted, by method and path and by the value of X-Hazard-Step.
type hits struct {
	Total      uint64            `json:"total"`
	Hits       map[string]uint64 `json:"hits"`
	ByStatus   map[string]uint64 `json:"by_status"`
	HitsByStep map[string]uint64 `json:"hits_by_step"`
}

func startSite(t *testing.T) *site {
	t.Helper()
	running, err := target.Start(target.Options{Listen: "127.0.0.1:0"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = running.Close() })
	return &site{t, "http://" + running.Address()}
}

func (s *site) hits() hits {
	s.t.Helper()
	var report hits
	read(s.t, s.url+"/lab/hits", &report)
	return report
}

func read(t *testing.T, address string, into any) {
	t.Helper()
	answer, err := http.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	if err := json.NewDecoder(answer.Body).Decode(into); err != nil {
		t.Fatal(err)
	}
}
