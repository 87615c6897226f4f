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

func world(feeds ...*vu.Feed) *vu.World {
	names := template.NewNames()
	w := &vu.World{Names: names, HTTP: http1.NewShared(http1.Options{}), Seed: 7, Feeds: feeds}
	w.Defaults = make([]vu.Default, 3)
	w.Defaults[names.Slot("plan")] = vu.Default{Kind: vu.Constant, Value: template.Compile("p-{{other}}", names)}
	w.Defaults[names.Slot("other")] = vu.Default{Kind: vu.Constant, Value: template.Compile("o", names)}
	w.Defaults[names.Slot("made")] = vu.Default{Kind: vu.FromGenerator, Scope: vu.Iteration,
		Generator: template.Compile("{{$iteration}}", names)}
	names.Freeze()
	return w
}

func TestTheInnermostValueHolds(t *testing.T) {
	w := world()
	one, two := vu.New(w, 0), vu.New(w, 1)
	var thread, other vu.Thread
	one.Begin(&thread)
	two.Begin(&other)
	set := func(scope vu.Scope, name, text string) { one.Set(scope, one.Variable(name), []byte(text), true) }
	see := func(where string, thread *vu.Thread, name, want string) {
		t.Helper()
		if got, known := thread.Lookup(name); got != want || known != (want != "") {
			t.Errorf("%s: %s is %q (%v) instead of %q", where, name, got, known, want)
		}
	}
	see("at first", &thread, "plan", "p-o")
	set(vu.Run, "plan", "run")
	see("after run", &thread, "plan", "run")
	see("after run, of another", &other, "plan", "run")
	set(vu.User, "plan", "user {{other}}")
	set(vu.Iteration, "other", "inner")
	see("after user", &thread, "plan", "user inner")
	see("after user, of another", &other, "plan", "run")
	set(vu.User, "dynamic", "d")
	see("a name that the plan does not know", &thread, "dynamic", "d")
	see("the same of another", &other, "dynamic", "")
	see("made", &thread, "made", "1")
	one.Begin(&thread)
	see("in the next iteration", &thread, "plan", "user o")
	see("made again", &thread, "made", "2")
	one.Unset(vu.User, one.Variable("plan"))
	see("removed", &thread, "plan", "")
}

func feed(t *testing.T, order pb.FeedOrder, end pb.FeedEnd, index, count, pinned uint32) *vu.Feed {
	t.Helper()
	var rows []*pb.FeedRow
	for i := range 4 {
		rows = append(rows, &pb.FeedRow{Values: []string{fmt.Sprint(i)}})
	}
	made, err := vu.NewFeed(&pb.DataFeed{Name: "f", Order: order, AtEnd: end, Columns: []string{"c"}, Rows: rows}, nil,
		&pb.Share{Index: index, Count: count}, pinned)
	if err != nil {
		t.Fatal(err)
	}
	return made
}

// taken are the rows of n iterations of each of two users; "-" where a user finds none.
func taken(f *vu.Feed, n int) []string {
	w := world(f)
	var rows []string
	users := []*vu.VU{vu.New(w, 1), vu.New(w, 5)}
	for range n {
		for _, user := range users {
			var thread vu.Thread
			if !user.Begin(&thread) {
				rows = append(rows, "-")
				continue
			}
			text, _ := thread.Column("c")
			rows = append(rows, text)
		}
	}
	return rows
}

func TestRowsAreHandedOutAsDeclared(t *testing.T) {
	const recycle, stop = pb.FeedEnd_FEED_END_RECYCLE, pb.FeedEnd_FEED_END_STOP
	sequential, unique, perUser := pb.FeedOrder_FEED_ORDER_SEQUENTIAL, pb.FeedOrder_FEED_ORDER_UNIQUE, pb.FeedOrder_FEED_ORDER_PER_USER
	for _, c := range []struct {
		name string
		feed *vu.Feed
		want []string
	}{
		{"sequential", feed(t, sequential, recycle, 0, 1, 0), []string{"0", "1", "2", "3", "0", "1"}},
		{"second of two", feed(t, sequential, recycle, 1, 2, 0), []string{"1", "3", "1", "3", "1", "3"}},
		{"until the end", feed(t, sequential, stop, 0, 2, 0), []string{"0", "2", "-", "-", "-", "-"}},
		{"unique is never used again", feed(t, unique, recycle, 0, 1, 0), []string{"0", "1", "2", "3", "-", "-"}},
		{"per user", feed(t, perUser, recycle, 0, 1, 0), []string{"1", "1", "1", "1", "1", "1"}},
		{"per user to the end", feed(t, perUser, stop, 0, 1, 0), []string{"1", "-", "1", "-", "1", "-"}},
		{"one row for a dry run", feed(t, unique, stop, 0, 1, 3), []string{"2", "2", "2", "2", "2", "2"}},
	} {
		if got := taken(c.feed, 3); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v instead of %v", c.name, got, c.want)
		}
	}
	random := feed(t, pb.FeedOrder_FEED_ORDER_RANDOM, recycle, 0, 1, 0)
	if first, second := taken(random, 20), taken(random, 20); !slices.Equal(first, second) {
		t.Errorf("the same seed takes %v and %v", first, second)
	}
}
