package legacy

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"

	"hazard/internal/agent"
	"hazard/internal/engine"
	"hazard/internal/lab/target"
	"hazard/internal/pb"
	wire "hazard/internal/pb/legacy"
)

// patience bounds every wait of these tests; the machine may be busy.
const patience = 60 * time.Second

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

func within(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	t.Cleanup(cancel)
	return ctx
}

// await waits until something holds.
func await(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for end := time.Now().Add(patience); !holds(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("waited in vain for %s", what)
		}
	}
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

const locustFile = `
from locust import User, constant, task

class Any(User):
    wait_time = constant(1)

    @task
    def nothing(self):
        pass
`

// master is an unmodified Locust master on loopback.
type master struct {
	t    *testing.T
	port int
	web  string
	kill func()
}

func freePort(t *testing.T) int {
	t.Helper()
	listener, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = listener.Close() }()
	return listener.Addr().(*net.TCPAddr).Port
}

func startMaster(t *testing.T) *master {
	t.Helper()
	program, err := filepath.Abs("../../../.venv/bin/locust")
	if err == nil {
		_, err = os.Stat(program)
	}
	if err != nil {
		t.Skipf("Locust is not installed in .venv: %v", err)
	}
	folder := t.TempDir()
	file := filepath.Join(folder, "locustfile.py")
	if err := os.WriteFile(file, []byte(locustFile), 0o600); err != nil {
		t.Fatal(err)
	}
	m := &master{t: t, port: freePort(t)}
	webPort := freePort(t)
	m.web = fmt.Sprintf("http://127.0.0.1:%d", webPort)
	command := exec.Command(program, "-f", file, "--master", "--master-bind-host", "127.0.0.1",
		"--master-bind-port", strconv.Itoa(m.port), "--web-host", "127.0.0.1", "--web-port", strconv.Itoa(webPort))
	command.Dir = folder
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	m.kill = func() { _ = command.Process.Kill() }
	t.Cleanup(func() {
		_ = command.Process.Signal(syscall.SIGTERM)
		timer := time.AfterFunc(5*time.Second, func() { _ = command.Process.Kill() })
		defer timer.Stop()
		_ = command.Wait() // Locust's own exit code does not matter
	})
	await(t, "Locust to answer", func() bool {
		answer, err := http.Get(m.web + "/stats/requests")
		if err != nil {
			return false
		}
		return answer.Body.Close() == nil
	})
	return m
}

func (m *master) address() string { return fmt.Sprintf("127.0.0.1:%d", m.port) }

// swarm starts users or changes their number.
func (m *master) swarm(users int) {
	m.t.Helper()
	n := strconv.Itoa(users)
	m.post("/swarm", url.Values{"user_count": {n}, "spawn_rate": {n}, "host": {"http://127.0.0.1"}})
}

func (m *master) post(path string, form url.Values) {
	m.t.Helper()
	answer, err := http.PostForm(m.web+path, form)
	if err != nil {
		m.t.Fatal(err)
	}
	_ = answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		m.t.Fatalf("%s: %s", path, answer.Status)
	}
}

func (m *master) stop() { m.post("/stop", url.Values{}) }

// report is Locust's own view.
type report struct {
	UserCount int `json:"user_count"`
	Stats     []struct {
		Method   string `json:"method"`
		Name     string `json:"name"`
		Requests uint64 `json:"num_requests"`
		Failures uint64 `json:"num_failures"`
	} `json:"stats"`
	Errors  []struct{ Error string } `json:"errors"`
	Workers []struct{ State string } `json:"workers"`
}

func (m *master) report() report {
	m.t.Helper()
	var found report
	read(m.t, m.web+"/stats/requests", &found)
	return found
}

// awaitWorker waits until one boomer is ready.
func (m *master) awaitWorker() {
	m.t.Helper()
	await(m.t, "a boomer at the master", func() bool {
		ready := 0
		for _, one := range m.report().Workers {
			if one.State == "ready" {
				ready++
			}
		}
		return ready == 1
	})
}

// counted is requests and failures by type and name.
func (r report) counted() map[string][2]uint64 {
	found := map[string][2]uint64{}
	for _, one := range r.Stats {
		if one.Name != "Aggregated" {
			found[one.Method+" "+one.Name] = [2]uint64{one.Requests, one.Failures}
		}
	}
	return found
}
