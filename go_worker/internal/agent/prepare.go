package agent

import (
	"context"
	"fmt"
	"strings"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"hazard/internal/pb"
)

// Prepare starts the engine of a run. Repeating it with the same epoch answers with what is there; a
// higher epoch takes a running engine over; a lower one is refused.
func (a *Agent) Prepare(ctx context.Context, request *pb.PrepareRequest) (*pb.PrepareResponse, error) {
	return a.prepare(ctx, request, func() (locustLink, error) { return newTunnel() })
}

// prepare is Prepare with a link that open makes.
func (a *Agent) prepare(ctx context.Context, request *pb.PrepareRequest, open func() (locustLink, error)) (*pb.PrepareResponse, error) {
	if request.RunId == "" || request.Plan == nil {
		return nil, status.Error(codes.InvalidArgument, "a run needs an id and a plan")
	}
	fence := a.fenceOf(request.RunId)
	fence.mu.Lock()
	defer fence.mu.Unlock()
	if one := a.find(request.RunId); one != nil {
		return one.prepareAgain(request.Epoch)
	}
	if newer := fence.epoch.Load(); request.Epoch < newer {
		return nil, stale(request.RunId, request.Epoch, newer)
	}
	fence.raise(request.Epoch)
	if a.closing.Load() {
		return nil, status.Error(codes.Unavailable, "this worker is going")
	}
	if response := a.refuse(request); response != nil {
		return response, nil
	}
	one, err := a.startRun(request, open)
	if err != nil {
		return nil, status.Errorf(codes.Internal, "starting the engine: %v", err)
	}
	response, err := a.awaitPrepared(ctx, one)
	if err != nil || !response.Ready {
		one.child.kill()
		<-one.child.ended
		a.forget(one)
	}
	return response, err
}

// prepareAgain answers for a run that is here already. A higher epoch takes it over: the engine goes on
// and its new controller attaches.
func (r *run) prepareAgain(epoch uint64) (*pb.PrepareResponse, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if err := r.adopt(epoch); err != nil {
		return nil, err
	}
	if r.exit != nil {
		return nil, status.Errorf(codes.FailedPrecondition, "the engine of run %s has ended already", r.id)
	}
	select {
	case response := <-r.prepared:
		r.prepared <- response
		return response, nil
	default:
		return nil, status.Errorf(codes.Unavailable, "the engine of run %s is still preparing", r.id)
	}
}

// refuse answers what this agent's operator does not allow.
func (a *Agent) refuse(request *pb.PrepareRequest) *pb.PrepareResponse {
	longest := time.Duration(a.config.Caps.GetRunMs()) * time.Millisecond
	end := time.UnixMilli(request.NotAfterUnixMs)
	if longest > 0 && (request.NotAfterUnixMs == 0 || time.Until(end) > longest) {
		request.NotAfterUnixMs = time.Now().Add(longest).UnixMilli()
	}
	if request.NotAfterUnixMs != 0 && time.Until(time.UnixMilli(request.NotAfterUnixMs)) <= 0 {
		return a.refusal("run-is-over", "plan", "the time until which this run may last is past",
			"check the clocks of controller and worker")
	}
	return nil
}

func (a *Agent) refusal(code, where, what, fix string) *pb.PrepareResponse {
	finding := &pb.Finding{
		Severity: pb.FindingSeverity_FINDING_SEVERITY_ERROR, Code: code, Where: where, What: what, Fix: fix,
	}
	return &pb.PrepareResponse{WorkerId: a.info.WorkerId, Findings: []*pb.Finding{finding}}
}

func (a *Agent) startRun(request *pb.PrepareRequest, open func() (locustLink, error)) (*run, error) {
	link, err := open()
	if err != nil {
		return nil, fmt.Errorf("a port for Locust's link: %w", err)
	}
	grace := time.Duration(request.OrphanGraceMs) * time.Millisecond
	if grace <= 0 {
		grace = a.config.OrphanGrace
	}
	one := &run{
		id:       request.RunId,
		log:      a.config.Log,
		link:     link,
		epoch:    request.Epoch,
		prepared: make(chan *pb.PrepareResponse, 1),
		grace:    grace,
		heard:    time.Now(),
	}
	if request.NotAfterUnixMs != 0 {
		one.notAfter = time.UnixMilli(request.NotAfterUnixMs)
	}
	one.child, err = startChild(a.config.EngineCommand, one.onEvent)
	if err != nil {
		link.close()
		return nil, err
	}
	go func() {
		<-one.child.ended
		one.onExit()
	}()
	a.calibration.yield(one.child.ended)
	go one.watch()
	prepare := &pb.EnginePrepare{
		Request:        request,
		LocustPort:     link.port(),
		AllowedTargets: a.config.AllowedTargets,
		Caps:           a.config.Caps,
		WorkerId:       a.info.WorkerId,
		FollowLocust:   link.counts(),
	}
	one.child.sendAside(&pb.EngineCommand{Kind: &pb.EngineCommand_Prepare{Prepare: prepare}}, func(err error) {
		a.config.Log.Warn("handing over the plan", "run", one.id, "error", err)
	})
	// Visible only now, so that no command of a stream comes before the plan.
	a.mu.Lock()
	a.runs[one.id] = one
	a.mu.Unlock()
	return one, nil
}

// awaitPrepared waits until the engine compiled the plan, ended, or took too long.
func (a *Agent) awaitPrepared(ctx context.Context, one *run) (*pb.PrepareResponse, error) {
	timer := time.NewTimer(a.prepareWithin)
	defer timer.Stop()
	select {
	case response := <-one.prepared:
		response.WorkerId, response.Floor = a.info.WorkerId, a.calibration.floorCopy()
		one.prepared <- response // for a repeated Prepare
		return response, nil
	case <-one.child.ended:
		select {
		case response := <-one.prepared: // it said what is wrong and left
			response.WorkerId = a.info.WorkerId
			return response, nil
		default:
		}
		said := strings.TrimSpace(one.child.stderr.String())
		return nil, status.Errorf(codes.Internal, "the engine ended with code %d while preparing: %s",
			exitCode(one.child.command), said)
	case <-timer.C:
		return nil, status.Errorf(codes.DeadlineExceeded, "the engine did not compile the plan in %s: %s",
			a.prepareWithin, strings.TrimSpace(one.child.stderr.String()))
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}
