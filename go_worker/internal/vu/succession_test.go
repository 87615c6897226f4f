package vu_test

import (
	"fmt"
	"strings"
	"testing"

	"hazard/internal/pb"
	"hazard/internal/vu"
)

// table is a feed whose rows have these values; several columns are separated by commas.
func table(t *testing.T, order pb.FeedOrder, end pb.FeedEnd, columns string, rows ...string) *vu.Feed {
	t.Helper()
	plan := &pb.DataFeed{Name: "f", Order: order, AtEnd: end, Columns: strings.Split(columns, ",")}
	for _, row := range rows {
		plan.Rows = append(plan.Rows, &pb.FeedRow{Values: strings.Split(row, ",")})
	}
	made, err := vu.NewFeed(plan, nil, &pb.Share{Count: 1}, 0)
	if err != nil {
		t.Fatal(err)
	}
	return made
}

func TestAFeedOfAnEditedPlanGoesOnBeginsOrIsRefused(t *testing.T) {
	const recycle, stop = pb.FeedEnd_FEED_END_RECYCLE, pb.FeedEnd_FEED_END_STOP
	sequential, unique, random := pb.FeedOrder_FEED_ORDER_SEQUENTIAL, pb.FeedOrder_FEED_ORDER_UNIQUE, pb.FeedOrder_FEED_ORDER_RANDOM
	abc := []string{"a", "b", "c", "d"}
	for name, c := range map[string]struct {
		old, made *vu.Feed
		want      string // the third row that is used; else what is refused
	}{
		"the same":             {table(t, unique, stop, "x", abc...), table(t, unique, stop, "x", abc...), "c"},
		"rows at the end":      {table(t, unique, stop, "x", abc...), table(t, unique, stop, "x", "a", "b", "c", "d", "e"), "c"},
		"a value in its place": {table(t, unique, stop, "x", abc...), table(t, unique, stop, "x", "a", "b", "C", "d"), "C"},
		"fewer rows":           {table(t, unique, stop, "x", abc...), table(t, unique, stop, "x", "a", "b", "c"), "c"},
		"a column more":        {table(t, unique, stop, "x", abc...), table(t, unique, stop, "y,x", "1,a", "2,b", "3,c"), "c"},
		"another table":        {table(t, unique, stop, "x", abc...), table(t, unique, stop, "x", "p", "q"), "p"},
		"other columns":        {table(t, unique, stop, "y", abc...), table(t, unique, stop, "x", abc...), "a"},
		"a row taken out":      {table(t, unique, stop, "x", abc...), table(t, unique, stop, "x", "a", "c", "d"), "row 2 of its new table"},
		"some old rows":        {table(t, unique, stop, "x", abc...), table(t, unique, stop, "x", "p", "a"), "row 2 of its new table"},
		"in turn, moved":       {table(t, sequential, recycle, "x", abc...), table(t, sequential, recycle, "x", "b", "a", "d", "c"), "d"},
		"in turn, another":     {table(t, sequential, recycle, "x", abc...), table(t, sequential, recycle, "x", "p", "q"), "p"},
		"it becomes unique":    {table(t, sequential, recycle, "x", abc...), table(t, unique, stop, "x", abc...), "become unique"},
		"it begins to end":     {table(t, sequential, recycle, "x", abc...), table(t, sequential, stop, "x", abc...), "become unique"},
		"from random":          {table(t, random, recycle, "x", abc...), table(t, unique, stop, "x", abc...), "become unique"},
		"unique and in turn":   {table(t, sequential, stop, "x", abc...), table(t, unique, recycle, "x", abc...), "c"},
		"it begins again":      {table(t, unique, stop, "x", abc...), table(t, sequential, recycle, "x", abc...), "a"},
	} {
		var thread vu.Thread
		user := vu.New(world(c.old), 0)
		for range 2 {
			user.Begin(&thread)
		}
		feed, begins, err := vu.Succeed(c.old, c.made)
		if err != nil {
			if !strings.Contains(err.Error(), c.want) {
				t.Errorf("%s: %v", name, err)
			}
			continue
		}
		user = vu.New(world(feed), 1)
		user.Begin(&thread)
		if got, _ := thread.Column("x"); got != c.want || begins != (got == "a" || got == "p") {
			t.Errorf("%s: the third row is %q, begins: %v", name, got, begins)
		}
	}
}

func TestIterationsOfTheOldPlanAndOfTheNewOneShareARow(t *testing.T) {
	old := table(t, pb.FeedOrder_FEED_ORDER_UNIQUE, pb.FeedEnd_FEED_END_STOP, "x", "a", "b", "c")
	made := table(t, pb.FeedOrder_FEED_ORDER_UNIQUE, pb.FeedEnd_FEED_END_STOP, "x", "a", "b", "c", "d")
	made, _, err := vu.Succeed(old, made)
	if err != nil {
		t.Fatal(err)
	}
	used := ""
	for i := range 5 {
		var thread vu.Thread
		feed := []*vu.Feed{old, made}[i%2]
		if vu.New(world(feed), uint64(i)).Begin(&thread) {
			text, _ := thread.Column("x")
			used += text
		}
	}
	if used != "abcd" {
		t.Errorf("the rows used are %s", used)
	}
}

func TestAUserThatMovesKeepsTheRowOfItsIteration(t *testing.T) {
	old := table(t, pb.FeedOrder_FEED_ORDER_SEQUENTIAL, pb.FeedEnd_FEED_END_RECYCLE, "x", "a", "b")
	other := table(t, pb.FeedOrder_FEED_ORDER_SEQUENTIAL, pb.FeedEnd_FEED_END_RECYCLE, "y,x", "1,p", "2,q")
	var thread vu.Thread
	user := vu.New(world(old), 0)
	user.Begin(&thread)
	user.Move(world(other))
	if got, found := thread.Column("x"); got != "a" || !found {
		t.Errorf("the row of the iteration is %s", fmt.Sprint(got, found))
	}
	user.Begin(&thread)
	if got, _ := thread.Column("x"); got != "p" {
		t.Errorf("the next row is %s", got)
	}
}
