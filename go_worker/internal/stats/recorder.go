package stats

import (
	"runtime"
	"sync"
	"sync/atomic"
)

// Outcome says how an entry ended.
type Outcome uint8

// Outcomes.
const (
	OK Outcome = iota
	Failed
	// Aborted: sent at least in part, but cut before the answer was complete because the run stopped.
	Aborted
)

// Sample is one finished request, group, iteration or script.
type Sample struct {
	Entry   uint32
	Outcome Outcome
	// Status of the last answer; 0: none.
	Status int
	// Kind and Text of the failure; both empty when there is none.
	Kind string
	Text string
	// ServiceUs is the time of the exchange, ScheduledUs the time since the planned start (-1: no plan),
	// FirstByteUs the wait for the first byte (-1: none).
	ServiceUs   int64
	ScheduledUs int64
	FirstByteUs int64
	Sent        int64
	Received    int64
	StaleReuse  bool
	Warnings    int
}

// Mirrored is the short form of a sample for a second receiver of the numbers.
type Mirrored struct {
	Entry     uint32
	ServiceUs uint32
	Received  uint32
	// Failure is 0 for a success, else 1 + the number of the failure text (see Recorder.FailureText).
	Failure uint16
}

const (
	// maxTexts bounds the error texts of one entry; further ones are counted as "other".
	maxTexts = 50
	// maxTextBytes bounds one text.
	maxTextBytes = 200
	// maxMirrored bounds what waits for a slow second receiver, per shard.
	maxMirrored = 1 << 19
	otherText   = "other"
)

type statusCount struct {
	status int
	count  uint64
}

type failure struct{ kind, text string }

// cell holds what one shard knows about one entry since the last collection.
type cell struct {
	ok, failed, aborted uint64
	sent, received      uint64
	stale, warnings     uint64
	statuses            []statusCount
	failures            map[failure]uint64
	service             Histogram
	scheduled           Histogram
	firstByte           Histogram
}

type shard struct {
	mu       sync.Mutex
	cells    []cell
	mirrors  []bool // entries that are mirrored
	mirrored []Mirrored
	lost     uint64 // not mirrored because the receiver was too slow
	_        [64]byte
}

// Recorder takes samples from any goroutine. Samples of one VU should use the same shard number.
type Recorder struct {
	shards   []shard
	mask     int
	mu       sync.Mutex         // held while entries are collected or added
	texts    []map[failure]bool // by entry
	failures failureTexts
	// unmirrored: there is no second receiver after all.
	unmirrored atomic.Bool
}

// NewRecorder makes a recorder for this many entries. mirrored names the entries that are kept for a
// second receiver as well; nil: none.
func NewRecorder(entries int, mirrored []bool) *Recorder {
	count := 1
	for count < 2*runtime.GOMAXPROCS(0) {
		count *= 2
	}
	r := &Recorder{shards: make([]shard, count), mask: count - 1}
	r.Grow(entries, mirrored)
	r.failures.numbers = map[string]uint16{}
	return r
}

// Grow makes room for this many entries; what was recorded stays. mirrored is as in NewRecorder.
func (r *Recorder) Grow(entries int, mirrored []bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for i := range r.shards {
		s := &r.shards[i]
		s.mu.Lock()
		s.mirrors = mirrored
		if more := entries - len(s.cells); more > 0 {
			s.cells = append(s.cells, make([]cell, more)...)
		}
		s.mu.Unlock()
	}
	for len(r.texts) < entries {
		r.texts = append(r.texts, map[failure]bool{})
	}
}

// Record counts a sample.
func (r *Recorder) Record(number int, s *Sample) {
	target := &r.shards[number&r.mask]
	target.mu.Lock()
	defer target.mu.Unlock()
	c := &target.cells[s.Entry]
	c.add(s)
	if target.mirrors == nil || !target.mirrors[s.Entry] || s.Outcome == Aborted || r.unmirrored.Load() {
		return
	}
	if len(target.mirrored) >= maxMirrored {
		target.lost++
		return
	}
	m := Mirrored{
		Entry:     s.Entry,
		ServiceUs: uint32(min(max(s.ServiceUs, 0), 1<<32-1)),
		Received:  uint32(min(max(s.Received, 0), 1<<32-1)),
	}
	if s.Outcome == Failed {
		m.Failure = r.failures.number(s.Kind, s.Text)
	}
	target.mirrored = append(target.mirrored, m)
}

func (c *cell) add(s *Sample) {
	switch s.Outcome {
	case OK:
		c.ok++
	case Failed:
		c.failed++
	case Aborted:
		c.aborted++
	}
	c.sent += uint64(max(s.Sent, 0))
	c.received += uint64(max(s.Received, 0))
	c.warnings += uint64(s.Warnings)
	if s.StaleReuse {
		c.stale++
	}
	if s.Status != 0 {
		c.countStatus(s.Status)
	}
	if s.Kind != "" {
		c.countFailure(s.Kind, s.Text)
	}
	if s.Outcome == Aborted {
		return
	}
	c.service.Add(s.ServiceUs)
	if s.ScheduledUs >= 0 {
		c.scheduled.Add(s.ScheduledUs)
	}
	if s.FirstByteUs >= 0 {
		c.firstByte.Add(s.FirstByteUs)
	}
}

func (c *cell) countStatus(status int) {
	for i := range c.statuses {
		if c.statuses[i].status == status {
			c.statuses[i].count++
			return
		}
	}
	c.statuses = append(c.statuses, statusCount{status, 1})
}

func (c *cell) countFailure(kind, text string) {
	key := failure{kind, text}
	if _, known := c.failures[key]; !known {
		if c.failures == nil {
			c.failures = map[failure]uint64{}
		}
		key.text = Bounded(text)
		if _, known := c.failures[key]; !known && len(c.failures) >= maxTexts {
			key.text = otherText
		}
	}
	c.failures[key]++
}

// TakeMirrored appends what waits for the second receiver to dst, and how many samples had to be
// left out because it was too slow.
func (r *Recorder) TakeMirrored(dst []Mirrored) ([]Mirrored, uint64) {
	lost := uint64(0)
	for i := range r.shards {
		s := &r.shards[i]
		s.mu.Lock()
		dst = append(dst, s.mirrored...)
		s.mirrored = s.mirrored[:0]
		lost += s.lost
		s.lost = 0
		s.mu.Unlock()
	}
	return dst, lost
}

// StopMirroring forgets what waits for the second receiver and keeps nothing for it any more.
func (r *Recorder) StopMirroring() {
	r.unmirrored.Store(true)
	for i := range r.shards {
		s := &r.shards[i]
		s.mu.Lock()
		s.mirrored = nil
		s.mu.Unlock()
	}
}
