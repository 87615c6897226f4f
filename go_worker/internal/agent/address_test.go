package agent

import (
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"hazard/internal/pb"
)

func pidIn(file string) int {
	content, _ := os.ReadFile(file)
	pid, _ := strconv.Atoi(strings.TrimSpace(string(content)))
	return pid
}

func TestOffLoopbackThereIsMutualTLSOrNoStart(t *testing.T) {
	for _, address := range []string{"0.0.0.0:0", ":0", "[::]:0", "192.0.2.1:0", "worker.example:0", "nonsense"} {
		_, err := New(Config{Listen: address, Caps: &pb.Caps{}, Log: slog.New(slog.DiscardHandler)})
		var usage *UsageError
		if !errors.As(err, &usage) || !strings.Contains(err.Error(), "--tls-cert") {
			t.Errorf("%s: %v", address, err)
		}
	}
}

func TestAPortThatIsTakenIsNamed(t *testing.T) {
	first := startWorker(t)
	address := first.agent.Info().Address
	_, err := New(Config{Listen: address, Log: slog.New(slog.DiscardHandler)})
	if err == nil || !strings.Contains(err.Error(), address) {
		t.Errorf("the error is %v", err)
	}
}

func TestTheWorkersIdOutlivesARestart(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "worker")
	in := func(c *Config) { c.DataDir = folder }
	first := startWorker(t, in).agent.Info()
	second := startWorker(t, in).agent.Info()
	if first.WorkerId != second.WorkerId || first.BootId == second.BootId {
		t.Errorf("ids %s and %s, boots %s and %s", first.WorkerId, second.WorkerId, first.BootId, second.BootId)
	}
	if third := startWorker(t).agent.Info(); third.WorkerId == first.WorkerId {
		t.Error("a worker without folder has the id of another")
	}
}

func TestAnAdvertisedAddressIsTold(t *testing.T) {
	w := startWorker(t)
	if info := w.agent.Info(); strings.HasSuffix(info.Address, ":0") {
		t.Errorf("the port is not the one that was chosen: %s", info.Address)
	}
	agent, err := New(Config{Listen: "127.0.0.1:0", Advertise: "worker.example:7070",
		Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = agent.listener.Close() }()
	if address := agent.Info().Address; address != "worker.example:7070" {
		t.Errorf("advertised as %s", address)
	}
}
