package agent

import (
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
	link     locustLink
	prepared chan *pb.PrepareResponse // one answer
	grace    time.Duration
	notAfter time.Time
	// commanding lets one command reach the engine at a time, so that a command that two streams carry
	// is done once.
	commanding sync.Mutex

	mu       sync.Mutex
	epoch    uint64
	frames   []*pb.Frame
	lost     uint64 // frames that nobody took before there were too many
	state    *pb.EngineState
	failed   *pb.EngineState // why it failed; the states of its end come after it
	exit     *pb.EngineExit
	logs     []*pb.LogLine
	common   map[pb.SharedSteps]*pb.SharedStepsDone
	rows     *pb.RowsAsked
	ready    *pb.PlanReady
	answered answers
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
	case *pb.EngineEvent_SharedSteps:
		r.keepSharedSteps(kind.SharedSteps)
	case *pb.EngineEvent_Rows:
		r.keepRows(kind.Rows)
	case *pb.EngineEvent_PlanReady:
		r.keepPlanReady(kind.PlanReady)
	}
}

func (r *run) keepFrame(frame *pb.Frame) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.frames = append(r.frames, frame)
	if over := len(r.frames) - keptFrames; over > 0 {
		if r.lost == 0 {
			r.log.Warn("nobody takes the frames of a run; the oldest are dropped", "run", r.id)
		}
		r.lost += uint64(over)
		r.frames = append([]*pb.Frame(nil), r.frames[over:]...)
	}
	r.post(&pb.RunEvent{Kind: &pb.RunEvent_Frame{Frame: frame}})
}

func (r *run) keepState(state *pb.EngineState) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.state = state
	if state.Status == pb.EngineStatus_ENGINE_STATUS_FAILED {
		r.failed = state
	}
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

func (r *run) keepSharedSteps(done *pb.SharedStepsDone) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.common == nil {
		r.common = map[pb.SharedSteps]*pb.SharedStepsDone{}
	}
	r.common[done.Steps] = done
	r.post(&pb.RunEvent{Kind: &pb.RunEvent_SharedSteps{SharedSteps: done}})
}

func (r *run) keepRows(asked *pb.RowsAsked) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.rows = asked
	r.post(&pb.RunEvent{Kind: &pb.RunEvent_Rows{Rows: asked}})
}

func (r *run) keepPlanReady(ready *pb.PlanReady) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.ready = ready
	r.post(&pb.RunEvent{Kind: &pb.RunEvent_PlanReady{PlanReady: ready}})
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
	r.link.close()
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

// adopt lets a controller of this epoch command the run; one of a higher epoch takes it over. The
// lock is held.
func (r *run) adopt(epoch uint64) error {
	if epoch < r.epoch {
		return stale(r.id, epoch, r.epoch)
	}
	if epoch > r.epoch {
		// Numbers of commands belong to the controller that gave them.
		r.epoch, r.answered = epoch, answers{}
		if r.mailbox != nil {
			r.mailbox.close(errTakenOver)
			r.mailbox = nil
		}
	}
	r.heard = time.Now()
	return nil
}

// attach gives the run to a new stream; an older one ends. What happened since afterSeq is posted.
func (r *run) attach(epoch, afterSeq uint64) (*mailbox, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if err := r.adopt(epoch); err != nil {
		return nil, err
	}
	if r.mailbox != nil {
		r.mailbox.close(errTakenOver)
	}
	box := newMailbox()
	r.mailbox = box
	r.drop(afterSeq)
	for _, line := range r.logs {
		r.post(&pb.RunEvent{Kind: &pb.RunEvent_Log{Log: line}})
	}
	for _, done := range r.common {
		r.post(&pb.RunEvent{Kind: &pb.RunEvent_SharedSteps{SharedSteps: done}})
	}
	if r.rows != nil {
		r.post(&pb.RunEvent{Kind: &pb.RunEvent_Rows{Rows: r.rows}})
	}
	if r.ready != nil {
		r.post(&pb.RunEvent{Kind: &pb.RunEvent_PlanReady{PlanReady: r.ready}})
	}
	if r.failed != nil && r.failed != r.state {
		r.post(&pb.RunEvent{Kind: &pb.RunEvent_State{State: r.failed}})
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
	return box, nil
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
	if first > 0 {
		r.frames = append([]*pb.Frame(nil), r.frames[first:]...)
	}
}

// statusWord is the state for Describe.
func (r *run) statusWord() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.exit != nil {
		return "ended"
	}
	switch r.state.GetStatus() {
	case pb.EngineStatus_ENGINE_STATUS_PREPARED:
		return "prepared"
	case pb.EngineStatus_ENGINE_STATUS_CONNECTED:
		return "connected"
	case pb.EngineStatus_ENGINE_STATUS_RUNNING, pb.EngineStatus_ENGINE_STATUS_DONE:
		return "running"
	case pb.EngineStatus_ENGINE_STATUS_DRAINING, pb.EngineStatus_ENGINE_STATUS_AWAITS_TEAR_DOWN:
		return "draining"
	case pb.EngineStatus_ENGINE_STATUS_DRAINED:
		return "drained"
	case pb.EngineStatus_ENGINE_STATUS_FINISHED:
		return "finished"
	case pb.EngineStatus_ENGINE_STATUS_FAILED:
		return "failed"
	default:
		return "preparing"
	}
}
