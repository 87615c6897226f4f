package main

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/credentials/insecure"

	"hazard/internal/lab/labtest"
	"hazard/internal/pb"
)

// program builds the worker as it is shipped; the tests that need a process of its own share it.
var program = sync.OnceValues(func() (string, error) {
	folder, err := os.MkdirTemp("", "hazard-worker-test-")
	if err != nil {
		return "", err
	}
	path := filepath.Join(folder, "hazard-worker")
	output, err := exec.Command("go", "build", "-o", path, ".").CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("building the worker: %w: %s", err, output)
	}
	return path, nil
})

func TestMain(m *testing.M) {
	code := m.Run()
	if path, err := program(); err == nil {
		_ = os.RemoveAll(filepath.Dir(path))
	}
	os.Exit(code)
}

// process is a running worker.
type process struct {
	t       *testing.T
	command *exec.Cmd
	ready   ready
	stderr  *output
	gone    chan struct{}
}

type output struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (o *output) Write(line []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.Write(line)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.String()
}

func startProcess(t *testing.T, arguments ...string) *process {
	t.Helper()
	path, err := program()
	if err != nil {
		t.Fatal(err)
	}
	p := &process{t: t, command: exec.Command(path, arguments...), stderr: &output{}, gone: make(chan struct{})}
	p.command.Stderr = p.stderr
	p.command.Env = append(os.Environ(), passwordVariable+"=secret-word")
	stdout, err := p.command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := p.command.Start(); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(stdout).ReadBytes('\n')
	go func() {
		defer close(p.gone)
		_, _ = io.Copy(io.Discard, stdout)
		_ = p.command.Wait()
	}()
	t.Cleanup(func() {
		p.signal(syscall.SIGKILL)
		<-p.gone
	})
	if err != nil || json.Unmarshal(line, &p.ready) != nil || !p.ready.Ready {
		t.Fatalf("the ready line is %q (%v): %s", line, err, p.stderr)
	}
	return p
}

func (p *process) signal(signal syscall.Signal) {
	select {
	case <-p.gone:
	default:
		_ = p.command.Process.Signal(signal)
	}
}

// exit waits for the end and gives its code.
func (p *process) exit() int {
	p.t.Helper()
	select {
	case <-p.gone:
		return p.command.ProcessState.ExitCode()
	case <-time.After(labtest.Patience):
		p.t.Fatalf("the worker does not end: %s", p.stderr)
		return 0
	}
}

// children are the processes that this one started.
func (p *process) children() []int {
	p.t.Helper()
	stats, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil || len(stats) == 0 {
		p.t.Skip("this system has no /proc")
	}
	var pids []int
	for _, path := range stats {
		content, err := os.ReadFile(path)
		if err != nil {
			continue
		}
		_, rest, _ := strings.Cut(string(content), ") ")
		fields := strings.Fields(rest)
		if len(fields) > 1 && fields[1] == strconv.Itoa(p.command.Process.Pid) {
			pid, _ := strconv.Atoi(filepath.Base(filepath.Dir(path)))
			pids = append(pids, pid)
		}
	}
	return pids
}

func isGone(pid int) bool { return syscall.Kill(pid, 0) != nil }

func dialWorker(t *testing.T, address string, config *tls.Config) pb.AgentClient {
	t.Helper()
	creds := insecure.NewCredentials()
	if config != nil {
		creds = credentials.NewTLS(config)
	}
	conn, err := grpc.NewClient(address, grpc.WithTransportCredentials(creds))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	return pb.NewAgentClient(conn)
}

// request prepares a run of one user; stages nil: one iteration.
func request(id string, target *labtest.Site, stages ...*pb.Stage) *pb.PrepareRequest {
	return &pb.PrepareRequest{
		RunId: id, Epoch: 1, Share: &pb.Share{Count: 1}, Options: &pb.RunOptions{Seed: 7},
		Plan: &pb.Plan{Hazard: 1, Name: "test", Stages: stages,
			Tasks: []*pb.Task{{Id: "task", Name: "task", PacingMs: 20, Steps: []*pb.Step{
				{Id: "one", Name: "one", Kind: &pb.Step_Request{Request: &pb.Request{Url: target.URL}}},
			}}}},
	}
}

func oneUser() *pb.Stage {
	return &pb.Stage{Kind: pb.StageKind_STAGE_KIND_USERS, To: 1, DurationMs: 60_000}
}

// begin prepares and starts a run and gives its stream.
func begin(t *testing.T, client pb.AgentClient, one *pb.PrepareRequest) grpc.BidiStreamingClient[pb.RunCommand, pb.RunEvent] {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	t.Cleanup(cancel)
	response, err := client.Prepare(labtest.Within(t), one)
	if err != nil || !response.Ready {
		t.Fatalf("prepared %v (%v)", response, err)
	}
	stream, err := client.Run(ctx)
	if err != nil {
		t.Fatal(err)
	}
	for _, command := range []*pb.RunCommand{
		{Kind: &pb.RunCommand_Attach{Attach: &pb.Attach{}}},
		{CommandSeq: 1, Kind: &pb.RunCommand_Start{Start: &pb.Start{StartAtUnixUs: time.Now().UnixMicro()}}},
	} {
		command.RunId, command.Epoch = one.RunId, one.Epoch
		if err := stream.Send(command); err != nil {
			t.Fatal(err)
		}
	}
	return stream
}
