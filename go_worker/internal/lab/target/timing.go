package target

import (
	"context"
	"math"
	"net/http"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/valyala/fasthttp"

	"hazard/internal/lab/route"
)

// maxDelayMs bounds a delay that a request may ask for.
const maxDelayMs = 600_000

// maxSequences bounds the different seeds; further ones share one sequence.
const maxSequences = 10_000

// drawSequences gives each seed its own sequence of numbers in [0,1): the n-th request with a seed
// gets the n-th number whatever connection it comes on, so a run can be repeated and predicted.
type drawSequences struct {
	mu    sync.Mutex
	drawn map[uint64]uint64
}

func (d *drawSequences) next(seed uint64) float64 {
	d.mu.Lock()
	if d.drawn == nil {
		d.drawn = map[uint64]uint64{}
	}
	if _, known := d.drawn[seed]; !known && len(d.drawn) >= maxSequences {
		seed = math.MaxUint64
	}
	n := d.drawn[seed]
	d.drawn[seed] = n + 1
	d.mu.Unlock()
	return draw(seed, n)
}

func (d *drawSequences) clear() {
	d.mu.Lock()
	d.drawn = nil
	d.mu.Unlock()
}

// draw is the n-th number of a seed: the output function of SplitMix64 (Steele, Lea and Flood 2014).
func draw(seed, n uint64) float64 {
	z := seed*0xd1342543de82ef95 + (n+1)*0x9e3779b97f4a7c15
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	z ^= z >> 31
	return float64(z>>11) / (1 << 53)
}

// answerDelay waits ms + jitter * draw milliseconds; a share slow_ratio of the requests waits slow_ms
// instead. The answer says how long it meant to wait.
func (t *Target) answerDelay(ctx *fasthttp.RequestCtx, _ route.Params) {
	q := queryOf(ctx)
	base, jitter := q.number("ms", 0, maxDelayMs), q.number("jitter", 0, maxDelayMs)
	slow, ratio := q.number("slow_ms", 0, maxDelayMs), q.number("slow_ratio", 0, 1)
	seed := q.seed()
	if q.wrong(ctx) {
		return
	}
	delay := time.Duration(mixture(t.draws.next(seed), base, jitter, slow, ratio) * float64(time.Millisecond))
	pause(t.ctx, delay)
	ctx.SetContentType(jsonType)
	body := strconv.AppendInt([]byte(`{"delay_us":`), delay.Microseconds(), 10)
	ctx.Response.SetBodyRaw(append(body, '}'))
}

// mixture spends one draw on both choices: the share below ratio is slow, the rest is spread evenly
// over the jitter. All in milliseconds.
func mixture(u, base, jitter, slow, ratio float64) float64 {
	if u < ratio {
		return slow
	}
	return base + jitter*(u-ratio)/(1-ratio)
}

// answerFailing answers a share of the requests with an error status.
func (t *Target) answerFailing(ctx *fasthttp.RequestCtx, _ route.Params) {
	q := queryOf(ctx)
	ratio := q.number("ratio", 0.1, 1)
	status := q.integer("status", http.StatusServiceUnavailable, 400, 599)
	seed := q.seed()
	if q.wrong(ctx) {
		return
	}
	if t.draws.next(seed) < ratio {
		answerError(ctx, status, "the drawn share of errors")
		return
	}
	t.answerStatic(ctx, route.Params{})
}

// stallWindow is a time in which requests are held back until its end.
type stallWindow struct {
	from, until atomic.Int64 // ns since 1970; until is 0 without a window
	all         atomic.Bool
}

// stallSettings is the body of POST /lab/stall.
type stallSettings struct {
	AfterS float64 `json:"after_s"` // from now
	ForS   float64 `json:"for_s"`
	All    bool    `json:"all"` // hold back every request, not only those to /stall and /stallable
}

func (w *stallWindow) set(in stallSettings) {
	from := time.Now().Add(seconds(in.AfterS))
	w.until.Store(0)
	w.from.Store(from.UnixNano())
	w.all.Store(in.All)
	w.until.Store(from.Add(seconds(in.ForS)).UnixNano())
}

func (w *stallWindow) clear() {
	w.all.Store(false)
	w.until.Store(0)
}

func (w *stallWindow) coversAll() bool { return w.all.Load() }

func (w *stallWindow) wait(ctx context.Context) {
	until := w.until.Load()
	if now := time.Now().UnixNano(); until != 0 && now >= w.from.Load() && now < until {
		pause(ctx, time.Duration(until-now))
	}
}

func (t *Target) answerStallable(ctx *fasthttp.RequestCtx, params route.Params) {
	t.stall.wait(t.ctx)
	t.answerStatic(ctx, params)
}

func seconds(s float64) time.Duration { return time.Duration(s * float64(time.Second)) }

const defaultBucketRate = 800 // answers per second

// bucketSettings is the body of POST /lab/bucket.
type bucketSettings struct {
	Rate  float64 `json:"rate"`  // answers per second
	Queue int     `json:"queue"` // most requests that wait, 0 for no limit; further ones get 503
	Burst int     `json:"burst"` // answers that may be saved up while idle
}

// bucket answers at a fixed rate in the order of arrival: above the rate requests queue, and latency
// grows as on a saturated server. It keeps the time at which the next free answer is due.
type bucket struct {
	mu       sync.Mutex
	settings bucketSettings
	due      time.Time
}

func (b *bucket) set(in bucketSettings) {
	b.mu.Lock()
	b.settings, b.due = in, time.Time{}
	b.mu.Unlock()
}

// reserve takes the next answer; it is false if the queue is full.
func (b *bucket) reserve(now time.Time) (wait time.Duration, ok bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	interval := seconds(1 / b.settings.Rate)
	if earliest := now.Add(-time.Duration(b.settings.Burst) * interval); b.due.Before(earliest) {
		b.due = earliest
	}
	wait = b.due.Sub(now)
	if b.settings.Queue > 0 && wait > time.Duration(b.settings.Queue)*interval {
		return 0, false
	}
	b.due = b.due.Add(interval)
	return wait, true
}

func (t *Target) answerBucket(ctx *fasthttp.RequestCtx, params route.Params) {
	wait, ok := t.bucket.reserve(time.Now())
	if !ok {
		answerError(ctx, http.StatusServiceUnavailable, "the queue is full")
		return
	}
	pause(t.ctx, wait)
	t.answerStatic(ctx, params)
}
