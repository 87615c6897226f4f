package vu

import (
	"fmt"
	"math/rand/v2"
	"sync"
	"time"

	"hazard/internal/pb"
)

// Feed is a table of rows for users. Row numbers are worked out from the worker's share, so that no
// two workers hand out the same one.
type Feed struct {
	Name    string
	order   pb.FeedOrder
	end     pb.FeedEnd
	columns map[string]int
	rows    []*pb.FeedRow
	kinds   map[*pb.FeedRow]*pb.FeedRow // of a typed feed
	pinned  int                         // row that every iteration gets; -1: none

	*cursor
}

// cursor is how far the rows were taken. A feed of an edited plan goes on with that of its predecessor,
// while iterations that began before still take from there.
type cursor struct {
	mu      sync.Mutex
	streams []stream // row numbers of this worker, by its share and by what lost workers left
	guard   *guard   // nil: the worker takes its rows as it likes
}

// taken is the row of an iteration, with the feed that gave it.
type taken struct {
	feed *Feed
	row  *pb.FeedRow
}

func (t taken) column(name string) (string, bool) {
	if t.feed == nil {
		return "", false
	}
	return t.feed.column(t.row, name)
}

// kind is empty for a text, else the JSON of the value.
func (t taken) kind(name string) string {
	if t.feed == nil {
		return ""
	}
	return t.feed.kind(t.row, name)
}

// stream is the row numbers start, start + step, start + 2 * step …
type stream struct {
	start, step    uint64
	taken, allowed uint64
	end            uint64 // only numbers below it; 0: to the end of the table
}

func (s *stream) next() uint64 { return s.start + s.taken*s.step }

// guard holds a feed to the rows that the controller allowed.
type guard struct {
	short   func()          // called when the allowed rows run short; must not wait
	stopped <-chan struct{} // nobody waits for rows any more
	allowed chan struct{}   // closed and replaced when rows are allowed
	asked   bool            // since rows were allowed
	askedAt time.Time
	taken   uint64 // when it asked
	window  uint64
	// recalled: the controller took rows back and has not said yet what comes in their place.
	recalled bool
}

const (
	leastWindow = 64
	// windowSeconds of rows are asked for, so that a controller that is away for less holds nobody up.
	windowSeconds = 15
	// keptSeconds of rows stay with a worker whose rows are recalled.
	keptSeconds = 2
)

// NewFeed makes a feed from what the plan says and the rows that came with it. pinnedRow is a 1-based
// row for every iteration (a dry run); 0: none.
func NewFeed(plan *pb.DataFeed, data *pb.FeedData, share *pb.Share, pinnedRow uint32) (*Feed, error) {
	f := &Feed{Name: plan.Name, order: plan.Order, end: plan.AtEnd, columns: map[string]int{}, pinned: -1,
		cursor: &cursor{}}
	if share.GetCount() > 0 {
		f.streams = []stream{{start: uint64(share.Index), step: uint64(share.Count)}}
	} else {
		f.streams = []stream{{step: 1}}
	}
	columns, rows := plan.Columns, plan.Rows
	if data != nil {
		columns, rows = data.Columns, data.Rows
	}
	for i, name := range columns {
		f.columns[name] = i
	}
	f.rows = rows
	if len(rows) == 0 {
		return nil, fmt.Errorf("data feed %q has no rows", plan.Name)
	}
	if kinds := data.GetKinds(); len(kinds) == len(rows) {
		f.kinds = make(map[*pb.FeedRow]*pb.FeedRow, len(rows))
		for i, row := range rows {
			f.kinds[row] = kinds[i]
		}
	}
	if pinnedRow > 0 {
		if int(pinnedRow) > len(rows) {
			return nil, fmt.Errorf("data feed %q has %d rows, not %d", plan.Name, len(rows), pinnedRow)
		}
		f.pinned = int(pinnedRow) - 1
	}
	return f, nil
}

// Limited tells that users end when the rows do.
func (f *Feed) Limited() bool {
	return f.pinned < 0 && f.order != pb.FeedOrder_FEED_ORDER_RANDOM && f.ends()
}

func (f *Feed) ends() bool {
	return f.end == pb.FeedEnd_FEED_END_STOP || f.order == pb.FeedOrder_FEED_ORDER_UNIQUE
}

// shared tells that iterations of all workers take the rows in turn.
func (f *Feed) shared() bool {
	return f.pinned < 0 && (f.order == pb.FeedOrder_FEED_ORDER_SEQUENTIAL || f.order == pb.FeedOrder_FEED_ORDER_UNIQUE)
}

// Has tells whether the feed has a column.
func (f *Feed) Has(column string) bool {
	_, found := f.columns[column]
	return found
}

// take gives the row of the next iteration of a user; false: there is none left for it.
func (f *Feed) take(user uint64, random *rand.Rand) (*pb.FeedRow, bool) {
	total := uint64(len(f.rows))
	if f.pinned >= 0 {
		return f.rows[f.pinned], true
	}
	var number uint64
	switch f.order {
	case pb.FeedOrder_FEED_ORDER_RANDOM:
		return f.rows[random.Uint64N(total)], true
	case pb.FeedOrder_FEED_ORDER_PER_USER:
		number = user
	default:
		found := false
		if number, found = f.takeNumber(); !found {
			return nil, false
		}
	}
	if number < total {
		return f.rows[number], true
	}
	if f.ends() {
		return nil, false
	}
	return f.rows[number%total], true
}

// takeNumber takes the lowest row number of the worker's streams, waiting until it may.
func (f *Feed) takeNumber() (uint64, bool) {
	for {
		f.mu.Lock()
		s, some := f.lowest()
		if s != nil {
			number := s.next()
			s.taken++
			short := f.runsShort()
			f.mu.Unlock()
			if short {
				f.guard.short()
			}
			return number, true
		}
		if !some {
			f.mu.Unlock()
			return 0, false
		}
		allowed := f.guard.allowed
		f.mu.Unlock()
		select {
		case <-allowed:
		case <-f.guard.stopped:
			return 0, false
		}
	}
}

// lowest is the stream with the lowest number that may be taken; some: a stream has rows left. With
// f.mu held.
func (f *Feed) lowest() (found *stream, some bool) {
	for i := range f.streams {
		s := &f.streams[i]
		if f.ends() && s.next() >= f.bound(s) {
			continue
		}
		some = true
		if f.guard != nil && s.taken >= s.allowed {
			continue
		}
		if found == nil || s.next() < found.next() {
			found = s
		}
	}
	return found, some
}

// runsShort tells once that less than half a window may still be taken. With f.mu held.
func (f *Feed) runsShort() bool {
	if f.guard == nil || f.guard.asked {
		return false
	}
	left, more := uint64(0), false
	for i := range f.streams {
		s := &f.streams[i]
		left += s.allowed - s.taken
		more = more || s.allowed < f.length(s)
	}
	f.guard.asked = more && left < f.guard.window/2
	return f.guard.asked
}

// Guard holds a feed whose rows end to those that Allow names. short is called when they run short;
// it must not wait, and Asking tells what to ask for. Other feeds are left as they are.
func (f *Feed) Guard(short func(), stopped <-chan struct{}) {
	if f.shared() && f.ends() {
		f.guard = &guard{short: short, stopped: stopped, allowed: make(chan struct{}), asked: true,
			window: leastWindow, askedAt: time.Now()}
	}
}

// Asking is the streams of a guarded feed with the rows that the worker wants to be allowed.
func (f *Feed) Asking() []*pb.RowStream {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.guard == nil {
		return nil
	}
	taken, now := uint64(0), time.Now()
	for i := range f.streams {
		taken += f.streams[i].taken
	}
	rate := float64(taken-f.guard.taken) / max(now.Sub(f.guard.askedAt).Seconds(), 0.001)
	f.guard.window = max(leastWindow, uint64(rate*windowSeconds))
	f.guard.taken, f.guard.askedAt, f.guard.asked = taken, now, true
	var asking []*pb.RowStream
	for i := range f.streams {
		s := &f.streams[i]
		allowed := max(s.allowed, min(s.taken+f.guard.window, f.length(s)))
		asking = append(asking, &pb.RowStream{Feed: f.Name, Start: s.start, Step: s.step,
			Taken: s.taken, Allowed: allowed, End: s.end})
	}
	return asking
}

// bound is the number at which a stream of a feed that ends has no more rows.
func (f *Feed) bound(s *stream) uint64 {
	total := uint64(len(f.rows))
	if s.end > 0 {
		return min(s.end, total)
	}
	return total
}

// length is how many rows of the table a stream has.
func (f *Feed) length(s *stream) uint64 {
	total := f.bound(s)
	if s.start >= total {
		return 0
	}
	return (total-s.start-1)/s.step + 1
}

// Allow lets rows be taken.
func (f *Feed) Allow(given *pb.RowStream) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.guard == nil {
		return
	}
	for i := range f.streams {
		if s := &f.streams[i]; s.start == given.Start && s.step == given.Step {
			s.allowed = max(s.allowed, given.Allowed)
		}
	}
	f.guard.asked = false
	close(f.guard.allowed)
	f.guard.allowed = make(chan struct{})
	if f.guard.recalled {
		// Whoever hears of the streams again must not find the recall.
		f.guard.recalled = false
		f.guard.short()
	}
}

func (f *Feed) column(row *pb.FeedRow, name string) (string, bool) {
	i, found := f.columns[name]
	if !found || row == nil || i >= len(row.Values) || f.kind(row, name) == undefined {
		return "", false
	}
	return row.Values[i], true
}

const (
	undefined = "undefined" // kind of a value that a row lacks
	null      = "null"      // kind of one that templates send with its braces, as newman does
)

// typed tells that values are as newman has them: those that hold names are templates too.
func (f *Feed) typed() bool { return f.kinds != nil }

func (f *Feed) kind(row *pb.FeedRow, name string) string {
	kinds := f.kinds[row].GetValues()
	if i, found := f.columns[name]; found && i < len(kinds) {
		return kinds[i]
	}
	return ""
}
