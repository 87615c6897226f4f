package agent

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"time"

	"github.com/google/uuid"

	"hazard/internal/pb"
)

const (
	// endWithin is how long a run may take to finish what is in flight and to ship it to Locust.
	endWithin = defaultDrain + 40*time.Second
	// followEpoch leaves room for controllers, which may take such a run over to end it.
	followEpoch = 1
)

// Following is a run whose users a Locust master counts. The worker itself commands it, in place of a
// controller.
type Following struct {
	agent  *Agent
	run    *run
	box    *mailbox
	states chan *pb.EngineState // the latest that nobody read
	gone   chan struct{}        // closed when nothing more happens
	once   sync.Once
}

// Follow starts an engine whose boomer connects to a Locust master. It returns when the setup steps
// are done. The errors are sentences for the person at the master.
func (a *Agent) Follow(ctx context.Context, plan *pb.Plan, master Master) (*Following, error) {
	at, err := master.reach(ctx, a.config.AllowedTargets)
	if err != nil {
		return nil, err
	}
	request := &pb.PrepareRequest{RunId: uuid.NewString(), Epoch: followEpoch, Plan: plan,
		Options: &pb.RunOptions{}}
	response, err := a.prepare(ctx, request, func() (locustLink, error) { return newForward(at) })
	if err != nil {
		return nil, err
	}
	if !response.Ready {
		return nil, errors.New("the plan cannot be run: " + sentences(response.Findings))
	}
	one := a.find(request.RunId)
	if one == nil {
		return nil, errors.New("the run was discarded while it was prepared")
	}
	box, err := one.attach(followEpoch, 0)
	if err != nil {
		return nil, err
	}
	f := &Following{agent: a, run: one, box: box, states: make(chan *pb.EngineState, 64),
		gone: make(chan struct{})}
	go f.listen()
	if err := f.awaitLoad(ctx); err != nil {
		f.End()
		return nil, err
	}
	return f, nil
}

func sentences(findings []*pb.Finding) string {
	var all []string
	for _, one := range findings {
		if one.Severity == pb.FindingSeverity_FINDING_SEVERITY_ERROR {
			all = append(all, fmt.Sprintf("%s: %s", one.Where, one.What))
		}
	}
	return strings.Join(all, "; ")
}

// listen takes what the engine says until it has gone.
func (f *Following) listen() {
	defer close(f.gone)
	for {
		for _, event := range f.box.take() {
			switch kind := event.Kind.(type) {
			case *pb.RunEvent_Frame: // Locust has the numbers
				f.run.mu.Lock()
				f.run.drop(kind.Frame.Seq)
				f.run.mu.Unlock()
			case *pb.RunEvent_State:
				select {
				case f.states <- kind.State:
				default: // nobody waits
				}
			case *pb.RunEvent_Log:
				f.log(kind.Log)
			case *pb.RunEvent_Exit:
				return
			}
		}
		select {
		case <-f.box.news:
		case <-f.box.gone:
			return
		}
	}
}

func (f *Following) log(line *pb.LogLine) {
	levels := map[string]slog.Level{"warn": slog.LevelWarn, "error": slog.LevelError}
	f.agent.config.Log.Log(context.Background(), levels[line.Level], line.Text, "run", f.run.id)
}

// awaitLoad waits until the setup steps are done.
func (f *Following) awaitLoad(ctx context.Context) error {
	for {
		select {
		case state := <-f.states:
			switch state.Status {
			case pb.EngineStatus_ENGINE_STATUS_RUNNING:
				return nil
			case pb.EngineStatus_ENGINE_STATUS_FAILED:
				return errors.New(state.Reason)
			case pb.EngineStatus_ENGINE_STATUS_FINISHED:
				return errors.New("the run ended before its load began")
			}
		case <-f.gone:
			return fmt.Errorf("the engine ended: %s", strings.TrimSpace(f.run.child.stderr.String()))
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// End stops the run, lets it finish and ship what is in flight, and forgets it.
func (f *Following) End() {
	f.once.Do(func() {
		f.run.mu.Lock()
		f.run.stopped = true
		f.run.mu.Unlock()
		stop := &pb.Stop{DrainMs: uint32(defaultDrain / time.Millisecond)}
		if err := f.run.child.send(&pb.EngineCommand{Kind: &pb.EngineCommand_Stop{Stop: stop}}); err == nil {
			f.awaitFinished()
		}
		f.run.child.end(killAfter)
		f.agent.forget(f.run)
	})
}

func (f *Following) awaitFinished() {
	timer := time.NewTimer(endWithin)
	defer timer.Stop()
	for {
		select {
		case state := <-f.states:
			if state.Status == pb.EngineStatus_ENGINE_STATUS_FINISHED {
				return
			}
		case <-f.gone:
			return
		case <-timer.C:
			return
		}
	}
}
