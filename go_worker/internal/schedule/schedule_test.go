package schedule_test

import (
	"math"
	"testing"
	"time"

	"hazard/internal/pb"
	"hazard/internal/schedule"
)

const (
	closed    = pb.StageKind_STAGE_KIND_USERS
	open      = pb.StageKind_STAGE_KIND_ARRIVALS
	fixed     = pb.StageKind_STAGE_KIND_ITERATIONS
	linear    = pb.StageShape_STAGE_SHAPE_LINEAR
	stepped   = pb.StageShape_STAGE_SHAPE_STEP
	oneSecond = 1000
)

func compile(t *testing.T, stages ...*pb.Stage) *schedule.Schedule {
	t.Helper()
	s, problems := schedule.Compile(stages, schedule.Level{})
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	return &s
}

func TestTheLevelFollowsTheShapes(t *testing.T) {
	s := compile(t,
		&pb.Stage{Kind: closed, Shape: linear, To: 10, DurationMs: 10 * oneSecond},
		&pb.Stage{Kind: closed, To: 4, DurationMs: 2 * oneSecond},
		&pb.Stage{Kind: closed, Shape: stepped, To: 8, Steps: 4, DurationMs: 4 * oneSecond},
		&pb.Stage{Kind: open, Shape: linear, To: 100, DurationMs: 2 * oneSecond})
	for at, want := range map[float64]float64{0: 0, 5: 5, 9.9: 9.9, 10: 4, 12: 5, 13.5: 6, 15.9: 8, 16: 0, 17: 50} {
		if got := s.At(time.Duration(at * float64(time.Second))).Value; math.Abs(got-want) > 1e-9 {
			t.Errorf("at %v s: %v instead of %v", at, got, want)
		}
	}
	if s.End() != 18*time.Second {
		t.Errorf("it ends at %v", s.End())
	}
}

// changes walks through the changes of a piece for one worker.
func changes(p schedule.Piece, share schedule.Share) []schedule.Change {
	var all []schedule.Change
	wanted := schedule.Wanted(p.From)
	for {
		next, more := p.NextChange(wanted, share)
		if !more {
			return all
		}
		all = append(all, next)
		if wanted = next.User; next.Begin {
			wanted++
		}
	}
}

func TestEachUserBeginsAndEndsOnceOnItsWorker(t *testing.T) {
	up := schedule.Piece{Start: time.Second, End: 11 * time.Second, From: 2, To: 12}
	down := schedule.Piece{Start: 0, End: 10 * time.Second, From: 10, To: 0}
	for count := uint64(1); count <= 4; count++ {
		begun, ended := map[uint64]time.Duration{}, map[uint64]time.Duration{}
		for index := range count {
			share := schedule.Share{Index: index, Count: count}
			for _, c := range changes(up, share) {
				if !c.Begin || !share.Owns(c.User) {
					t.Errorf("of %d workers number %d: %+v", count, index, c)
				}
				begun[c.User] = c.At
			}
			for _, c := range changes(down, share) {
				ended[c.User] = c.At
			}
		}
		if len(begun) != 10 || len(ended) != 10 {
			t.Fatalf("of %d workers: %v begin, %v end", count, begun, ended)
		}
		if begun[2] != time.Second || begun[7] != 6*time.Second || ended[9] != time.Second || ended[0] != 10*time.Second {
			t.Errorf("of %d workers: begin %v, end %v", count, begun, ended)
		}
	}
}

// walk gives the times of all arrivals that a share takes.
func walk(stage *schedule.Stage, base uint64, share schedule.Share) map[uint64]time.Duration {
	found := map[uint64]time.Duration{}
	a := schedule.NewArrivals(stage, base, 7)
	for {
		number, at, more := a.Next(share)
		if !more {
			return found
		}
		found[number] = at
	}
}

func TestWorkersTakeEveryArrivalOnce(t *testing.T) {
	for name, plan := range map[string]*pb.Stage{
		"constant": {Kind: open, To: 1000, DurationMs: 3 * oneSecond},
		"linear":   {Kind: open, Shape: linear, To: 500, DurationMs: 4 * oneSecond},
		"stepped":  {Kind: open, Shape: stepped, To: 100, DurationMs: 5 * oneSecond},
		"poisson":  {Kind: open, To: 300, DurationMs: 4 * oneSecond, Spacing: pb.ArrivalSpacing_ARRIVAL_SPACING_POISSON},
	} {
		stage := &compile(t, plan).Stages[0]
		whole := walk(stage, 17, schedule.Share{Index: 0, Count: 1})
		together := map[uint64]time.Duration{}
		for index := range uint64(3) {
			for number, at := range walk(stage, 17, schedule.Share{Index: index, Count: 3}) {
				if number%3 != index || whole[number] != at {
					t.Errorf("%s: worker %d has arrival %d at %v", name, index, number, at)
				}
				together[number] = at
			}
		}
		if len(together) != len(whole) {
			t.Errorf("%s: %d arrivals together, %d in one", name, len(together), len(whole))
		}
		if want := schedule.NewArrivals(stage, 0, 7).Total(); name != "poisson" && uint64(len(whole)) != want {
			t.Errorf("%s: %d arrivals instead of %d", name, len(whole), want)
		}
	}
}

func TestConstantArrivalsAreEvenlySpaced(t *testing.T) {
	stage := &compile(t, &pb.Stage{Kind: open, To: 1000, DurationMs: 2 * oneSecond}).Stages[0]
	for number, at := range walk(stage, 0, schedule.Share{Index: 0, Count: 1}) {
		if want := time.Duration(number) * time.Millisecond; (at - want).Abs() > time.Microsecond {
			t.Fatalf("arrival %d at %v", number, at)
		}
	}
}

// dispersion is variance over mean of the counts in bins of 10 ms.
func dispersion(times map[uint64]time.Duration, whole time.Duration) float64 {
	bins := make([]float64, whole/(10*time.Millisecond))
	for _, at := range times {
		bins[min(int(at/(10*time.Millisecond)), len(bins)-1)]++
	}
	mean, square := 0.0, 0.0
	for _, n := range bins {
		mean += n / float64(len(bins))
	}
	for _, n := range bins {
		square += (n - mean) * (n - mean) / float64(len(bins))
	}
	return square / mean
}

func TestPoissonSpacingIsPoisson(t *testing.T) {
	poisson := &compile(t, &pb.Stage{Kind: open, To: 1000, DurationMs: 60 * oneSecond,
		Spacing: pb.ArrivalSpacing_ARRIVAL_SPACING_POISSON}).Stages[0]
	even := &compile(t, &pb.Stage{Kind: open, To: 1000, DurationMs: 60 * oneSecond}).Stages[0]
	all := schedule.Share{Index: 0, Count: 1}
	if d := dispersion(walk(poisson, 0, all), time.Minute); d < 0.9 || d > 1.1 {
		t.Errorf("the index of dispersion is %.2f", d)
	}
	if d := dispersion(walk(even, 0, all), time.Minute); d > 0.3 {
		t.Errorf("even spacing has an index of dispersion of %.2f", d)
	}
}

func TestSkippingGivesTheNumberOfTheNextArrival(t *testing.T) {
	for _, spacing := range []pb.ArrivalSpacing{0, pb.ArrivalSpacing_ARRIVAL_SPACING_POISSON} {
		stage := &compile(t, &pb.Stage{Kind: open, Shape: linear, To: 200, DurationMs: 4 * oneSecond, Spacing: spacing}).Stages[0]
		whole := walk(stage, 5, schedule.Share{Index: 0, Count: 1})
		for _, from := range []time.Duration{0, 700 * time.Millisecond, 2 * time.Second, 4 * time.Second} {
			want := uint64(5)
			for _, at := range whole {
				if at < from-time.Microsecond {
					want++
				}
			}
			if got := schedule.NewArrivals(stage, 5, 7).SkipTo(from); got != want {
				t.Errorf("spacing %v from %v: %d instead of %d", spacing, from, got, want)
			}
		}
	}
}

func TestBadStagesAreRefused(t *testing.T) {
	for name, stage := range map[string]*pb.Stage{
		"no duration": {Kind: closed, To: 1}, "negative": {Kind: open, To: -1, DurationMs: 1},
		"not a number": {Kind: closed, To: math.NaN(), DurationMs: 1}, "too long": {Kind: closed, DurationMs: math.MaxUint64},
	} {
		if _, problems := schedule.Compile([]*pb.Stage{stage}, schedule.Level{}); len(problems) != 1 {
			t.Errorf("%s is accepted", name)
		}
	}
	s := compile(t, &pb.Stage{Kind: fixed, To: 10}, &pb.Stage{Kind: closed, To: 1, DurationMs: oneSecond})
	if s.Stages[0].End != schedule.Forever || s.Stages[1].Start != 0 {
		t.Errorf("stages %+v", s.Stages)
	}
}
