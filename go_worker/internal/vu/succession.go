package vu

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"hazard/internal/pb"
)

// Succeed is the feed with which a run goes on when its plan was edited: the old one where nothing
// changed, else the new one. Rows keep their numbers, so a feed with other rows goes on where the old
// one stands. It begins at its first row when nothing of the old table is left in it, or when its rows
// are handed out in another way. A unique feed that could hand out a row for the second time is an
// error.
func Succeed(old, made *Feed) (feed *Feed, begins bool, err error) {
	alike := old.order == made.order || (old.shared() && made.shared())
	if !alike || old.ends() != made.ends() {
		if made.shared() && made.ends() {
			return nil, false, fmt.Errorf("data feed %q cannot end or become unique while the run goes on: "+
				"which of its rows were used before is not known; give it another name", made.Name)
		}
		return made, made.shared(), nil
	}
	if old.order == made.order && maps.Equal(old.columns, made.columns) && slices.EqualFunc(old.rows, made.rows, sameValues) {
		return old, false, nil
	}
	kept, moved := compareRows(old, made)
	if made.shared() && made.ends() && moved >= 0 {
		return nil, false, fmt.Errorf("data feed %q hands out each row once, and row %d of its new table stood "+
			"in another row before: leave the rows in their places and add new ones at the end, or give the "+
			"feed another name", made.Name, moved+1)
	}
	if made.shared() && !kept && moved < 0 {
		return made, true, nil
	}
	made.cursor = old.cursor
	return made, false, nil
}

func sameValues(a, b *pb.FeedRow) bool { return slices.Equal(a.Values, b.Values) }

// compareRows compares two tables in the columns that both have. kept: a row stands where it stood.
// moved is a row of the new table that stood in another place only; -1: there is none.
func compareRows(old, made *Feed) (kept bool, moved int) {
	moved = -1
	var both []string
	for name := range made.columns {
		if old.Has(name) {
			both = append(both, name)
		}
	}
	if len(both) == 0 {
		return false, moved
	}
	slices.Sort(both)
	before := make(map[string]bool, len(old.rows))
	for i := range old.rows {
		before[old.key(i, both)] = true
	}
	for i := range made.rows {
		key := made.key(i, both)
		switch {
		case i < len(old.rows) && old.key(i, both) == key:
			kept = true
		case before[key] && moved < 0:
			moved = i
		}
	}
	return kept, moved
}

// key is the values of a row in some columns as one text.
func (f *Feed) key(row int, columns []string) string {
	var text strings.Builder
	for _, name := range columns {
		value, _ := f.column(f.rows[row], name)
		fmt.Fprintf(&text, "%d:%s", len(value), value)
	}
	return text.String()
}
