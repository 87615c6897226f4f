package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	clientv3 "go.etcd.io/etcd/client/v3"
	"go.uber.org/zap"
	"google.golang.org/protobuf/encoding/protojson"

	"hazard/internal/lab/etcd"
	"hazard/internal/lab/labtest"
	"hazard/internal/pb"
	"hazard/internal/registry"
)

func TestAWorkerIsInEtcdWhileItLives(t *testing.T) {
	member, err := etcd.Start(labtest.Within(t), etcd.Options{Client: "127.0.0.1:0", Peer: "127.0.0.1:0", Data: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(member.Close)
	client, err := clientv3.New(clientv3.Config{Endpoints: []string{member.Client()}, Logger: zap.NewNop()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = client.Close() })
	p := startProcess(t, "--etcd", member.Client(), "--label", "zone=b", "--max-rps", "100",
		"--data-dir", t.TempDir())
	record := func() *pb.WorkerInfo {
		answer, err := client.Get(labtest.Within(t), registry.DefaultPrefix+p.ready.WorkerID)
		if err != nil {
			t.Fatal(err)
		}
		if len(answer.Kvs) == 0 {
			return nil
		}
		info := &pb.WorkerInfo{}
		if err := protojson.Unmarshal(answer.Kvs[0].Value, info); err != nil {
			t.Fatalf("%s: %v", answer.Kvs[0].Value, err)
		}
		return info
	}
	labtest.Await(t, "the record", func() bool { return record() != nil })
	told, err := dialWorker(t, p.ready.Address, nil).Describe(labtest.Within(t), &pb.DescribeRequest{})
	if err != nil {
		t.Fatal(err)
	}
	if info := record(); info.WorkerId != told.WorkerId || info.BootId != told.BootId ||
		info.Address != p.ready.Address || info.Labels["zone"] != "b" || info.Caps.Rps != 100 || info.Protocol != 1 {
		t.Errorf("announced as %v", info)
	}
	p.signal(syscall.SIGTERM)
	if code := p.exit(); code != exitFine {
		t.Errorf("exit code %d: %s", code, p.stderr)
	}
	if record() != nil {
		t.Error("the record outlives its worker")
	}
	if strings.Contains(p.stderr.String(), "secret-word") {
		t.Error("the password is logged")
	}
}

func TestATermSignalEndsTheRunInOrder(t *testing.T) {
	target, p := labtest.StartSite(t), startProcess(t)
	begin(t, dialWorker(t, p.ready.Address, nil), request("run", target, oneUser()))
	labtest.Await(t, "load", func() bool { return target.Hits.Load() > 3 })
	children := p.children()
	if len(children) != 1 {
		t.Fatalf("its children are %v", children)
	}
	environment, err := os.ReadFile(fmt.Sprintf("/proc/%d/environ", children[0]))
	if err != nil || bytes.Contains(environment, []byte("secret-word")) {
		t.Errorf("the engine was given the password for etcd (%v)", err)
	}
	started := time.Now()
	p.signal(syscall.SIGTERM)
	if code := p.exit(); code != exitFine {
		t.Errorf("exit code %d: %s", code, p.stderr)
	}
	if took := time.Since(started); took > 8*time.Second {
		t.Errorf("going took %v", took)
	}
	if !isGone(children[0]) {
		t.Error("the engine outlives its worker")
	}
}

func TestAnEngineDiesWithAKilledWorker(t *testing.T) {
	target, p := labtest.StartSite(t), startProcess(t)
	begin(t, dialWorker(t, p.ready.Address, nil), request("run", target, oneUser()))
	labtest.Await(t, "load", func() bool { return target.Hits.Load() > 3 })
	children := p.children()
	if len(children) != 1 {
		t.Fatalf("its children are %v", children)
	}
	p.signal(syscall.SIGKILL)
	killed := time.Now()
	<-p.gone
	labtest.Await(t, "the engine to end", func() bool { return isGone(children[0]) })
	if took := time.Since(killed); took > 6*time.Second {
		t.Errorf("the engine lived on for %v", took)
	}
	sent := target.Hits.Load()
	time.Sleep(300 * time.Millisecond)
	if target.Hits.Load() != sent {
		t.Error("load goes on without an engine")
	}
}

// runOnce does what a controller does with a short run, and waits until nothing is left of it.
func runOnce(t *testing.T, client pb.AgentClient, id string, target *labtest.Site) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	stream := begin(t, client, request(id, target))
	tunnel, err := client.Tunnel(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if err := tunnel.Send(&pb.TunnelBytes{RunId: id}); err != nil {
		t.Fatal(err)
	}
	for finished := false; !finished; {
		event, err := stream.Recv()
		if err != nil {
			t.Fatalf("run %s: %v", id, err)
		}
		if frame := event.GetFrame(); frame != nil {
			ack := &pb.RunCommand{RunId: id, Epoch: 1, Kind: &pb.RunCommand_Ack{Ack: &pb.Ack{Seq: frame.Seq}}}
			if err := stream.Send(ack); err != nil {
				t.Fatal(err)
			}
		}
		finished = event.GetState().GetStatus() == pb.EngineStatus_ENGINE_STATUS_FINISHED
	}
	if _, err := client.Discard(labtest.Within(t), &pb.DiscardRequest{RunId: id, Epoch: 1}); err != nil {
		t.Fatal(err)
	}
}

func TestAHundredRunsLeaveNothingBehind(t *testing.T) {
	target, p := labtest.StartSite(t), startProcess(t)
	client := dialWorker(t, p.ready.Address, nil)
	var settled, last *pb.WorkerInfo
	for number := 1; number <= 100; number++ {
		runOnce(t, client, fmt.Sprint("run-", number), target)
		if number == 10 {
			settled = rest(t, client)
		}
	}
	last = rest(t, client)
	t.Logf("after run 10: %d KiB, %d files, %d goroutines; after run 100: %d KiB, %d files, %d goroutines",
		settled.RssBytes>>10, settled.OpenFds, settled.Goroutines,
		last.RssBytes>>10, last.OpenFds, last.Goroutines)
	for what, pair := range map[string][2]uint64{
		"memory":     {settled.RssBytes, last.RssBytes},
		"open files": {settled.OpenFds, last.OpenFds},
		"goroutines": {settled.Goroutines, last.Goroutines},
	} {
		if float64(pair[1]) > 1.05*float64(pair[0]) {
			t.Errorf("%s grew from %d to %d", what, pair[0], pair[1])
		}
	}
	if hits := target.Hits.Load(); hits != 100 {
		t.Errorf("a hundred runs sent %d requests", hits)
	}
}

// rest is what a worker uses when nothing runs and the streams of ended runs have gone.
func rest(t *testing.T, client pb.AgentClient) *pb.WorkerInfo {
	t.Helper()
	var info *pb.WorkerInfo
	seen, since := uint64(0), time.Now()
	labtest.Await(t, "the worker to rest", func() bool {
		var err error
		if info, err = client.Describe(labtest.Within(t), &pb.DescribeRequest{}); err != nil {
			t.Fatal(err)
		}
		if now := info.Goroutines + info.OpenFds<<32; now != seen {
			seen, since = now, time.Now()
		}
		return len(info.Runs) == 0 && time.Since(since) > 300*time.Millisecond
	})
	return info
}
