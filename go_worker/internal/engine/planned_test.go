package engine

import (
	"testing"
	"time"

	"hazard/internal/pb"
	"hazard/internal/schedule"
)

// driverAt is a driver of a stage that stands at a moment of it.
func driverAt(t *testing.T, stage *pb.Stage, at time.Duration) *driver {
	t.Helper()
	plan, problems := schedule.Compile([]*pb.Stage{stage}, schedule.Level{})
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	d := newDriver(&floor{}, plan, schedule.Share{Index: 1, Count: 4}, 7)
	d.stage = &d.plan.Stages[0]
	d.marked[d.stage] = 0
	d.from = at
	return d
}

func unixUs(engine int64) int64 { return 100_000_000 + engine/1000 }

func lostCounts(lines []*pb.LostStarts) (counts map[int64]uint64, total uint64) {
	counts = map[int64]uint64{}
	for _, line := range lines {
		counts[line.Second] += line.Count
		total += line.Count
	}
	return counts, total
}

func TestStartsOfALostWorkerAreListedBySecond(t *testing.T) {
	// 400 a second over four workers; the last word of worker 3 is that of second 2, at number 1200.
	d := driverAt(t, arrivals(400, 60_000), 4500*time.Millisecond)
	lost := &pb.LostWorker{WorkerId: "w3", Reached: 1200, Waiting: 5, LastSecond: 102,
		Shares: []*pb.HeldShare{{Share: &pb.Share{Index: 3, Count: 4}}}}
	counts, total := lostCounts(d.lostBy(lost, unixUs))
	if total != 155 || counts[102] != 5 || counts[103] != 100 || counts[104] != 50 {
		t.Errorf("%d lost: %v", total, counts)
	}
}

func TestAShareThatChangedCountsFromItsMoment(t *testing.T) {
	d := driverAt(t, arrivals(400, 60_000), 4*time.Second)
	lost := &pb.LostWorker{WorkerId: "w3", Reached: 800, LastSecond: 101, Shares: []*pb.HeldShare{
		{Share: &pb.Share{Index: 3, Count: 4}},
		{SinceUnixUs: 103_000_000, Share: &pb.Share{Index: 0, Count: 2}},
	}}
	if counts, total := lostCounts(d.lostBy(lost, unixUs)); total != 300 || counts[102] != 100 || counts[103] != 200 {
		t.Errorf("%d lost: %v", total, counts)
	}
}

func TestRandomStartsAreCountedAsTheirWorkerWouldHave(t *testing.T) {
	stage := arrivals(400, 60_000)
	stage.Spacing = pb.ArrivalSpacing_ARRIVAL_SPACING_POISSON
	d := driverAt(t, stage, 4*time.Second)
	own := schedule.Share{Index: 3, Count: 4}
	want := map[int64]uint64{}
	for coming := schedule.NewArrivals(d.stage, 0, d.seed); ; {
		_, at, _ := coming.Next(own)
		if at >= d.from {
			break
		}
		want[100+int64(at/time.Second)]++
	}
	lost := &pb.LostWorker{WorkerId: "w3", LastSecond: 100, Shares: []*pb.HeldShare{{Share: &pb.Share{Index: 3, Count: 4}}}}
	counts, total := lostCounts(d.lostBy(lost, unixUs))
	for second, count := range want {
		if counts[second] != count {
			t.Errorf("second %d: %d lost instead of %d", second, counts[second], count)
		}
	}
	if total < 300 || len(counts) != 4 {
		t.Errorf("%d lost: %v", total, counts)
	}
}

func TestAWorkerThatLostNothingIsToldToo(t *testing.T) {
	d := driverAt(t, arrivals(400, 60_000), 2*time.Second)
	lost := &pb.LostWorker{WorkerId: "w3", Reached: 800, LastSecond: 101,
		Shares: []*pb.HeldShare{{Share: &pb.Share{Index: 3, Count: 4}}}}
	if lines := d.lostBy(lost, unixUs); len(lines) != 1 || lines[0].Count != 0 || lines[0].WorkerId != "w3" {
		t.Errorf("told %v", lines)
	}
}

func TestStartsOfAnEarlierLoadAreCountedAtTheLastWord(t *testing.T) {
	d := driverAt(t, arrivals(400, 60_000), time.Second)
	d.marked[d.stage], d.base = 1000, 1000 // the load was changed after 1000 starts
	lost := &pb.LostWorker{WorkerId: "w0", Reached: 900, LastSecond: 99,
		Shares: []*pb.HeldShare{{Share: &pb.Share{Index: 0, Count: 4}}}}
	if counts, total := lostCounts(d.lostBy(lost, unixUs)); total != 125 || counts[99] != 25 || counts[100] != 100 {
		t.Errorf("%d lost: %v", total, counts)
	}
}
