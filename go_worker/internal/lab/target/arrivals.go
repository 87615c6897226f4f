package target

import (
	"encoding/binary"
	"sync"
	"sync/atomic"
	"time"
)

// arrivalCapacity is how many arrival times are kept.
const arrivalCapacity = 1_000_000

// arrivalRing keeps the times at which requests were read completely, the truth that the pacing of a
// generator is compared with. It costs one atomic load per request while it is off.
type arrivalRing struct {
	on atomic.Bool

	mu    sync.Mutex
	start time.Time // wall and monotonic reading that the times are relative to
	times []int64   // ns since start; slot = sequence number % arrivalCapacity
	next  uint64    // sequence number of the next arrival
}

func (r *arrivalRing) record() {
	if !r.on.Load() {
		return
	}
	r.mu.Lock()
	if r.times != nil {
		r.times[r.next%arrivalCapacity] = int64(time.Since(r.start))
		r.next++
	}
	r.mu.Unlock()
}

// turn switches recording; switching on starts an empty ring.
func (r *arrivalRing) turn(on bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if on {
		r.start, r.next = time.Now(), 0
		if r.times == nil {
			r.times = make([]int64, arrivalCapacity)
		}
	}
	r.on.Store(on)
}

func (r *arrivalRing) clear() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.start, r.next = time.Now(), 0
}

// arrivalReport is the answer of GET /lab/arrivals. Arrival i has sequence number First+i and took
// place TimesNs[i] after StartWallNs (both nanoseconds; differences are monotonic).
type arrivalReport struct {
	On          bool    `json:"on"`
	StartWallNs int64   `json:"start_wall_ns"` // since 1970
	First       uint64  `json:"first"`
	Next        uint64  `json:"next"` // give it as ?since= to continue
	TimesNs     []int64 `json:"times_ns"`
}

// since copies the arrivals from a sequence number on, as far as the ring still has them.
func (r *arrivalRing) since(first uint64) arrivalReport {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.next > arrivalCapacity {
		first = max(first, r.next-arrivalCapacity)
	}
	first = min(first, r.next)
	out := arrivalReport{
		On: r.on.Load(), StartWallNs: r.start.UnixNano(), First: first, Next: r.next,
		TimesNs: make([]int64, 0, r.next-first),
	}
	for i := first; i < r.next; i++ {
		out.TimesNs = append(out.TimesNs, r.times[i%arrivalCapacity])
	}
	return out
}

// binary is the report as little-endian 64-bit numbers: StartWallNs, First, Next, then TimesNs.
func (a arrivalReport) binary() []byte {
	out := make([]byte, 0, 8*(len(a.TimesNs)+3))
	out = binary.LittleEndian.AppendUint64(out, uint64(a.StartWallNs))
	out = binary.LittleEndian.AppendUint64(out, a.First)
	out = binary.LittleEndian.AppendUint64(out, a.Next)
	for _, t := range a.TimesNs {
		out = binary.LittleEndian.AppendUint64(out, uint64(t))
	}
	return out
}
