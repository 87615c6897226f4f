package agent

import (
	"context"
	"errors"
	"io"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"hazard/internal/pb"
)

// Describe tells who the worker is and what it is doing now.
func (a *Agent) Describe(context.Context, *pb.DescribeRequest) (*pb.WorkerInfo, error) {
	info := a.Info()
	for _, one := range a.list() {
		word := one.statusWord()
		one.mu.Lock()
		epoch := one.epoch
		one.mu.Unlock()
		info.Runs = append(info.Runs, &pb.RunningRun{RunId: one.id, Epoch: epoch, State: word})
	}
	now := a.host.measure(a.children())
	info.CpuPercent, info.RssBytes = now.cpuPercent, now.rssBytes
	info.OpenFds, info.Goroutines = now.openFds, now.goroutines
	info.Floor = a.calibration.floorCopy()
	info.ClockUnixUs = time.Now().UnixMicro()
	return info, nil
}

// children are the pids of the engines that live.
func (a *Agent) children() []int {
	var pids []int
	for _, one := range a.list() {
		select {
		case <-one.child.ended:
		default:
			pids = append(pids, one.child.pid())
		}
	}
	return pids
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
	box, err := one.attach(first.Epoch, attach.AfterSeq)
	if err != nil {
		return err
	}
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
			return box.why
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
		if err := r.take(box, command); err != nil {
			return err
		}
	}
}

// admit keeps a stale controller from carrying Locust's link in place of a newer one, after which
// boomer would not connect again. Epoch 0 is that of a controller that does not tell.
func (r *run) admit(epoch uint64) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if epoch != 0 && epoch < r.epoch {
		return stale(r.id, epoch, r.epoch)
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
	if err := one.admit(first.Epoch); err != nil {
		return err
	}
	tunnel, carried := one.link.(*tunnel)
	if !carried {
		return status.Errorf(codes.FailedPrecondition, "run %s has a Locust master of its own", first.RunId)
	}
	return tunnel.serve(stream.Context(), stream)
}

// Discard forgets a run. An engine that still runs is killed.
func (a *Agent) Discard(_ context.Context, request *pb.DiscardRequest) (*pb.DiscardResponse, error) {
	one := a.find(request.RunId)
	if one == nil {
		return &pb.DiscardResponse{}, nil
	}
	one.mu.Lock()
	if request.Epoch < one.epoch {
		defer one.mu.Unlock()
		return nil, stale(one.id, request.Epoch, one.epoch)
	}
	one.epoch, one.stopped = request.Epoch, true
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
