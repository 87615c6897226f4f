package schedule

import (
	"math"
	"time"
)

// Wanted is how many users a load of n means: user v is wanted while v < n.
func Wanted(n float64) uint64 { return uint64(math.Ceil(n - tolerance)) }

// tolerance absorbs what floating point adds to whole numbers.
const tolerance = 1e-6

// Change is a moment at which one user begins or ends.
type Change struct {
	At    time.Duration
	User  uint64
	Begin bool
}

// NextChange is the next change in a piece for a worker that runs its users below wanted, if there is
// one: rising, the first own user from wanted on; falling, the last own user below it.
func (p Piece) NextChange(wanted uint64, share Share) (Change, bool) {
	switch {
	case p.To > p.From:
		user := share.First(wanted)
		if float64(user) >= p.To-tolerance {
			return Change{}, false
		}
		return Change{p.reaches(float64(user)), user, true}, true
	case p.To < p.From && wanted > 0:
		below := share.Below(wanted)
		if below == 0 {
			return Change{}, false
		}
		user := share.Index + (below-1)*share.Count
		if float64(user) < p.To-tolerance {
			return Change{}, false
		}
		return Change{p.reaches(float64(user)), user, false}, true
	}
	return Change{}, false
}

// reaches is when a piece that is not level has a value, held within the piece.
func (p Piece) reaches(value float64) time.Duration {
	fraction := (value - p.From) / (p.To - p.From)
	at := p.Start + time.Duration(fraction*float64(p.End-p.Start))
	return min(max(at, p.Start), p.End)
}
