package flow

import (
	"math/rand/v2"
	"time"

	"hazard/internal/pb"
)

// pause is a waiting time. nil waits not at all.
type pause struct {
	min, max time.Duration
	shape    pb.PauseShape
}

func compilePause(plan *pb.Pause) *pause {
	if plan == nil || plan.MinMs == 0 && plan.MaxMs == 0 {
		return nil
	}
	p := &pause{min: ms(plan.MinMs), max: ms(plan.MaxMs), shape: plan.Shape}
	if p.shape != pb.PauseShape_PAUSE_SHAPE_EXPONENTIAL && p.max == 0 {
		p.max = p.min
	}
	return p
}

func ms(n uint32) time.Duration { return time.Duration(n) * time.Millisecond }

// draw picks a waiting time.
func (p *pause) draw(random *rand.Rand) time.Duration {
	if p == nil {
		return 0
	}
	span := float64(p.max - p.min)
	switch p.shape {
	case pb.PauseShape_PAUSE_SHAPE_NORMAL:
		// 99.7 % of a normal distribution lies within three standard deviations of its mean.
		drawn := float64(p.min) + span/2 + random.NormFloat64()*span/6
		return time.Duration(min(max(drawn, float64(p.min)), float64(p.max)))
	case pb.PauseShape_PAUSE_SHAPE_EXPONENTIAL:
		drawn := time.Duration(random.ExpFloat64() * float64(p.min))
		if p.max > 0 {
			drawn = min(drawn, p.max)
		}
		return drawn
	}
	return p.min + time.Duration(random.Float64()*span)
}

// mean is the expected waiting time, cuts of an exponential shape left aside.
func (p *pause) mean() time.Duration {
	switch {
	case p == nil:
		return 0
	case p.shape == pb.PauseShape_PAUSE_SHAPE_EXPONENTIAL:
		return p.min
	}
	return (p.min + p.max) / 2
}

// MeanRest is how long a user rests after an iteration on average: about as long as one iteration is
// behind another when requests are quick.
func (p *Program) MeanRest() time.Duration {
	if len(p.tasks) == 0 {
		return 0
	}
	sum, before := float64(0), uint64(0)
	for i, one := range p.tasks {
		rest := max(one.think.mean(), time.Duration(one.pacingMS)*time.Millisecond)
		share := 1 / float64(len(p.tasks))
		if !p.sequential {
			total := float64(p.weights[len(p.weights)-1])
			share, before = float64(p.weights[i]-before)/total, p.weights[i]
		}
		sum += share * float64(rest)
	}
	return time.Duration(sum)
}

func (p *pause) run(x *Exec, _ *node) signal {
	if !x.sleep(p.draw(x.thread.Random())) {
		return interrupted
	}
	return goOn
}
