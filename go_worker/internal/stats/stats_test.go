package stats_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"

	"hazard/internal/stats"
)

func TestBucketsAreContinuousAndNarrow(t *testing.T) {
	last := -1
	for _, v := range []uint64{0, 1, 255, 256, 257, 258, 511, 512, 1023, 1024, 1 << 20, 1<<20 + 1<<13, 1 << 39} {
		index := stats.Index(v)
		low, next := stats.Lowest(index), stats.Lowest(index+1)
		if v < low || v >= next || index < last {
			t.Errorf("%d is in bucket %d from %d to %d", v, index, low, next)
		}
		if v >= 256 && float64(next-low)/float64(low) > 1.0/128 {
			t.Errorf("the bucket of %d is %d wide", v, next-low)
		}
		last = index
	}
	for index := range 4000 {
		if stats.Index(stats.Lowest(index)) != index {
			t.Fatalf("bucket %d begins at %d, which is in bucket %d", index, stats.Lowest(index), stats.Index(stats.Lowest(index)))
		}
	}
}

func TestQuantilesAreWithinOnePercent(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	var h stats.Histogram
	values := make([]int64, 200_000)
	for i := range values {
		values[i] = int64(random.ExpFloat64() * 20_000)
		h.Add(values[i])
	}
	slices.Sort(values)
	for _, q := range []float64{0.5, 0.9, 0.95, 0.99, 0.999} {
		exact := float64(values[int(q*float64(len(values)))])
		if got := float64(h.Quantile(q)); got < exact*0.99 || got > exact*1.01 {
			t.Errorf("p%v: %v instead of %v", q*100, got, exact)
		}
	}
}

func TestNothingIsLostBetweenCollections(t *testing.T) {
	r := stats.NewRecorder(3, []bool{true, false, true})
	var workers, collector sync.WaitGroup
	stop := make(chan struct{})
	sums := make([]uint64, 3)
	collect := func() {
		for _, step := range r.Collect() {
			sums[step.Entry] += step.Ok + step.Failed + step.Aborted
			if n := step.Service; n != nil {
				total := uint64(0)
				for _, c := range n.Count {
					total += c
				}
				if total != step.Ok+step.Failed {
					t.Errorf("%d in the histogram, %d counted", total, step.Ok+step.Failed)
				}
			}
		}
	}
	collector.Go(func() {
		for {
			select {
			case <-stop:
				return
			default:
				collect()
			}
		}
	})
	const each = 20_000
	for worker := range 4 {
		workers.Go(func() {
			for i := range each {
				r.Record(worker, &stats.Sample{Entry: uint32(i % 3), Outcome: stats.Outcome(i % 7 / 3),
					Status: 200 + i%3, ServiceUs: int64(i), ScheduledUs: -1, FirstByteUs: 1})
			}
		})
	}
	workers.Wait()
	close(stop)
	collector.Wait()
	collect()
	if total := sums[0] + sums[1] + sums[2]; total != 4*each {
		t.Errorf("%d of %d samples", total, 4*each)
	}
	mirrored, lost := r.TakeMirrored(nil)
	for _, m := range mirrored {
		if m.Entry == 1 {
			t.Fatal("an entry that is not mirrored is mirrored")
		}
	}
	if lost != 0 || len(mirrored) == 0 {
		t.Errorf("%d mirrored, %d lost", len(mirrored), lost)
	}
}

func TestErrorTextsAreBounded(t *testing.T) {
	r := stats.NewRecorder(1, []bool{true})
	texts := map[string]bool{}
	total := uint64(0)
	for round := range 3 {
		for i := range 1000 {
			r.Record(i, &stats.Sample{Outcome: stats.Failed, Kind: "assert",
				Text: fmt.Sprintf("%d-%d\xff%s", round, i, strings.Repeat("é", 200)), ScheduledUs: -1, FirstByteUs: -1})
		}
		for _, step := range r.Collect() {
			for _, e := range step.Errors {
				texts[e.Text] = true
				total += e.Count
				if len(e.Text) > 200 || strings.ToValidUTF8(e.Text, "") != e.Text {
					t.Fatalf("the text %q is not bounded", e.Text)
				}
			}
		}
	}
	if len(texts) > 51 || !texts["other"] || total != 3000 {
		t.Errorf("%d texts, %d counted", len(texts), total)
	}
	mirrored, _ := r.TakeMirrored(nil)
	classes := map[string]bool{}
	for _, m := range mirrored {
		classes[r.FailureText(m.Failure)] = true
	}
	if len(classes) > 50 {
		t.Errorf("%d classes are mirrored", len(classes))
	}
}
