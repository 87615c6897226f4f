package schedule

import (
	"math"
	"math/rand/v2"
	"time"
)

// Arrivals walks through the planned starts of an arrival stage, in order. Numbers count over all
// workers and over the whole run; every worker walks the same sequence and takes its own.
type Arrivals struct {
	stage  *Stage
	base   uint64 // number of the stage's first arrival
	j      uint64 // next arrival of the stage
	piece  int
	before []float64 // arrivals before each piece
	total  float64
	random *rand.Rand // Poisson spacing; nil: even
	due    float64    // Poisson: position of arrival j
}

// NewArrivals begins a stage whose first arrival has number base. Poisson spacing depends on the seed
// and base only.
func NewArrivals(stage *Stage, base, seed uint64) *Arrivals {
	a := &Arrivals{stage: stage, base: base}
	for _, p := range stage.Pieces {
		a.before = append(a.before, a.total)
		a.total += p.area()
	}
	if stage.Poisson {
		a.random = rand.New(rand.NewPCG(seed, base))
		a.due = a.random.ExpFloat64()
	}
	return a
}

// area is the number of arrivals in a piece.
func (p Piece) area() float64 { return (p.From + p.To) / 2 * (p.End - p.Start).Seconds() }

// Next is the next arrival that belongs to the share: its number and when it is due, from the start
// of the schedule. False: the stage has no more.
func (a *Arrivals) Next(share Share) (number uint64, at time.Duration, more bool) {
	if a.random == nil {
		a.j = share.First(a.base+a.j) - a.base
		if float64(a.j) > a.total-tolerance || a.total < tolerance {
			return 0, 0, false
		}
		at = a.when(float64(a.j))
		a.j++
		return a.base + a.j - 1, at, true
	}
	for a.due < a.total {
		number, at = a.base+a.j, a.when(a.due)
		a.j++
		a.due += a.random.ExpFloat64()
		if share.Owns(number) {
			return number, at, true
		}
	}
	return 0, 0, false
}

// SkipTo leaves out what is due before a moment and gives the number of the next arrival: what a
// schedule that takes over then begins with. It goes forward only.
func (a *Arrivals) SkipTo(from time.Duration) uint64 {
	passed := a.passed(from)
	if a.random == nil {
		a.j = max(a.j, uint64(math.Ceil(max(passed-tolerance, 0))))
		return a.base + a.j
	}
	for a.due < passed {
		a.j++
		a.due += a.random.ExpFloat64()
	}
	return a.base + a.j
}

// SkipToNumber leaves out the arrivals before a number. It goes forward only.
func (a *Arrivals) SkipToNumber(number uint64) {
	if a.random == nil {
		a.j = max(a.j, number-min(number, a.base))
		return
	}
	for a.base+a.j < number && a.due < a.total {
		a.j++
		a.due += a.random.ExpFloat64()
	}
}

// passed is how many arrivals are planned before a moment.
func (a *Arrivals) passed(t time.Duration) float64 {
	for i, p := range a.stage.Pieces {
		if t < p.End {
			if t <= p.Start {
				return a.before[i]
			}
			part := Piece{p.Start, t, p.From, p.At(t)}
			return a.before[i] + part.area()
		}
	}
	return a.total
}

// when is the moment at which the planned number of arrivals reaches position.
func (a *Arrivals) when(position float64) time.Duration {
	for a.piece+1 < len(a.before) && a.before[a.piece+1] <= position+tolerance {
		a.piece++
	}
	p := a.stage.Pieces[a.piece]
	need := max(position-a.before[a.piece], 0)
	seconds := (p.End - p.Start).Seconds()
	slope := (p.To - p.From) / seconds
	var t float64
	if slope == 0 {
		t = need / p.From
	} else {
		// from*t + slope*t²/2 = need, in the form that stays exact for small slopes.
		root := math.Sqrt(max(p.From*p.From+2*slope*need, 0))
		t = 2 * need / (p.From + root)
	}
	if math.IsNaN(t) {
		t = 0
	}
	return p.Start + time.Duration(min(max(t, 0), seconds)*float64(time.Second))
}

// Total is how many arrivals an evenly spaced stage has over all workers.
func (a *Arrivals) Total() uint64 { return uint64(math.Ceil(max(a.total-tolerance, 0))) }
