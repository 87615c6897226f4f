package vu_test

import (
	"fmt"
	"slices"
	"testing"

	"hazard/internal/http1"
	"hazard/internal/pb"
	"hazard/internal/template"
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

func TestRowsAreDealtAnewWhenWorkersJoin(t *testing.T) {
	there, asked := guarded(t, 20, &pb.Share{Index: 1, Count: 2}, pb.FeedEnd_FEED_END_STOP, nil)
	new, _ := guarded(t, 20, &pb.Share{Index: 2, Count: 3}, pb.FeedEnd_FEED_END_STOP, nil)
	new.Await()
	allowAll := func(f *vu.Feed) {
		for _, stream := range f.Asking() {
			f.Allow(stream)
		}
	}
	there.Inherit(&pb.RowStream{Feed: "f", Start: 1, Step: 2, End: 6})
	there.Inherit(&pb.RowStream{Feed: "f", Start: 7, Step: 3})
	new.Inherit(&pb.RowStream{Feed: "f", Start: 8, Step: 3})
	<-asked
	allowAll(there)
	allowAll(new)
	if got := taken(there, 5); !slices.Equal(got, []string{"1", "3", "5", "7", "10", "13", "16", "19", "-", "-"}) {
		t.Errorf("who was there has %v", got)
	}
	if got := taken(new, 3); !slices.Equal(got, []string{"8", "11", "14", "17", "-", "-"}) {
		t.Errorf("who joined has %v", got)
	}
	again, _ := guarded(t, 6, &pb.Share{Index: 1, Count: 2}, pb.FeedEnd_FEED_END_RECYCLE, nil)
	first := taken(again, 1)
	again.Deal(&pb.Share{Index: 1, Count: 3})
	if got := append(first, taken(again, 2)...); !slices.Equal(got, []string{"1", "3", "1", "4", "1", "4"}) {
		t.Errorf("the rows that begin again are %v", got)
	}
}

func TestAUserThatBeginsAnewElsewhereHasOtherRandomValues(t *testing.T) {
	value := func(life uint64) string {
		names := template.NewNames()
		world := &vu.World{Names: names, HTTP: http1.NewShared(http1.Options{}), Seed: 7}
		user := vu.NewAgain(world, 3, life)
		var thread vu.Thread
		user.Begin(&thread)
		return string(template.Compile("{{$guid}}", names).Append(nil, &thread))
	}
	first, moved, again := value(0), value(5), value(5)
	if moved != again || first == moved || moved == value(6) {
		t.Error(first, moved, again, value(6))
	}
}

func TestRowsThatAreNotNeededSoonAreGivenBack(t *testing.T) {
	f, asked := guarded(t, 1000, &pb.Share{Index: 1, Count: 2}, pb.FeedEnd_FEED_END_STOP, nil)
	f.Allow(f.Asking()[0]) // 64 rows
	if got := taken(f, 2); !slices.Equal(got, []string{"1", "3", "5", "7"}) {
		t.Fatalf("the rows are %v", got)
	}
	kept := f.Recall()
	if len(kept) != 1 || kept[0].Taken != 4 || kept[0].Allowed <= 4 || kept[0].Allowed > 20 {
		t.Fatalf("it keeps %v", kept)
	}
	f.Inherit(&pb.RowStream{Feed: "f", Start: 1, Step: 2, End: 9})
	<-asked
	f.Inherit(&pb.RowStream{Feed: "f", Start: 900, Step: 60})
	for _, stream := range f.Asking() {
		f.Allow(stream)
	}
	if got := taken(f, 2); !slices.Equal(got, []string{"900", "960", "-", "-"}) {
		t.Errorf("the rows are %v", got)
	}
}
