package engine

import (
	"bytes"
	"context"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"
	"time"

	"hazard/internal/lab/labtest"
	"hazard/internal/pb"
)

// asChild makes this test binary an engine child: boomer may run once in the life of a process.
const asChild = "HAZARD_TEST_ENGINE_CHILD"

func TestMain(m *testing.M) {
	if os.Getenv(asChild) != "" {
		os.Exit(RunChild(context.Background(), os.Stdin, os.Stdout, os.Stderr))
	}
	os.Exit(m.Run())
}

// startProcess runs an engine child in a process of its own.
func startProcess(t *testing.T, prepare *pb.EnginePrepare) *child {
	t.Helper()
	command := exec.Command(os.Args[0])
	// boomer itself has data races (its state, its message codec); only ours count, see ownRaces.
	command.Env = append(os.Environ(), asChild+"=1", "GORACE=exitcode=0")
	var stderr bytes.Buffer
	command.Stderr = &stderr
	stdin, err := command.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	c := &child{t: t, commands: NewWriter(stdin), more: make(chan struct{})}
	listened := make(chan struct{})
	go func() {
		c.listen(stdout)
		close(listened)
	}()
	t.Cleanup(func() {
		_ = stdin.Close()
		timer := time.AfterFunc(20*time.Second, func() { _ = command.Process.Kill() })
		defer timer.Stop()
		<-listened
		if err := command.Wait(); err != nil {
			t.Errorf("the child ended with %v", err)
		}
		for _, race := range ownRaces(stderr.String()) {
			t.Errorf("a data race in our code: %s", race)
		}
	})
	c.send(&pb.EngineCommand{Kind: &pb.EngineCommand_Prepare{Prepare: prepare}})
	return c
}

var racingAccess = regexp.MustCompile(`(?:Read|Write|Previous read|Previous write) at .*\n  (\S+)\(`)

// ownRaces are the reports of the race detector in which one of our functions made an access.
func ownRaces(stderr string) []string {
	var own []string
	for _, report := range strings.Split(stderr, "==================") {
		for _, access := range racingAccess.FindAllStringSubmatch(report, -1) {
			if strings.HasPrefix(access[1], "hazard/") {
				own = append(own, report)
				break
			}
		}
	}
	return own
}

// Two engines under an unmodified Locust master: after the drain its totals equal ours and the target's.
func TestLocustCountsWhatTheEnginesCount(t *testing.T) {
	m := labtest.StartMaster(t)
	server := startCounting(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/bad" {
			w.WriteHeader(http.StatusServiceUnavailable)
		}
		time.Sleep(2 * time.Millisecond)
	})
	plan := planOf([]*pb.Stage{users(6, 60_000)}, getStep("good \xf0\x9f\x8e\x89", server.url+"/good"), getStep("bad", server.url+"/bad"))
	var engines []*child
	for index := range uint32(2) {
		prepare := prepareOf(plan)
		prepare.LocustPort = uint32(m.Port)
		prepare.Request.Share = &pb.Share{Index: index, Count: 2}
		c := startProcess(t, prepare)
		c.awaitState(pb.EngineStatus_ENGINE_STATUS_CONNECTED)
		engines = append(engines, c)
	}
	m.Swarm(6)
	at := time.Now().Add(100 * time.Millisecond)
	for _, c := range engines {
		c.start(at)
	}
	for _, c := range engines {
		c.await("two frames", func(e *pb.EngineEvent) bool { return e.GetFrame().GetSeq() == 2 })
	}
	for _, c := range engines {
		c.stop(&pb.Stop{})
	}
	var good, bad totals
	for _, c := range engines {
		c.awaitState(pb.EngineStatus_ENGINE_STATUS_FINISHED)
		one, two := c.totals(0), c.totals(1)
		good.ok, good.failed = good.ok+one.ok, good.failed+one.failed
		bad.ok, bad.failed = bad.ok+two.ok, bad.failed+two.failed
	}
	m.Stop()
	found := m.Report().Counted()
	if got := found["GET good \xf0\x9f\x8e\x89"]; got != [2]uint64{good.ok, 0} || good.ok < 100 {
		t.Errorf("good: Locust has %v, we have %+v", got, good)
	}
	if got := found["GET bad"]; got != [2]uint64{bad.failed, bad.failed} || bad.ok != 0 {
		t.Errorf("bad: Locust has %v, we have %+v", got, bad)
	}
	if hits := server.hits.Load(); hits != good.ok+bad.failed {
		t.Errorf("the target saw %d requests, we have %d", hits, good.ok+bad.failed)
	}
}
