package agent

import (
	"bufio"
	"context"
	"errors"
	"io"
	"os/exec"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/encoding/protodelim"
	"google.golang.org/protobuf/proto"

	"hazard/internal/pb"
)

func mergeInfo(into, from *pb.WorkerInfo) { proto.Merge(into, from) }

// Describe tells who the worker is and what it is doing now.
func (a *Agent) Describe(context.Context, *pb.DescribeRequest) (*pb.WorkerInfo, error) {
	info := a.Info()
	var children []int
	for _, one := range a.list() {
		word := one.statusWord()
		one.mu.Lock()
		epoch := one.epoch
		one.mu.Unlock()
		info.Runs = append(info.Runs, &pb.RunningRun{RunId: one.id, Epoch: epoch, State: word})
		if word != "ended" {
			children = append(children, one.child.pid())
		}
	}
	now := a.host.measure(children)
	info.CpuPercent, info.RssBytes = now.cpuPercent, now.rssBytes
	info.OpenFds, info.Goroutines = now.openFds, now.goroutines
	info.ClockUnixUs = time.Now().UnixMicro()
	return info, nil
}

// Run serves one stream of a controller.
func (a *Agent) Run(stream grpc.BidiStreamingServer[pb.RunCommand, pb.RunEvent]) error {
	first, err := stream.Recv()
	if err != nil {
		return err
	}
	attach := first.GetAttach()
	if attach == nil {
		return status.Error(codes.InvalidArgument, "the first command of a stream must be attach")
	}
	one := a.find(first.RunId)
	if one == nil {
		return status.Errorf(codes.NotFound, "this worker does not know run %s", first.RunId)
	}
	if err := one.checkEpoch(first.Epoch); err != nil {
		return err
	}
	box := one.attach(first.Epoch, attach.AfterSeq)
	defer one.detach(box)
	received := make(chan error, 1)
	go func() { received <- one.receive(stream, box) }()
	for {
		for _, event := range box.take() {
			if err := stream.Send(event); err != nil {
				return err
			}
		}
		select {
		case <-box.news:
		case err := <-received:
			return err
		case <-box.gone:
			return status.Error(codes.Aborted, "another stream took over this run")
		case <-stream.Context().Done():
			return stream.Context().Err()
		}
	}
}

// receive does the commands of a stream until it ends or another one took over.
func (r *run) receive(stream grpc.BidiStreamingServer[pb.RunCommand, pb.RunEvent], box *mailbox) error {
	for {
		command, err := stream.Recv()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if err := r.checkEpoch(command.Epoch); err != nil {
			return err
		}
		r.take(box, command)
	}
}

func (r *run) checkEpoch(epoch uint64) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if epoch < r.epoch {
		return status.Errorf(codes.FailedPrecondition,
			"run %s belongs to a newer controller (epoch %d, not %d)", r.id, r.epoch, epoch)
	}
	return nil
}

// Tunnel carries Locust's link of a run.
func (a *Agent) Tunnel(stream tunnelStream) error {
	first, err := stream.Recv()
	if err != nil {
		return err
	}
	one := a.find(first.RunId)
	if one == nil {
		return status.Errorf(codes.NotFound, "this worker does not know run %s", first.RunId)
	}
	return one.tunnel.serve(stream.Context(), stream)
}

// Discard forgets a run. An engine that still runs ends.
func (a *Agent) Discard(_ context.Context, request *pb.DiscardRequest) (*pb.DiscardResponse, error) {
	one := a.find(request.RunId)
	if one == nil {
		return &pb.DiscardResponse{}, nil
	}
	if err := one.checkEpoch(request.Epoch); err != nil {
		return nil, err
	}
	one.mu.Lock()
	one.stopped = true
	finished := one.state.GetStatus() == pb.EngineStatus_ENGINE_STATUS_FINISHED
	one.mu.Unlock()
	if finished {
		one.child.end(2 * time.Second)
	} else {
		one.child.kill()
		<-one.child.ended
	}
	a.forget(one)
	return &pb.DiscardResponse{}, nil
}

// Check runs one iteration through an engine of its own and passes its events on.
func (a *Agent) Check(request *pb.CheckRequest, stream grpc.ServerStreamingServer[pb.CheckEvent]) error {
	command := exec.CommandContext(stream.Context(), a.config.CheckCommand[0], a.config.CheckCommand[1:]...)
	separate(command)
	errorText := &tail{}
	command.Stderr = errorText
	stdin, err := command.StdinPipe()
	if err != nil {
		return status.Errorf(codes.Internal, "check input: %v", err)
	}
	stdout, err := command.StdoutPipe()
	if err != nil {
		return status.Errorf(codes.Internal, "check output: %v", err)
	}
	if err := command.Start(); err != nil {
		return status.Errorf(codes.Internal, "starting a check: %v", err)
	}
	defer func() { _ = command.Wait() }() // the events tell how it went
	if _, err := protodelim.MarshalTo(stdin, request); err != nil {
		return status.Errorf(codes.Internal, "the check ended early: %s", errorText)
	}
	_ = stdin.Close()
	in := bufio.NewReader(stdout)
	options := protodelim.UnmarshalOptions{MaxSize: largestEvent}
	for {
		event := &pb.CheckEvent{}
		err := options.UnmarshalFrom(in, event)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return status.Errorf(codes.Internal, "the check sent something damaged: %v", err)
		}
		if err := stream.Send(event); err != nil {
			return err
		}
	}
}
