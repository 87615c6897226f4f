// Package calibrate measures the floor of a worker: what the engine itself costs, seen at a target on
// loopback that does nothing.
package calibrate

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"os"
	"runtime"
	"time"

	"hazard/internal/engine"
	"hazard/internal/pb"
	"hazard/internal/stats"
)

const (
	// aloneFor is how long one user measures latencies, crowdFor how long many measure the cost.
	aloneFor = 800 * time.Millisecond
	crowdFor = 800 * time.Millisecond
	crowd    = 16
	// patience is how much longer than its load an engine may take.
	patience = 5 * time.Second
)

// Measure measures the floor at a target; one that is not on loopback is refused. It takes less than
// two seconds. Nothing else may run in this process meanwhile: its processor time is counted, and the
// second half has one core.
func Measure(ctx context.Context, target netip.AddrPort) (*pb.Floor, error) {
	if !target.Addr().IsLoopback() {
		return nil, fmt.Errorf("%s is not on loopback, and calibrating loads nothing else", target)
	}
	alone, err := load(ctx, target, 1, aloneFor)
	if err != nil {
		return nil, err
	}
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	before := engine.ProcessTime()
	many, err := load(ctx, target, crowd, crowdFor)
	if err != nil {
		return nil, err
	}
	cost := engine.ProcessTime() - before
	costUs := float64(cost.Nanoseconds()) / 1000 / float64(many.Count())
	return &pb.Floor{
		P50Us:          float64(alone.Quantile(0.50)),
		P99Us:          float64(alone.Quantile(0.99)),
		CostUs:         costUs,
		RatePerCore:    1e6 / costUs,
		MeasuredUnixMs: time.Now().UnixMilli(),
		Requests:       alone.Count() + many.Count(),
	}, nil
}

// load is one run of an engine in this process: service times of all requests.
func load(ctx context.Context, target netip.AddrPort, users float64, length time.Duration) (*stats.Histogram, error) {
	ctx, cancel := context.WithTimeout(ctx, length+patience)
	defer cancel()
	// Pipes of the system hold what one side writes before the other reads, as between processes.
	commands, stdin, err := os.Pipe()
	if err != nil {
		return nil, fmt.Errorf("engine input: %w", err)
	}
	stdout, events, err := os.Pipe()
	if err != nil {
		return nil, fmt.Errorf("engine output: %w", err)
	}
	go func() {
		engine.RunChild(ctx, commands, events, io.Discard)
		_, _ = commands.Close(), events.Close()
	}()
	// An engine whose output nobody reads would not end.
	defer func() {
		_ = stdin.Close()
		_, _ = io.Copy(io.Discard, stdout)
		_ = stdout.Close()
	}()
	times, err := converse(engine.NewWriter(stdin), bufio.NewReader(stdout), planFor(target, users, length))
	switch {
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case err != nil:
		return nil, err
	case times.Count() == 0:
		return nil, errors.New("the engine finished no request at the target that does nothing")
	}
	return times, nil
}

// converse gives an engine its plan, starts it, and adds up its frames until it has finished.
func converse(commands *engine.Writer, events *bufio.Reader, plan *pb.EnginePrepare) (*stats.Histogram, error) {
	if err := commands.Write(&pb.EngineCommand{Kind: &pb.EngineCommand_Prepare{Prepare: plan}}); err != nil {
		return nil, fmt.Errorf("handing over the plan: %w", err)
	}
	times := &stats.Histogram{}
	for {
		var event pb.EngineEvent
		if err := engine.ReadMessage(events, &event); err != nil {
			return nil, fmt.Errorf("the engine ended before its load: %w", err)
		}
		switch kind := event.Kind.(type) {
		case *pb.EngineEvent_Prepared:
			if !kind.Prepared.Ready {
				return nil, fmt.Errorf("the engine refuses the plan: %v", kind.Prepared.Findings)
			}
			start := &pb.Start{StartAtUnixUs: time.Now().UnixMicro()}
			if err := commands.Write(&pb.EngineCommand{Kind: &pb.EngineCommand_Start{Start: start}}); err != nil {
				return nil, fmt.Errorf("starting the load: %w", err)
			}
		case *pb.EngineEvent_Frame:
			if err := add(times, kind.Frame.Steps); err != nil {
				return nil, err
			}
		case *pb.EngineEvent_State:
			if kind.State.Status == pb.EngineStatus_ENGINE_STATUS_FINISHED {
				return times, nil
			}
		}
	}
}

// add takes what the request did in a second; it is the first entry, its task's iterations the second.
func add(times *stats.Histogram, steps []*pb.StepStats) error {
	for _, step := range steps {
		if step.Failed > 0 {
			return fmt.Errorf("%d requests failed at the target that does nothing: %v", step.Failed, step.Errors)
		}
		if step.Entry == 0 {
			times.AddMessage(step.Service)
		}
	}
	return nil
}

// planFor is a request with two headers and an assertion, as the cost of other generators is measured.
func planFor(target netip.AddrPort, users float64, length time.Duration) *pb.EnginePrepare {
	request := &pb.Request{
		Url:        "http://" + target.String() + "/",
		Headers:    []*pb.Pair{{Name: "Accept", Value: "*/*"}, {Name: "X-Calibration", Value: "floor"}},
		Assertions: []*pb.Assertion{{Target: pb.Target_TARGET_STATUS, Expected: "200"}},
	}
	stage := &pb.Stage{Kind: pb.StageKind_STAGE_KIND_USERS, To: users, DurationMs: uint64(length.Milliseconds())}
	plan := &pb.Plan{Hazard: 1, Name: "calibration", Stages: []*pb.Stage{stage}, Tasks: []*pb.Task{{
		Id: "task", Name: "null", Steps: []*pb.Step{{Id: "step", Name: "null", Kind: &pb.Step_Request{Request: request}}},
	}}}
	return &pb.EnginePrepare{
		WorkerId: "calibration", AllowedTargets: []string{target.String()},
		Request: &pb.PrepareRequest{RunId: "calibration", Plan: plan, Share: &pb.Share{Count: 1}},
	}
}
