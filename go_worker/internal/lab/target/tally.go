package target

import (
	"strconv"
	"sync"
	"sync/atomic"

	"github.com/valyala/fasthttp"

	"hazard/internal/lab/route"
)

// stepHeader is the request header whose values are counted apart.
const stepHeader = "X-Hazard-Step"

// maxSteps bounds the different step names; hits of further names are counted under otherSteps.
const (
	maxSteps   = 10_000
	otherSteps = "(other)"
)

// unmatchedPath names the hits whose path no pattern matches.
const unmatchedPath = "(unmatched)"

// tally holds the counters since one reset. A request keeps the tally it was counted in until it is
// answered, so that hits and answers of one tally belong together whatever happens meanwhile.
type tally struct {
	patterns []string
	hits     []atomic.Uint64 // endpoint * MethodCount + method; the unmatched endpoint comes last
	statuses [1000]atomic.Uint64
	noAnswer atomic.Uint64

	mu    sync.RWMutex
	steps map[string]*atomic.Uint64
}

func newTally(patterns []string) *tally {
	return &tally{
		patterns: patterns,
		hits:     make([]atomic.Uint64, (len(patterns)+1)*route.MethodCount),
		steps:    map[string]*atomic.Uint64{},
	}
}

func (c *tally) hit(endpoint, method int, step []byte) {
	if endpoint < 0 {
		endpoint = len(c.patterns)
	}
	c.hits[endpoint*route.MethodCount+method].Add(1)
	if len(step) > 0 {
		c.step(step).Add(1)
	}
}

func (c *tally) step(name []byte) *atomic.Uint64 {
	c.mu.RLock()
	counter, ok := c.steps[string(name)]
	c.mu.RUnlock()
	if ok {
		return counter
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	key := string(name)
	if _, known := c.steps[key]; !known && len(c.steps) >= maxSteps {
		key = otherSteps
	}
	if c.steps[key] == nil {
		c.steps[key] = &atomic.Uint64{}
	}
	return c.steps[key]
}

// answered counts the outcome of a request: its status, or that it gets no answer.
func (c *tally) answered(ctx *fasthttp.RequestCtx) {
	if ctx.Hijacked() && ctx.UserValue(faultKey{}) != nil {
		c.noAnswer.Add(1)
		return
	}
	c.statuses[ctx.Response.StatusCode()%len(c.statuses)].Add(1)
}

// hitReport is the answer of GET /lab/hits.
type hitReport struct {
	Total      uint64            `json:"total"`
	Answered   uint64            `json:"answered"`
	InFlight   uint64            `json:"in_flight"`
	Hits       map[string]uint64 `json:"hits"`
	ByStatus   map[string]uint64 `json:"by_status"`
	HitsByStep map[string]uint64 `json:"hits_by_step"`
	Sessions   sessionCounts     `json:"sessions"`
}

// report reads answers before hits, so that InFlight is never negative.
func (c *tally) report() hitReport {
	r := hitReport{
		Hits: map[string]uint64{}, ByStatus: map[string]uint64{}, HitsByStep: map[string]uint64{},
	}
	for status := range c.statuses {
		if n := c.statuses[status].Load(); n > 0 {
			r.ByStatus[strconv.Itoa(status)] = n
			r.Answered += n
		}
	}
	if n := c.noAnswer.Load(); n > 0 {
		r.ByStatus["no_answer"] = n
		r.Answered += n
	}
	for i := range c.hits {
		n := c.hits[i].Load()
		if n == 0 {
			continue
		}
		pattern := unmatchedPath
		if at := i / route.MethodCount; at < len(c.patterns) {
			pattern = c.patterns[at]
		}
		r.Hits[route.MethodName(i%route.MethodCount)+" "+pattern] = n
		r.Total += n
	}
	r.InFlight = r.Total - r.Answered
	c.mu.RLock()
	defer c.mu.RUnlock()
	for name, n := range c.steps {
		r.HitsByStep[name] = n.Load()
	}
	return r
}
