package engine

import (
	"math"
	"math/rand/v2"
	"net/http"
	"os"
	"slices"
	"sync"
	"testing"
	"time"

	"hazard/internal/pb"
	"hazard/internal/stats"
)

// soak tells that the long forms are wanted, see the Makefile.
func soak() bool { return os.Getenv("HAZARD_SOAK") != "" }

// profile is a closed load: a ramp up, a plateau and a ramp down.
type profile struct {
	name      string
	top, last float64
	ramp      time.Duration
	// slack is what the number of users may be off beyond 1 %.
	slack float64
}

func TestUsersFollowTheProfile(t *testing.T) {
	form := profile{"short", 20, 5, time.Second, 6} // a busy machine, and the race detector
	if soak() {
		form = profile{"full", 200, 50, 10 * time.Second, 1.05} // 1, and the time a change takes
	}
	server := startCounting(t, nil)
	from := 0.0
	ms := uint64(form.ramp.Milliseconds())
	ramp := pb.StageShape_STAGE_SHAPE_LINEAR
	plan := planOf([]*pb.Stage{
		{Kind: pb.StageKind_STAGE_KIND_USERS, Shape: ramp, From: &from, To: form.top, DurationMs: ms},
		users(form.top, ms/2),
		{Kind: pb.StageKind_STAGE_KIND_USERS, Shape: ramp, To: form.last, DurationMs: ms},
		users(form.last, ms/2),
	}, getStep("one", server.url))
	plan.Tasks[0].ThinkTime = &pb.Pause{MinMs: 50, MaxMs: 150}
	r, findings := newRun(prepareOf(plan), func(*pb.EngineEvent) {})
	if r == nil {
		t.Fatal(findings)
	}
	at := time.Now()
	r.start(at)
	off, steps := sampleUsers(r, at, 3*form.ramp)
	<-r.finished
	t.Logf("%s: at most %.1f users off in samples of 100 ms; a generator that steps once a second: %.1f",
		form.name, off.worst, steps.worst)
	if off.excess > form.slack {
		t.Errorf("the users were up to %.1f off the plan", off.worst)
	}
	if steps.worst <= off.worst {
		t.Errorf("the control is only %.1f users off", steps.worst)
	}
}

// deviation of samples from the plan, in users; excess is what is left beyond 1 % of the plan.
type deviation struct{ worst, excess float64 }

func (d *deviation) add(got, want float64) {
	off := math.Abs(got - want)
	d.worst = max(d.worst, off)
	d.excess = max(d.excess, off-max(0, 0.01*want-1))
}

// sampleUsers looks every 100 ms at the users of a run. Beside them it judges what a generator would
// show that sets the planned number once a second, as Locust does.
func sampleUsers(r *run, at time.Time, length time.Duration) (off, steps deviation) {
	schedule := r.driver.plan
	for i := time.Duration(1); i*100*time.Millisecond < length; i++ {
		time.Sleep(time.Until(at.Add(i * 100 * time.Millisecond)))
		before := time.Since(at)
		got := float64(r.floor.busyUsers())
		// Between the two readings of the clock the plan moves on.
		low, high := schedule.At(before).Value, schedule.At(time.Since(at)).Value
		want := min(max(got, min(low, high)), max(low, high))
		off.add(got, want)
		steps.add(schedule.At(before.Truncate(time.Second)).Value, low)
	}
	return off, steps
}

// rawLog is every service time of a run in order of size, from the copy that is kept for Locust.
func rawLog(runs ...*run) []uint64 {
	var all []uint64
	for _, r := range runs {
		samples, _ := r.recorder.TakeMirrored(nil)
		for _, one := range samples {
			if one.Entry == 0 {
				all = append(all, uint64(one.ServiceUs))
			}
		}
	}
	slices.Sort(all)
	return all
}

func TestPercentilesOfTwoWorkersEqualTheRawLog(t *testing.T) {
	length := uint64(3000)
	if soak() {
		length = 30_000
	}
	random := rand.New(rand.NewPCG(1, 2))
	var mu sync.Mutex
	server := startCounting(t, func(http.ResponseWriter, *http.Request) {
		mu.Lock()
		delay := time.Duration(math.Exp(random.NormFloat64()*0.8+8.5)) * time.Microsecond // 5 ms, skewed
		mu.Unlock()
		time.Sleep(delay)
	})
	var merged stats.Histogram
	frames := framesInto(&merged)
	var runs []*run
	for index := range uint32(2) {
		prepare := prepareOf(planOf([]*pb.Stage{users(16, length)}, getStep("one", server.url)))
		prepare.Request.Share = &pb.Share{Index: index, Count: 2}
		r, findings := newRun(prepare, frames)
		if r == nil {
			t.Fatal(findings)
		}
		r.start(time.Now())
		runs = append(runs, r)
	}
	for _, r := range runs {
		<-r.finished
	}
	raw := rawLog(runs...)
	if uint64(len(raw)) != merged.Count() || len(raw) < 1000 {
		t.Fatalf("%d in the log, %d in the frames", len(raw), merged.Count())
	}
	for _, q := range []float64{0.5, 0.75, 0.9, 0.95, 0.99, 0.999} {
		exact := float64(raw[min(int(q*float64(len(raw))), len(raw)-1)])
		got, locust := float64(merged.Quantile(q)), roundedByLocust(exact)
		t.Logf("p%g: %.0f us, exact %.0f us (%+.2f %%); Locust would say %.0f us (%+.1f %%)", q*100, got, exact,
			100*(got/exact-1), locust, 100*(locust/exact-1))
		if math.Abs(got/exact-1) > 0.01 {
			t.Errorf("p%g: %.0f us instead of %.0f", q*100, got, exact)
		}
	}
}

// framesInto adds the service times of the first entry of all frames.
func framesInto(h *stats.Histogram) func(*pb.EngineEvent) {
	var mu sync.Mutex
	return func(event *pb.EngineEvent) {
		mu.Lock()
		defer mu.Unlock()
		for _, step := range event.GetFrame().GetSteps() {
			if step.Entry != 0 {
				continue
			}
			for i, index := range step.Service.GetIndex() {
				for range step.Service.Count[i] {
					h.Add(int64(stats.Lowest(int(index))))
				}
			}
		}
	}
}

// roundedByLocust is what Locust keeps of a response time: whole milliseconds, two digits from 100 ms
// on (locust/stats.py, StatsEntry._log_response_time).
func roundedByLocust(us float64) float64 {
	ms := us / 1000
	switch {
	case ms < 100:
		ms = math.Round(ms)
	case ms < 1000:
		ms = math.Round(ms/10) * 10
	default:
		ms = math.Round(ms/100) * 100
	}
	return ms * 1000
}

// A driver that comes late, because the machine was busy, owes what was planned meanwhile.
func TestALateDriverLeavesNothingOut(t *testing.T) {
	server := startCounting(t, nil)
	plan := planOf([]*pb.Stage{arrivals(200, 300), arrivals(1000, 100), arrivals(50, 100)}, getStep("one", server.url))
	c := startChild(t, prepareOf(plan))
	c.start(time.Now().Add(-2 * time.Second)) // the whole schedule has passed
	c.awaitState(pb.EngineStatus_ENGINE_STATUS_FINISHED)
	if sum := c.totals(0); sum.ok != 165 || sum.late != 165 {
		t.Errorf("counted %+v instead of 165 late starts", sum)
	}
}

// Whatever the moment of a change of shares, each arrival is started once.
func TestAChangeOfSharesLosesAndDoublesNothing(t *testing.T) {
	server := startCounting(t, nil)
	at := time.Now().Add(time.Second) // every worker has heard of the changes by then
	var workers []*child
	for index := range uint32(2) {
		prepare := prepareOf(planOf([]*pb.Stage{arrivals(1000, 1000), arrivals(500, 200)}, getStep("one", server.url)))
		prepare.Request.Share = &pb.Share{Index: index, Count: 2}
		c := startChild(t, prepare)
		c.start(at)
		workers = append(workers, c)
	}
	random := rand.New(rand.NewPCG(3, 4))
	for change := range uint32(8) {
		// The moment lies on an arrival every other time.
		moment := at.Add(time.Duration(100+100*change)*time.Millisecond + time.Duration(change%2*random.Uint32N(1000))*time.Microsecond)
		for index, c := range workers {
			c.send(&pb.EngineCommand{Kind: &pb.EngineCommand_Reshare{Reshare: &pb.Reshare{
				AtUnixUs: moment.UnixMicro(), Share: &pb.Share{Index: (uint32(index) + change) % 2, Count: 2}}}})
		}
	}
	total := uint64(0)
	for _, c := range workers {
		c.awaitState(pb.EngineStatus_ENGINE_STATUS_FINISHED)
		total += c.totals(0).ok
	}
	if total != 1100 {
		t.Errorf("%d arrivals instead of 1100", total)
	}
}
