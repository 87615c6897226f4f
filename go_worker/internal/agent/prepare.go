package agent

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"hazard/internal/pb"
)

// Prepare starts the engine of a run. Repeating it with the same epoch answers with what is there; a
// higher epoch takes a running engine over; a lower one is refused.
func (a *Agent) Prepare(ctx context.Context, request *pb.PrepareRequest) (*pb.PrepareResponse, error) {
	if request.RunId == "" || request.Plan == nil {
		return nil, status.Error(codes.InvalidArgument, "a run needs an id and a plan")
	}
	lock := a.prepareLock(request.RunId)
	lock.Lock()
	defer lock.Unlock()
	if one := a.find(request.RunId); one != nil {
		return a.prepareAgain(one, request)
	}
	if response := a.refuse(request); response != nil {
		return response, nil
	}
	one, err := a.startRun(request)
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

func (a *Agent) prepareLock(id string) *sync.Mutex {
	a.mu.Lock()
	defer a.mu.Unlock()
	lock := a.preparing[id]
	if lock == nil {
		const most = 10_000
		if len(a.preparing) > most {
			clear(a.preparing) // only long-ended runs: nobody prepares that many at once
		}
		lock = &sync.Mutex{}
		a.preparing[id] = lock
	}
	return lock
}

func (a *Agent) prepareAgain(one *run, request *pb.PrepareRequest) (*pb.PrepareResponse, error) {
	if err := one.checkEpoch(request.Epoch); err != nil {
		return nil, err
	}
	one.mu.Lock()
	defer one.mu.Unlock()
	if one.exit != nil {
		return nil, status.Errorf(codes.FailedPrecondition, "the engine of run %s has ended already", one.id)
	}
	one.epoch, one.heard = request.Epoch, time.Now()
	select {
	case response := <-one.prepared:
		one.prepared <- response
		return response, nil
	default:
		return nil, status.Errorf(codes.Unavailable, "the engine of run %s is still preparing", one.id)
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

func (a *Agent) startRun(request *pb.PrepareRequest) (*run, error) {
	link, err := newTunnel()
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
		tunnel:   link,
		epoch:    request.Epoch,
		prepared: make(chan *pb.PrepareResponse, 1),
		answered: map[uint64]string{},
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
	a.mu.Lock()
	a.runs[one.id] = one
	a.mu.Unlock()
	go func() {
		<-one.child.ended
		one.onExit()
	}()
	go one.watch()
	prepare := &pb.EnginePrepare{
		Request:        request,
		LocustPort:     link.port(),
		AllowedTargets: a.config.AllowedTargets,
		Caps:           a.config.Caps,
		WorkerId:       a.info.WorkerId,
	}
	if err := one.child.send(&pb.EngineCommand{Kind: &pb.EngineCommand_Prepare{Prepare: prepare}}); err != nil {
		a.config.Log.Warn("handing over the plan", "run", one.id, "error", err)
	}
	return one, nil
}

// awaitPrepared waits until the engine compiled the plan, ended, or took too long.
func (a *Agent) awaitPrepared(ctx context.Context, one *run) (*pb.PrepareResponse, error) {
	timer := time.NewTimer(prepareTimeout)
	defer timer.Stop()
	select {
	case response := <-one.prepared:
		response.WorkerId = a.info.WorkerId
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
		return nil, status.Errorf(codes.DeadlineExceeded, "the engine did not compile the plan in %s", prepareTimeout)
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}
