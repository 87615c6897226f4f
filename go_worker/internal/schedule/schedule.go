// Package schedule turns stages into times: when each user begins and ends, when each arrival is due.
// Everything is worked out from the start of the run, so that no error adds up and workers agree
// without talking to each other.
package schedule

import (
	"fmt"
	"math"
	"time"

	"hazard/internal/pb"
)

// Forever is the end of a stage without a duration.
const Forever = time.Duration(math.MaxInt64)

// Piece is a stretch of a stage in which the load is a straight line.
type Piece struct {
	Start, End time.Duration // from the start of the schedule
	From, To   float64
}

// Stage is one compiled stage.
type Stage struct {
	Number     uint32 // index in the plan
	Kind       pb.StageKind
	Start, End time.Duration
	Pieces     []Piece
	Poisson    bool
	Iterations uint64 // of an iteration stage
	Users      uint64 // that share them
}

// Schedule is a list of stages without gaps.
type Schedule struct{ Stages []Stage }

// Compile works out a schedule. from is the load that a first stage without `from` begins at. The
// second result tells for each stage what is wrong with it; nil: nothing.
func Compile(stages []*pb.Stage, from Level) (Schedule, []error) {
	var s Schedule
	var problems []error
	at := time.Duration(0)
	level := from
	for i, plan := range stages {
		stage, end, err := compileStage(plan, at, level)
		if err != nil {
			problems = append(problems, fmt.Errorf("stages[%d]: %w", i, err))
			continue
		}
		// What follows a stage without an end begins when that is done, and is planned as if it took no
		// time.
		if stage.End != Forever {
			at = stage.End
		}
		level = end
		stage.Number = uint32(i)
		s.Stages = append(s.Stages, stage)
	}
	return s, problems
}

// Level is the load at a moment: users or arrivals per second, by the kind of stage.
type Level struct {
	Kind  pb.StageKind
	Value float64
}

// in is the level as a stage of a kind sees it: users are no rate.
func (l Level) in(kind pb.StageKind) float64 {
	if l.Kind != kind {
		return 0
	}
	return l.Value
}

const defaultSteps = 5

func compileStage(plan *pb.Stage, at time.Duration, before Level) (Stage, Level, error) {
	stage := Stage{Kind: plan.Kind, Start: at,
		Poisson: plan.Spacing == pb.ArrivalSpacing_ARRIVAL_SPACING_POISSON}
	if plan.DurationMs > math.MaxInt64/uint64(time.Millisecond)/4 {
		return stage, before, fmt.Errorf("a duration of %d ms is too long", plan.DurationMs)
	}
	duration := time.Duration(plan.DurationMs) * time.Millisecond
	stage.End = at + duration
	from := before.in(plan.Kind)
	if plan.From != nil {
		from = *plan.From
	}
	if bad(plan.To) || bad(from) {
		return stage, before, fmt.Errorf("the load must be 0 or more")
	}
	if plan.Kind == pb.StageKind_STAGE_KIND_ITERATIONS {
		stage.Iterations, stage.Users = uint64(plan.To), uint64(max(plan.Users, 1))
		if duration == 0 {
			stage.End = Forever
		}
		return stage, Level{plan.Kind, 0}, nil
	}
	if duration == 0 {
		return stage, before, fmt.Errorf("the stage has no duration")
	}
	switch plan.Shape {
	case pb.StageShape_STAGE_SHAPE_LINEAR:
		stage.Pieces = []Piece{{at, stage.End, from, plan.To}}
	case pb.StageShape_STAGE_SHAPE_STEP:
		stage.Pieces = steps(plan, at, duration, from)
	default:
		stage.Pieces = []Piece{{at, stage.End, plan.To, plan.To}}
	}
	return stage, Level{plan.Kind, plan.To}, nil
}

func bad(load float64) bool { return load < 0 || math.IsNaN(load) || math.IsInf(load, 0) }

func steps(plan *pb.Stage, at, duration time.Duration, from float64) []Piece {
	count := int(plan.Steps)
	if count == 0 {
		count = defaultSteps
	}
	pieces := make([]Piece, count)
	for i := range pieces {
		value := from + (plan.To-from)*float64(i+1)/float64(count)
		pieces[i] = Piece{
			at + duration*time.Duration(i)/time.Duration(count),
			at + duration*time.Duration(i+1)/time.Duration(count), value, value}
	}
	return pieces
}

// At is the planned load at a moment from the start of the schedule.
func (s *Schedule) At(t time.Duration) Level {
	for i := range s.Stages {
		stage := &s.Stages[i]
		if t >= stage.End || t < stage.Start {
			continue
		}
		if stage.Kind == pb.StageKind_STAGE_KIND_ITERATIONS {
			return Level{stage.Kind, float64(stage.Users)}
		}
		return Level{stage.Kind, stage.at(t)}
	}
	return Level{}
}

func (s *Stage) at(t time.Duration) float64 {
	for _, p := range s.Pieces {
		if t < p.End {
			return p.At(t)
		}
	}
	return 0
}

// At is the load at a moment, held within the piece.
func (p Piece) At(t time.Duration) float64 {
	if t <= p.Start {
		return p.From
	}
	return p.From + (p.To-p.From)*float64(t-p.Start)/float64(p.End-p.Start)
}

// End is when the last stage ends; Forever when one has no end.
func (s *Schedule) End() time.Duration {
	if len(s.Stages) == 0 {
		return 0
	}
	return s.Stages[len(s.Stages)-1].End
}

// Share is the part of the load that one worker carries.
type Share struct{ Index, Count uint64 }

// ShareOf reads a share; none is the whole load.
func ShareOf(plan *pb.Share) Share {
	if plan.GetCount() == 0 {
		return Share{0, 1}
	}
	return Share{uint64(plan.Index), uint64(plan.Count)}
}

// Owns tells whether user or arrival number i belongs to the worker.
func (s Share) Owns(i uint64) bool { return i%s.Count == s.Index }

// First is the first number from i on that belongs to the worker.
func (s Share) First(i uint64) uint64 {
	return i + (s.Index+s.Count-i%s.Count)%s.Count
}

// Below is how many of the numbers 0 to n-1 belong to the worker.
func (s Share) Below(n uint64) uint64 {
	if n <= s.Index {
		return 0
	}
	return (n-s.Index-1)/s.Count + 1
}
