package engine

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"runtime/debug"
	"time"

	"hazard/internal/pb"
	"hazard/internal/schedule"
)

// Exit codes of the child.
const (
	exitFine   = 0
	exitFailed = 1
	exitUsage  = 2
)

// orphanDrain is how long requests may take to finish when nobody reads any more.
const orphanDrain = 3 * time.Second

// gcPercent trades memory for collections: the engine allocates little, and a collection during a
// request shows in its latency.
const gcPercent = 400

// RunChild is the engine child: EngineCommands on stdin, EngineEvents on stdout, each preceded by its
// length as a varint. The first command is prepare. The end of stdin, or of ctx, means stop. It
// returns the exit code.
func RunChild(ctx context.Context, stdin io.Reader, stdout, stderr io.Writer) int {
	defer debug.SetGCPercent(debug.SetGCPercent(gcPercent))
	events := NewWriter(stdout)
	emit := func(event *pb.EngineEvent) { _ = events.Write(event) } // who reads ends us by closing stdin
	in := bufio.NewReaderSize(stdin, 64<<10)
	var first pb.EngineCommand
	if err := ReadMessage(in, &first); err != nil {
		if errors.Is(err, io.EOF) {
			return exitFine
		}
		fmt.Fprintf(stderr, "engine: %v\n", err)
		return exitUsage
	}
	prepare := first.GetPrepare()
	if prepare == nil {
		fmt.Fprintln(stderr, "engine: the first command is not prepare")
		return exitUsage
	}
	r, findings := newRun(prepare, emit)
	answer := &pb.PrepareResponse{Ready: r != nil, Findings: findings, WorkerId: prepare.WorkerId}
	if r != nil {
		answer.Entries = r.program.Listed()
	}
	emit(&pb.EngineEvent{Kind: &pb.EngineEvent_Prepared{Prepared: answer}})
	if r == nil {
		return exitFailed
	}
	r.state(pb.EngineStatus_ENGINE_STATUS_PREPARED, "")
	return r.obey(ctx, in, prepare, stderr)
}

// obey does what is commanded until the end.
func (r *run) obey(ctx context.Context, in *bufio.Reader, prepare *pb.EnginePrepare, stderr io.Writer) int {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	go r.tellRows(ctx)
	if r.follows {
		r.drive = func(int64) { r.follow(ctx, prepare.LocustPort, stderr) }
		r.start(time.Now())
	} else {
		go r.connect(ctx, prepare.LocustPort, stderr)
	}
	if at := prepare.GetRequest().GetNotAfterUnixMs(); at > 0 {
		timer := time.AfterFunc(time.Until(time.UnixMilli(at)), func() {
			r.abandon(pbStop{force: true, why: "the run's latest end has come"})
		})
		defer timer.Stop()
	}
	if most := prepare.GetCaps().GetRunMs(); most > 0 {
		timer := time.AfterFunc(time.Duration(most)*time.Millisecond, func() {
			r.abandon(pbStop{force: true, why: "the worker's longest run has passed"})
		})
		defer timer.Stop()
	}
	closed := make(chan error, 1)
	go func() { closed <- r.read(in) }()
	select {
	case err := <-closed:
		if err != nil {
			fmt.Fprintf(stderr, "engine: %v\n", err)
			r.logf("error", "the commands cannot be read any more: %v", err)
		}
	case <-ctx.Done():
	}
	r.abandon(pbStop{drain: orphanDrain, why: "standard input ended"})
	select {
	case <-r.begun:
		<-r.finished
	default: // it never began
	}
	return exitFine
}

// read does the commands of stdin until it ends.
func (r *run) read(in *bufio.Reader) error {
	for {
		var command pb.EngineCommand
		if err := ReadMessage(in, &command); err != nil {
			if errors.Is(err, io.EOF) {
				return nil
			}
			return err
		}
		r.do(&command)
	}
}

func (r *run) do(command *pb.EngineCommand) {
	if _, stops := command.Kind.(*pb.EngineCommand_Stop); r.follows && !stops {
		r.logf("warn", "Locust says how many users run; a command of kind %T is not done", command.Kind)
		return
	}
	switch kind := command.Kind.(type) {
	case *pb.EngineCommand_Start:
		if share := kind.Start.GetJoin().GetShare(); share.GetIndex() >= share.GetCount() && kind.Start.Join != nil {
			r.logf("error", "the share is refused: %d of %d", share.GetIndex(), share.GetCount())
			return
		}
		r.startLoad(beginning{at: time.UnixMicro(kind.Start.StartAtUnixUs), join: kind.Start.Join})
	case *pb.EngineCommand_Stop:
		s := pbStop{force: kind.Stop.Force, drain: time.Duration(kind.Stop.DrainMs) * time.Millisecond,
			why: "stopped"}
		if s.drain == 0 {
			s.drain = defaultDrain
		}
		r.stopCommanded(s)
	case *pb.EngineCommand_SetLoad:
		if _, problems := schedule.Compile(kind.SetLoad.Stages, schedule.Level{}); len(problems) > 0 {
			r.logf("error", "the new load is refused: %v", errors.Join(problems...))
			return
		}
		r.driver.setLoad(r.moment(kind.SetLoad.AtUnixUs), kind.SetLoad.Stages)
	case *pb.EngineCommand_Reshare:
		share := schedule.ShareOf(kind.Reshare.Share)
		if share.Index >= share.Count {
			r.logf("error", "the new share is refused: %d of %d", share.Index, share.Count)
			return
		}
		r.reshare(kind.Reshare)
	case *pb.EngineCommand_SetUp:
		r.setUp(kind.SetUp)
	case *pb.EngineCommand_TearDown:
		select {
		case r.common.tearDowns <- kind.TearDown:
		default:
			r.logf("error", "too many teardowns are waiting")
		}
	case *pb.EngineCommand_AllowRows:
		r.allowRows(kind.AllowRows)
	case *pb.EngineCommand_PreparePlan:
		// Aside: a large plan takes its time, and a stop must not wait for it.
		go r.preparePlan(kind.PreparePlan)
	case *pb.EngineCommand_SwitchPlan:
		r.switchPlan(kind.SwitchPlan)
	case *pb.EngineCommand_Pause:
		r.driver.pause(r.moment(kind.Pause.AtUnixUs))
	case *pb.EngineCommand_Resume:
		r.driver.resume(r.moment(kind.Resume.AtUnixUs))
	default:
		r.logf("warn", "a command of kind %T is not known here", kind)
	}
}

// stopCommanded stops; a run that never began is finished at once.
func (r *run) stopCommanded(s pbStop) {
	r.stop(s)
	select {
	case <-r.begun:
	default:
		r.beginOnce.Do(func() {
			r.state(pb.EngineStatus_ENGINE_STATUS_DRAINED, "it never began")
			r.state(pb.EngineStatus_ENGINE_STATUS_FINISHED, "")
		})
	}
}

// moment turns a wall-clock time into the engine's clock; 0 is now. Both clocks are compared once in
// a run: moments keep their distances whatever the wall clock does meanwhile, so that workers agree
// to the nanosecond on which arrivals lie before a change.
func (r *run) moment(unixMicroseconds int64) int64 {
	if unixMicroseconds == 0 {
		return r.shared.Now()
	}
	return r.engineAt + unixMicroseconds*1000 - r.unixAt
}
