package agent

import (
	"fmt"
	"log/slog"
	"sync"
	"time"

	"hazard/internal/pb"
)

// run is one run on this worker: its engine child, the frames that nobody acknowledged yet, and the
// stream of the controller, if one is attached.
type run struct {
	id       string
	log      *slog.Logger
	child    *child
	tunnel   *tunnel
	prepared chan *pb.PrepareResponse // one answer
	grace    time.Duration
	notAfter time.Time

	mu       sync.Mutex
	epoch    uint64
	frames   []*pb.Frame
	state    *pb.EngineState
	exit     *pb.EngineExit
	logs     []*pb.LogLine
	answered map[uint64]string // command number -> error text
	mailbox  *mailbox
	heard    time.Time
	orphaned bool
	stopped  bool
	endedAt  time.Time
}

func (r *run) event(kind *pb.RunEvent) *pb.RunEvent {
	kind.RunId = r.id
	return kind
}

func (r *run) onEvent(event *pb.EngineEvent) {
	switch kind := event.Kind.(type) {
	case *pb.EngineEvent_Prepared:
		select {
		case r.prepared <- kind.Prepared:
		default:
		}
	case *pb.EngineEvent_Frame:
		r.keepFrame(kind.Frame)
	case *pb.EngineEvent_State:
		r.keepState(kind.State)
	case *pb.EngineEvent_Log:
		r.keepLog(kind.Log)
	}
}

func (r *run) keepFrame(frame *pb.Frame) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.frames = append(r.frames, frame)
	if len(r.frames) > keptFrames {
		r.frames = append([]*pb.Frame(nil), r.frames[len(r.frames)-keptFrames:]...)
	}
	r.post(&pb.RunEvent{Kind: &pb.RunEvent_Frame{Frame: frame}})
}

func (r *run) keepState(state *pb.EngineState) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.state = state
	r.post(&pb.RunEvent{Kind: &pb.RunEvent_State{State: state}})
}

func (r *run) keepLog(line *pb.LogLine) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.logs = append(r.logs, line)
	if len(r.logs) > keptLogs {
		r.logs = append([]*pb.LogLine(nil), r.logs[len(r.logs)-keptLogs:]...)
	}
	r.post(&pb.RunEvent{Kind: &pb.RunEvent_Log{Log: line}})
}

// post gives an event to the attached stream, if there is one. The lock is held.
func (r *run) post(event *pb.RunEvent) {
	if r.mailbox != nil {
		r.mailbox.put(r.event(event))
	}
}

// onExit records that the child has gone.
func (r *run) onExit() {
	code := exitCode(r.child.command)
	r.tunnel.close()
	r.mu.Lock()
	defer r.mu.Unlock()
	finished := r.state.GetStatus() == pb.EngineStatus_ENGINE_STATUS_FINISHED
	r.exit = &pb.EngineExit{
		Code:       code,
		StderrTail: r.child.stderr.String(),
		Expected:   code == 0 && (finished || r.stopped),
	}
	r.endedAt = time.Now()
	r.post(&pb.RunEvent{Kind: &pb.RunEvent_Exit{Exit: r.exit}})
}

// attach gives the run to a new stream; an older one ends. What happened since afterSeq is posted.
func (r *run) attach(epoch, afterSeq uint64) *mailbox {
	box := newMailbox()
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.mailbox != nil {
		r.mailbox.close()
	}
	r.mailbox, r.epoch, r.heard = box, epoch, time.Now()
	r.drop(afterSeq)
	for _, line := range r.logs {
		r.post(&pb.RunEvent{Kind: &pb.RunEvent_Log{Log: line}})
	}
	if r.state != nil {
		r.post(&pb.RunEvent{Kind: &pb.RunEvent_State{State: r.state}})
	}
	for _, frame := range r.frames {
		r.post(&pb.RunEvent{Kind: &pb.RunEvent_Frame{Frame: frame}})
	}
	if r.exit != nil {
		r.post(&pb.RunEvent{Kind: &pb.RunEvent_Exit{Exit: r.exit}})
	}
	return box
}

func (r *run) detach(box *mailbox) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.mailbox == box {
		r.mailbox = nil
	}
}

// drop forgets the frames that the controller has. The lock is held.
func (r *run) drop(seq uint64) {
	first := 0
	for first < len(r.frames) && r.frames[first].Seq <= seq {
		first++
	}
	r.frames = append([]*pb.Frame(nil), r.frames[first:]...)
}

// take does one command of the attached stream.
func (r *run) take(box *mailbox, command *pb.RunCommand) {
	r.mu.Lock()
	r.heard = time.Now()
	seq := command.CommandSeq
	old, repeated := r.answered[seq]
	r.mu.Unlock()
	if seq == 0 {
		if ack := command.GetAck(); ack != nil {
			r.mu.Lock()
			r.drop(ack.Seq)
			r.mu.Unlock()
		}
		return
	}
	if !repeated {
		old = r.do(command)
		r.mu.Lock()
		r.remember(seq, old)
		r.mu.Unlock()
	}
	done := &pb.CommandDone{CommandSeq: seq, Error: old}
	box.put(r.event(&pb.RunEvent{Kind: &pb.RunEvent_Done{Done: done}}))
}

// remember keeps the answer of a command for its repetition. The lock is held.
func (r *run) remember(seq uint64, answer string) {
	const most = 1000
	if len(r.answered) >= most {
		clear(r.answered)
	}
	r.answered[seq] = answer
}

func (r *run) do(command *pb.RunCommand) string {
	engine := &pb.EngineCommand{}
	switch kind := command.Kind.(type) {
	case *pb.RunCommand_Start:
		engine.Kind = &pb.EngineCommand_Start{Start: kind.Start}
	case *pb.RunCommand_Stop:
		engine.Kind = &pb.EngineCommand_Stop{Stop: kind.Stop}
		r.mu.Lock()
		r.stopped = true
		r.mu.Unlock()
	case *pb.RunCommand_SetLoad:
		engine.Kind = &pb.EngineCommand_SetLoad{SetLoad: kind.SetLoad}
	case *pb.RunCommand_Reshare:
		engine.Kind = &pb.EngineCommand_Reshare{Reshare: kind.Reshare}
	case *pb.RunCommand_Pause:
		engine.Kind = &pb.EngineCommand_Pause{Pause: kind.Pause}
	case *pb.RunCommand_Resume:
		engine.Kind = &pb.EngineCommand_Resume{Resume: kind.Resume}
	case *pb.RunCommand_Attach, *pb.RunCommand_Heartbeat, *pb.RunCommand_Ack:
		return ""
	default:
		return fmt.Sprintf("this worker does not know the command %T", command.Kind)
	}
	if err := r.child.send(engine); err != nil {
		return err.Error()
	}
	return ""
}

// watch ends the run when nobody asks for it any more, and at the latest when the plan says so.
func (r *run) watch() {
	ticker := time.NewTicker(time.Second)
	defer ticker.Stop()
	for {
		select {
		case <-r.child.ended:
			return
		case now := <-ticker.C:
			r.mu.Lock()
			silent := now.Sub(r.heard)
			orphaned := silent > r.grace && !r.orphaned
			r.orphaned = r.orphaned || orphaned
			late := silent > r.grace+defaultDrain+killAfter
			r.mu.Unlock()
			if orphaned {
				r.log.Warn("no controller; stopping the run", "run", r.id, "silent", silent.Round(time.Second))
				go r.orphan()
			}
			// The engine is silent by itself at its end; one that is not is killed.
			if late || (!r.notAfter.IsZero() && now.After(r.notAfter.Add(killAfter+defaultDrain))) {
				r.log.Warn("killing an engine that did not end", "run", r.id)
				r.child.kill()
				return
			}
		}
	}
}

func (r *run) orphan() {
	r.mu.Lock()
	r.stopped = true
	r.mu.Unlock()
	stop := &pb.Stop{DrainMs: uint32(defaultDrain / time.Millisecond)}
	if err := r.child.send(&pb.EngineCommand{Kind: &pb.EngineCommand_Stop{Stop: stop}}); err != nil {
		r.log.Warn("stopping an orphaned run", "run", r.id, "error", err)
	}
}

// statusWord is the state for Describe.
func (r *run) statusWord() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.exit != nil {
		return "ended"
	}
	words := map[pb.EngineStatus]string{
		pb.EngineStatus_ENGINE_STATUS_PREPARED:  "prepared",
		pb.EngineStatus_ENGINE_STATUS_CONNECTED: "connected",
		pb.EngineStatus_ENGINE_STATUS_RUNNING:   "running",
		pb.EngineStatus_ENGINE_STATUS_DRAINING:  "draining",
		pb.EngineStatus_ENGINE_STATUS_DRAINED:   "drained",
		pb.EngineStatus_ENGINE_STATUS_FINISHED:  "finished",
		pb.EngineStatus_ENGINE_STATUS_FAILED:    "failed",
	}
	if word := words[r.state.GetStatus()]; word != "" {
		return word
	}
	return "preparing"
}
