package labtest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"syscall"
	"testing"
	"time"
)

const locustFile = `
from locust import User, constant, task

class Hazard(User):
    wait_time = constant(1)

    @task
    def nothing(self):
        pass
`

// Master is an unmodified Locust master with its web interface, on loopback.
type Master struct {
	Port int
	// Kill ends it as SIGKILL does.
	Kill func()
	t    testing.TB
	web  string
}

// Report is Locust's own view.
type Report struct {
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

// Counted is requests and failures by type and name.
func (r Report) Counted() map[string][2]uint64 {
	found := map[string][2]uint64{}
	for _, one := range r.Stats {
		if one.Name != "Aggregated" {
			found[one.Method+" "+one.Name] = [2]uint64{one.Requests, one.Failures}
		}
	}
	return found
}

// StartMaster starts the Locust of the checkout's environment and ends it with the test. Without one
// the test is skipped.
func StartMaster(t testing.TB) *Master {
	t.Helper()
	_, here, _, _ := runtime.Caller(0)
	program := filepath.Join(filepath.Dir(here), "../../../..", ".venv", "bin", "locust")
	if _, err := os.Stat(program); err != nil {
		t.Skipf("Locust is not installed in .venv: %v", err)
	}
	folder := t.TempDir()
	file := filepath.Join(folder, "locustfile.py")
	if err := os.WriteFile(file, []byte(locustFile), 0o600); err != nil {
		t.Fatal(err)
	}
	webPort := freePort(t)
	m := &Master{t: t, Port: freePort(t), web: fmt.Sprintf("http://127.0.0.1:%d", webPort)}
	command := exec.Command(program, "-f", file, "--master", "--master-bind-host", "127.0.0.1",
		"--master-bind-port", strconv.Itoa(m.Port), "--web-host", "127.0.0.1", "--web-port", strconv.Itoa(webPort))
	command.Dir = folder
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	m.Kill = func() { _ = command.Process.Kill() }
	t.Cleanup(func() {
		_ = command.Process.Signal(syscall.SIGTERM)
		timer := time.AfterFunc(5*time.Second, m.Kill)
		defer timer.Stop()
		_ = command.Wait() // Locust's own exit code does not matter
	})
	Await(t, "Locust to answer", func() bool {
		answer, err := http.Get(m.web + "/stats/requests")
		if err != nil {
			return false
		}
		return answer.Body.Close() == nil
	})
	return m
}

// Address is where workers of Locust connect.
func (m *Master) Address() string { return fmt.Sprintf("127.0.0.1:%d", m.Port) }

// Swarm starts users or changes their number.
func (m *Master) Swarm(users int) {
	m.t.Helper()
	n := strconv.Itoa(users)
	m.post("/swarm", url.Values{"user_count": {n}, "spawn_rate": {n}, "host": {"http://127.0.0.1"}})
}

// Stop ends the load.
func (m *Master) Stop() { m.post("/stop", url.Values{}) }

func (m *Master) post(path string, form url.Values) {
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

// Report asks the master.
func (m *Master) Report() Report {
	m.t.Helper()
	answer, err := http.Get(m.web + "/stats/requests")
	if err != nil {
		m.t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	var found Report
	if err := json.NewDecoder(answer.Body).Decode(&found); err != nil {
		m.t.Fatal(err)
	}
	return found
}

// AwaitWorker waits until one worker is ready.
func (m *Master) AwaitWorker() {
	m.t.Helper()
	Await(m.t, "a boomer at the master", func() bool {
		ready := 0
		for _, one := range m.Report().Workers {
			if one.State == "ready" {
				ready++
			}
		}
		return ready == 1
	})
}
