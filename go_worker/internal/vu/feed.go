package vu

import (
	"fmt"
	"math/rand/v2"
	"sync/atomic"

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
	next    atomic.Uint64 // iterations of this worker that took a row
	index   uint64        // share of the worker when the run was prepared
	count   uint64
	pinned  int // row that every iteration gets; -1: none
}

// NewFeed makes a feed from what the plan says and the rows that came with it. pinnedRow is a 1-based
// row for every iteration (a dry run); 0: none.
func NewFeed(plan *pb.DataFeed, data *pb.FeedData, share *pb.Share, pinnedRow uint32) (*Feed, error) {
	f := &Feed{Name: plan.Name, order: plan.Order, end: plan.AtEnd, columns: map[string]int{},
		index: uint64(share.GetIndex()), count: max(uint64(share.GetCount()), 1), pinned: -1}
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
	return f.pinned < 0 && f.order != pb.FeedOrder_FEED_ORDER_RANDOM &&
		(f.end == pb.FeedEnd_FEED_END_STOP || f.order == pb.FeedOrder_FEED_ORDER_UNIQUE)
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
		number = (f.next.Add(1)-1)*f.count + f.index
	}
	if number < total {
		return f.rows[number], true
	}
	if f.end == pb.FeedEnd_FEED_END_STOP || f.order == pb.FeedOrder_FEED_ORDER_UNIQUE {
		return nil, false
	}
	return f.rows[number%total], true
}

func (f *Feed) column(row *pb.FeedRow, name string) (string, bool) {
	i, found := f.columns[name]
	if !found || row == nil || i >= len(row.Values) {
		return "", false
	}
	return row.Values[i], true
}
