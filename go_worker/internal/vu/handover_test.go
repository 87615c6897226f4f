package vu_test

import (
	"fmt"
	"slices"
	"testing"

	"hazard/internal/pb"
	"hazard/internal/vu"
)

// guarded is a feed of rows "0" to "count-1" that asks into a channel.
func guarded(t *testing.T, count int, share *pb.Share, end pb.FeedEnd, stopped chan struct{}) (*vu.Feed, chan struct{}) {
	t.Helper()
	var rows []*pb.FeedRow
	for i := range count {
		rows = append(rows, &pb.FeedRow{Values: []string{fmt.Sprint(i)}})
	}
	plan := &pb.DataFeed{Name: "f", Order: pb.FeedOrder_FEED_ORDER_SEQUENTIAL, AtEnd: end, Columns: []string{"c"}, Rows: rows}
	made, err := vu.NewFeed(plan, nil, share, 0)
	if err != nil {
		t.Fatal(err)
	}
	asked := make(chan struct{}, 1000)
	made.Guard(func() { asked <- struct{}{} }, stopped)
	return made, asked
}

func TestGuardedRowsAreTakenOnlyAsFarAsTheyWereAllowed(t *testing.T) {
	stopped := make(chan struct{})
	f, asked := guarded(t, 400, &pb.Share{Index: 1, Count: 2}, pb.FeedEnd_FEED_END_STOP, stopped)
	rows := make(chan []string)
	go func() { rows <- taken(f, 150) }() // 300 times, 200 rows are this worker's
	for given := uint64(0); given < 200; {
		asking := f.Asking()
		if len(asking) != 1 || asking[0].Start != 1 || asking[0].Step != 2 || asking[0].Taken > given {
			t.Fatalf("with %d rows allowed it asks %v", given, asking)
		}
		given = asking[0].Allowed
		f.Allow(asking[0])
		if given < 200 {
			<-asked
		}
	}
	got := <-rows
	if got[0] != "1" || got[199] != "399" || slices.Index(got, "-") != 200 {
		t.Errorf("the rows are %v", got)
	}
}

func TestWhoWaitsForRowsEndsWithTheLoad(t *testing.T) {
	stopped := make(chan struct{})
	f, _ := guarded(t, 4, nil, pb.FeedEnd_FEED_END_STOP, stopped)
	close(stopped)
	if got := taken(f, 1); !slices.Equal(got, []string{"-", "-"}) {
		t.Errorf("the rows are %v", got)
	}
}

func TestInheritedRowsAreTakenInTheirOrder(t *testing.T) {
	f, asked := guarded(t, 9, &pb.Share{Index: 0, Count: 3}, pb.FeedEnd_FEED_END_STOP, nil)
	f.Allow(f.Asking()[0])
	f.Inherit(&pb.RowStream{Feed: "f", Start: 4, Step: 3})
	<-asked
	for _, stream := range f.Asking() {
		f.Allow(stream)
	}
	if got := taken(f, 3); !slices.Equal(got, []string{"0", "3", "4", "6", "7", "-"}) {
		t.Errorf("the rows are %v", got)
	}
	again, _ := guarded(t, 3, &pb.Share{Index: 0, Count: 3}, pb.FeedEnd_FEED_END_RECYCLE, nil)
	first := taken(again, 1)
	again.Inherit(&pb.RowStream{Feed: "f", Start: 1, Step: 3})
	if got := append(first, taken(again, 2)...); !slices.Equal(got, []string{"0", "0", "0", "1", "0", "1"}) {
		t.Errorf("the rows that begin again are %v", got)
	}
}
