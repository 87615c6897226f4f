package agent

import (
	"fmt"

	"hazard/internal/pb"
)

// keptAnswers bounds the answers of commands that are kept for their repetition.
const keptAnswers = 1000

// answers are what commands of one controller were answered, by their number.
type answers struct {
	texts map[uint64]string
	order []uint64
}

func (a *answers) find(seq uint64) (string, bool) {
	text, known := a.texts[seq]
	return text, known
}

func (a *answers) keep(seq uint64, text string) {
	if a.texts == nil {
		a.texts = map[uint64]string{}
	}
	if len(a.order) >= keptAnswers {
		delete(a.texts, a.order[0])
		a.order = append([]uint64(nil), a.order[1:]...)
	}
	a.texts[seq] = text
	a.order = append(a.order, seq)
}

// take does one command of a stream. An error ends the stream.
func (r *run) take(box *mailbox, command *pb.RunCommand) error {
	r.mu.Lock()
	err := r.adoptFrom(box, command.Epoch)
	if ack := command.GetAck(); ack != nil && err == nil {
		r.drop(ack.Seq)
	}
	r.mu.Unlock()
	if err != nil {
		return err
	}
	seq := command.CommandSeq
	if engine, known := forEngine(command); engine != nil || !known {
		text, err := r.doOnce(box, command, engine)
		if err != nil {
			return err
		}
		r.answer(box, seq, text)
	} else if seq != 0 {
		r.answer(box, seq, "")
	}
	return nil
}

// adoptFrom is adopt for a command of a stream, which must still be the attached one. The lock is held.
func (r *run) adoptFrom(box *mailbox, epoch uint64) error {
	if epoch < r.epoch {
		return stale(r.id, epoch, r.epoch)
	}
	if r.mailbox != box {
		return errTakenOver
	}
	return r.adopt(r.epoch)
}

func (r *run) answer(box *mailbox, seq uint64, text string) {
	done := &pb.CommandDone{CommandSeq: seq, Error: text}
	box.put(r.event(&pb.RunEvent{Kind: &pb.RunEvent_Done{Done: done}}))
}

// doOnce hands a command to the engine unless one of this number was done already. Number 0 has no
// memory.
func (r *run) doOnce(box *mailbox, command *pb.RunCommand, engine *pb.EngineCommand) (string, error) {
	r.commanding.Lock()
	defer r.commanding.Unlock()
	seq := command.CommandSeq
	r.mu.Lock()
	// While it waited its turn a newer controller may have taken over.
	if err := r.adoptFrom(box, command.Epoch); err != nil {
		r.mu.Unlock()
		return "", err
	}
	epoch := r.epoch
	text, repeated := r.answered.find(seq)
	if !repeated && engine.GetStop() != nil {
		r.stopped = true
	}
	r.mu.Unlock()
	if repeated && seq != 0 {
		return text, nil
	}
	if engine == nil {
		text = fmt.Sprintf("this worker does not know the command %T", command.Kind)
	} else if err := r.child.send(engine); err != nil {
		text = err.Error()
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.epoch == epoch && seq != 0 {
		r.answered.keep(seq, text)
	}
	return text, nil
}

// forEngine translates a command; nil: it does not concern the engine. known is false for a kind that
// this version does not have.
func forEngine(command *pb.RunCommand) (engine *pb.EngineCommand, known bool) {
	switch kind := command.Kind.(type) {
	case *pb.RunCommand_Start:
		return &pb.EngineCommand{Kind: &pb.EngineCommand_Start{Start: kind.Start}}, true
	case *pb.RunCommand_Stop:
		return &pb.EngineCommand{Kind: &pb.EngineCommand_Stop{Stop: kind.Stop}}, true
	case *pb.RunCommand_SetLoad:
		return &pb.EngineCommand{Kind: &pb.EngineCommand_SetLoad{SetLoad: kind.SetLoad}}, true
	case *pb.RunCommand_Reshare:
		return &pb.EngineCommand{Kind: &pb.EngineCommand_Reshare{Reshare: kind.Reshare}}, true
	case *pb.RunCommand_Pause:
		return &pb.EngineCommand{Kind: &pb.EngineCommand_Pause{Pause: kind.Pause}}, true
	case *pb.RunCommand_Resume:
		return &pb.EngineCommand{Kind: &pb.EngineCommand_Resume{Resume: kind.Resume}}, true
	case *pb.RunCommand_SetUp:
		return &pb.EngineCommand{Kind: &pb.EngineCommand_SetUp{SetUp: kind.SetUp}}, true
	case *pb.RunCommand_TearDown:
		return &pb.EngineCommand{Kind: &pb.EngineCommand_TearDown{TearDown: kind.TearDown}}, true
	case *pb.RunCommand_AllowRows:
		return &pb.EngineCommand{Kind: &pb.EngineCommand_AllowRows{AllowRows: kind.AllowRows}}, true
	case *pb.RunCommand_PreparePlan:
		return &pb.EngineCommand{Kind: &pb.EngineCommand_PreparePlan{PreparePlan: kind.PreparePlan}}, true
	case *pb.RunCommand_SwitchPlan:
		return &pb.EngineCommand{Kind: &pb.EngineCommand_SwitchPlan{SwitchPlan: kind.SwitchPlan}}, true
	case *pb.RunCommand_Attach, *pb.RunCommand_Heartbeat, *pb.RunCommand_Ack:
		return nil, true
	default:
		return nil, false
	}
}
